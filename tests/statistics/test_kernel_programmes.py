"""What programmes give and take is conserved, person by person, and touches nobody else."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tests.statistics.worlds import World, graph_of, small_world

from playbook_compiler.graph import TriggerGraph
from playbook_runtime.kernel.layout import WITH, WITHOUT, PerMonth, world_column
from playbook_runtime.kernel.layout import World as Column
from playbook_runtime.kernel.run import Horizon, Piece, counted, layout_of, run, task_of
from playbook_runtime.kernel.tables import I64, PROGRAMME_DRAWS, rows
from playbook_runtime.membership import buys, join_offsets, savers_of
from playbook_runtime.program import build_program

CASES = Path(__file__).parents[1] / "cases" / "kernel" / "programmes"
POINTS = ("points", "points-old")
TIERS = ("tiers", "tiers-by-points", "tiers-by-orders")


def each_person(graph: TriggerGraph, world: World) -> I64:
    """Return the counts of every person alone, summed over draws."""
    program, findings = build_program(graph, world.launch)
    assert not findings
    launch = world.launch
    horizon = Horizon(launch.seed, launch.start, launch.end)
    task = task_of(program, launch.zones, world.people, world.draws, horizon)
    draws = len(world.draws.number)
    persons = range(len(world.people.key))
    return np.array([counted(task, Piece(i, i + 1, 0, draws))[0].sum(axis=0) for i in persons])


def of(counts: I64, what: Column, world: int = WITH) -> I64:
    return counts[:, world_column(world, what)]


@pytest.mark.parametrize("name", POINTS)
def test_points_earned_are_redeemed_lapsed_or_outstanding_person_by_person(name: str) -> None:
    graph = graph_of(CASES / f"{name}.yaml")
    counts = each_person(graph, small_world(graph, 5, 150, 2))
    earned, redeemed = of(counts, Column.POINTS_EARNED), of(counts, Column.POINTS_REDEEMED)
    expired, held = of(counts, Column.POINTS_EXPIRED), of(counts, Column.POINTS_OUTSTANDING)
    assert (earned == redeemed + expired + held).all()
    assert (of(counts, Column.POINTS_LATER) <= held).all()
    assert (held >= 0).all() and redeemed.any() and expired.any() and held.any()
    assert (of(counts, Column.POINTS_COST) <= of(counts, Column.OFFER_COST)).all()


@pytest.mark.parametrize("name", (*POINTS, *TIERS))
def test_the_world_without_has_no_programme(name: str) -> None:
    graph = graph_of(CASES / f"{name}.yaml")
    counts = each_person(graph, small_world(graph, 5, 60, 1))
    for what in (
        Column.POINTS_EARNED,
        Column.FEES,
        Column.LIABILITY,
        Column.OFFER_COST,
        Column.RIGHTS_COST,
    ):
        assert not of(counts, what, WITHOUT).any()


def test_who_does_not_take_part_has_the_same_life_in_both_worlds(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    text = (CASES / "points.yaml").read_text()
    path.write_text(text[: text.index("messages:")])
    graph = graph_of(path)
    world = small_world(graph, 5, 100, 1)
    nobody = world.draws.programme.copy()
    nobody[:, PROGRAMME_DRAWS.index("participation")] = 0.0
    counts = each_person(graph, world._replace(draws=world.draws._replace(programme=nobody)))
    for what in Column:
        assert (of(counts, what, WITH) == of(counts, what, WITHOUT)).all(), what
    some = each_person(graph, world)
    assert (of(some, Column.ORDERS, WITHOUT) == of(counts, Column.ORDERS, WITHOUT)).all()
    assert (of(some, Column.ORDERS) != of(some, Column.ORDERS, WITHOUT)).any()


def test_what_is_owed_is_nothing_where_nobody_redeems(tmp_path: Path) -> None:
    graph = graph_of(CASES / "points.yaml")
    world = small_world(graph, 5, 100, 1)
    never = world.draws.programme.copy()
    never[:, PROGRAMME_DRAWS.index("redemption")] = 0.0
    counts = each_person(graph, world._replace(draws=world.draws._replace(programme=never)))
    assert of(counts, Column.POINTS_OUTSTANDING).any()
    assert not of(counts, Column.LIABILITY).any() and not of(counts, Column.POINTS_COST).any()


@pytest.mark.parametrize("name", TIERS)
def test_rights_are_part_of_what_offers_cost_and_lower_what_is_paid(name: str) -> None:
    graph = graph_of(CASES / f"{name}.yaml")
    counts = each_person(graph, small_world(graph, 5, 100, 1))
    assert (of(counts, Column.RIGHTS_COST) <= of(counts, Column.OFFER_COST)).all()
    assert of(counts, Column.RIGHTS_COST).any()


@pytest.mark.parametrize("name", POINTS)
def test_months_add_up_to_the_horizon(name: str) -> None:
    graph = graph_of(CASES / f"{name}.yaml")
    world = small_world(graph, 5, 100, 2)
    program, _ = build_program(graph, world.launch)
    launch = world.launch
    horizon = Horizon(launch.seed, launch.start, launch.end)
    counts = run(program, launch.zones, world.people, world.draws, horizon)
    layout = layout_of(program)
    months = range(layout.months)
    for what, whole in (
        (PerMonth.OFFER_COST, Column.OFFER_COST),
        (PerMonth.POINTS_EARNED, Column.POINTS_EARNED),
        (PerMonth.POINTS_REDEEMED, Column.POINTS_REDEEMED),
        (PerMonth.POINTS_EXPIRED, Column.POINTS_EXPIRED),
    ):
        by_month = sum(counts[:, layout.month_column(k, WITH, what)] for k in months)
        assert (by_month == of(counts, whole)).all(), what
    held = 0
    last = [k for k in months if launch.month_start[k] < launch.end]
    for k in last:
        earned, redeemed, expired, outstanding = (
            counts[:, layout.month_column(k, WITH, what)]
            for what in (
                PerMonth.POINTS_EARNED,
                PerMonth.POINTS_REDEEMED,
                PerMonth.POINTS_EXPIRED,
                PerMonth.POINTS_OUTSTANDING,
            )
        )
        held = held + earned - redeemed - expired
        assert (outstanding == held).all()
    at_the_end = counts[:, layout.month_column(last[-1], WITH, PerMonth.LIABILITY)]
    assert (at_the_end == of(counts, Column.LIABILITY)).all()


@pytest.mark.parametrize("name", ["membership", "membership-alone"])
def test_fees_count_for_their_time_and_the_months_add_up(name: str) -> None:
    graph = graph_of(CASES / f"{name}.yaml")
    world = small_world(graph, 5, 100, 2)
    program, _ = build_program(graph, world.launch)
    launch = world.launch
    horizon = Horizon(launch.seed, launch.start, launch.end)
    counts = run(program, launch.zones, world.people, world.draws, horizon)
    layout = layout_of(program)
    fees, paid = of(counts, Column.FEES), of(counts, Column.FEES_PAID)
    months = range(layout.months)
    assert (
        sum(counts[:, layout.month_column(k, WITH, PerMonth.FEES)] for k in months) == fees
    ).all()
    assert (fees < paid).all() and (paid % program.fee == 0).all()
    assert (of(counts, Column.LEFT) <= of(counts, Column.JOINED)).all()
    assert not of(counts, Column.JOINED, WITHOUT).any()


def test_of_the_buyers_the_share_that_is_drawn_joins() -> None:
    graph = graph_of(CASES / "membership-alone.yaml")
    history = small_world(graph, 5, 400, 1).people
    history = rows(history, 0, 400)
    behaviour, spend = np.array([[0.8, 40.0, 0.6, 2.5]]), np.array([[3.0, 4.0, 9000.0]])
    for share in (0.02, 0.3, 0.9):
        found = join_offsets(
            graph.playbook,
            history,
            behaviour,
            np.array([1]),
            np.array([1]),
            spend,
            np.ones(1),
            [share],
        )
        joined, bought = 0.0, 0.0
        for one in savers_of(history):
            rate = (0.8 + one.x) / (40.0 + one.T)
            value = 3.0 * (9000.0 + one.repeat_value) / (4.0 + 3.0 * one.x - 1.0)
            saving = rate * 45.0 * (410.0 + 0.1 * value)
            weight = buys(one, 0.8, 40.0, 0.6, 2.5, 1, 1)
            z = min(50.0, found[0] + (saving - 99.0) / 99.0)
            joined += weight / (1.0 + math.exp(-z))
            bought += weight
        assert joined / bought == pytest.approx(share, rel=1e-6)


SUBSCRIPTIONS = ("subscription", "subscription-alone")


def with_shares(world: World, **shares: float) -> World:
    """Return a world in which some of what is assumed of programmes is the same in every draw."""
    programme = world.draws.programme.copy()
    for name, share in shares.items():
        programme[:, PROGRAMME_DRAWS.index(name)] = share
    return world._replace(draws=world.draws._replace(programme=programme))


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
def test_nobody_ends_a_subscription_that_he_has_not(name: str) -> None:
    graph = graph_of(CASES / f"{name}.yaml")
    counts = each_person(graph, small_world(graph, 5, 150, 2))
    joined, ended = of(counts, Column.SUBSCRIBED), of(counts, Column.SUBSCRIPTIONS_ENDED)
    delivered = of(counts, Column.DELIVERIES)
    assert (ended <= joined).all() and (joined <= 2).all()  # once in each of two draws
    assert ended.any() and (delivered[joined == 0] == 0).all() and delivered.any()
    assert (delivered <= of(counts, Column.ORDERS)).all()
    assert (of(counts, Column.DELIVERY_DISCOUNTS) <= of(counts, Column.OFFER_COST)).all()
    for what in (Column.SUBSCRIBED, Column.DELIVERIES, Column.DELIVERY_DISCOUNTS):
        assert not of(counts, what, WITHOUT).any()


def subscription_alone(tmp_path: Path, more: str = "") -> TriggerGraph:
    """Return the playbook with a subscription and nothing else."""
    path = tmp_path / "playbook.yaml"
    text = (CASES / "subscription-alone.yaml").read_text()
    path.write_text(text[: text.index("messages:")].replace("every: 30d", f"every: 30d{more}"))
    return graph_of(path)


def test_who_does_not_subscribe_has_the_same_life_in_both_worlds(tmp_path: Path) -> None:
    graph = subscription_alone(tmp_path)
    world = small_world(graph, 5, 150, 1)
    some, none = each_person(graph, world), each_person(graph, with_shares(world, subscribe=0.0))
    assert not of(none, Column.SUBSCRIBED).any() and of(some, Column.SUBSCRIBED).any()
    others = of(some, Column.SUBSCRIBED) == 0
    for what in Column:
        assert (of(none, what) == of(none, what, WITHOUT)).all(), what
        assert (of(some, what)[others] == of(none, what)[others]).all(), what


def test_a_subscription_that_ends_at_once_replaces_orders_until_then_alone(tmp_path: Path) -> None:
    graph = subscription_alone(tmp_path)
    world = with_shares(small_world(graph, 5, 150, 1), stay=1e-9, unlike=1e-6)
    counts = each_person(graph, world)
    assert of(counts, Column.SUBSCRIPTIONS_ENDED).any()
    assert not of(counts, Column.DELIVERIES).any()
    orders, without = of(counts, Column.ORDERS), of(counts, Column.ORDERS, WITHOUT)
    # The path goes on where it would have been: after 30 days all its orders come again.
    assert (orders <= without).all() and orders.sum() > 0.6 * without.sum()
    others = of(counts, Column.SUBSCRIBED) == 0
    assert (orders[others] == without[others]).all() and (orders < without).any()


def test_the_discount_is_what_deliveries_cost_and_no_more(tmp_path: Path) -> None:
    plain = subscription_alone(tmp_path)
    free = each_person(plain, small_world(plain, 5, 99, 1))
    graph = subscription_alone(tmp_path, ", discount: 10%")
    cheap = each_person(graph, small_world(graph, 5, 99, 1))
    assert (of(free, Column.ORDERS) == of(cheap, Column.ORDERS)).all()
    off = of(cheap, Column.OFFER_COST)
    assert (off == of(cheap, Column.DELIVERY_DISCOUNTS)).all() and off.any()
    assert (of(free, Column.REVENUE) - of(cheap, Column.REVENUE) == off).all()
    assert (of(free, Column.CONTRIBUTION_MICRO) == of(cheap, Column.CONTRIBUTION_MICRO)).all()


@pytest.mark.parametrize(("unlike", "ended_share"), [(1e-6, 0.15), (0.4, None)])
def test_subscribers_end_as_the_shifted_beta_geometric_says(
    tmp_path: Path, unlike: float, ended_share: float | None
) -> None:
    """All alike, the same share leaves at each delivery (Fader & Hardie 2007); the more unlike
    they are, the more of those who are left stay, so that fewer leave in all."""
    graph = subscription_alone(tmp_path)
    world = with_shares(small_world(graph, 5, 1500, 1), subscribe=1.0, stay=0.85, unlike=unlike)
    program, _ = build_program(graph, world.launch)
    launch = world.launch
    horizon = Horizon(launch.seed, launch.start, launch.end)
    counts = run(program, launch.zones, world.people, world.draws, horizon)
    ended, delivered = (
        int(of(counts, what)[0]) for what in (Column.SUBSCRIPTIONS_ENDED, Column.DELIVERIES)
    )
    error = math.sqrt(0.15 * 0.85 / (ended + delivered))
    share = ended / (ended + delivered)
    if ended_share is not None:
        assert share == pytest.approx(ended_share, abs=4 * error)
    else:
        assert share < 0.15 - 4 * error
