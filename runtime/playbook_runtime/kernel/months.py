"""Counting by calendar month and cohort: the columns of the month in which something happens.

Moments come in order, so that a register holds where the columns of the present month begin.
"""

from __future__ import annotations

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.layout import (
    COHORT,
    FLOW_MONTH,
    MONTH,
    MOST_ORDERS_COUNTED,
    PerCohort,
    PerMonth,
)

WITHOUT, WITH = 0, MONTH  # from the month's first column
_NO_MORE = 2**62
_ORDERS = int(PerMonth.ORDERS)
_REVENUE = int(PerMonth.REVENUE)
_CONTRIBUTION = int(PerMonth.CONTRIBUTION_MICRO)
_ACTIVE = int(PerMonth.ACTIVE_CUSTOMERS)
_AGAIN = int(PerMonth.ACTIVE_AGAIN)
_FIRST = int(PerMonth.FIRST_ORDERS)
_COHORT_ACTIVE = int(PerCohort.ACTIVE_CUSTOMERS)
_COHORT_ORDERS = int(PerCohort.ORDERS)
_COHORT_REVENUE = int(PerCohort.REVENUE)


@compiled
def to_month(p, s, month):
    """Let a month be the present one."""
    s[m.MONTH] = month
    months = p[at.MONTHS]
    s[m.MONTH_END] = p[p[at.MONTH_START] + month + 1] if month + 1 < months else _NO_MORE
    s[m.MONTH_ROW] = s[m.BY_MONTH] + month * 2 * MONTH
    s[m.FLOW_MONTH_ROW] = s[m.BY_FLOW_MONTH] + month * p[at.FLOWS] * FLOW_MONTH
    s[m.COHORT_ROW] = s[m.BY_COHORT] + (s[m.COHORT_OF] * months + month) * 2 * COHORT


@compiled
def turn(p, s, moment):
    """Go on to the month of `moment`."""
    while moment >= s[m.MONTH_END]:
        to_month(p, s, s[m.MONTH] + 1)


@compiled
def count_order(s, out, world, orders, revenue, contribution):
    """Count an order of a world (0 without, 1 with) before which there were `orders` ever."""
    row = s[m.MONTH_ROW] + world * MONTH
    out[row + _ORDERS] += 1
    out[row + _REVENUE] += revenue
    out[row + _CONTRIBUTION] += contribution
    if orders == 0:
        out[row + _FIRST] += 1
    month = s[m.MONTH] + 1  # 0 stands for none
    latest = s[m.ACTIVE_WITHOUT + world]
    if latest != month:
        s[m.ACTIVE_WITHOUT + world] = month
        out[row + _ACTIVE] += 1
        if latest > 0 and latest == month - 1:
            out[row + _AGAIN] += 1
    if s[m.COHORT_OF] >= 0:
        row = s[m.COHORT_ROW] + world * COHORT
        out[row + _COHORT_ORDERS] += 1
        out[row + _COHORT_REVENUE] += revenue
        if latest != month:
            out[row + _COHORT_ACTIVE] += 1


@compiled
def count_ever(s, out, world, orders):
    """Count a person at the end of a world by the number of his orders ever."""
    if orders > 0:
        place = min(orders, MOST_ORDERS_COUNTED) - 1
        out[s[m.BY_ORDERS] + world * MOST_ORDERS_COUNTED + place] += 1
