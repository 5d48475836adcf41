"""Orders as columns, and the account of how every row of the file got there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.counted import count_of
from playbook_runtime.orders.reasons import Fate, Reason

_EPOCH = date(1970, 1, 1)
NO_CODE = -1
UNKNOWN_CONSENT = -1


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """A text column as codes: `codes` int32 an order, -1 where empty; `names` sorted."""

    codes: npt.NDArray[np.int32]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows one rule took, and the money they stand for in minor units."""

    reason: Reason
    rows: int
    value_minor: int = 0


def rows_of(tallies: tuple[Tally, ...], fate: Fate) -> int:
    """Return the number of rows of one fate."""
    return sum(tally.rows for tally in tallies if tally.reason.fate is fate)


@dataclass(frozen=True, slots=True)
class SideReading:
    """The account of a customers or events file. rows = accepted + merged + quarantined + left out.

    `sha256` digest of the bytes; `columns` says which column each field was read from.
    """

    file: str
    digest: str
    rows: int
    tallies: tuple[Tally, ...]
    columns: Mapping[str, str]

    def count(self, fate: Fate) -> int:
        """Return the number of rows of one fate."""
        return rows_of(self.tallies, fate)


@dataclass(frozen=True, slots=True)
class Reading:
    """The account of one file. rows = accepted + merged + quarantined + left out, always.

    `control_total_minor` is the sum of all accepted rows net of refunds, the anonymous included:
    sum of Orders.value_minor + anonymous_minor - unmatched_refunds_minor. `columns` says which
    column each field was read from, `key` whether customers are told apart by `customer_id` or
    `email`. `first_day`, `last_day` count from 1970-01-01.
    """

    file: str
    digest: str
    source: str
    currency: str
    timezone: str | None
    rows: int
    tallies: tuple[Tally, ...]
    orders: int
    customers: int
    anonymous_orders: int
    anonymous_minor: int
    refund_rows: int
    unmatched_refunds_minor: int
    control_total_minor: int
    first_day: int
    last_day: int
    key: str
    columns: Mapping[str, str]
    notes: tuple[str, ...]

    def count(self, fate: Fate) -> int:
        """Return the number of rows of one fate."""
        return rows_of(self.tallies, fate)

    @property
    def accepted(self) -> int:
        """Return the rows that became orders (anonymous ones too) or refunds."""
        return self.count(Fate.ACCEPTED)

    @property
    def merged(self) -> int:
        """Return the rows that were joined to another one."""
        return self.count(Fate.MERGED)

    @property
    def quarantined(self) -> int:
        """Return the rows that were set aside."""
        return self.count(Fate.QUARANTINED)

    @property
    def left_out(self) -> int:
        """Return the rows that a stated rule leaves out."""
        return self.count(Fate.LEFT_OUT)

    def sanity_line(self) -> str:
        """Return `12,418 rows -> 9,102 orders -> 6,377 customers, 2024-01-03 ... 2026-11-14`."""
        first, last = (_EPOCH + timedelta(days=day) for day in (self.first_day, self.last_day))
        return (
            f"{count_of(self.rows, 'row')} -> {count_of(self.orders, 'order')} -> "
            f"{count_of(self.customers, 'customer')}, {first} ... {last}"
        )

    def details(self) -> tuple[str, ...]:
        """Return one line for each rule that took rows, and the notes."""
        lines = [
            f"{count_of(tally.rows, 'row')} {tally.reason.fate}: {tally.reason.sentence}"
            for tally in self.tallies
            if tally.rows and tally.reason.code
        ]
        return (*lines, *self.notes)


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Accepted orders, one element each, sorted by (customer, time, value, marks).

    Customers (N): `customer_hash` uint64, ascending: the first 8 bytes, big-endian, of BLAKE2b with
    digest_size 8 of the key in UTF-8; `customer_key` object array of str: the trimmed customer id,
    or the trimmed lower-case e-mail where the file has no id; `email_consent` int8, 1 yes, 0 no,
    -1 unknown, as of the customer's latest order.
    Orders (M): `customer` int32 index into the customers; `time` int64 UTC seconds since 1970 (of a
    date without time: local midnight); `day` int32 days since 1970-01-01 on the shop's calendar;
    `value_minor` int64 net of refunds; `discount_minor` int64, -1 where the file says nothing.
    `category`, `channel`, `marketplace` are None where the file has no such column.
    """

    customer_key: npt.NDArray[np.object_]
    customer_hash: npt.NDArray[np.uint64]
    email_consent: npt.NDArray[np.int8]
    customer: npt.NDArray[np.int32]
    time: npt.NDArray[np.int64]
    day: npt.NDArray[np.int32]
    value_minor: npt.NDArray[np.int64]
    discount_minor: npt.NDArray[np.int64]
    category: Labels | None
    channel: Labels | None
    marketplace: Labels | None
    currency: str
    reading: Reading

    def __len__(self) -> int:
        """Return the number of orders."""
        return len(self.time)

    @property
    def customers(self) -> int:
        """Return the number of customers."""
        return len(self.customer_hash)

    @property
    def order_customer_hash(self) -> npt.NDArray[np.uint64]:
        """Return the customer's hash of each order, uint64."""
        return self.customer_hash[self.customer]
