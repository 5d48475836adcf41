"""What every simulation has to keep, each law a function that asserts it of one.

Laws of orders and money. They are told from counts and from the trace of events, never from how
the kernel works inside; those on what is sent stand in `sending_laws.py`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from tests.properties.persons import PerPerson, run_persons
from tests.properties.simulated import (
    TRACE_ROWS,
    WITH,
    WITHOUT,
    Setting,
    Traced,
    chosen,
    profit_micro,
    total_over_flows,
    world_counts,
)
from tests.statistics.worlds import neutral_effects

from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as kind
from playbook_runtime.kernel.layout import (
    MOST_ORDERS_COUNTED,
    WORLD,
    Layout,
    PerCohort,
    PerFlow,
    PerFlowMonth,
    PerMonth,
    World,
    flow_column,
    world_column,
)
from playbook_runtime.kernel.run import Horizon, Piece, counted, counted_each, layout_of
from playbook_runtime.kernel.tables import I64, PROGRAMME_DRAWS, joined
from playbook_runtime.launch import BASKET
from playbook_runtime.outcomes import MICRO, profit_draws

DISCOUNTS = (code.PERCENT, code.AMOUNT, code.CREDIT)
NOBODY = 1e9  # log odds
PAID = 7  # the trace's column of what is paid for an order
MESSAGES = {World.MESSAGES.name, PerMonth.MESSAGES.name}


def with_nothing_at_stake(one: Setting) -> Setting:
    """Return the same playbook with no effect, no use of offers, neither message nor task cost."""
    instructions = one.program.code.copy()
    instructions[instructions[:, code.OP] == code.TASK, code.A] = 0
    free = one.with_program(channel_cost=np.zeros_like(one.program.channel_cost), code=instructions)
    return without_effects(free)


def without_programmes(one: Setting) -> Setting:
    """Return the same playbook with programmes that nobody takes part in."""
    nobody = np.zeros((len(one.world.draws.number), len(PROGRAMME_DRAWS)))
    nobody[:, PROGRAMME_DRAWS.index("join")] = -NOBODY
    return one.with_draws(programme=nobody)


def without_friends(one: Setting) -> Setting:
    """Return the same playbook with nobody who is recommended to the shop."""
    programme = one.world.draws.programme.copy()
    programme[:, PROGRAMME_DRAWS.index("referred")] = 0.0
    return one.with_draws(programme=programme)


def without_effects(one: Setting) -> Setting:
    """Return the same playbook with no effect, no use of offers, and nobody in its programmes."""
    return without_programmes(one).with_draws(
        effect=neutral_effects(one.world),
        redemption=np.zeros_like(one.world.draws.redemption),
    )


def world_names(layout: Layout) -> list[str]:
    """Return what each of `layout.world_columns` counts."""
    months, cohorts = range(layout.months), range(layout.cohorts)
    return [
        *(what.name for what in World),
        *(what.name for _ in months for what in PerMonth),
        *(what.name for _ in cohorts for _ in months for what in PerCohort),
        *(f"{n} orders" for n in range(1, MOST_ORDERS_COUNTED + 1)),
    ]


def differing(one: Setting, counts: I64) -> set[str]:
    """Return what is not the same in both worlds, of all that is counted in them."""
    layout = layout_of(one.program)
    without, with_playbook = (counts[..., layout.world_columns(world)] for world in (0, 1))
    apart = (without != with_playbook).reshape(-1, without.shape[-1]).any(axis=0)
    return {name for name, is_apart in zip(world_names(layout), apart, strict=True) if is_apart}


def nothing_at_stake_is_the_baseline(one: Setting) -> None:
    """Effects and costs of zero: the world with is the world without, row for row, by month, by
    cohort and for each person, but for the messages."""
    free = with_nothing_at_stake(one)
    assert differing(one, free.all_counts()) <= MESSAGES
    each = counted_each(free.task, free.everyone)
    of_persons = np.arange(WORLD) != int(World.MESSAGES)
    without, with_playbook = each[..., :WORLD], each[..., WORLD : 2 * WORLD]
    assert np.array_equal(without[..., of_persons], with_playbook[..., of_persons])
    assert not total_over_flows(free.counts(), PerFlow.EXTRA_ORDERS).any()
    assert not total_over_flows(free.counts(), PerFlow.OFFERS_USED).any()


def costs_alone_move_no_order(one: Setting) -> None:
    """Without effects the playbook loses what its messages and tasks cost, and nothing else."""
    counts = without_effects(one).all_counts()
    assert differing(one, counts) <= MESSAGES | {World.MESSAGE_COST_MICRO.name}
    lost = profit_micro(counts, WITHOUT) - profit_micro(counts, WITH)
    cost = [np.array(world_counts(counts, w)["MESSAGE_COST_MICRO"]) for w in (WITHOUT, WITH)]
    assert lost.tolist() == (cost[1] - cost[0]).tolist()


def switched_off_is_nothing(one: Setting) -> None:
    """A playbook whose flows are all off does nothing at all."""
    off = without_programmes(one).with_program(flow_on=np.zeros_like(one.program.flow_on))
    assert not differing(one, off.all_counts())
    assert not any(total_over_flows(off.counts(), what).any() for what in PerFlow)


def the_world_without_knows_no_new_flow(one: Setting) -> None:
    """The world without is what those flows make of it that run already."""
    columns = layout_of(one.program).world_columns(WITHOUT)
    assert np.array_equal(one.all_counts()[:, columns], one.running.all_counts()[:, columns])
    assert not differing(one, without_programmes(one).running.all_counts())


def the_untreated_are_bit_identical(one: Setting) -> None:
    """Whoever enters no new flow, and no programme, lives the same life in both worlds."""
    each = without_programmes(one).all_by_person()
    entered = np.zeros(each.shape[:2], dtype=np.int64)
    for flow in np.flatnonzero(one.program.flow_running == 0).tolist():
        entered += each[..., flow_column(flow, PerFlow.ENTERED)]
    assert not differing(one, each[entered == 0])


def any_cut_adds_up(one: Setting, edges: list[int], chunk: int, order: list[int]) -> None:
    """Persons cut at `edges`, one draw at a time, or in chunks on two threads, or in another order:
    the sum is the same."""
    whole = one.all_counts(threads=1, chunk=10**9)
    task, people = one.task, one.world.people
    total = np.zeros_like(whole)
    for first, last in pairwise([0, *edges, len(people.key)]):
        for draw in range(len(whole)):
            total[draw] += counted(task, Piece(first, last, draw, draw + 1))[0][0]
    assert np.array_equal(total, whole)
    assert np.array_equal(one.all_counts(threads=2, chunk=chunk), whole)
    mixed = one.with_people(chosen(people, order))
    assert np.array_equal(mixed.all_counts(), whole)


def twins_double_everything(one: Setting) -> None:
    """Every customer twice, with the same key: every count twice."""
    people = one.world.people
    twice = one.with_people(joined([people, people]))
    assert np.array_equal(twice.all_counts(), 2 * one.all_counts())


def what_is_ahead_changes_nothing_before(one: Setting, days: int) -> None:
    """A simulation that ends earlier is the beginning of the longer one, event by event."""
    end = one.world.launch.start + days * 86_400
    whole = [row for row in one.traced()[1].rows if row[2] < end]
    assert one.with_launch(end=min(end, one.world.launch.end)).traced()[1].rows == whole


# --- conservation ---------------------------------------------------------------------------


def legible(one: Setting) -> Setting:
    """Return a simulation in which the trace tells every amount: baskets as they were, one margin
    for whatever is bought, nobody in a programme."""
    margin = np.full_like(one.program.mark_margin, one.program.margin_ppm)
    return without_programmes(neutral(one, (BASKET,))).with_program(mark_margin=margin)


def neutral(one: Setting, forms: tuple[str, ...]) -> Setting:
    """Return a simulation in which effects of some forms change nothing."""
    of = [slot.form in forms for slot in one.world.launch.slots]
    effect = np.where(of, neutral_effects(one.world), one.world.draws.effect)
    return one.with_draws(effect=effect.reshape(one.world.draws.effect.shape))


def sums(rows: Traced, values: I64, draws: int) -> list[int]:
    """Return exact sums of values by draw."""
    total = [0] * draws
    for draw, value in zip(rows.draw.tolist(), values.tolist(), strict=True):
        total[draw] += value
    return total


def numbers(rows: Traced, draws: int) -> list[int]:
    """Return how many rows each draw has."""
    found: list[int] = np.bincount(rows.draw, minlength=draws).tolist()
    return found


def contribution(one: Setting, values: I64) -> I64:
    """Return what orders of such values leave, in ten-thousandths of a minor unit."""
    result: I64 = values * one.program.margin_ppm // 100 - one.program.fixed_micro
    return result


def money_of_the_trace(one: Setting) -> None:
    """Every order, every cent and every message of the world with is in the trace, by month."""
    launch = one.world.launch
    layout = layout_of(one.program)
    draws = len(one.world.draws.number)
    counts, trace = one.traced()
    every = one.all_counts()
    bought = trace.of((kind.T_ORDER, kind.T_SAVED, kind.T_EXTRA))
    redeemed, sent = trace.of(kind.T_REDEEMED), trace.of(kind.T_SENT)
    off = np.isin(one.program.offer_kind[redeemed.a], DISCOUNTS) * redeemed.b
    with_playbook = world_counts(counts, WITH)

    assert with_playbook["ORDERS"] == numbers(bought, draws)
    assert total_over_flows(counts, PerFlow.EXTRA_ORDERS).tolist() == numbers(
        trace.of(kind.T_EXTRA), draws
    )
    assert total_over_flows(counts, PerFlow.OFFERS_USED).tolist() == numbers(redeemed, draws)
    assert total_over_flows(counts, PerFlow.SENT).tolist() == numbers(sent, draws)
    assert total_over_flows(counts, PerFlow.ENTERED).tolist() == numbers(
        trace.of(kind.T_ENTERED), draws
    )
    paid, given = sums(bought, bought.b, draws), sums(redeemed, off, draws)
    assert with_playbook["REVENUE"] == [a - b for a, b in zip(paid, given, strict=True)]
    assert min(with_playbook["REVENUE"], default=0) >= 0
    assert with_playbook["OFFER_COST"] == sums(redeemed, redeemed.b, draws)
    assert with_playbook["CONTRIBUTION_MICRO"] == sums(bought, contribution(one, bought.b), draws)
    messages = sums(sent, one.program.channel_cost[sent.channel], draws)
    tasks = set(one.program.code[one.program.code[:, code.OP] == code.TASK, code.A].tolist())
    done = total_over_flows(counts, PerFlow.TASKS).tolist()
    for total, cost, count in zip(with_playbook["MESSAGE_COST_MICRO"], messages, done, strict=True):
        assert min(tasks, default=0) * count <= total - cost <= max(tasks, default=0) * count
    assert total_over_flows(counts, PerFlow.OFFERS_USED).sum() <= (
        total_over_flows(counts, PerFlow.OFFERS_ISSUED).sum()
    )
    for month, (begin, end) in enumerate(pairwise([*launch.month_start, 2**62])):
        for what, rows, values in (
            (PerMonth.ORDERS, bought, np.ones_like(bought.b)),
            (PerMonth.OFFER_COST, redeemed, redeemed.b),
            (PerMonth.CONTRIBUTION_MICRO, bought, contribution(one, bought.b)),
        ):
            inside = (rows.moment >= begin) & (rows.moment < end)
            column = every[:, layout.month_column(month, WITH, what)]
            assert column.tolist() == sums(rows.where(inside), values[inside], draws)


def revenue_is_what_is_paid(one: Setting) -> None:
    """What customers pay, order by order, is the revenue: with baskets, points and rights, too."""
    one = without_friends(one)  # a trace is of the population
    counts, rows = counted(one.task, one.everyone, TRACE_ROWS)
    orders = (kind.T_ORDER, kind.T_SAVED, kind.T_EXTRA, kind.T_DELIVERED)
    bought = rows[np.isin(rows[:, 3], orders)]
    assert (bought[:, PAID] >= 0).all()
    paid = np.zeros(len(counts), dtype=np.int64)
    np.add.at(paid, bought[:, 0], bought[:, PAID])
    assert counts[:, world_column(WITH, World.REVENUE)].tolist() == paid.tolist()


def money_is_conserved(one: Setting) -> None:
    """Every order and every cent of both worlds is in the trace."""
    revenue_is_what_is_paid(one)
    told = legible(one)
    money_of_the_trace(told)
    money_of_the_trace(told.running)
    counts, trace = told.traced()
    baseline = trace.of((kind.T_ORDER, kind.T_LOST, kind.T_CANCELLED))
    without = world_counts(counts, WITHOUT)
    draws = len(one.world.draws.number)
    assert without["ORDERS"] == numbers(baseline, draws)
    assert without["CONTRIBUTION_MICRO"] == sums(baseline, contribution(told, baseline.b), draws)


def months_and_cohorts_add_up(one: Setting) -> None:
    """Months add up to the horizon, flows' months to their totals, cohorts to all orders."""
    people = one.world.people
    one = one.with_people(people._replace(cohort=np.maximum(people.cohort, 0)))
    layout = layout_of(one.program)
    counts = one.all_counts()
    months, flows = range(layout.months), range(layout.flows)
    of_cohorts = without_friends(one).all_counts()  # friends belong to none
    shared = [what for what in PerMonth if what.name in World.__members__]
    for level in (PerMonth.ACTIVE_CUSTOMERS, PerMonth.POINTS_OUTSTANDING, PerMonth.LIABILITY):
        shared.remove(level)
    for world in (WITHOUT, WITH):
        for what in shared:
            columns = [layout.month_column(k, world, what) for k in months]
            total = counts[:, world_column(world, World[what.name])]
            assert counts[:, columns].sum(axis=1).tolist() == total.tolist(), what.name
        by_orders = [layout.orders_column(world, n) for n in range(1, MOST_ORDERS_COUNTED + 1)]
        for columns, person in (
            (by_orders, World.CUSTOMERS),
            (by_orders[1:], World.REPEAT_CUSTOMERS),
        ):
            total = counts[:, world_column(world, person)]
            assert counts[:, columns].sum(axis=1).tolist() == total.tolist()
        for each, name in ((PerCohort.ORDERS, "ORDERS"), (PerCohort.REVENUE, "REVENUE")):
            for k in months:
                columns = [layout.cohort_column(c, k, world, each) for c in range(layout.cohorts)]
                month = of_cohorts[:, layout.month_column(k, world, PerMonth[name])]
                assert of_cohorts[:, columns].sum(axis=1).tolist() == month.tolist()
    for monthly in PerFlowMonth:
        for flow in flows if monthly.name in PerFlow.__members__ else ():
            columns = [layout.flow_month_column(flow, k, monthly) for k in months]
            total = counts[:, flow_column(flow, PerFlow[monthly.name])]
            assert counts[:, columns].sum(axis=1).tolist() == total.tolist()
    counts = without_programmes(one).all_counts()  # what they cost is no flow's
    for spent in (PerFlowMonth.MESSAGE_COST_MICRO, PerFlowMonth.OFFER_COST):
        columns = [layout.flow_month_column(flow, k, spent) for flow in flows for k in months]
        of_flows = counts[:, columns].sum(axis=1).tolist()
        assert of_flows == counts[:, world_column(WITH, World[spent.name])].tolist()


def points_are_conserved(one: Setting) -> None:
    """Points earned are redeemed, lapsed or outstanding: by person, and by every month's end. What
    they and rights cost is part of the offers' cost; the world without has none of it."""
    layout = layout_of(one.program)
    each = one.all_by_person()

    def count(what: World, world: int = WITH) -> I64:
        column: I64 = each[..., world_column(world, what)]
        return column

    held = count(World.POINTS_OUTSTANDING)
    gone = count(World.POINTS_REDEEMED) + count(World.POINTS_EXPIRED)
    assert np.array_equal(count(World.POINTS_EARNED), gone + held)
    assert (held >= count(World.POINTS_LATER)).all() and (count(World.POINTS_LATER) >= 0).all()
    told = count(World.POINTS_COST) + count(World.RIGHTS_COST)
    assert (told <= count(World.OFFER_COST)).all() and (count(World.FEES) >= 0).all()
    assert (count(World.FEES) <= count(World.FEES_PAID)).all()
    for what in (World.POINTS_EARNED, World.LIABILITY, World.RIGHTS_COST, World.FEES, World.JOINED):
        assert not count(what, WITHOUT).any()
    at_hand = np.zeros_like(held)
    for month, begin in enumerate(one.world.launch.month_start):
        if begin >= one.world.launch.end:
            break
        columns = {what: each[..., layout.month_column(month, WITH, what)] for what in PerMonth}
        at_hand += columns[PerMonth.POINTS_EARNED]
        at_hand -= columns[PerMonth.POINTS_REDEEMED] + columns[PerMonth.POINTS_EXPIRED]
        assert np.array_equal(columns[PerMonth.POINTS_OUTSTANDING], at_hand)


def profit_is_the_sum_of_persons_and_parts(one: Setting) -> None:
    """Persons' profits add up to the whole, and the whole is its parts to the minor unit."""
    launch, people, draws = one.world
    horizon = Horizon(launch.seed, launch.start, launch.end)
    persons = run_persons(one.program, launch.zones, people, draws, horizon).sum(axis=1)
    counts = one.counts()
    for world, column, orders in (
        (WITHOUT, PerPerson.PROFIT_MICRO_WITHOUT, PerPerson.ORDERS_WITHOUT),
        (WITH, PerPerson.PROFIT_MICRO_WITH, PerPerson.ORDERS_WITH),
    ):
        micro = profit_micro(counts, world)
        assert persons[:, column].tolist() == micro.tolist()
        assert persons[:, orders].tolist() == world_counts(counts, world)["ORDERS"]
        # Contribution, messages and repayment are each rounded to the minor unit.
        assert (2 * abs(profit_draws(counts, world) * MICRO - micro) <= 3 * MICRO).all()
