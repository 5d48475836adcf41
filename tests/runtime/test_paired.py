"""Two playbooks on the same orders: what both share cancels, what differs is told by flow."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbook_compiler.diff import diff
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import Duration
from playbook_runtime.checked import compile_and_check
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.estimate import Estimate
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.paired import Request, changed_flows, projected_change
from playbook_runtime.projected_change import ProjectedChange
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings

NOTHING = Estimate.exactly(0.0)
DAYS = 60
# Whoever signs up cannot have been silent for 70 days within 60: the flows share no customer.
TWO_FLOWS = """\
playbook: 1
name: leaf-and-steam
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 58%, message_costs: {email: 0.01}}
assume: {sign_up: {rate: 70 per 1mo}}
guardrails: {consent: {email: opt-in}, holdout: 10%, frequency: {at_most: 3, per: 7d}}
require:
  - profit.difference.p50 > 0
  - flow(win-back).profit.mean > 0
  - messages_per_customer_month <= 9
messages:
  hello: {subject: Hi, body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"}
flows:
  welcome:
    trigger: sign_up
    steps: [{wait: 1d}, {send: hello, expect: {added_orders: 150..250 per 1000}}]
  win-back:
    trigger: {inactive_for: 70d}
    existing: {over: 14d}
    steps: [{wait: 3d}, {send: hello, expect: {added_orders: 80..120 per 1000}}]
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 300, 3)
    return folder


def compiled(shop: Path, text: str) -> TriggerGraph:
    path = shop / "playbook.yaml"
    path.write_text(text, "utf-8")
    graph = compile_and_check(str(path)).graph
    assert graph is not None
    return graph


def effect(shop: Path, old: str | None, new: str | None, draws: int = 40) -> ProjectedChange:
    """Return what a change of the text does to the projection."""
    sides = [None if text is None else compiled(shop, text) for text in (old, new)]
    some = next(side for side in sides if side is not None)
    data, _ = read_data(
        some.playbook,
        shop / "orders.csv",
        OrderInput(OrderOptions(), shop / "customers.csv", None),
        None,
    )
    assert data is not None
    request = Request(
        Settings(Duration(days=DAYS), draws, 1), changed_flows(diff(*sides).entries), "a command"
    )
    found, _ = projected_change((sides[0], data), (sides[1], data), request)
    assert found is not None
    return found


def test_a_playbook_against_itself_differs_in_nothing(shop: Path) -> None:
    found = effect(shop, TWO_FLOWS, f"# A comment.\n{TWO_FLOWS}")
    assert found.is_nothing and not found.flows
    assert found.rest.orders == found.rest.profit == NOTHING
    assert found.metric("profit").old == found.metric("profit").new


def test_words_of_a_message_change_nothing_in_any_draw(shop: Path) -> None:
    """Both sides are run, since their digests differ: all luck is shared."""
    found = effect(shop, TWO_FLOWS, TWO_FLOWS.replace("Welcome.", "Good to see you."))
    assert found.is_nothing
    assert [(one.flow, one.worth.profit) for one in found.flows] == [
        ("welcome", NOTHING),
        ("win-back", NOTHING),
    ]
    assert {one.old.verdict for one in found.requirements if one.old} == {
        one.new.verdict for one in found.requirements if one.new
    }


def test_a_changed_wait_moves_its_own_flow_only(shop: Path) -> None:
    found = effect(shop, TWO_FLOWS, TWO_FLOWS.replace("wait: 3d", "wait: 30d"))
    (flow,) = found.flows
    assert (flow.flow, flow.how) == ("win-back", "modified")
    assert flow.worth.profit.mean < 0 and found.metric("profit").difference.mean < 0
    # All of the difference, draw by draw, is the flow's. Profits are rounded to cents.
    assert found.rest.orders == NOTHING
    assert abs(found.rest.profit.p10) < 1 and abs(found.rest.profit.p90) < 1


def test_a_new_flow_is_worth_what_the_change_brings(shop: Path) -> None:
    off = TWO_FLOWS.replace("    trigger: sign_up", "    enabled: false\n    trigger: sign_up")
    one = effect(shop, off, TWO_FLOWS)
    profit = one.metric("profit")
    assert profit.told_apart and profit.difference.p10 > 0 and profit.above == 1.0
    assert [flow.flow for flow in one.flows] == ["welcome"]
    assert one.flows[0].worth.profit.p10 > 0 and one.rest.orders == NOTHING


def test_both_ways_are_each_others_negative(shop: Path) -> None:
    later = TWO_FLOWS.replace("wait: 3d", "wait: 9d")
    there, back = effect(shop, TWO_FLOWS, later), effect(shop, later, TWO_FLOWS)
    for one, other in zip(there.metrics, back.metrics, strict=True):
        assert one.difference.mean == -other.difference.mean
        assert one.difference.p10 == pytest.approx(-other.difference.p90)


def test_against_no_playbook_it_is_the_whole_projection(shop: Path) -> None:
    """The same numbers as the expected difference of `simulate`, whose world without has none."""
    from playbook_runtime.simulate import project

    found = effect(shop, None, TWO_FLOWS)
    graph = compiled(shop, TWO_FLOWS)
    given = OrderInput(OrderOptions(), shop / "customers.csv", None)
    data, _ = read_data(graph.playbook, shop / "orders.csv", given, None)
    assert data is not None
    projection, _ = project(graph, data, Settings(Duration(days=DAYS), 40, 1))
    assert projection is not None
    for one in found.metrics:
        assert one.difference == projection.difference[one.name]
        assert one.old == projection.without[one.name]
    assert [one.old for one in found.requirements] == [None] * 3
    assert {one.text: one.new for one in found.requirements} == {
        one.text: one for one in projection.requirements
    }


def test_guardrails_stand_side_by_side(shop: Path) -> None:
    looser = TWO_FLOWS.replace("at_most: 3", "at_most: 9").replace(", holdout: 10%", "")
    found = effect(shop, TWO_FLOWS, looser, draws=4)
    assert {one.name: (one.old, one.new) for one in found.rules} == {
        "holdout": ("10%", "none"),
        "frequency": ("3 per 7d", "9 per 7d"),
        "quiet_hours": ("none", "none"),
        "deepest_discount": ("none", "none"),
    }
