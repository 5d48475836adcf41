"""Cohorts of months as cohorts of quarters: parts and wholes added up, then divided."""

from __future__ import annotations

from collections.abc import Sequence

from playbook_compiler.values import dataclass
from playbook_runtime.customer_counts import Ratio
from playbook_runtime.diagnose.intervals import Reading, reading
from playbook_runtime.diagnose.model import CohortFound, Readings

_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Pooled:
    """A cohort of one or several months."""

    cohort: str
    customers: int
    metrics: Readings
    curve: Readings
    lifetime_value: Readings


def by_quarter(cohorts: Sequence[CohortFound]) -> list[Pooled]:
    """Return cohorts of quarters; an age is told only where all of a quarter's months have it."""
    quarters: dict[str, list[CohortFound]] = {}
    for one in cohorts:
        year, month = one.cohort.split("-")
        name = f"{year} Q{(int(month) - 1) // _MONTHS + 1}"
        quarters.setdefault(name, []).append(one)
    return [_pooled(name, members) for name, members in quarters.items()]


def _pooled(name: str, members: Sequence[CohortFound]) -> Pooled:
    orders = sum(one.metrics["orders"].value for one in members)
    customers = sum(one.customers for one in members)
    repeat = _added([one.metrics["repeat_purchase_rate"] for one in members])
    ages = [age for age in members[0].curve if all(age in one.curve for one in members)]
    return Pooled(
        name,
        customers,
        {
            "repeat_purchase_rate": repeat,
            "purchase_frequency": Reading(orders / customers, None, None, orders, customers),
        },
        {age: _added([one.curve[age] for one in members]) for age in ages},
        {},
    )


def _added(readings: Sequence[Reading]) -> Reading:
    return reading(Ratio(sum(one.part for one in readings), sum(one.whole for one in readings)))
