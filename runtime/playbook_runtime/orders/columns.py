"""From the table `purchase` to sorted arrays: UTC, local days, double clicks, refunds."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.orders.amounts import quoted
from playbook_runtime.orders.clock import NAIVE, Bools, Ints, clock
from playbook_runtime.orders.dates import SECONDS_A_DAY
from playbook_runtime.orders.model import NO_CODE, UNKNOWN_CONSENT, Labels
from playbook_runtime.orders.reasons import ACCEPTED, REFUND
from playbook_runtime.orders.zones import ZoneTable

MERGE_WINDOW_SECONDS: Final = 30
_ORIGIN: Final = 788_000_000  # before 1995, so that time - origin fits into 31 bits up to 2035
_MARKS: Final[tuple[str, ...]] = ("category", "channel", "marketplace")


@dataclass(frozen=True, slots=True)
class Noted:
    """How often something was seen, and the first raw row that shows it (-1: none)."""

    count: int
    row: int


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The arrays of Orders, and what was found on the way."""

    customer_key: npt.NDArray[np.object_]
    customer_hash: npt.NDArray[np.uint64]
    email_consent: npt.NDArray[np.int8]
    customer: npt.NDArray[np.int32]
    time: Ints
    day: npt.NDArray[np.int32]
    value: Ints
    discount: Ints
    labels: dict[str, Labels]
    double_clicks: int
    double_clicks_value: int
    unmatched_refunds: int
    naive: Noted
    folded: Noted
    missing: Noted


@dataclass(frozen=True, slots=True, eq=False)
class _Fetched:
    """Arrays of one kind of purchase, all of one length."""

    customer: Ints
    local: Ints
    offset: Ints
    timed: Bools
    net: Ints
    discount: Ints
    row: Ints
    consent: Ints
    marks: dict[str, Ints]


def hash_keys(keys: list[str]) -> npt.NDArray[np.uint64]:
    """Return BLAKE2b-64 of each key in UTF-8, big-endian: stable over runs, machines, versions."""
    digests = b"".join([blake2b(key.encode(), digest_size=8).digest() for key in keys])
    return np.frombuffer(digests, ">u8").astype(np.uint64)


def read_columns(connection: Any, fields: frozenset[str], zone: ZoneTable | None) -> Columns:
    """Return the accepted orders and refunds of `purchase` as sorted arrays."""
    connection.execute(
        "CREATE TABLE customer AS SELECT key, CAST(row_number() OVER () - 1 AS INTEGER) AS id "
        f"FROM (SELECT DISTINCT key FROM purchase WHERE kind = {ACCEPTED.code})"
    )
    keys = connection.execute("SELECT key FROM customer ORDER BY id").fetchnumpy()["key"]
    keys = np.asarray(keys, dtype=np.object_)
    hashes = hash_keys(keys.tolist())
    by_hash = np.argsort(hashes)
    rank = np.empty(len(keys), np.int64)
    rank[by_hash] = np.arange(len(keys))
    marks = tuple(name for name in _MARKS if name in fields)
    names = {name: _label_names(connection, name) for name in marks}
    orders = _fetch(connection, ACCEPTED.code, names, rank)
    refunds = _fetch(connection, REFUND.code, names, rank)
    timed = orders.timed & bool(np.any(orders.local % SECONDS_A_DAY))  # all midnight: dates only
    when = clock(orders.local, orders.offset, timed, zone)
    refunded = clock(refunds.local, refunds.offset, refunds.timed, zone)
    refund_utc = refunded.utc + np.where(refunds.timed, 0, SECONDS_A_DAY - 1)  # a day: to its end
    utc, day = when.utc, when.day
    order = _sorted(orders, utc)
    customer, time, value = orders.customer[order], utc[order], orders.net[order]
    discount = orders.discount[order]
    codes = {name: orders.marks[name][order] for name in marks}
    twice = _double_clicks(customer, time, value, discount, codes, timed[order])
    consent = _latest_consent(customer, orders.consent[order], len(keys))
    keep = ~twice
    value, unmatched = _take_refunds_off(
        customer[keep], time[keep], value[keep], refunds.customer, refund_utc, -refunds.net
    )
    return Columns(
        customer_key=keys[by_hash],
        customer_hash=hashes[by_hash],
        email_consent=consent,
        customer=customer[keep].astype(np.int32),
        time=time[keep],
        day=day[order][keep],
        value=value,
        discount=discount[keep],
        labels={
            name: Labels(codes[name][keep].astype(np.int32), tuple(names[name])) for name in marks
        },
        double_clicks=int(twice.sum()),
        double_clicks_value=int(orders.net[order][twice].sum()),
        unmatched_refunds=unmatched,
        naive=_note(when.mixed, orders.row),
        folded=_note(when.folded, orders.row),
        missing=_note(when.missing, orders.row),
    )


def _label_names(connection: Any, column: str) -> list[str]:
    rows = connection.execute(
        f"SELECT DISTINCT {column} FROM purchase WHERE kind = {ACCEPTED.code} AND {column} <> '' "
        "ORDER BY 1"
    ).fetchall()
    return [row[0] for row in rows]


def _fetch(connection: Any, kind: int, names: dict[str, list[str]], rank: Ints) -> _Fetched:
    selected, joins = [], []
    for column, labels in names.items():
        connection.execute(f"DROP TABLE IF EXISTS label_{column}")
        connection.execute(f"CREATE TABLE label_{column} (code INTEGER, name VARCHAR)")
        if labels:
            rows = ", ".join(f"({code}, {quoted(name)})" for code, name in enumerate(labels))
            connection.execute(f"INSERT INTO label_{column} VALUES {rows}")
        selected.append(f"CAST(coalesce(label_{column}.code, {NO_CODE}) AS BIGINT) AS {column}")
        joins.append(f"LEFT JOIN label_{column} ON label_{column}.name = purchase.{column}")
    found = connection.execute(
        "SELECT CAST(coalesce(customer.id, -1) AS BIGINT) AS customer, local, "
        f"CAST(coalesce(zone_offset, {NAIVE}) AS BIGINT) AS zone_offset, timed, net, "
        "coalesce(discount, -1) AS discount, row, CAST(CASE WHEN consent IN ('yes', 'true', '1', "
        f"'subscribed') THEN 1 WHEN consent IN ('no', 'false', '0', 'unsubscribed') THEN 0 "
        f"ELSE {UNKNOWN_CONSENT} END AS BIGINT) AS consent"
        f"{''.join(', ' + column for column in selected)} FROM purchase "
        f"LEFT JOIN customer USING (key) {' '.join(joins)} WHERE kind = {kind}"
    ).fetchnumpy()
    ids = np.asarray(found["customer"], np.int64)
    known = ids >= 0
    customer = np.full(len(ids), -1, np.int64)
    customer[known] = rank[ids[known]]
    return _Fetched(
        customer=customer,
        local=np.asarray(found["local"], np.int64),
        offset=np.asarray(found["zone_offset"], np.int64),
        timed=np.asarray(found["timed"], np.bool_),
        net=np.asarray(found["net"], np.int64),
        discount=np.asarray(found["discount"], np.int64),
        row=np.asarray(found["row"], np.int64),
        consent=np.asarray(found["consent"], np.int64),
        marks={name: np.asarray(found[name], np.int64) for name in names},
    )


def _note(where: Bools, rows: Ints) -> Noted:
    count = int(where.sum())
    return Noted(count, int(rows[where].min()) if count else -1)


def _sorted(fetched: _Fetched, utc: Ints) -> Ints:
    """Return the order by customer and time; ties by everything else, so that it is total."""
    packed = (fetched.customer << 31) | (utc - _ORIGIN)
    order = np.argsort(packed)
    ordered = packed[order]
    same = ordered[1:] == ordered[:-1]
    if not same.any():
        return order
    tied = np.zeros(len(order), np.bool_)
    tied[1:] |= same
    tied[:-1] |= same
    some = order[tied]
    keys = (fetched.consent, *fetched.marks.values(), fetched.discount, fetched.net, packed)
    order[tied] = some[np.lexsort(tuple(key[some] for key in keys))]
    return order


def _double_clicks(
    customer: Ints,
    time: Ints,
    value: Ints,
    discount: Ints,
    codes: dict[str, Ints],
    timed: Bools,
) -> Bools:
    """Return which orders repeat an equal one of the same customer within the window."""
    twice = np.zeros(len(time), np.bool_)
    close = (customer[1:] == customer[:-1]) & (time[1:] - time[:-1] <= MERGE_WINDOW_SECONDS)
    if not (close & timed[1:] & timed[:-1]).any():
        return twice
    some = np.flatnonzero(timed & np.isin(customer, np.unique(customer[1:][close])))
    alike = (*codes.values(), discount, value, customer)
    some = some[np.lexsort((time[some], *(column[some] for column in alike)))]
    equal = np.ones(len(some) - 1, np.bool_)
    for column in alike:
        equal &= column[some][1:] == column[some][:-1]
    equal &= np.diff(time[some]) <= MERGE_WINDOW_SECONDS
    twice[some[1:][equal]] = True
    return twice


def _latest_consent(customer: Ints, consent: Ints, customers: int) -> npt.NDArray[np.int8]:
    latest = np.full(customers, UNKNOWN_CONSENT, np.int8)
    known = consent != UNKNOWN_CONSENT
    latest[customer[known]] = consent[known].astype(np.int8)  # the last assignment, in time, stays
    return latest


def _take_refunds_off(
    customer: Ints, time: Ints, value: Ints, whose: Ints, when: Ints, refund: Ints
) -> tuple[Ints, int]:
    """Return values less refund rows, and what of the refunds found no order to be taken off.

    A refund row goes to the customer's latest order at or before it, which it lowers to 0 at most.
    """
    if not len(refund):
        return value, 0
    packed = (customer << 31) | (time - _ORIGIN)
    at = np.searchsorted(packed, (whose << 31) | (when - _ORIGIN), side="right") - 1
    found = (at >= 0) & (whose >= 0)
    found &= customer[np.maximum(at, 0)] == whose if len(customer) else False
    taken = np.zeros(len(value), np.int64)
    np.add.at(taken, at[found], refund[found])
    lowered = np.where(taken > 0, np.maximum(value - taken, np.minimum(value, 0)), value)
    return lowered, int(refund.sum() - (value - lowered).sum())
