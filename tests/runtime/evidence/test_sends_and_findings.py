"""The effects of a written playbook's sends, and what is said of those that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbook_compiler.driver import compile_playbook, load
from playbook_compiler.waits import least_waits
from playbook_runtime.evidence.findings import effect_findings
from playbook_runtime.evidence.lifetime_findings import lifetime_findings
from playbook_runtime.evidence.model import Form
from playbook_runtime.evidence.sends import flow_effects, send_effects

PLAYBOOK = """\
playbook: 1
name: shop
currency: EUR
timezone: Europe/Berlin
sender: {{name: Shop, email: a@shop.example, address: Road 1}}
economics: {{gross_margin: 50%}}
guardrails: {{consent: {{email: opt-in}}, holdout: 10%}}
offers: {{ten: {{percent_off: 10%, valid: 7d, once_per_customer: true}}}}
messages:
  note: {{subject: Hello, body: "{{{{ sender_address }}}} {{{{ unsubscribe_url }}}}"}}
  more: {{subject: More, body: "{{{{ sender_address }}}} {{{{ unsubscribe_url }}}}"}}
flows:
  one:
    {flow}
"""
CART = """trigger: cart_abandoned
    exit_on: [order_placed]
    steps: """


def write(folder: Path, flow: str) -> str:
    path = folder / "playbook.yaml"
    path.write_text(PLAYBOOK.format(flow=flow), encoding="utf-8")
    return str(path)


def graph_of(folder: Path, flow: str):
    found = compile_playbook(write(folder, flow))
    assert found.graph is not None, found.diagnostics
    return found.graph


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("[{send: note}]", "cart.reminder.early"),
        ("[{wait: 30min}, {send: note}]", "cart.reminder.early"),
        ("[{wait: 1h}, {send: note}]", "cart.reminder.late"),
        ("[{wait: 20min}, {wait: 50min}, {send: note}]", "cart.reminder.late"),
        (
            "[{wait: {until: link_clicked, at_most: 2d}, timed_out: [{send: note}]}]",
            "cart.reminder.late",
        ),
        (
            "[{wait: {until: link_clicked, at_most: 2d}, happened: [{send: note}]}]",
            "cart.reminder.early",
        ),
    ],
)
def test_a_cart_reminder_is_early_or_late_by_all_waits_before_it(
    tmp_path: Path, steps: str, expected: str
) -> None:
    (found,) = send_effects(graph_of(tmp_path, CART + steps))
    assert found.evidence_id == expected


def test_the_least_wait_is_that_of_the_shortest_way(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        CART + "[{if: orders = 0, then: [{wait: 3d}], else: [{wait: 1d}]}, {send: note}]",
    )
    assert least_waits(graph, "one", through_people=True)["one/send-note"] == 1


def test_an_expectation_wins_over_the_library(tmp_path: Path) -> None:
    (found,) = send_effects(
        graph_of(tmp_path, CART + "[{send: note, expect: {purchase_rate: 1.1..1.3}}]")
    )
    assert found.authored and not found.evidence_id
    assert [prior.form for prior in found.priors] == [Form.PURCHASE_RATE]


def test_a_redemption_alone_leaves_the_librarys_effect_on_buying(tmp_path: Path) -> None:
    (found,) = send_effects(
        graph_of(
            tmp_path,
            CART + "[{wait: 1d}, {send: note, offer: ten, expect: {redemption: 10%..30%}}]",
        )
    )
    assert [prior.form for prior in found.priors] == [Form.REDEMPTION, Form.PURCHASE_RATE]
    assert found.evidence_id == "cart.reminder.late"


def test_a_flows_expectation_switches_off_the_librarys_but_not_a_sends_own(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        "expect: {added_orders: 1..6 per 1000}\n    "
        + CART
        + "[{send: note}, {wait: 1d}, {send: more, expect: {purchase_rate: 1}}]",
    )
    note, more = send_effects(graph)
    assert note.priors == () and not note.evidence_id
    assert len(more.priors) == 1
    (flow,) = flow_effects(graph)
    assert flow.flow == "one" and flow.priors[0].form is Form.ADDED_ORDERS


@pytest.mark.parametrize(
    ("expect", "rule", "word", "text"),
    [
        ("email.lapsd", "unknown-evidence", "did you mean `email.lapsed`?", "email.lapsd"),
        ("claim.reactivated", "unusable-evidence", "vendor's claim", "claim.reactivated"),
        ("unsubscribe", "unusable-evidence", "no effect of a message", "unsubscribe"),
        ("{library: target.by_risk}", "unusable-evidence", "no effect", "target.by_risk"),
        ("{purchase_rate: 0..1.2}", "bad-range", "above 0", "0..1.2"),
        ("{redemption: 0%..20%}", "bad-range", "before 0%", "0%..20%"),
        ("{library: email.lapsed, purchase_rate: 1.2}", "expect-twice", "twice", None),
        (
            "{evidence: ours, revive: 0.2%..1%, added_orders: 1..6 per 1000}",
            "effect-counted-twice",
            "same orders",
            "0.2%..1%",
        ),
    ],
)
def test_an_expectation_that_cannot_be_is_told_where_it_stands(
    tmp_path: Path, expect: str, rule: str, word: str, text: str | None
) -> None:
    loaded = load(write(tmp_path, CART + f"[{{send: note, expect: {expect}}}]"))
    assert loaded.playbook is not None
    (found,) = effect_findings(loaded.playbook)
    assert found.rule == rule and found.is_error
    assert word in f"{found.message} {found.help}"
    if text is not None:
        assert loaded.sources[0].slice(found.span) == text


def test_flows_and_nested_steps_are_looked_at_too(tmp_path: Path) -> None:
    flow = (
        "expect: nothing.known\n    "
        + CART
        + "[{if: orders = 0, then: [{send: note, expect: nothing.else}]}]"
    )
    playbook = load(write(tmp_path, flow)).playbook
    assert playbook is not None
    assert [found.rule for found in effect_findings(playbook)] == ["unknown-evidence"] * 2


@pytest.mark.parametrize(
    ("of_flow", "of_send", "twice"),
    [
        ("", "{evidence: ours, purchase_rate: 1.1, added_orders: 1..6 per 1000}", True),
        ("", "{evidence: ours, purchase_rate: 1.1, revive: 1%}", True),
        ("", "{purchase_rate: 1.1, added_orders: 1..6 per 1000}", False),
        ("", "{evidence: ours, purchase_rate: 1.1, basket: 1.1}", False),
        ("{evidence: ours, revive: 1%}", "{evidence: ours, added_orders: 1..6 per 1000}", True),
        ("{evidence: ours, revive: 1%}", "{evidence: theirs, purchase_rate: 1.1}", False),
        ("email.broadcast.rate", "email.broadcast.added", True),
        ("email.broadcast.rate", "email.lapsed", False),
        ("{evidence: email.lapsed, revive: 1%}", "email.lapsed", True),
    ],
)
def test_the_orders_of_one_experiment_are_told_once(
    tmp_path: Path, of_flow: str, of_send: str, twice: bool
) -> None:
    flow = f"expect: {of_flow}\n    " if of_flow else ""
    playbook = load(write(tmp_path, f"{flow}{CART}[{{send: note, expect: {of_send}}}]")).playbook
    assert playbook is not None
    assert [found.rule for found in effect_findings(playbook)] == [
        "effect-counted-twice" for _ in range(twice)
    ]


@pytest.mark.parametrize(
    ("audience", "told"),
    [
        ("probability_alive < 20%", True),
        ("orders >= 2 and probability_alive <= 20%", True),
        ("probability_alive between 40% and 70%", False),
        ("orders >= 2 or probability_alive < 20%", False),
        ("not (probability_alive < 20%)", False),
        ("probability_alive > 20%", False),
    ],
)
def test_a_flow_for_the_highest_risk_is_told(tmp_path: Path, audience: str, told: bool) -> None:
    loaded = load(write(tmp_path, f"audience: {audience}\n    {CART}[{{send: note}}]"))
    assert loaded.playbook is not None
    found = effect_findings(loaded.playbook)
    assert [one.rule for one in found] == ["target-by-risk" for _ in range(told)]
    if told:
        assert loaded.sources[0].slice(found[0].span).startswith("probability_alive <")


def test_reviving_is_told_where_one_time_buyers_stay(tmp_path: Path) -> None:
    flow = f"expect: {{dropout: 0.9}}\n    {CART}[{{send: note, expect: {{revive: 1%}}}}]"
    loaded = load(write(tmp_path, flow))
    assert loaded.playbook is not None
    found = list(lifetime_findings(loaded.playbook, 0.43))
    assert [loaded.sources[0].slice(one.span) for one in found] == ["0.9", "1%"]
    assert all("in 43% of the draws" in one.message for one in found)
    assert list(lifetime_findings(loaded.playbook, 0.01)) == []
