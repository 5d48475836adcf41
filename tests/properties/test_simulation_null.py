"""A playbook whose effects and costs are all zero is the baseline, in every count.

The laws hold of every playbook (`test_simulation_any.py`); here they are asked of the kernel's
cases, each of which has one part of the language in full.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.properties import laws
from tests.properties.simulated import CASES, case_world, total_over_flows

from playbook_runtime.kernel.layout import PerFlow

ALL = pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)


@ALL
def test_no_effects_and_no_costs_are_the_baseline_in_every_count(path: Path) -> None:
    one = case_world(path.stem, customers=200)
    laws.nothing_at_stake_is_the_baseline(one)
    counts = laws.with_nothing_at_stake(one).counts()
    assert total_over_flows(counts, PerFlow.ENTERED).min() > 0


@ALL
def test_costs_alone_leave_every_order_where_it_was(path: Path) -> None:
    laws.costs_alone_move_no_order(case_world(path.stem))


@ALL
def test_a_playbook_that_is_switched_off_does_nothing_at_all(path: Path) -> None:
    laws.switched_off_is_nothing(case_world(path.stem))
