"""Referral: who is recommended lives in the world with alone, and what it costs is all booked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.statistics.test_kernel_programmes import CASES, each_person, of
from tests.statistics.worlds import World, graph_of, small_world

from playbook_runtime.kernel.layout import WITH, WITHOUT, PerMonth
from playbook_runtime.kernel.layout import World as Column
from playbook_runtime.kernel.run import EndlessReferralError, Horizon, layout_of, run
from playbook_runtime.kernel.tables import I64, PROGRAMME_DRAWS
from playbook_runtime.program import build_program

GRAPH = graph_of(CASES / "referral.yaml")


def told(world: World, **shares: float) -> World:
    """Return the world with other shares in every draw."""
    programme = world.draws.programme.copy()
    for name, share in shares.items():
        programme[:, PROGRAMME_DRAWS.index(name)] = share
    return world._replace(draws=world.draws._replace(programme=programme))


def counts_of(world: World, chunk: int = 1_000_000, path: Path | None = None) -> I64:
    program, findings = build_program(GRAPH if path is None else graph_of(path), world.launch)
    assert not findings
    launch = world.launch
    horizon = Horizon(launch.seed, launch.start, launch.end)
    return run(program, launch.zones, world.people, world.draws, horizon, threads=1, chunk=chunk)


def without_flows(tmp_path: Path) -> Path:
    path = tmp_path / "playbook.yaml"
    text = (CASES / "referral.yaml").read_text()
    path.write_text(text[: text.index("messages:")])
    return path


def test_people_cut_otherwise_bring_the_same_friends() -> None:
    world = small_world(GRAPH, 3, 100, 3)
    whole = counts_of(world)
    assert of(whole, Column.REFERRED).any()
    for chunk in (1, 37):
        assert np.array_equal(counts_of(world, chunk), whole)


def test_the_world_without_knows_no_friends_and_nothing_changes_where_nobody_comes(
    tmp_path: Path,
) -> None:
    path = without_flows(tmp_path)
    world = small_world(graph_of(path), 5, 100, 1)
    nobody = counts_of(told(world, referred=0.0), path=path)
    some = counts_of(world, path=path)
    for what in Column:
        assert (of(nobody, what, WITH) == of(nobody, what, WITHOUT)).all(), what
        assert (of(some, what, WITHOUT) == of(nobody, what, WITHOUT)).all(), what
    assert (of(some, Column.ORDERS) > of(some, Column.ORDERS, WITHOUT)).all()
    assert (of(some, Column.NEWCOMERS) == of(some, Column.NEWCOMERS, WITHOUT)).all()


def test_friends_who_would_have_come_anyway_cost_and_bring_nothing(tmp_path: Path) -> None:
    path = without_flows(tmp_path)
    world = told(small_world(graph_of(path), 5, 200, 2), anyway=1.0)
    counts = counts_of(world, path=path)
    assert not of(counts, Column.REFERRED).any() and of(counts, Column.REFERRED_ANYWAY).all()
    for what in (Column.ORDERS, Column.CONTRIBUTION_MICRO, Column.CUSTOMERS):
        assert (of(counts, what) == of(counts, what, WITHOUT)).all(), what
    cost, off = of(counts, Column.REFERRAL_COST), of(counts, Column.REVENUE, WITHOUT)
    assert (cost == of(counts, Column.OFFER_COST)).all() and (cost > 0).all()
    # The newcomer's reward is a discount: it is what is paid less; the referrer's is not.
    assert (off - of(counts, Column.REVENUE) > 0).all()
    assert (off - of(counts, Column.REVENUE) <= cost).all()


def test_as_many_come_as_orders_bring_on_average(tmp_path: Path) -> None:
    path = without_flows(tmp_path)
    world = told(small_world(graph_of(path), 5, 500, 20), referred=0.1, anyway=0.25)
    # Friends come within 30 days of an order: some of the last ones come after the end.
    counts = counts_of(world, path=path)
    orders = of(counts, Column.ORDERS).sum()
    came = of(counts, Column.REFERRED).sum()
    anyway = of(counts, Column.REFERRED_ANYWAY).sum()
    both = int(came + anyway)
    assert anyway / both == pytest.approx(0.25, abs=4 * (0.25 * 0.75 / both) ** 0.5)
    assert 0.08 < both / orders < 0.1 + 4 * (0.1 / orders) ** 0.5


def test_money_is_conserved_by_month_and_person() -> None:
    world = small_world(GRAPH, 5, 150, 2)
    each = each_person(GRAPH, world)
    counts = counts_of(world)
    assert (each.sum(axis=0) == counts.sum(axis=0)).all()
    assert (of(each, Column.REFERRAL_COST) <= of(each, Column.OFFER_COST)).all()
    program, _ = build_program(GRAPH, world.launch)
    layout = layout_of(program)
    for what, whole in (
        (PerMonth.ORDERS, Column.ORDERS),
        (PerMonth.REVENUE, Column.REVENUE),
        (PerMonth.OFFER_COST, Column.OFFER_COST),
        (PerMonth.NEWCOMERS, Column.NEWCOMERS),
    ):
        months = range(layout.months)
        by_month = sum(counts[:, layout.month_column(k, WITH, what)] for k in months)
        assert (by_month == of(counts, whole)).all(), what


def test_friends_without_end_are_an_error(tmp_path: Path) -> None:
    path = without_flows(tmp_path)
    world = told(small_world(graph_of(path), 5, 40, 1), referred=6.0, anyway=0.0)
    with pytest.raises(EndlessReferralError):
        counts_of(world, path=path)
