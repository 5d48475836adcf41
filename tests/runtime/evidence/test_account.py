"""What a playbook's effects rest on, told effect by effect."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_sends_and_findings import CART, graph_of

from playbook_compiler.driver import compile_playbook
from playbook_runtime.evidence.account import (
    DEFAULT,
    NAMED,
    OWN,
    EvidenceAccount,
    evidence_account,
)
from playbook_runtime.evidence.words import effect_words, headline_words
from playbook_runtime.prepare import expected_effects

SHOP = Path(__file__).parent / "shop.yaml"


def account(folder: Path, flow: str) -> EvidenceAccount:
    return evidence_account(graph_of(folder, flow))


@pytest.mark.parametrize(
    ("expect", "origin", "words", "headline"),
    [
        ("", DEFAULT, "rate of buying x0.84..1.08, for 14d", "in the headline"),
        (
            ", expect: email.lapsed",
            NAMED,
            "adds 0.0..6.6 orders per 1,000 within 14d",
            "in the headline",
        ),
        (
            ", expect: {purchase_rate: 1.1..1.3, within: 7d}",
            OWN,
            "rate of buying x1.10..1.30, for 7d",
            "in the headline",
        ),
        (
            ", expect: {added_orders: 0 per 1000}",
            OWN,
            "changes nothing (added orders)",
            "in the headline",
        ),
        (
            ", expect: {repaid: 30%..90%}",
            OWN,
            "30%..90% of the added orders only come earlier",
            "in the headline, as a cost",
        ),
        (
            ", expect: welcome",
            NAMED,
            "rate of buying x0.88..1.14, for 14d",
            "left out of the headline: nothing proves it",
        ),
    ],
)
def test_an_effect_is_told_in_words_with_where_it_comes_from(
    tmp_path: Path, expect: str, origin: str, words: str, headline: str
) -> None:
    (use,) = account(tmp_path, f"{CART}[{{send: note{expect}}}]").uses
    assert (use.flow, use.step, use.origin) == ("one", "send-note", origin)
    assert effect_words(use.prior) == words
    assert headline_words(use.prior) == headline


def test_an_offer_rests_on_a_share_of_orders_that_use_it(tmp_path: Path) -> None:
    usual, own = (
        account(tmp_path, f"{CART}[{{wait: 1d}}, {{send: note, offer: ten{expect}}}]").uses
        for expect in ("", ", expect: {redemption: 40%}")
    )
    assert [(use.prior.evidence_id, use.origin) for use in usual] == [
        ("cart.reminder.late", DEFAULT),
        ("offer.redemption", DEFAULT),
    ]
    assert [(use.prior.form, use.origin) for use in own] == [
        ("redemption", OWN),
        ("purchase_rate", DEFAULT),
    ]


def test_what_the_projection_draws_is_what_is_told() -> None:
    graph = compile_playbook(str(SHOP)).graph
    assert graph is not None
    told = [(use.flow, use.prior) for use in evidence_account(graph).uses]
    expected = expected_effects(graph)
    drawn = [
        (slot.flow, prior) for slot, prior in zip(expected.slots, expected.priors, strict=True)
    ]
    drawn += [
        (send.partition("/")[0], prior)
        for send, prior in zip(expected.sends, expected.redemptions, strict=True)
        if prior is not None
    ]
    assert sorted(map(str, told)) == sorted(map(str, drawn))


def test_experiments_are_told_with_where_they_are_used() -> None:
    graph = compile_playbook(str(SHOP)).graph
    assert graph is not None
    found = {one.experiment.id: one for one in evidence_account(graph).experiments}
    assert found["autumn"].used_by == ()
    assert found["win-back-2025"].used_by == ("win-back/send-note", "win-back/two")
    before, after = found["win-back-2025"].before, found["win-back-2025"].after
    assert after.sd < before.sd and after.mean > before.mean


BROWSED = """trigger: product_browsed
    strategy: S9
    exit_on: [order_placed]
    steps: [{send: note}]"""


@pytest.mark.parametrize(
    ("flow", "why"),
    [
        (BROWSED, "no study of such a message"),
        (f"{CART}[{{send: note, expect: {{within: 7d}}}}]", "its `expect` says nothing of buying"),
    ],
)
def test_messages_of_which_nothing_is_known_are_told(tmp_path: Path, flow: str, why: str) -> None:
    found = account(tmp_path, flow)
    assert found.uses == ()
    assert [(one.step, one.why) for one in found.unsupported] == [("send-note", why)]


def test_a_flows_own_expectation_stands_for_its_messages(tmp_path: Path) -> None:
    found = account(tmp_path, f"expect: {{purchase_rate: 1.1}}\n    {CART}[{{send: note}}]")
    assert [(use.step, use.origin) for use in found.uses] == [("", OWN)]
    assert found.unsupported == ()
