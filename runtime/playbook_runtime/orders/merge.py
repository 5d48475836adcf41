"""Rows of one order id become one order; what cannot be one order is set aside whole.

Rows equal in every column count once. Further rows of an id with the same customer and day are the
order's items, and their amounts add up; but if in the whole file no order's amounts differ between
its rows, the column repeats the order's total, which counts once.
"""

from __future__ import annotations

from typing import Any

from playbook_compiler.values import dataclass
from playbook_runtime.orders.dates import SECONDS_A_DAY
from playbook_runtime.orders.reasons import (
    ACCEPTED,
    ANONYMOUS,
    GIFT_CARDS,
    IDENTICAL,
    LINE,
    ORDER_CONFLICT,
    ORDER_INCOMPLETE,
    QUARANTINE_CODES,
    REFUND,
    REFUNDED,
)


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging found: orders of several rows, and whether their amounts were added up."""

    orders_of_items: int
    added_up: bool
    repeats: int
    repeat_row: int
    first_row: int


_NOTHING = Merged(0, False, 0, -1, -1)


def merge_orders(connection: Any, width: int, lines_add_up: bool) -> Merged:
    """Make `verdict` (row, rows, reason, total of lines that are no order) and `purchase`.

    `purchase` has one row an order or refund: row, rows, key, local, zone_offset, timed, net,
    total, discount, category, channel, marketplace, consent, kind (a reason's code).
    """
    connection.execute(
        "CREATE TABLE repeated AS SELECT order_hash FROM typed WHERE order_id <> '' "
        "GROUP BY order_hash HAVING count(*) > 1"
    )
    (repeated,) = connection.execute("SELECT count(*) FROM repeated").fetchone()
    if not repeated:
        connection.execute(
            "CREATE VIEW verdict AS SELECT row, rows, reason, total FROM typed WHERE reason > 0"
        )
        connection.execute(f"CREATE VIEW purchase AS {_purchases('typed WHERE reason = 0')}")
        return _NOTHING
    return _merge_repeated(connection, width, lines_add_up)


def _merge_repeated(connection: Any, width: int, lines_add_up: bool) -> Merged:
    cells = ", ".join(f"raw.c{i}" for i in range(width))
    low, high = QUARANTINE_CODES
    connection.execute(
        f"CREATE TABLE multi AS SELECT typed.*, hash({cells}) AS print FROM typed "
        "SEMI JOIN repeated USING (order_hash) JOIN raw ON raw.rowid = typed.row"
    )
    connection.execute(
        "CREATE TABLE ranked AS SELECT *, CASE WHEN reason = 0 THEN row_number() OVER "
        "(PARTITION BY order_id, print, reason ORDER BY row) ELSE 1 END AS copy FROM multi"
    )
    connection.execute(
        "CREATE TABLE grouped AS SELECT order_id, "
        f"bool_or(reason BETWEEN {low} AND {high}) AS broken, "
        "min(row) FILTER (good) AS row, sum(rows) FILTER (good) AS rows, "
        "count(*) FILTER (good) AS lines, min(key) FILTER (good) AS key, "
        "coalesce(max(coalesce(key, '')) FILTER (good) <> min(coalesce(key, '')) FILTER (good) "
        f"OR max(local // {SECONDS_A_DAY}) FILTER (good) <> min(local // {SECONDS_A_DAY}) "
        "FILTER (good), FALSE) AS conflict, "
        "min(local) FILTER (good) AS local, "
        "arg_min(zone_offset, local) FILTER (good) AS zone_offset, "
        "bool_or(timed) FILTER (good) AS timed, "
        + ", ".join(
            f"sum({name}) FILTER (good) AS {name}_sum, min({name}) FILTER (good) AS {name}_min, "
            f"max({name}) FILTER (good) AS {name}_max"
            for name in ("total", "refunded", "discount")
        )
        + ", max(gift) FILTER (good) AS gift, "
        "arg_max(category, (total, category)) FILTER (good) AS category, "
        "min(channel) FILTER (good) AS channel, min(marketplace) FILTER (good) AS marketplace, "
        "min(consent) FILTER (good) AS consent "
        "FROM (SELECT *, reason = 0 AND copy = 1 AS good FROM ranked) GROUP BY order_id"
    )
    once = {name: _counts_once(connection, name) for name in ("total", "refunded", "discount")}
    if not lines_add_up:  # two rows that both are the order: they must agree
        connection.execute("UPDATE grouped SET conflict = TRUE WHERE total_min <> total_max")
        once = dict.fromkeys(once, True)
    verdict = (
        f"CASE WHEN reason > 0 THEN reason WHEN broken THEN {ORDER_INCOMPLETE.code} "
        f"WHEN conflict THEN {ORDER_CONFLICT.code} WHEN copy > 1 THEN {IDENTICAL.code} ELSE 0 END"
    )
    connection.execute(
        "CREATE TABLE verdict AS SELECT row, rows, reason, total FROM typed "
        "ANTI JOIN repeated USING (order_hash) WHERE reason > 0 UNION ALL "
        f"SELECT * FROM (SELECT r.row, r.rows, CAST({verdict} AS UTINYINT) AS reason, r.total "
        "FROM ranked r JOIN grouped g USING (order_id)) WHERE reason > 0"
    )
    amounts = ", ".join(
        f"CAST({name}_{'max' if single else 'sum'} AS BIGINT) AS {name}"
        for name, single in once.items()
    )
    connection.execute(
        "CREATE VIEW united AS SELECT row, rows, key, local, zone_offset, timed, total, refunded, "
        "discount, gift, category, channel, marketplace, consent FROM typed "
        "ANTI JOIN repeated USING (order_hash) WHERE reason = 0 UNION ALL "
        "SELECT row, CAST(rows AS INTEGER), key, local, zone_offset, timed, total, refunded, "
        "discount, gift, category, channel, marketplace, consent "
        f"FROM (SELECT row, rows, key, local, zone_offset, timed, gift, category, channel, "
        f"marketplace, consent, {amounts} FROM grouped WHERE lines > 0 AND NOT broken "
        "AND NOT conflict)"
    )
    connection.execute(f"CREATE TABLE purchase AS {_purchases('united')}")
    items, repeats, repeat_row = connection.execute(
        "SELECT (SELECT count(*) FROM grouped WHERE lines > 1 AND NOT broken AND NOT conflict), "
        f"count(*), min(row) FROM verdict WHERE reason = {IDENTICAL.code}"
    ).fetchone()
    first_row = -1
    if repeats:
        (first_row,) = connection.execute(
            "SELECT min(row) FROM ranked SEMI JOIN (SELECT order_id, print FROM ranked "
            f"WHERE row = {repeat_row}) USING (order_id, print)"
        ).fetchone()
    return Merged(items, not once["total"], repeats, -1 if not repeats else repeat_row, first_row)


def _counts_once(connection: Any, name: str) -> bool:
    """Return whether no order of several rows has two different amounts in a column."""
    (differing,) = connection.execute(
        f"SELECT count(*) FROM grouped WHERE lines > 1 AND NOT broken AND NOT conflict "
        f"AND {name}_min IS DISTINCT FROM {name}_max"
    ).fetchone()
    return not differing


def _purchases(relation: str) -> str:
    return (
        "SELECT row, rows, key, local, zone_offset, timed, total, "
        "total - refunded - gift AS net, discount, category, channel, marketplace, consent, "
        f"CASE WHEN total < 0 THEN {REFUND.code} "
        f"WHEN gift > 0 AND total - gift <= 0 THEN {GIFT_CARDS.code} "
        f"WHEN refunded > 0 AND total - refunded - gift <= 0 THEN {REFUNDED.code} "
        f"WHEN key IS NULL THEN {ANONYMOUS.code} ELSE {ACCEPTED.code} END AS kind FROM {relation}"
    )


def tally_rows(connection: Any) -> dict[int, tuple[int, int]]:
    """Return rows and sum of totals by reason code, over all rows of `raw`.

    Rows of an order beyond its first are counted as LINE; rows of orders left out, as left out.
    """
    accepted = ", ".join(str(reason.code) for reason in (ACCEPTED, REFUND, ANONYMOUS))
    rows = connection.execute(
        "SELECT reason, sum(rows), coalesce(sum(total), 0) FROM verdict GROUP BY reason UNION ALL "
        f"SELECT kind, CASE WHEN kind IN ({accepted}) THEN count(*) ELSE sum(rows) END, "
        f"sum(CASE WHEN kind IN ({accepted}) THEN net ELSE total END) FROM purchase GROUP BY kind "
        f"UNION ALL SELECT {LINE.code}, coalesce(sum(rows - 1), 0), 0 FROM purchase "
        f"WHERE kind IN ({accepted})"
    ).fetchall()
    tallies: dict[int, tuple[int, int]] = {}
    for code, count, value in rows:
        before = tallies.get(code, (0, 0))
        tallies[code] = (before[0] + int(count), before[1] + int(value))
    return tallies
