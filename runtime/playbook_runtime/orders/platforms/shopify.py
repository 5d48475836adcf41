"""Shopify's orders export (Orders > Export), whole or a subset of its 79 columns.

Only an order's first row carries its cells; further rows are line items. Time zones change with
daylight saving time. Orders without e-mail (point of sale) count as revenue, not in cohorts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from playbook_runtime.orders.amounts import quoted
from playbook_runtime.orders.prepare import TEXT_FIELDS, cell, empty_row_sql
from playbook_runtime.orders.reasons import (
    CANCELLED,
    EMPTY_ROW,
    GIFT_CARDS,
    NO_FIRST_ROW,
    UNKNOWN_STATUS,
    UNPAID,
    VOIDED,
)
from playbook_runtime.orders.sources import Source

PAID: Final = ("paid", "partially_paid", "partially_refunded", "refunded", "authorized")
GIFT_CARD: Final = (
    r"(?i)gift ?card|gift ?voucher|geschenk(karte|gutschein)|carte[- ]cadeau|tarjeta[- ]regalo|"
    r"buono[- ]regalo|cadeaubon|presentkort|gavekort|lahjakortti"
)


_GUARD: Final = '^="(.*)"$'
_INNER: Final = r"\1"


def _unguarded(columns: Mapping[str, int], field: str) -> str:
    """Return SQL for a cell without the ' and =\"...\" that keep spreadsheets from changing it."""
    text = cell(columns, field)
    if field not in columns:
        return text
    inner = f"regexp_replace({text}, {quoted(_GUARD)}, {quoted(_INNER)})"
    return (
        f"CASE WHEN starts_with({text}, '''') OR starts_with({text}, '=') "
        f"THEN ltrim({inner}, '''') ELSE {text} END"
    )


def _prepare(connection: Any, columns: Mapping[str, int], width: int) -> None:
    """Make `line` (one row an order) and `member` (which raw rows are the order's).

    A row with a Total begins an order. Further rows of its Name belong to it; where a Name begins
    twice (overlapping exports), to the last beginning above them.
    """
    connection.execute(
        "CREATE TABLE member AS "
        f"WITH item AS (SELECT rowid AS row, {_unguarded(columns, 'order_id')} AS order_id, "
        f"{_unguarded(columns, 'total')} <> '' AS begins FROM raw), "
        "placed AS (SELECT row, order_id, begins, "
        "min(row) FILTER (begins) OVER (PARTITION BY order_id) AS first, "
        "max(row) FILTER (begins) OVER (PARTITION BY order_id ORDER BY row "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS above FROM item) "
        "SELECT row, CASE WHEN order_id = '' THEN row ELSE coalesce(above, first, row) END AS head "
        "FROM placed"
    )
    connection.execute(f"CREATE TABLE basket AS {_baskets(columns)}")
    cells = ", ".join(f"{_unguarded(columns, name)} AS {name}" for name in TEXT_FIELDS)
    fields = ", ".join(
        "lower(customer_id) AS customer_id" if name == "customer_id" else name
        for name in TEXT_FIELDS
    )
    connection.execute(
        f"CREATE TABLE line AS WITH head AS (SELECT rowid AS row, {cells}, "
        f"lower({_unguarded(columns, 'status')}) AS status, "
        f"{_unguarded(columns, 'cancelled_at')} AS cancelled_at, "
        f"{empty_row_sql(columns, width)} AS empty FROM raw) "
        f"SELECT row, rows, {fields}, gift, CASE WHEN empty > 0 THEN {EMPTY_ROW.code} "
        f"WHEN total = '' AND order_id <> '' THEN {NO_FIRST_ROW.code} "
        f"WHEN cancelled_at <> '' THEN {CANCELLED.code} "
        f"{_status_rules() if 'status' in columns else ''}"
        f"WHEN only_gifts THEN {GIFT_CARDS.code} ELSE 0 END AS source_reason "
        "FROM head JOIN basket USING (row)"
    )


def _status_rules() -> str:
    paid = ", ".join(quoted(status) for status in PAID)
    return (
        f"WHEN status IN ('voided', 'expired') THEN {VOIDED.code} "
        f"WHEN status IN ('pending', 'unpaid') THEN {UNPAID.code} "
        f"WHEN status NOT IN ({paid}) THEN {UNKNOWN_STATUS.code} "
    )


def _baskets(columns: Mapping[str, int]) -> str:
    """Return SQL for each order's number of rows and the gift cards that it sells."""
    name = cell(columns, "line_name")
    is_gift = f"regexp_matches({name}, {quoted(GIFT_CARD)})"
    if "requires_shipping" in columns:
        is_gift += f" AND lower({cell(columns, 'requires_shipping')}) <> 'true'"

    def number(field: str, otherwise: str) -> str:
        text = _unguarded(columns, field)
        return f"coalesce(TRY_CAST({text} AS DECIMAL(15, 3)), {otherwise})"

    value = (
        f"{number('line_price', '0')} * TRY_CAST({number('line_quantity', '1')} AS INTEGER)"
        f" - {number('line_discount', '0')}"
    )
    return (
        f"SELECT head AS row, count(*) AS rows, "
        f"TRY_CAST(sum({value}) FILTER ({is_gift}) AS DECIMAL(18, 3)) AS gift, "
        f"bool_and({is_gift}) FILTER ({name} <> '') IS TRUE AS only_gifts "
        "FROM member JOIN raw ON raw.rowid = member.row GROUP BY head"
    )


SOURCE = Source(
    name="shopify",
    fingerprint=("Name", "Email", "Created at", "Total"),
    fingerprint_any=(
        "Financial Status",
        "Fulfillment Status",
        "Lineitem name",
        "Lineitem quantity",
        "Accepts Marketing",
    ),
    aliases={
        "order_id": ("Name",),
        "customer_id": ("Email",),
        "ordered_at": ("Created at",),
        "total": ("Total",),
        "refunded": ("Refunded Amount",),
        "discount": ("Discount Amount",),
        "currency": ("Currency",),
        "channel": ("Source",),
        "category": (),
        "marketplace": (),
        "consent": ("Accepts Marketing",),
        "status": ("Financial Status",),
        "cancelled_at": ("Cancelled at",),
        "line_name": ("Lineitem name",),
        "line_quantity": ("Lineitem quantity",),
        "line_price": ("Lineitem price",),
        "line_discount": ("Lineitem discount",),
        "requires_shipping": ("Lineitem requires shipping",),
    },
    required=("order_id", "customer_id", "ordered_at", "total"),
    prepare=_prepare,
    guests=True,
)
