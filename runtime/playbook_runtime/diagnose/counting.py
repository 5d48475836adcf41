"""Counts of the history, for the same formulas as the worlds of a projection.

`stretch_counts` is what one world counts, of a month, a year or a cohort; `customer_counts` is what
the metrics that are tables go by.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.customer_counts import CustomerCounts
from playbook_runtime.diagnose.months import Int64s, months_of
from playbook_runtime.diagnose.purchases import Purchases
from playbook_runtime.metrics import day_n_retention, repurchase_rate
from playbook_runtime.metrics._ratio import DAYS_PER_MONTH
from playbook_runtime.metrics.value_tiers import TIERS
from playbook_runtime.projection import WorldCounts

LONGEST_LIFE: Final = 36  # months of lifetime value
DAYS_PER_YEAR: Final = 365
# What a history always tells; `base` needs a stretch of it before the one that is looked at.
ALWAYS: Final = (
    "orders",
    "revenue",
    "active_customers",
    "customers",
    "repeat_customers",
    "newcomers",
    "horizon_days",
)
BASE: Final = ("base_customers", "retained_customers")


@dataclass(frozen=True, slots=True)
class Terms:
    """How lifetime value is counted: interest of a year, and what winning a customer costs in minor
    units (0: not known)."""

    interest: float = 0.0
    acquisition_cost: int = 0


def stretch_counts(
    purchases: Purchases,
    first: int,
    last: int,
    base_first: int | None = None,
    visits: int | None = None,
) -> WorldCounts:
    """Return the counts of the days first..last; the base are the days from `base_first` to them.

    Costs of messages and the like are 0 here: a history does not know them, and `known_counts` does
    not name them.
    """
    inside = (purchases.day >= first) & (purchases.day <= last)
    active = _marked(purchases, inside)
    base = np.zeros(purchases.customers, dtype=np.bool_)
    if base_first is not None:
        base = _marked(purchases, (purchases.day >= base_first) & (purchases.day < first))
    second = (purchases.nth == 2) & (purchases.day <= last)
    money = purchases.contribution
    return WorldCounts(
        orders=int(inside.sum()),
        revenue=int(purchases.value[inside].sum()),
        contribution=0 if money is None else int(money[inside].sum()),
        message_cost=0,
        offer_cost=0,
        active_customers=int(active.sum()),
        retained_customers=int((active & base).sum()),
        base_customers=int(base.sum()),
        customers=int((purchases.first_day <= last).sum()),
        repeat_customers=int(second.sum()),
        newcomers=int(((purchases.first_day >= first) & (purchases.first_day <= last)).sum()),
        messages=0,
        horizon_days=last - first + 1,
        visits=visits,
    )


def known_counts(purchases: Purchases, with_base: bool, with_visits: bool) -> tuple[str, ...]:
    """Return the names of the counts that a history of these files tells."""
    return (
        *ALWAYS,
        *(BASE if with_base else ()),
        *(("contribution",) if purchases.contribution is not None else ()),
        *(("visits",) if with_visits else ()),
    )


def customer_counts(
    purchases: Purchases,
    last_month: int,
    terms: Terms,
    *,
    first_month: int | None = None,
    lifecycle: Mapping[str, int] | None = None,
    segments: Mapping[str, int] | None = None,
    channels: Mapping[str, int] | None = None,
) -> CustomerCounts:
    """Return what the tables go by. `first_month`, `last_month` are full ones; months of buyers are
    counted from the first on."""
    watched, again = _after_first(purchases)
    customer, month = customers_by_month(purchases, last_month)
    buyers, again_months = _month_buyers(customer, month, first_month, last_month)
    ages, at_age = _curve(purchases, customer, month, last_month)
    life, value = _lifetimes(purchases, terms)
    return CustomerCounts(
        with_purchases=_with_purchases(purchases),
        watched=watched,
        again=again,
        month_buyers=buyers,
        month_buyers_again=again_months,
        age_customers=ages,
        age_buyers=at_age,
        life_customers=life,
        life_value=value,
        acquisition_cost=terms.acquisition_cost,
        lifecycle=lifecycle or {},
        segments=segments or {},
        channels=channels or {},
        tier_value=_tier_value(purchases),
    )


def customers_by_month(purchases: Purchases, last_month: int) -> tuple[Int64s, Int64s]:
    """Return (customer, month) of every month in which a customer bought, up to a month."""
    customer, month = purchases.customer, purchases.month
    new = np.ones(len(customer), dtype=np.bool_)
    new[1:] = (customer[1:] != customer[:-1]) | (month[1:] != month[:-1])
    kept = new & (month <= last_month)
    return customer[kept], month[kept]


def months_after(customer: Int64s, month: Int64s) -> Int64s:
    """Return, by (customer, month) in order, how many months later the customer bought next; a
    number that no months reach where never."""
    after = np.full(len(customer), np.iinfo(np.int64).max)
    same = customer[1:] == customer[:-1]
    after[:-1][same] = (month[1:] - month[:-1])[same]
    return after


def tiers_of(purchases: Purchases) -> Int64s:
    """Return the number of each customer's value tier, 0 for the core; there is a customer."""
    paid = paid_by(purchases)
    ordered = np.sort(paid)[::-1]
    cuts = [ordered[-(-percent * len(paid) // 100) - 1] for percent in TIERS.values()]
    tier = np.argmax(paid[:, None] >= np.array(cuts)[None, :], axis=1)
    return np.asarray(tier, dtype=np.int64)


def paid_by(purchases: Purchases) -> Int64s:
    """Return what each customer has paid, in minor units."""
    paid = np.zeros(purchases.customers, dtype=np.int64)
    np.add.at(paid, purchases.customer, purchases.value)
    return paid


def _marked(purchases: Purchases, which: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    found = np.zeros(purchases.customers, dtype=np.bool_)
    found[purchases.customer[which]] = True
    return found


def _with_purchases(purchases: Purchases) -> tuple[int, ...]:
    exactly = np.bincount(purchases.count)[1:] if purchases.customers else np.zeros(0, np.int64)
    return tuple(np.cumsum(exactly[::-1])[::-1].tolist())


def _after_first(purchases: Purchases) -> tuple[dict[int, int], dict[int, int]]:
    watched_for = purchases.until_day - purchases.first_day
    gap = np.full(purchases.customers, np.iinfo(np.int64).max)
    second = purchases.nth == 2
    customer = purchases.customer[second]
    gap[customer] = purchases.day[second] - purchases.first_day[customer]
    watched = {days: watched_for >= days for days in day_n_retention.DAYS}
    return (
        {days: int(seen.sum()) for days, seen in watched.items()},
        {days: int((seen & (gap <= days)).sum()) for days, seen in watched.items()},
    )


def _month_buyers(
    customer: Int64s, month: Int64s, first_month: int | None, last_month: int
) -> tuple[dict[int, int], dict[int, int]]:
    after = months_after(customer, month)
    since = month >= (first_month if first_month is not None else np.iinfo(np.int64).min)
    followed = {n: since & (month + n <= last_month) for n in repurchase_rate.MONTHS}
    return (
        {n: int(rows.sum()) for n, rows in followed.items()},
        {n: int((rows & (after <= n)).sum()) for n, rows in followed.items()},
    )


def _curve(
    purchases: Purchases, customer: Int64s, month: Int64s, last_month: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if not purchases.customers:
        return (), ()
    begun = months_of(purchases.first_day)
    oldest = max(0, int(last_month - begun.min()))
    reached = np.bincount(np.clip(last_month - begun, 0, oldest), minlength=oldest + 1)
    active = np.bincount(month - begun[customer], minlength=oldest + 1)
    return (
        tuple(np.cumsum(reached[::-1])[::-1][1:].tolist()),
        tuple(active[1:].tolist()),
    )


def _lifetimes(purchases: Purchases, terms: Terms) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return customers watched for k months and what they brought in them, by k from 1."""
    watched = purchases.until_day - purchases.first_day
    age = purchases.day - purchases.first_day[purchases.customer]
    money = purchases.value if purchases.contribution is None else purchases.contribution
    worth = money * (1.0 + terms.interest) ** (-age / DAYS_PER_YEAR)
    customers, values = [], []
    for month in range(1, LONGEST_LIFE + 1):
        days = month * DAYS_PER_MONTH
        seen = watched >= days
        if not seen.any():
            break
        customers.append(int(seen.sum()))
        values.append(math.fsum(worth[seen[purchases.customer] & (age <= days)].tolist()))
    return tuple(customers), tuple(values)


def _tier_value(purchases: Purchases) -> dict[str, int]:
    if not purchases.customers:
        return {}
    tier, paid = tiers_of(purchases), paid_by(purchases)
    return {name: int(paid[tier == n].sum()) for n, name in enumerate(TIERS)}
