"""What a projection tells by month, by cohort and of points adds up to what it tells in all."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import pytest

from playbook_compiler.diagnostics import has_errors
from playbook_compiler.units import Duration
from playbook_runtime.checked import compile_and_check
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.observed import Observed
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.output.projection_text import projection_text
from playbook_runtime.projection import Cohort, Compared, Month, Projection
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings
from playbook_runtime.simulate import project

WORLDS = ("without", "with_playbook", "difference")
PLAYBOOK = """\
playbook: 1
name: leaf-and-steam
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 58%, order_costs: {shipping: 4.10}}
guardrails: {consent: {email: opt-in}, holdout: 10%}
assume: {visits: {rate: 6000 per 1mo}}
programmes:
  points:
    earn: {event: order_placed, points: 1 per EUR, pending: 7d}
    redeem: {points: 20, for: {amount_off: 1.00}}
    expire: 2mo after last activity
    reserve: 2% of profit
  tiers:
    basis: revenue over 12mo
    levels: {leaf: 0, bud: 30}
    rights: {bud: free-shipping}
  membership: {fee: 19.00 per 1y, rights: [{percent_off: 5%}], expect: {join: 10%..20%}}
flows:
  thanks:
    trigger: order_placed
    steps: [{send: hello}]
messages:
  hello: {subject: Hi, body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"}
require:
  - points_liability <= 2% of profit
  - conversion < 100%
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 300, 3)
    (folder / "playbook.yaml").write_text(PLAYBOOK, "utf-8")
    return folder


def read(folder: Path, text: str = PLAYBOOK) -> tuple[Observed, Projection]:
    path = folder / "playbook.yaml"
    path.write_text(text, "utf-8")
    graph = compile_and_check(str(path)).graph
    assert graph is not None
    data, found = read_data(
        graph.playbook, folder / "orders.csv", OrderInput(OrderOptions(), None, None), None
    )
    assert data is not None and not has_errors(found)
    projection, found = project(graph, data, Settings(Duration(months=5), 8, 1, threads=1))
    assert projection is not None and not has_errors(found)
    return data, projection


@pytest.fixture(scope="module")
def shop(folder: Path) -> tuple[Observed, Projection]:
    return read(folder)


def total(months: Iterable[Month], world: str, metric: str) -> float:
    return math.fsum(getattr(month, world)[metric].mean for month in months)


@pytest.mark.parametrize("world", WORLDS)
def test_orders_of_cohorts_and_months_are_all_orders(
    shop: tuple[Observed, Projection], world: str
) -> None:
    _, projection = shop
    whole = getattr(projection, world)["orders"].mean
    of_cohorts = (month for cohort in projection.cohorts for month in cohort.months)
    assert total(of_cohorts, world, "orders") == pytest.approx(whole, rel=1e-9, abs=1e-9)
    assert total(projection.months, world, "orders") == pytest.approx(whole, rel=1e-9, abs=1e-9)


def test_the_past_of_cohorts_is_the_history(shop: tuple[Observed, Projection]) -> None:
    data, projection = shop
    before = [cohort for cohort in projection.cohorts if cohort.past]
    assert sum(past.orders for one in before for past in one.past) == data.history.purchases.sum()
    as_of = data.as_of.strftime("%Y-%m")  # months of silence count, too, and none after today
    assert {one.past[-1].month for one in before} == {as_of}
    first = {one.cohort: one.past[0] for one in before}
    assert all(past.month == cohort for cohort, past in first.items())
    assert sum(past.active_customers for past in first.values()) == len(data.history)


def test_customers_to_come_are_the_newcomers(shop: tuple[Observed, Projection]) -> None:
    data, projection = shop
    known = len(data.history) + projection.without["newcomers"].mean
    assert math.fsum(one.customers.mean for one in projection.cohorts) == pytest.approx(known)


def months_between(cohort: str, month: str) -> int:
    (a, b), (c, d) = (map(int, one.split("-")) for one in (cohort, month))
    return 12 * (c - a) + d - b


def curve_of(cohorts: Iterable[Cohort], age: int) -> float | None:
    """Return the retention curve at an age from the cohorts of the history, by hand."""
    buyers = people = 0.0
    for one in cohorts:
        for month in one.months:
            if months_between(one.cohort, month.month) == age:
                buyers += month.without["active_customers"].mean
                people += one.customers.mean
    return buyers / people if people else None


def test_the_retention_curve_is_buyers_by_customers_of_the_cohorts_of_that_age(
    shop: tuple[Observed, Projection],
) -> None:
    _, projection = shop
    known = {month.month for month in projection.months}
    old = [one for one in projection.cohorts if one.cohort not in known]
    curve = {int(row.name): row for row in projection.again["retention_curve"]}
    ages = [age for age in curve if age >= len(known)]  # ages that no newcomer reaches
    assert len(ages) > 3
    for age in ages:
        assert curve[age].without.mean == pytest.approx(curve_of(old, age), abs=1e-9)
    past = {int(row.name): row.past for row in projection.again["retention_curve"]}
    assert past[1] is not None and 0 < past[1] < 1


def rows(projection: Projection) -> list[Compared]:
    tables = [row for table in projection.again.values() for row in table]
    return [*tables, *(one.share for one in projection.cohort_groups)]


def test_shares_are_shares_and_differences_are_of_their_means(
    shop: tuple[Observed, Projection],
) -> None:
    found = rows(shop[1])
    assert len(found) > 10
    for row in found:
        assert 0 <= row.without.p10 <= row.with_playbook.p90 <= 1
        apart = row.with_playbook.mean - row.without.mean
        assert row.difference.mean == pytest.approx(apart, abs=1e-12)
        assert row.difference.covers(row.difference.mean)


def test_points_earned_are_redeemed_lapsed_or_outstanding_month_by_month(
    shop: tuple[Observed, Projection],
) -> None:
    ledger = shop[1].points
    assert ledger is not None
    held = 0.0
    for one in ledger.months:
        held += one.earned.mean - one.redeemed.mean - one.expired.mean
        assert one.outstanding.mean == pytest.approx(held, abs=1e-6)
    whole = ledger.whole
    spent = whole.redeemed.mean + whole.expired.mean + whole.outstanding.mean
    assert whole.earned.mean == pytest.approx(spent, abs=1e-6)
    assert whole.outstanding.mean == ledger.months[-1].outstanding.mean
    assert min(whole.redeemed.mean, whole.expired.mean, whole.liability.mean) > 0
    assert 0 < ledger.breakage.mean < 1


def test_liability_is_a_metric_a_part_of_profit_and_in_the_reserve(
    shop: tuple[Observed, Projection],
) -> None:
    projection = shop[1]
    assert projection.points is not None and projection.points.reserve is not None
    owed = projection.points.whole.liability.mean
    assert projection.with_playbook["points_liability"].mean == owed
    (part,) = (one for one in projection.money if one.name == "liability_change")
    assert part.difference.mean == pytest.approx(owed)
    aside = 0.02 * projection.with_playbook["profit"].mean
    assert projection.points.reserve.amount.mean == pytest.approx(aside)
    first, second = projection.requirements
    assert first.value == pytest.approx(owed - aside)
    assert (first.of, second.unit) == ("profit", "share")


def test_pieces_are_within_their_part_and_months_add_up_to_profit(
    shop: tuple[Observed, Projection],
) -> None:
    projection = shop[1]
    parts = {one.name: one for one in projection.money if not one.within}
    pieces = [one for one in projection.money if one.within]
    assert {one.name for one in pieces} == {"points_redeemed", "rights"}
    cost = math.fsum(one.with_playbook.mean for one in pieces)
    assert cost <= parts["offer_cost"].with_playbook.mean
    profit = math.fsum(one.sign * one.with_playbook.mean for one in parts.values())
    assert profit == pytest.approx(projection.with_playbook["profit"].mean, abs=1)
    by_month = total(projection.months, "with_playbook", "profit")
    pending = parts["repayment"].with_playbook.mean
    assert by_month - pending == pytest.approx(profit, abs=2)
    assert parts["membership_fees"].with_playbook.mean > 0


def test_the_text_has_the_tables(shop: tuple[Observed, Projection]) -> None:
    text = projection_text(shop[1])
    assert not [line for line in text.splitlines() if len(line) > 100]
    for words in ("who buys again", "first order in", "owed for them", "never be redeemed"):
        assert words in text
    assert "coins on extra orders" in {one.label.partition(":")[0] for one in shop[1].tornado}


def test_what_is_not_counted_makes_no_requirement_fail(folder: Path) -> None:
    text = PLAYBOOK.replace("assume: {visits: {rate: 6000 per 1mo}}\n", "")
    start, end = text.index("programmes:"), text.index("flows:")
    _, projection = read(folder, text[:start] + text[end:])
    assert projection.points is None
    assert [one.verdict for one in projection.requirements] == ["undecided"] * 2
    whys = [one.why for one in projection.requirements]
    assert "no points programme" in whys[0] and "visits" in whys[1]
    assert all(not one.within for one in projection.money)
