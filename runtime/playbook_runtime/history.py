"""History: what every customer's orders amount to for the purchase model (x, t_x, T, spend)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass, field, fields

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PIECE = 200_000  # rows that are sorted at once
HASH_BITS, MOST_BITS = 64, 8


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The customers seen until the end of `until_day`, ascending by `customer_hash`.

    Every array has one element a customer. Days are local day numbers (days since 1970-01-01);
    all orders of a customer on one day are one purchase, whose value is their sum. Money is in
    minor units. The names below are the literature's: x (frequency), t_x (recency), T.
    """

    until_day: int
    customer_hash: npt.NDArray[np.uint64]
    first_day: npt.NDArray[np.int32]
    last_day: npt.NDArray[np.int32]
    orders: Int64s  # rows
    purchases: Int64s  # distinct days with an order, at least 1
    value_minor: Int64s  # of all purchases
    first_value_minor: Int64s  # of the first purchase
    # The day of every purchase, customer by customer and ascending; empty where it is not known.
    purchase_day: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))

    def __len__(self) -> int:
        return len(self.customer_hash)

    @property
    def x(self) -> Int64s:
        """Repeat purchases (frequency)."""
        return self.purchases - 1

    @property
    def t_x(self) -> Int64s:
        """Days from the first to the last purchase (recency)."""
        return self.last_day.astype(np.int64) - self.first_day

    @property
    def T(self) -> Int64s:
        """Days from the first purchase to `until_day`."""
        return self.until_day - self.first_day.astype(np.int64)

    @property
    def log_gaps(self) -> Floats:
        """Sum of ln(days between purchases) of each customer; 0 where x = 0.

        ValueError where the days of the purchases are not known.
        """
        return sum_by_customer(self, np.log(gaps_of(self, self.purchase_day)))

    @property
    def repeat_value_minor(self) -> Int64s:
        """Value of the repeat purchases, x z in the spend model; 0 where x = 0."""
        return self.value_minor - self.first_value_minor

    @property
    def repeat_customers(self) -> int:
        """Number of customers with x >= 1."""
        return int(np.count_nonzero(self.purchases > 1))


def history_of(
    days: npt.NDArray[np.int32],
    customer_hash: npt.NDArray[np.uint64],
    value_minor: Int64s,
    until_day: int | None = None,
) -> History:
    """Return the history of orders (one row an order, in any order) up to and with `until_day`.

    Later rows are left out; left out itself, it is the last day that has an order. The result
    does not depend on the order of the rows. ValueError where the columns differ in length or
    `until_day` is not given and there is no order.
    """
    if not len(days) == len(customer_hash) == len(value_minor):
        raise ValueError("days, customer_hash and value_minor must be equally long")
    if until_day is None:
        until_day = int(days.max())
    elif len(days) and int(days.max()) > until_day:
        seen = days <= until_day
        days, customer_hash, value_minor = days[seen], customer_hash[seen], value_minor[seen]
    if not len(days):
        return _empty(until_day)
    pieces = _pieces(customer_hash)
    if len(pieces) == 1:
        return _history(days, customer_hash, value_minor, until_day)
    parts = [
        _history(days[rows], customer_hash[rows], value_minor[rows], until_day)
        for rows in pieces
        if len(rows)
    ]
    columns = [one.name for one in fields(History) if one.name != "until_day"]
    joined = {name: np.concatenate([getattr(one, name) for one in parts]) for name in columns}
    return History(until_day=until_day, **joined)


def _pieces(customer_hash: npt.NDArray[np.uint64]) -> list[Int64s]:
    """Return the rows in pieces that sort within a processor's cache: customers by the first bits
    of their hash, so that pieces stand in the order of customers."""
    bits = min(MOST_BITS, (len(customer_hash) // PIECE).bit_length())
    if not bits:
        return [np.zeros(0, np.int64)]
    piece = (customer_hash >> np.uint64(HASH_BITS - bits)).astype(np.uint8)
    rows = np.argsort(piece, kind="stable")
    ends = np.cumsum(np.bincount(piece, minlength=1 << bits))
    return np.split(rows, ends[:-1])


def _history(
    days: npt.NDArray[np.int32],
    customer_hash: npt.NDArray[np.uint64],
    value_minor: Int64s,
    until_day: int,
) -> History:
    """Return the history of at least one order, none after `until_day`."""
    hashes = np.ascontiguousarray(customer_hash, dtype=np.uint64)
    start = int(days.min())
    day_bits = np.uint64(max(1, int(int(days.max()) - start).bit_length()))
    order, key, first_rows = _by_customer_and_day(hashes, days, start, day_bits)

    new_purchase = np.empty(len(key), dtype=np.bool_)
    new_purchase[0] = True
    np.not_equal(key[1:], key[:-1], out=new_purchase[1:])
    purchase_rows = np.flatnonzero(new_purchase)
    first_purchases = np.searchsorted(purchase_rows, first_rows)
    values = np.ascontiguousarray(value_minor, dtype=np.int64)[order]
    end_rows = np.append(first_rows[1:], len(key))
    second_rows = np.append(purchase_rows, len(key))[first_purchases + 1]
    running = np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))
    day_mask = (np.uint64(1) << day_bits) - np.uint64(1)
    return History(
        until_day=until_day,
        customer_hash=hashes[order[first_rows]],
        first_day=((key[first_rows] & day_mask).astype(np.int64) + start).astype(np.int32),
        last_day=((key[end_rows - 1] & day_mask).astype(np.int64) + start).astype(np.int32),
        orders=end_rows - first_rows,
        purchases=np.diff(np.append(first_purchases, len(purchase_rows))),
        value_minor=running[end_rows] - running[first_rows],
        first_value_minor=running[second_rows] - running[first_rows],
        purchase_day=((key[purchase_rows] & day_mask).astype(np.int64) + start).astype(np.int32),
    )


def gaps_of(history: History, moment: npt.NDArray[np.number]) -> Floats:
    """Return the time from one purchase of a customer to the next, one element a purchase.

    `moment` says when each purchase was. A customer's first purchase has 1, whose logarithm is 0.
    ValueError where the history does not say when each purchase was.
    """
    if len(moment) != int(history.purchases.sum()):
        raise ValueError("this history does not say on which day each purchase was")
    gaps = np.ones(len(moment))
    np.subtract(moment[1:], moment[:-1], out=gaps[1:], casting="unsafe")
    gaps[_first_purchases(history)] = 1.0
    return gaps


def sum_by_customer(history: History, values: Floats) -> Floats:
    """Return each customer's sum of a value a purchase, the first purchase's included."""
    if not len(values):
        return np.zeros(len(history))
    result: Floats = np.add.reduceat(values, _first_purchases(history))
    return result


def _first_purchases(history: History) -> Int64s:
    """Return where in `purchase_day` each customer begins."""
    return np.cumsum(history.purchases) - history.purchases


def _by_customer_and_day(
    hashes: npt.NDArray[np.uint64],
    days: npt.NDArray[np.int32],
    start: int,
    day_bits: np.uint64,
) -> tuple[Int64s, npt.NDArray[np.uint64], Int64s]:
    """Return the row order by (customer, day), the sorted keys and each customer's first row.

    The key packs the hash's high bits over the day, so that one argsort of integers does it all.
    Two customers whose high bits agree (about N^2 / 2^50 pairs) are noticed, and the keys are
    then built from the customers' ranks instead, which cannot collide.
    """
    day = (days.astype(np.int64) - start).astype(np.uint64)
    key = ((hashes >> day_bits) << day_bits) | day
    order = np.argsort(key)
    sorted_hashes = hashes[order]
    sorted_key = key[order]
    new_customer = np.empty(len(key), dtype=np.bool_)
    new_customer[0] = True
    np.not_equal(sorted_hashes[1:], sorted_hashes[:-1], out=new_customer[1:])
    group = sorted_key >> day_bits
    collided = new_customer[1:] & (group[1:] == group[:-1])
    if collided.any():
        rank = np.unique(hashes, return_inverse=True)[1].astype(np.uint64)
        key = (rank << day_bits) | day
        order = np.argsort(key)
        sorted_key = key[order]
        group = sorted_key >> day_bits
        np.not_equal(group[1:], group[:-1], out=new_customer[1:])
    return order, sorted_key, np.flatnonzero(new_customer)


def _empty(until_day: int) -> History:
    """Return the history in which nobody has bought."""
    none = np.zeros(0, dtype=np.int64)
    day = np.zeros(0, dtype=np.int32)
    return History(until_day, np.zeros(0, dtype=np.uint64), day, day, none, none, none, none)
