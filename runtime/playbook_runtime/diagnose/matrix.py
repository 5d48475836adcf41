"""The product matrix (F3): how often customers buy, by what an order is worth.

Frequent shops lean on retention; where goods are dear and rare, acquisition, referral and the value
of an order count for more.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import numpy as np

from playbook_compiler.matrix import Matrix
from playbook_compiler.units import Duration, Rate
from playbook_runtime.diagnose.model import MatrixFound, Place
from playbook_runtime.diagnose.months import FullMonths, first_day, last_day
from playbook_runtime.diagnose.purchases import Purchases
from playbook_runtime.observed import Observed

YEAR: Final = 12
WHOLE_SHOP: Final = "whole shop"
# Where no playbook says it: three purchases a year, and 80 of a currency in which that is neither
# little nor a fortune. For others nothing is assumed.
FREQUENT: Final = 3.0
VALUABLE: Final = 80
CURRENCIES: Final = frozenset({"AUD", "CAD", "CHF", "EUR", "GBP", "NZD", "USD"})
_DAYS_PER_YEAR: Final = Decimal("365.25")


def matrix_found(
    data: Observed,
    purchases: Purchases,
    full: FullMonths,
    told: Matrix | None,
    currency: str,
    decimals: int,
) -> MatrixFound | None:
    """Return the places of shop and categories in the last year; None without a year of months."""
    if len(full) < YEAR:
        return None
    first, last = first_day(full.last - YEAR + 1), last_day(full.last)
    own = []
    frequent, valuable = FREQUENT, VALUABLE * 10**decimals if currency in CURRENCIES else None
    if told is not None and told.frequent is not None and told.frequent.per != "order":
        frequent, own = _per_year(told.frequent), ["frequent"]
    if told is not None and told.valuable is not None:
        valuable, own = told.valuable.minor(decimals), [*own, "valuable"]
    inside = (purchases.day >= first) & (purchases.day <= last)
    shop = _place(
        WHOLE_SHOP,
        len(np.unique(purchases.customer[inside])),
        int(inside.sum()),
        int(purchases.value[inside].sum()),
        frequent,
        valuable,
    )
    categories = tuple(_categories(data, first, last, frequent, valuable))
    return MatrixFound(frequent, valuable, tuple(own), YEAR, shop, categories)


def _per_year(rate: Rate) -> float:
    """Return how many purchases a year a rate such as `3 per 1y` is."""
    assert isinstance(rate.per, Duration)
    return float(rate.count * _DAYS_PER_YEAR / rate.per.nominal_days)


def _categories(
    data: Observed, first: int, last: int, frequent: float, valuable: int | None
) -> Iterator[Place]:
    """Yield the places of categories, the one with most customers first."""
    labels = data.orders.category
    if labels is None:
        return
    known = data.orders.day <= data.as_of_day
    codes, days = labels.codes[known], data.day
    customers = data.order_rows(data.customer_hash)
    found = []
    for code, name in enumerate(labels.names):
        mine = (codes == code) & (days >= first) & (days <= last)
        if not mine.any():
            continue
        bought = np.unique(np.column_stack((customers[mine], days[mine])), axis=0)
        found.append(
            _place(
                name,
                len(np.unique(customers[mine])),
                len(bought),
                int(data.value_minor[mine].sum()),
                frequent,
                valuable,
            )
        )
    yield from sorted(found, key=lambda place: (-place.customers, place.name))


def _place(
    name: str,
    customers: int,
    purchases: int,
    revenue: int,
    frequent: float,
    valuable: int | None,
) -> Place:
    often = purchases / customers if customers else 0.0
    worth = revenue / purchases if purchases else 0.0
    return Place(
        name,
        customers,
        purchases,
        often,
        worth,
        often >= frequent if customers else None,
        worth >= valuable if customers and valuable is not None else None,
    )
