"""What is counted by month, by flow and month, by cohort: it adds up to what is counted in all."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.properties import laws
from tests.properties.simulated import CASES, case_world

from playbook_runtime.kernel.layout import WITH, PerCohort, World, world_column
from playbook_runtime.kernel.run import layout_of


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_months_add_up_to_the_horizon(path: Path) -> None:
    laws.months_and_cohorts_add_up(case_world(path.stem, customers=120))


def test_some_people_belong_to_no_cohort() -> None:
    one = case_world("win-back", customers=120)
    layout = layout_of(one.program)
    counts = one.all_counts()
    columns = [
        layout.cohort_column(cohort, month, WITH, PerCohort.ORDERS)
        for cohort in range(layout.cohorts)
        for month in range(layout.months)
    ]
    assert 0 < counts[:, columns].sum() < counts[:, world_column(WITH, World.ORDERS)].sum()
