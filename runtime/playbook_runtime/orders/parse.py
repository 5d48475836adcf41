"""From text cells to values: currency, amounts in minor units, local seconds, and the verdict."""

from __future__ import annotations

from typing import Any

from playbook_compiler.values import dataclass
from playbook_runtime.orders.amounts import AmountForm, minor_units_sql, quoted, too_large_sql
from playbook_runtime.orders.currency import EXPONENTS
from playbook_runtime.orders.dates import (
    EARLIEST_DAY,
    LATEST_DAY,
    MAX_OFFSET,
    SECONDS_A_DAY,
    DateColumn,
    form_sql,
    local_seconds_sql,
    offset_sql,
    timed_sql,
)
from playbook_runtime.orders.reasons import (
    AMOUNT_TOO_LARGE,
    BAD_AMOUNT,
    BAD_CURRENCY,
    BAD_DATE,
    BAD_REFUND,
    DATE_OUT_OF_RANGE,
    MISSING_CUSTOMER,
    MISSING_ORDER_ID,
    OTHER_CURRENCY,
    REFUND_ABOVE_TOTAL,
)


@dataclass(frozen=True, slots=True)
class CurrencyCount:
    """One currency of the file: its code ('' where the cell is empty), lines and first row.

    `spellings` are the cells as written (`usd`, `USD`).
    """

    code: str
    lines: int
    row: int
    spellings: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether this is an ISO 4217 code."""
        return self.code in EXPONENTS


@dataclass(frozen=True, slots=True)
class Forms:
    """How one file writes its cells. `columns` are the fields that it has.

    `currency` is the one that is read, `currencies` are all of the file.
    """

    amounts: AmountForm
    dates: DateColumn
    currency: str
    currencies: tuple[CurrencyCount, ...]
    columns: frozenset[str]
    guests: bool


def currencies(connection: Any) -> tuple[CurrencyCount, ...]:
    """Return the currencies of the lines that no rule leaves out, most frequent first."""
    counts: dict[str, CurrencyCount] = {}
    for text, lines, row in connection.execute(
        "SELECT currency, count(*), min(row) FROM line WHERE source_reason = 0 GROUP BY currency"
    ).fetchall():
        code = text.upper()
        before = counts.get(code, CurrencyCount(code, 0, row, ()))
        counts[code] = CurrencyCount(
            code, before.lines + lines, min(before.row, row), (*before.spellings, text)
        )
    return tuple(sorted(counts.values(), key=lambda count: (-count.lines, count.row)))


def create_typed(connection: Any, forms: Forms) -> None:
    """Make the table `typed` of `line`: values as integers and `reason`, the verdict's code.

    Columns: row, rows, order_id, order_hash, key (NULL: none), local (wall clock seconds),
    zone_offset (seconds, NULL: naive), timed, total, refunded, gift, discount (minor units,
    discount NULL: unknown), category, channel, marketplace, consent ('' where empty), reason.
    """
    connection.execute(f"CREATE TABLE typed AS {_typed_sql(forms)}")


def _typed_sql(forms: Forms) -> str:
    amounts, dates, present = forms.amounts, forms.dates, forms.columns
    minor = {
        name: minor_units_sql(name, amounts) if name in present else "CAST(NULL AS BIGINT)"
        for name in ("total", "refunded", "discount")
    }
    scale = 10**amounts.exponent
    first, last = EARLIEST_DAY * SECONDS_A_DAY, (LATEST_DAY + 1) * SECONDS_A_DAY
    rules = [
        "WHEN source_reason > 0 THEN source_reason",
        *_currency_rules(forms),
        *([f"WHEN order_id = '' THEN {MISSING_ORDER_ID.code}"] if "order_id" in present else []),
        *([] if forms.guests else [f"WHEN customer_id = '' THEN {MISSING_CUSTOMER.code}"]),
        f"WHEN local IS NULL OR abs(zone_offset) > {MAX_OFFSET} THEN {BAD_DATE.code}",
        f"WHEN local < {first} OR local >= {last} THEN {DATE_OUT_OF_RANGE.code}",
        f"WHEN {too_large_sql('total', 'total_minor', amounts)} THEN {AMOUNT_TOO_LARGE.code}",
        f"WHEN total_minor IS NULL THEN {BAD_AMOUNT.code}",
    ]
    if "refunded" in present:
        above = "total_minor >= 0 AND abs(refunded_minor) > total_minor"
        rules += [
            f"WHEN refunded <> '' AND refunded_minor IS NULL THEN {BAD_REFUND.code}",
            f"WHEN {above} THEN {REFUND_ABOVE_TOTAL.code}",
        ]
    return (
        f"WITH formed AS (SELECT *, {form_sql('ordered_at', dates)} AS form FROM line), "
        "parsed AS (SELECT *, "
        f"{local_seconds_sql('ordered_at', 'form', dates)} AS local, "
        f"{offset_sql('ordered_at', 'form', dates)} AS zone_offset, "
        f"{timed_sql('ordered_at', 'form', dates)} AS timed, "
        f"{minor['total']} AS total_minor, {minor['refunded']} AS refunded_minor, "
        f"{minor['discount']} AS discount_minor FROM formed) "
        "SELECT row, CAST(rows AS INTEGER) AS rows, order_id, hash(order_id) AS order_hash, "
        "nullif(customer_id, '') AS key, local, zone_offset, coalesce(timed, FALSE) AS timed, "
        "total_minor AS total, coalesce(abs(refunded_minor), 0) AS refunded, "
        f"coalesce(TRY_CAST(CAST(gift AS DECIMAL(30, 3)) * {scale} AS BIGINT), 0) AS gift, "
        "abs(discount_minor) AS discount, "
        "category, channel, marketplace, lower(consent) AS consent, "
        f"CAST(CASE {' '.join(rules)} ELSE 0 END AS UTINYINT) AS reason FROM parsed"
    )


def _currency_rules(forms: Forms) -> list[str]:
    rules = []
    for count in forms.currencies:
        if count.code != forms.currency:
            spelled = ", ".join(quoted(text) for text in count.spellings)
            reason = OTHER_CURRENCY if count.known else BAD_CURRENCY
            rules.append(f"WHEN currency IN ({spelled}) THEN {reason.code}")
    return rules
