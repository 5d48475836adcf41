"""Orders and money are conserved exactly, in both worlds, told from the trace alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.properties import laws
from tests.properties.simulated import (
    CASES,
    HEAD,
    WITH,
    WITHOUT,
    authored,
    case_world,
    flow_counts,
    setting,
    total_over_flows,
    world_counts,
)
from tests.statistics.worlds import small_world

from playbook_runtime.kernel import scratch as kind
from playbook_runtime.kernel.layout import PerFlow

ALL = pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)


@ALL
def test_every_order_and_every_cent_of_both_worlds_is_in_the_trace(path: Path) -> None:
    laws.money_is_conserved(case_world(path.stem, customers=250, draws=2))


@ALL
def test_persons_and_parts_of_profit_add_up(path: Path) -> None:
    laws.profit_is_the_sum_of_persons_and_parts(case_world(path.stem))


@ALL
def test_marketing_is_counted_where_people_have_bought(path: Path) -> None:
    one = case_world(path.stem, customers=250, draws=2)
    counts, trace = one.traced()
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


@ALL
def test_whoever_no_flow_takes_is_bit_identical_in_both_worlds(path: Path) -> None:
    one = case_world(path.stem)
    laws.the_untreated_are_bit_identical(one)
    assert (total_over_flows(one.by_person(), PerFlow.ENTERED) == 0).any()


@ALL
def test_the_world_without_does_not_know_the_playbook(path: Path) -> None:
    laws.the_world_without_knows_no_new_flow(case_world(path.stem))


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
