"""Contact pressure by the playbook alone, and the edges by which flows start each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, MESSAGES, graph

from playbook_compiler.contact import contact
from playbook_compiler.graph import EMITS, STARTS
from playbook_compiler.views.contact import render

POINTS = """\
programmes:
  points:
    earn: [{event: order_placed, points: 1 per EUR}]
    redeem: [{points: 500, for: {amount_off: 5.00}}]
    expire: 12mo after last activity
"""


def flow(trigger: str, steps: str, more: str = "") -> str:
    return f"{{trigger: {trigger}, {more}steps: [{steps}]}}"


@pytest.mark.parametrize(
    ("written", "in_month", "runs"),
    [
        (flow("sign_up", "{send: hello}, {wait: 3d}, {send: hello, id: second}"), 2, 1),
        (flow("sign_up", "{send: hello}, {wait: 31d}, {send: again}"), 1, 1),
        (
            flow(
                "sign_up",
                "{send: hello}, {wait: 20d}, {send: again}, {wait: 20d}, {send: hello, id: third}",
            ),
            2,
            1,
        ),
        (flow("{every: 1w on tue}", "{send: hello}"), 1, 5),
        (flow("cart_abandoned", "{send: hello}", "entry: {again_after: 14d}, "), 1, 3),
        (flow("order_placed", "{send: hello}"), 1, None),
        (
            flow(
                "sign_up",
                "{if: orders = 0, then: [{send: hello}, {send: again}]}, {send: hello, id: third}",
            ),
            3,
            1,
        ),
        (flow("sign_up", "{send: [hello, again]}, {send: {next_of: [hello, again]}}"), 3, 1),
    ],
)
def test_the_most_that_one_flow_sends(
    tmp_path: Path, written: str, in_month: int, runs: int | None
) -> None:
    told = contact(graph(tmp_path, f"{HEAD}{MESSAGES}flows:\n  it: {written}\n"))
    (one,) = told.flows
    assert (one.in_month, one.runs) == (in_month, runs)


def test_caps_bound_a_month(tmp_path: Path) -> None:
    caps = (
        "guardrails: {frequency: [{at_most: 3, per: 7d}, {channel: sms, at_most: 1, per: 14d}]}\n"
    )
    written = flow("{every: day at 09:00}", "{send: hello}")
    told = contact(graph(tmp_path, f"{HEAD}{MESSAGES}{caps}flows:\n  it: {written}\n"))
    assert told.fixed == 31
    assert told.capped == 15  # no month holds more than five windows of seven days begun


def test_flows_that_meet_the_same_customer_on_one_day(tmp_path: Path) -> None:
    text = (
        f"{HEAD}{MESSAGES}flows:\n"
        f"  first: {flow('{event: order_placed, where: orders = 1}', '{send: hello}')}\n"
        f"  later: {flow('{event: order_placed, where: orders >= 2}', '{send: hello}')}\n"
        f"  every: {flow('order_placed', '{send: again}')}\n"
        f"  next-day: {flow('order_placed', '{wait: 1d}, {send: hello}')}\n"
    )
    told = contact(graph(tmp_path, text))
    pairs = [(one.first.id, one.second.id) for one in told.overlaps]
    assert pairs == [("every", "first"), ("every", "later")]
    assert "every and first: `order_placed` starts both" in render(graph(tmp_path, text))


def test_a_paused_flow_weighs_nothing(tmp_path: Path) -> None:
    written = flow("sign_up", "{send: hello}", "enabled: false, ")
    lowered = graph(tmp_path, f"{HEAD}{MESSAGES}flows:\n  it: {written}\n")
    assert contact(lowered).flows == ()
    assert render(lowered) == "No flow sends anything.\n"


@pytest.mark.parametrize(
    ("steps", "more", "trigger", "name"),
    [
        (
            "{update: {tag: warm}}",
            "audiences: {warm: tags has warm}\n",
            "{enters: warm}",
            "tag warm",
        ),
        (
            "{update: {tag: warm}}",
            "audiences: {inner: tags has warm, warm: audience(inner) and orders >= 1}\n",
            "{enters: warm}",
            "tag warm",
        ),
        (
            "{send: again, offer: gift}",
            "offers: {gift: {gift: tea, cost: 1.00, valid: 9d}}\n",
            "{offer_expiring: 2d}",
            "offer gift",
        ),
        (
            "{send: again}",
            "audiences: {told: received(again) within 3d}\n",
            "{enters: told}",
            "message again",
        ),
        ("{exit: done}", "audiences: {in: in_flow(it)}\n", "{enters: in}", "entry it"),
        (
            "{update: {gender: f}}",
            "facts: {gender: [f, m]}\naudiences: {women: gender = f}\n",
            "{enters: women}",
            "field gender",
        ),
        (
            "{update: {suppress: email}}",
            "audiences: {gone: unsubscribed(email)}\n",
            "{enters: gone}",
            "suppressed email",
        ),
        (
            "{grant: {points: 50}}",
            POINTS,
            "{points_reach: 500}",
            "points",
        ),
    ],
)
def test_what_the_system_makes_happen_starts_flows(
    tmp_path: Path, steps: str, more: str, trigger: str, name: str
) -> None:
    text = (
        f"{HEAD}{MESSAGES}{more}flows:\n"
        f"  it: {flow('sign_up', steps)}\n"
        f"  other: {flow(trigger, '{send: hello}')}\n"
    )
    lowered = graph(tmp_path, text)
    edges = [(edge.target, edge.name) for edge in lowered.edges if edge.way == EMITS]
    assert ("other/trigger", name) in edges
    assert all(
        edge.way not in (STARTS, EMITS) for node in lowered.nodes for edge in lowered.out(node)
    )


def test_a_paused_flow_starts_nothing(tmp_path: Path) -> None:
    text = (
        f"{HEAD}{MESSAGES}audiences: {{warm: tags has warm}}\nflows:\n"
        f"  it: {flow('sign_up', '{update: {tag: warm}}', 'enabled: false, ')}\n"
        f"  other: {flow('{enters: warm}', '{send: hello}')}\n"
    )
    assert [edge for edge in graph(tmp_path, text).edges if edge.way == EMITS] == []
