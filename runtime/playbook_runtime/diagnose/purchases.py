"""Every purchase of a shop's history: a customer and a day with an order, in that order.

Orders of one customer on one day are one purchase, as in the purchase model.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import numpy.typing as npt

from playbook_compiler.model import Economics
from playbook_compiler.values import dataclass
from playbook_runtime.diagnose.months import Int64s, months_of
from playbook_runtime.observed import Observed
from playbook_runtime.orders.currency import exponent
from playbook_runtime.orders.model import NO_CODE

_PARTS = 10_000  # margins and rates are taken to a hundredth of a per cent


@dataclass(frozen=True, slots=True, eq=False)
class Purchases:
    """Purchases (P) by customer and day; customers (N) as rows of the history they come from.

    Of purchases: `customer` in 0..N-1, `day`, `month`, `nth` (1 for the first), `value` and
    `contribution` in minor units (`contribution` is None without economics). Of customers:
    `first_day`, `last_day`, `count`. Every customer has at least one purchase.
    """

    until_day: int
    customer: Int64s
    day: Int64s
    month: Int64s
    nth: Int64s
    value: Int64s
    contribution: Int64s | None
    first_day: Int64s
    last_day: Int64s
    count: Int64s

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.count)

    def __len__(self) -> int:
        """Return how many purchases there are."""
        return len(self.customer)

    def of(self, chosen: npt.NDArray[np.bool_]) -> Purchases:
        """Return the purchases of some of the customers, who are numbered anew."""
        kept = chosen[self.customer]
        number = np.cumsum(chosen) - 1
        money = self.contribution
        return Purchases(
            self.until_day,
            number[self.customer[kept]],
            self.day[kept],
            self.month[kept],
            self.nth[kept],
            self.value[kept],
            None if money is None else money[kept],
            self.first_day[chosen],
            self.last_day[chosen],
            self.count[chosen],
        )


def purchases_of(data: Observed, economics: Economics | None) -> Purchases:
    """Return the purchases of the history, customers in the order of `data.history`."""
    rows = data.order_rows(data.customer_hash)
    days = data.day.astype(np.int64)
    order = np.lexsort((days, rows))
    customer, day = rows[order], days[order]
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (customer[1:] != customer[:-1]) | (day[1:] != day[:-1])
    starts = np.flatnonzero(begins)

    def joined(amounts: Int64s) -> Int64s:
        """Return amounts by purchase."""
        return np.add.reduceat(amounts[order], starts)

    customer, day = customer[starts], day[starts]
    value = joined(data.value_minor)
    contribution = None
    if economics is not None:
        parts = joined(data.value_minor * _margins(data, economics))
        contribution = (parts - _costs(value, economics, data)) // _PARTS
    first = np.flatnonzero(np.append(True, customer[1:] != customer[:-1]))
    count = np.diff(np.append(first, len(customer)))
    return Purchases(
        until_day=data.as_of_day,
        customer=customer,
        day=day,
        month=months_of(day),
        nth=np.arange(len(customer)) - np.repeat(first, count) + 1,
        value=value,
        contribution=contribution,
        first_day=day[first],
        last_day=day[first + count - 1],
        count=count,
    )


def _margins(data: Observed, economics: Economics) -> Int64s:
    """Return the margin of each order in parts of 10,000, by its category where that is known."""
    margin = economics.gross_margin
    usual = _in_parts(margin.default.fraction)
    labels = data.orders.category
    if labels is None or not margin.by_category:
        return np.full(len(data.day), usual, dtype=np.int64)
    shares = [margin.by_category.get(name, margin.default) for name in labels.names]
    by_code = np.array([*(_in_parts(one.fraction) for one in shares), usual], dtype=np.int64)
    codes = labels.codes[data.orders.day <= data.as_of_day]
    return by_code[np.where(codes == NO_CODE, len(shares), codes)]


def _costs(value: Int64s, economics: Economics, data: Observed) -> Int64s:
    """Return the costs of each purchase beside its goods, in ten-thousandths of minor units."""
    costs = economics.order_costs
    if costs is None:
        return np.zeros(len(value), dtype=np.int64)
    each = costs.shipping.amount + costs.returns.amount * costs.return_rate.fraction
    share = 0
    if costs.payment is not None:
        each += costs.payment.fixed.amount
        share = _in_parts(costs.payment.share.fraction)
    return _in_parts(each.scaleb(exponent(data.orders.currency))) + share * value


def _in_parts(fraction: Decimal) -> int:
    return round(fraction * _PARTS)
