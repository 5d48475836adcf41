"""Customers by the month of their first order: what they did, and do in both worlds.

A cohort of the history has as many customers as the file says; those of the horizon's own months
are newcomers, whose number differs from draw to draw. A month that the horizon or the file cuts is
told by cohort, but left out of shares: it is shorter than others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from playbook_compiler.values import dataclass
from playbook_runtime.cohorts import cohorts_of_history
from playbook_runtime.diagnose.counting import customers_by_month
from playbook_runtime.diagnose.months import full_months, months_of, name
from playbook_runtime.diagnose.purchases import Purchases
from playbook_runtime.estimate import Estimate
from playbook_runtime.expected import expected_draws
from playbook_runtime.kernel.layout import WITH, WITHOUT, Layout, PerCohort, PerMonth
from playbook_runtime.kernel.tables import F64, I64
from playbook_runtime.monthly import FullMonth
from playbook_runtime.observed import Observed
from playbook_runtime.projection import Cohort, CohortGroup, Compared, Month, PastMonth

YEAR: Final = 12
QUARTERS_UP_TO: Final = 24  # months of cohorts; more are taken together by year
TO_COME: Final = "to come"
COUNTED: Final = {"active_customers": PerCohort.ACTIVE_CUSTOMERS, "orders": PerCohort.ORDERS}


@dataclass(frozen=True, slots=True, eq=False)
class CohortCounts:
    """What was counted of cohorts: their names and months, those of the history, sizes.

    `past` has by cohort and month since `past_from` (a month's number) the customers who bought and
    the purchases, shape (cohorts, months, 2); `known` how many customers of the history each has.
    """

    layout: Layout
    names: tuple[str, ...]
    months: tuple[FullMonth, ...]
    past: I64
    past_from: int
    past_full: tuple[int, int]
    known: I64

    def sizes(self, counts: I64) -> I64:
        """Return how many customers each cohort has, (draws, cohorts); the same in both worlds."""
        sizes = np.tile(self.known, (len(counts), 1))
        for place, month in enumerate(self.months):
            column = self.layout.month_column(place, WITHOUT, PerMonth.NEWCOMERS)
            sizes[:, self.names.index(month.name)] += counts[:, column]
        return sizes

    def of(self, counts: I64, cohort: int, month: int, world: int, what: PerCohort) -> I64:
        """Return what a cohort does in a month, by draw."""
        found: I64 = counts[:, self.layout.cohort_column(cohort, month, world, what)]
        return found

    def age(self, cohort: int, month: str) -> int | None:
        """Return how many months a month lies after that of a cohort's first orders; None for all
        those before the first cohort, of whom nobody counts the months."""
        own = self.names[cohort]
        return None if own.startswith("before") else month_number(month) - month_number(own)


def month_number(month: str) -> int:
    """Return a month such as 2026-10 as a number of months."""
    year, _, of_year = month.partition("-")
    return int(year) * YEAR + int(of_year) - 1


def cohort_counts(
    layout: Layout,
    names: tuple[str, ...],
    months: tuple[FullMonth, ...],
    data: Observed,
    purchases: Purchases,
) -> CohortCounts:
    """Return what the history says of the cohorts; `purchases` are its own."""
    own = cohorts_of_history(data, names)
    first = int(purchases.month.min())
    until = int(months_of(np.array([data.as_of_day]))[0])  # months of silence count, too
    length = max(until, int(purchases.month.max())) - first + 1
    past = np.zeros((len(names), length, 2), dtype=np.int64)
    customer, month = customers_by_month(purchases, first + length)
    np.add.at(past[:, :, 0], (own[customer], month - first), 1)
    np.add.at(past[:, :, 1], (own[purchases.customer], purchases.month - first), 1)
    full = full_months(int(purchases.first_day.min()), data.as_of_day)
    known = np.bincount(own, minlength=len(names)).astype(np.int64)
    return CohortCounts(layout, names, months, past, first, (full.first, full.last), known)


def cohorts_told(found: CohortCounts, counts: I64, again: I64) -> tuple[Cohort, ...]:
    """Return every cohort with its past months and those of the horizon; `again` are second futures
    of the first draws."""
    sizes = found.sizes(counts)
    return tuple(
        Cohort(
            cohort,
            Estimate.of(sizes[:, n].tolist()),
            _past_months(found, n),
            tuple(
                _month(found, counts, again, n, place)
                for place, month in enumerate(found.months)
                if (age := found.age(n, month.name)) is None or age >= 0
            ),
        )
        for n, cohort in enumerate(found.names)
    )


def groups_told(found: CohortCounts, counts: I64, again: I64) -> tuple[CohortGroup, ...]:
    """Return the cohorts by quarter, or by year where there are many, and those to come as one."""
    own = {month.name for month in found.months}
    many = sum(name not in own for name in found.names) > QUARTERS_UP_TO
    groups: dict[str, list[int]] = {}
    for n, cohort in enumerate(found.names):
        groups.setdefault(_group(cohort, cohort in own and not found.known[n], many), []).append(n)
    told = (_told(found, group, members, counts, again) for group, members in groups.items())
    return tuple(one for one in told if one is not None)


def _group(cohort: str, to_come: bool, by_year: bool) -> str:
    if to_come or cohort.startswith("before"):
        return TO_COME if to_come else cohort
    year, _, month = cohort.partition("-")
    return year if by_year else f"{year} Q{(int(month) + 2) // 3}"


def _told(
    found: CohortCounts, group: str, members: Sequence[int], counts: I64, again: I64
) -> CohortGroup | None:
    """Return a group, None where no full month of the horizon follows its first orders."""
    cells = [
        (n, place)
        for n in members
        for place, month in enumerate(found.months)
        if month.full and ((age := found.age(n, month.name)) is None or age > 0)
    ]
    if not cells:
        return None

    def shares(some: I64, world: int) -> list[float]:
        sizes = found.sizes(some)
        buyers: F64 = np.zeros(len(some))
        people: F64 = np.zeros(len(some))
        for n, place in cells:
            buyers += found.of(some, n, place, world, PerCohort.ACTIVE_CUSTOMERS)
            people += sizes[:, n]
        return [a / b if b else 0.0 for a, b in zip(buyers.tolist(), people.tolist(), strict=True)]

    size = float(found.sizes(counts)[:, list(members)].sum(axis=1).mean())
    futures = [shares(some, world) for some in (counts, again) for world in (WITHOUT, WITH)]
    share = compared(group, _past_share(found, members), futures)
    return CohortGroup(group, size, share)


def compared(row: str, past: float | None, futures: Sequence[list[float]]) -> Compared:
    """Return a number in both worlds and its expected difference, from its draws without and with,
    and both in the second futures.
    """
    without, with_playbook, again_without, again_with = futures
    apart = expected_draws(_less(with_playbook, without), _less(again_with, again_without))
    return Compared(row, past, Estimate.of(without), Estimate.of(with_playbook), Estimate.of(apart))


def _past_share(found: CohortCounts, members: Sequence[int]) -> float | None:
    """Return the share that bought in a month, of the last full months of the history: 12 at most;
    None where no such month follows the first orders."""
    first, last = found.past_full
    buyers = people = 0
    for month in range(max(first, last - YEAR + 1), last + 1):
        for n in members:
            age = found.age(n, name(month))
            if age is None or age > 0:
                buyers += int(found.past[n, month - found.past_from, 0])
                people += int(found.known[n])
    return buyers / people if people else None


def _past_months(found: CohortCounts, cohort: int) -> tuple[PastMonth, ...]:
    """Return what a cohort did from its first orders on."""
    rows = found.past[cohort]
    if not rows.any():
        return ()
    first = int(np.flatnonzero(rows[:, 1])[0])
    return tuple(
        PastMonth(name(found.past_from + place), *rows[place].tolist())
        for place in range(first, len(rows))
    )


def _month(found: CohortCounts, counts: I64, again: I64, cohort: int, place: int) -> Month:
    told = {}
    for metric, what in COUNTED.items():
        futures = [
            found.of(some, cohort, place, world, what).astype(np.float64).tolist()
            for some in (counts, again)
            for world in (WITHOUT, WITH)
        ]
        told[metric] = compared(metric, None, futures)
    return Month(
        found.months[place].name,
        {what: one.without for what, one in told.items()},
        {what: one.with_playbook for what, one in told.items()},
        {what: one.difference for what, one in told.items()},
    )


def _less(one: list[float], other: list[float]) -> list[float]:
    return [a - b for a, b in zip(one, other, strict=True)]
