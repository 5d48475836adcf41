"""Orders and money are conserved exactly, in both worlds, told from the trace alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.properties.simulated import (
    CASES,
    HEAD,
    WITH,
    WITHOUT,
    Setting,
    Traced,
    authored,
    case_world,
    flow_counts,
    setting,
    total_over_flows,
    world_counts,
)
from tests.statistics.worlds import small_world

from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as kind
from playbook_runtime.kernel.layout import WORLD, PerFlow
from playbook_runtime.kernel.tables import I64

DISCOUNTS = (code.PERCENT, code.AMOUNT, code.CREDIT)


def sums(rows: Traced, values: I64, draws: int) -> list[int]:
    """Return exact sums of values by draw."""
    total = [0] * draws
    for draw, value in zip(rows.draw.tolist(), values.tolist(), strict=True):
        total[draw] += value
    return total


def numbers(rows: Traced, draws: int) -> list[int]:
    """Return how many rows each draw has."""
    return np.bincount(rows.draw, minlength=draws).tolist()


def contribution(one: Setting, values: I64) -> I64:
    """Return what orders of such values leave, in ten-thousandths of a minor unit."""
    result: I64 = values * one.program.margin_ppm // 100 - one.program.fixed_micro
    return result


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_order_and_every_cent_of_both_worlds_is_in_the_trace(path: Path) -> None:
    one = case_world(path.stem, customers=250, draws=2)
    counts, trace = one.traced()
    baseline, extra = trace.of(kind.T_ORDER), trace.of(kind.T_EXTRA)
    cancelled, redeemed = trace.of(kind.T_CANCELLED), trace.of(kind.T_REDEEMED)
    without, with_playbook = world_counts(counts, WITHOUT), world_counts(counts, WITH)

    def plus(*parts: list[int]) -> list[int]:
        return [sum(values) for values in zip(*parts, strict=True)]

    assert without["ORDERS"] == plus(numbers(baseline, 2), numbers(cancelled, 2))
    assert with_playbook["ORDERS"] == plus(numbers(baseline, 2), numbers(extra, 2))
    assert total_over_flows(counts, PerFlow.EXTRA_ORDERS).tolist() == numbers(extra, 2)
    assert total_over_flows(counts, PerFlow.OFFERS_USED).tolist() == numbers(redeemed, 2)

    discount = np.isin(one.program.offer_kind[redeemed.a], DISCOUNTS) * redeemed.b
    assert without["REVENUE"] == plus(
        sums(baseline, baseline.b, 2), sums(cancelled, cancelled.b, 2)
    )
    assert with_playbook["REVENUE"] == plus(
        sums(baseline, baseline.b, 2), sums(extra, extra.b, 2), sums(redeemed, -discount, 2)
    )
    assert with_playbook["OFFER_COST"] == sums(redeemed, redeemed.b, 2)
    assert without["OFFER_COST"] == without["MESSAGE_COST_MICRO"] == [0, 0]
    assert without["CONTRIBUTION_MICRO"] == plus(
        sums(baseline, contribution(one, baseline.b), 2),
        sums(cancelled, contribution(one, cancelled.b), 2),
    )
    assert with_playbook["CONTRIBUTION_MICRO"] == plus(
        sums(baseline, contribution(one, baseline.b), 2),
        sums(extra, contribution(one, extra.b), 2),
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_messages_and_tasks_are_paid_for_once_each(path: Path) -> None:
    one = case_world(path.stem, customers=250, draws=2)
    counts, trace = one.traced()
    sent = trace.of(kind.T_SENT)
    assert total_over_flows(counts, PerFlow.SENT).tolist() == numbers(sent, 2)
    # Marketing to people who had bought by then: whoever had orders before, or has had one since.
    bought = {
        (d, who)
        for who in range(len(one.world.people.key))
        if one.world.people.orders[who]
        for d in range(2)
    }
    marketing = [0, 0]
    for d, who, what, b in zip(trace.draw, trace.person, trace.kind, trace.b, strict=True):
        if what in (kind.T_ORDER, kind.T_EXTRA):
            bought.add((d, who))
        elif what == kind.T_SENT and b % 2 == 1:
            marketing[d] += (d, who) in bought
    assert world_counts(counts, WITH)["MESSAGES"] == marketing
    paid = sums(sent, one.program.channel_cost[sent.channel], 2)
    tasks = one.program.code[one.program.code[:, code.OP] == code.TASK, code.A]
    done = total_over_flows(counts, PerFlow.TASKS).tolist()
    for total, messages, number in zip(
        world_counts(counts, WITH)["MESSAGE_COST_MICRO"], paid, done, strict=True
    ):
        least, most = (int(tasks.min()), int(tasks.max())) if len(tasks) else (0, 0)
        assert least * number <= total - messages <= most * number


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_whoever_no_flow_takes_is_bit_identical_in_both_worlds(path: Path) -> None:
    counts = case_world(path.stem).by_person()
    entered = total_over_flows(counts, PerFlow.ENTERED)
    untouched = counts[entered == 0]
    assert len(untouched) > 0
    assert np.array_equal(untouched[:, :WORLD], untouched[:, WORLD : 2 * WORLD])
    assert not untouched[:, 2 * WORLD :].any()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_world_without_does_not_know_the_playbook(path: Path) -> None:
    one = case_world(path.stem)
    on = one.counts()[:, :WORLD]
    off = one.with_program(flow_on=np.zeros_like(one.program.flow_on)).counts()[:, :WORLD]
    assert np.array_equal(on, off)


def test_a_coupon_by_hand(tmp_path: Path) -> None:
    """Everybody gets 10% off at once and uses it: one offer a baseline order at most."""
    graph = authored(
        tmp_path,
        "guardrails: {consent: {email: opt-in, sms: none}}\n"
        "offers: {ten: {percent_off: 10%, once_per_customer: true}}\n"
        "flows:\n  back:\n    trigger: {inactive_for: 1d}\n    existing: {over: 1d}\n"
        "    entry: once\n    exit_on: []\n    steps: [{send: hello, offer: ten}]\n",
    )
    assert "gross_margin: 58%" in HEAD and "share: 1.9%, fixed: 0.35" in HEAD
    world = small_world(graph, 5, 300, 1)
    effects = np.array([[1.0 if s.form == "rate" else 0.0 for s in world.launch.slots]])
    draws = world.draws._replace(
        effect=effects, redemption=np.ones((1, 1)), unsubscribe=np.zeros(1)
    )
    one = setting(graph, world._replace(draws=draws))
    counts, trace = one.traced()
    used = trace.of(kind.T_REDEEMED)
    value_at = {
        (person, moment): value for _, person, moment, _, _, value in trace.of(kind.T_ORDER).rows
    }
    assert len(used.rows) > 100
    for _, person, moment, _, _, cost in used.rows:
        assert cost == (value_at[person, moment] * 10 + 50) // 100
    assert len(set(used.person.tolist())) == len(used.rows)
    assert flow_counts(counts, 0, PerFlow.SUBSIDISED).tolist() == [len(used.rows)]
    left = world_counts(counts, WITHOUT)
    assert left["CONTRIBUTION_MICRO"][0] == sum(
        5610 * value - 4_450_000 for value in value_at.values()
    )
    assert world_counts(counts, WITH)["OFFER_COST"] == [int(used.b.sum())]
