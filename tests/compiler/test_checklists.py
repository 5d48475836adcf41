"""Checklists: what an item says, who does it, and what shows that it is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import FLOW, HEAD, MESSAGES, playbook, read, told

from playbook_compiler.checklists import ChecklistItem, parse_verification
from playbook_compiler.fulfilment import fulfilment

SHOP = f"{HEAD}{MESSAGES}{FLOW}"


def item(path: Path, written: str) -> ChecklistItem:
    return playbook(path, f"{SHOP}checklists: {{post: [{written}]}}\n").checklists["post"][0]


def test_an_item_says_who_does_it_and_how_it_shows(tmp_path: Path) -> None:
    found = item(
        tmp_path,
        "{item: sent in a day, owner: warehouse, every: 1mo, strategy: O1,"
        " verify: shipped_at - ordered_at <= 1d for 95%, evidence: wiki/shipping}",
    )
    assert (found.owner, str(found.every), found.evidence, found.strategy) == (
        "warehouse", "1mo", "wiki/shipping", "O1",
    )  # fmt: skip
    assert found.verify is not None
    assert found.verify.columns == ("ordered_at", "shipped_at")
    assert str(found.verify) == "shipped_at - ordered_at <= 1d for 95%"


def test_a_checklist_of_a_tactic_keeps_its_full_name(tmp_path: Path) -> None:
    shop = playbook(
        tmp_path,
        f"{SHOP}checklists: {{thank-you/post-purchase: [{{item: a card, owner: shop}}]}}\n"
        "stages: {growth: {enter: orders_per_month >= 30, checklist: post-purchase}}\n",
    )
    assert list(shop.checklists) == ["thank-you/post-purchase"]
    assert shop.stages["growth"].checklist == ("thank-you/post-purchase",)


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("{item: a}", "missing-key"),
        ("{owner: shop}", "missing-key"),
        ("{item: a, done_by: flow winback}", "unknown-flow"),
        ("{item: a, done_by: message helo}", "unknown-message"),
        ("{item: a, done_by: flows win-back}", "unknown-word"),
        ("{item: a, done_by: programme loyalty}", "unknown-word"),
        ("{item: a, done_by: win-back}", "wrong-shape"),
        ("{item: a, owner: b, verify: shipped_at - ordered_at}", "bad-verification"),
    ],
)
def test_what_no_item_can_say(tmp_path: Path, written: str, rule: str) -> None:
    loaded = read(tmp_path, f"{SHOP}checklists: {{post: [{written}]}}\n")
    assert [one.split()[1] for one in told(loaded)] == [rule]


def test_a_misspelt_flow_is_named_at_its_own_place(tmp_path: Path) -> None:
    text = f"{SHOP}checklists: {{post: [{{item: a, done_by: flow winback}}]}}\n"
    (found,) = read(tmp_path, text).diagnostics
    (line,) = (one for one in text.splitlines() if one.startswith("checklists"))
    assert found.span.column == line.index("winback") + 1
    assert found.help == "did you mean `win-back`?"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("shipped_at - ordered_at >= 1d for 95%", "expected two moments"),
        ("shiped_at - ordered_at <= 1d for 95%", "did you mean `shipped_at`?"),
        ("ordered_at - shipped_at <= 1d for 95%", "later moment first: shipped_at - ordered_at"),
        ("ordered_at - ordered_at <= 1d for 95%", "later moment first"),
        ("closed_at - ordered_at <= 1d for 95%", "not of one order or one support case"),
        ("shipped_at - ordered_at <= 1 for 95%", "a number needs its unit, for example 1d"),
        ("shipped_at - ordered_at <= 1d for 0.95", "for 95%"),
        ("shipped_at - ordered_at <= 1d for 0%", "above 0%"),
        ("shipped_at - ordered_at <= 1d", "expected two moments"),
    ],
)
def test_a_verification_that_cannot_be_made_out_says_why(text: str, words: str) -> None:
    said = parse_verification(text)
    assert isinstance(said, str)
    assert words in said


PAUSED = FLOW.replace("win-back:\n", "win-back:\n    enabled: false\n")
LATER = FLOW.replace("win-back:\n", "win-back:\n    stages: stable+\n")
POINTS = "programmes: {points: {earn: [], expire: never}}\n"


@pytest.mark.parametrize(
    ("flow", "by", "stage", "why"),
    [
        (FLOW, "flow win-back", "growth", ""),
        (PAUSED, "flow win-back", "growth", "the flow `win-back` is paused"),
        (LATER, "flow win-back", "growth", "the flow `win-back` does not run in the stage growth"),
        (LATER, "flow win-back", "scale", ""),
        (LATER, "flow win-back", "", ""),
        (FLOW, "message hello", "growth", ""),
        (FLOW, "message again", "growth", "no flow sends the message `again`"),
        (PAUSED, "message hello", "growth", "the flow `win-back` is paused"),
        (FLOW, "programme points", "growth", "the playbook has no programme `points`"),
        (FLOW + POINTS, "programme points", "growth", ""),
    ],
)
def test_whether_the_playbook_does_it(
    tmp_path: Path, flow: str, by: str, stage: str, why: str
) -> None:
    text = f"{HEAD}{MESSAGES}{flow}checklists: {{post: [{{item: a, done_by: {by}}}]}}\n"
    shop = playbook(tmp_path, text)
    done_by = shop.checklists["post"][0].done_by
    assert done_by is not None
    found = fulfilment(done_by, shop, stage)
    assert (found.done, found.why) == (not why, why)
