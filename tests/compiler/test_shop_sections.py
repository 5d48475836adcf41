"""`marketplaces:`, `evidence:` and `matrix:` as they are read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, graph, playbook, read, short, told

from playbook_compiler.checks import marketplace_breach
from playbook_compiler.units import Duration

EVIDENCE = """\
evidence:
  win-back-2025:
    effect: email.lapsed
    control: {customers: 4000, buyers: 12}
    treated: {customers: 8000, buyers: 66}
"""


def test_a_marketplace_without_rules_forbids_nothing(tmp_path: Path) -> None:
    shops = playbook(tmp_path, f"{HEAD}marketplaces: {{amazon: {{at_most: 1 per order}}}}\n")
    amazon = shops.marketplaces["amazon"]
    assert (str(amazon.at_most), amazon.kinds, amazon.offers) == (
        "1 per order", ("marketing", "transactional"), True,
    )  # fmt: skip


def test_an_experiment_counts_customers_and_buyers_of_two_groups(tmp_path: Path) -> None:
    found = playbook(tmp_path, HEAD + EVIDENCE).evidence["win-back-2025"]
    assert (found.control.customers, found.treated.buyers) == (4000, 66)
    assert found.within == Duration(days=14)


def test_the_matrix_is_cut_by_how_often_and_how_much(tmp_path: Path) -> None:
    matrix = playbook(tmp_path, f"{HEAD}matrix: {{frequent: 3 per 1y, valuable: 80.00}}\n").matrix
    assert matrix is not None
    assert (str(matrix.frequent), str(matrix.valuable)) == ("3 per 1y", "80")


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (EVIDENCE.replace("buyers: 12", "buyers: 4001"), "playbook.yaml:8:40 out-of-range"),
        (EVIDENCE.replace("customers: 4000", "customers: 0"), "playbook.yaml:8:26 out-of-range"),
        (EVIDENCE + "    within: 0d\n", "playbook.yaml:10:13 out-of-range"),
        (EVIDENCE.replace("    control: {customers: 4000, buyers: 12}\n", ""),
         "playbook.yaml:6:3 missing-key"),
        ("marketplaces: {amazon: {kinds: [newsletter]}}\n", "playbook.yaml:5:33 unknown-word"),
        ("marketplaces: {amazon: {at_most: 0 per order}}\n", "playbook.yaml:5:34 bad-rate"),
        ("marketplaces: {amazon: {offer: false}}\n", "playbook.yaml:5:25 unknown-key"),
        ("matrix: {frequent: 3}\n", "playbook.yaml:5:20 bad-rate"),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_their_place(tmp_path: Path, text: str, finding: str) -> None:
    assert told(read(tmp_path, HEAD + text)) == [finding]


def breaches(path: Path, rules: str, audience: str, steps: str) -> list[str]:
    """Return what a flow for some buyers breaks of amazon's rules, each with the words found."""
    found = graph(
        path,
        f"{HEAD}marketplaces: {{amazon: {{{rules}}}}}\n"
        "audiences: {theirs: marketplace = amazon}\n"
        "offers: {gift: {gift: a sampler, valid: 30d}}\n"
        "messages:\n  news: {subject: s, body: b}\n"
        "  receipt: {kind: transactional, subject: s, body: b}\n"
        f"flows:\n  it:\n    trigger: order_placed\n    audience: {audience}\n    steps: {steps}\n",
    )
    return [f"{short(one)}: {one.caption}" for one in marketplace_breach.check(found)]


@pytest.mark.parametrize(
    ("audience", "held"),
    [
        ("marketplace = amazon", True),
        ("marketplace = Amazon and orders > 1", True),
        ("marketplace in (ebay, amazon)", True),
        ("audience(theirs)", True),
        ("marketplace is known", True),
        ("not marketplace is unknown", True),
        ("orders > 1", False),
        ("marketplace = ebay", False),
        ("marketplace is unknown", False),
        ("marketplace != amazon", False),
        ("not audience(theirs)", False),
    ],
)
def test_only_flows_that_name_the_marketplace_are_held_to_its_rules(
    tmp_path: Path, audience: str, held: bool
) -> None:
    found = breaches(tmp_path, "kinds: [transactional]", f'"{audience}"', "[send: news]")
    assert found == (["playbook.yaml:15:19 marketplace-breach: never sent to buyers of amazon"]
                     if held else [])  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "steps", "captions"),
    [
        ("kinds: [transactional]", "[send: receipt]", []),
        ("offers: false", "[{send: news, offer: gift}]", ["expected no offer"]),
        ("offers: false", "[send: news]", []),
        ("at_most: 1 per order", "[send: news]", []),
        ("at_most: 1 per order", "[{send: news}, {wait: 9d}, {send: receipt}]",
         ["expected 1 per order"]),
        ("at_most: 1 per order", "[{if: orders > 1, then: [send: news], else: [send: receipt]}]",
         []),
        (
            "at_most: 1 per 30d",
            "[{send: news}, {wait: 9d}, {send: receipt}]",
            ["expected 1 per 30d"],
        ),
        ("at_most: 1 per 7d", "[{send: news}, {wait: 9d}, {send: receipt}]", []),
    ],
)  # fmt: skip
def test_number_and_content_are_held_to_the_rules(
    tmp_path: Path, rules: str, steps: str, captions: list[str]
) -> None:
    found = breaches(tmp_path, rules, "marketplace = amazon", steps)
    assert [one.partition("marketplace-breach: ")[2] for one in found] == captions
