"""Every figure of an `expect:` is a column of draws that the kernel finds by its form."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_sends_and_findings import CART, graph_of

from playbook_runtime.evidence.model import Grade
from playbook_runtime.launch import ADDED, BASKET, DROPOUT, ENTRY_STEP, RATE, REPAID, REVIVE, Slot
from playbook_runtime.prepare import expected_effects

DAY = 86_400


@pytest.mark.parametrize(
    ("expect", "form"),
    [
        ("{purchase_rate: 1.05..1.25, within: 10d}", RATE),
        ("{added_orders: 1..6 per 1000, within: 10d}", ADDED),
        ("{dropout: 0.85..1.0, within: 10d}", DROPOUT),
        ("{revive: 0.2%..1%, within: 10d}", REVIVE),
        ("{basket: 1.0..1.1, within: 10d}", BASKET),
        ("{repaid: 30%..90%, within: 10d}", REPAID),
    ],
)
def test_a_figure_is_a_slot_of_its_form(tmp_path: Path, expect: str, form: str) -> None:
    found = expected_effects(graph_of(tmp_path, CART + f"[{{send: note, expect: {expect}}}]"))
    assert found.slots == (Slot("one", "send-note", form, 10 * DAY),)
    assert found.grade_of(found.slots[0]) is Grade.OWN


def test_the_slots_of_a_step_stand_side_by_side(tmp_path: Path) -> None:
    step = "{send: note, expect: {purchase_rate: 1.1, basket: 1.1, repaid: 50%, overlap: add}}"
    flow = "expect: {dropout: 0.9}\n    " + CART + f"[{{send: more}}, {{wait: 1d}}, {step}]"
    found = expected_effects(graph_of(tmp_path, flow))
    assert [(slot.step, slot.form, slot.add) for slot in found.slots] == [
        (ENTRY_STEP, DROPOUT, False),
        ("send-note", RATE, True),
        ("send-note", BASKET, True),
        ("send-note", REPAID, True),
    ]


def test_a_redemption_is_no_slot_but_a_share_of_the_send(tmp_path: Path) -> None:
    step = "{send: note, offer: ten, expect: {redemption: 10%..30%, purchase_rate: 1}}"
    found = expected_effects(graph_of(tmp_path, CART + f"[{step}]"))
    assert [slot.form for slot in found.slots] == [RATE]
    (share,) = found.redemptions
    assert share is not None and share.interval[0] == pytest.approx(0.10)


def test_the_librarys_effect_has_the_studys_grade(tmp_path: Path) -> None:
    found = expected_effects(graph_of(tmp_path, CART + "[{wait: 1d}, {send: note}]"))
    assert [found.grade_of(slot) for slot in found.slots] == [Grade.B]
