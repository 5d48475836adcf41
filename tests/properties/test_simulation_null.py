"""A playbook whose effects and costs are all zero is the baseline, in every count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.properties.simulated import (
    CASES,
    WITH,
    WITHOUT,
    Setting,
    case_world,
    neutral_effects,
    profit_micro,
    total_over_flows,
    world_counts,
)

from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel.layout import PerFlow


def with_nothing_at_stake(setting: Setting) -> Setting:
    """Return the same playbook with no effect, no redemption, and neither message nor task cost."""
    instructions = setting.program.code.copy()
    instructions[instructions[:, code.OP] == code.TASK, code.A] = 0
    free = setting.with_program(
        channel_cost=np.zeros_like(setting.program.channel_cost), code=instructions
    )
    return free.with_draws(
        effect=neutral_effects(setting.world),
        redemption=np.zeros_like(setting.world.draws.redemption),
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_effects_and_no_costs_are_the_baseline_in_every_count(path: Path) -> None:
    counts = with_nothing_at_stake(case_world(path.stem, customers=300, draws=3)).counts()
    without, with_playbook = world_counts(counts, WITHOUT), world_counts(counts, WITH)
    assert sum(with_playbook.pop("MESSAGES")) + total_over_flows(counts, PerFlow.SENT).sum() > 0
    assert without.pop("MESSAGES") == [0, 0, 0]
    assert with_playbook == without
    assert min(without["ORDERS"]) > 0
    assert np.array_equal(profit_micro(counts, WITH), profit_micro(counts, WITHOUT))
    assert not total_over_flows(counts, PerFlow.EXTRA_ORDERS).any()
    assert not total_over_flows(counts, PerFlow.OFFERS_USED).any()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_costs_alone_leave_every_order_where_it_was(path: Path) -> None:
    setting = case_world(path.stem)
    counts = setting.with_draws(
        effect=neutral_effects(setting.world),
        redemption=np.zeros_like(setting.world.draws.redemption),
    ).counts()
    without, with_playbook = world_counts(counts, WITHOUT), world_counts(counts, WITH)
    for untouched in ("ORDERS", "REVENUE", "CONTRIBUTION_MICRO", "ACTIVE_CUSTOMERS", "CUSTOMERS"):
        assert with_playbook[untouched] == without[untouched]
    lost = profit_micro(counts, WITHOUT) - profit_micro(counts, WITH)
    assert lost.tolist() == with_playbook["MESSAGE_COST_MICRO"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_playbook_that_is_switched_off_does_nothing_at_all(path: Path) -> None:
    setting = case_world(path.stem)
    counts = setting.with_program(flow_on=np.zeros_like(setting.program.flow_on)).counts()
    assert world_counts(counts, WITH) == world_counts(counts, WITHOUT)
    assert not any(total_over_flows(counts, what).any() for what in PerFlow)


def test_the_null_test_can_fail() -> None:
    setting = case_world("win-back")
    effects = np.full_like(setting.world.draws.effect, 1.5)
    counts = with_nothing_at_stake(setting).with_draws(effect=effects).counts()
    assert world_counts(counts, WITH)["ORDERS"] != world_counts(counts, WITHOUT)["ORDERS"]
