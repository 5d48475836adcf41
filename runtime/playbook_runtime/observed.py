"""What the shop's own files say, cut at the as-of date: the data that a simulation starts from."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.history import History, history_of
from playbook_runtime.orders.customers import Customers
from playbook_runtime.orders.events import Events
from playbook_runtime.orders.model import Orders
from playbook_runtime.settings import EPOCH

LONGEST_WINDOW = 365


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Orders up to a day, and what the optional files add. Nothing here is later than `as_of`.

    `day`, `time`, `customer_hash`, `value_minor` have one element an order; `history` has one a
    customer, in ascending order of hash.
    """

    as_of: date
    orders: Orders
    day: npt.NDArray[np.int32]
    time: npt.NDArray[np.int64]
    customer_hash: npt.NDArray[np.uint64]
    value_minor: npt.NDArray[np.int64]
    history: History
    customers: Customers | None
    events: Events | None

    @property
    def as_of_day(self) -> int:
        """The as-of date as a day number."""
        return (self.as_of - EPOCH).days

    def order_rows(self, customer_hash: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Return the rows of `history` of customers, -1 for those without an order."""
        place = np.searchsorted(self.history.customer_hash, customer_hash)
        place = np.minimum(place, len(self.history) - 1)
        return np.where(self.history.customer_hash[place] == customer_hash, place, -1)

    def first_and_last_moment(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the moments of each customer's first and last order, UTC seconds."""
        rows = self.order_rows(self.customer_hash)
        first = np.full(len(self.history), np.iinfo(np.int64).max)
        last = np.full(len(self.history), np.iinfo(np.int64).min)
        np.minimum.at(first, rows, self.time)
        np.maximum.at(last, rows, self.time)
        return first, last

    def newcomers_per_day(self) -> tuple[int, int]:
        """Return (first orders, days) of the latest stretch of the history: its second half, at
        most a year, because before that many first orders are only the first ones in the log."""
        first_day = int(self.history.first_day.min())
        span = self.as_of_day - first_day + 1
        window = max(1, min(LONGEST_WINDOW, span // 2))
        return int((self.history.first_day > self.as_of_day - window).sum()), window


def observed(
    orders: Orders, customers: Customers | None, events: Events | None, as_of: date | None
) -> Observed | None:
    """Return the data up to a day, by default the last order's; None if there was no order yet."""
    last = as_of or EPOCH + timedelta(days=orders.reading.last_day)
    until = (last - EPOCH).days
    known = orders.day <= until
    if not known.any():
        return None
    hashes = orders.customer_hash[orders.customer[known]]
    return Observed(
        as_of=last,
        orders=orders,
        day=orders.day[known],
        time=orders.time[known],
        customer_hash=hashes,
        value_minor=orders.value_minor[known],
        history=history_of(orders.day, orders.order_customer_hash, orders.value_minor, until),
        customers=customers,
        events=events,
    )
