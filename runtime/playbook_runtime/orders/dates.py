"""Dates: text of a declared or unambiguous form into local seconds and offset, in SQL.

Forms are found by masks: a cell with every digit replaced by 0. Never guessed: `02/04/2024` is read
only when other cells prove the order of day and month, or `--date-format` declares it. Dotted dates
are day first, as in every country that writes them, unless the cells prove the contrary.
"""

from __future__ import annotations

import re
from typing import Any, Final

from playbook_compiler.values import dataclass
from playbook_runtime.orders.amounts import quoted

EARLIEST_DAY: Final = 9131  # 1995-01-01 in days since 1970-01-01
LATEST_DAY: Final = 24106  # 2035-12-31
SECONDS_A_DAY: Final = 86_400
MAX_OFFSET: Final = 14 * 3600  # Kiribati; a larger one is no offset from UTC

_COMMON: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?"
_MONTH: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_SAMPLE: Final = 1000
_TIME: Final = re.compile(
    r"(?P<gap>T| |, )0?0:00(?P<seconds>:00)?(?P<fraction>[.,]0+)?(?P<half> ?[AaPp][Mm])?"
    r"(?P<offset> ?(?:Z|UTC|GMT|[+-]00(?P<minutes>:?00)?))?"
)
_DATES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"0000-00?-00?"), "%Y-%m-%d"),
    (re.compile(r"0000/00?/00?"), "%Y/%m/%d"),
    (re.compile(r"0000\.00?\.00?"), "%Y.%m.%d"),
    (re.compile(r"00000000"), "%Y%m%d"),
    (re.compile(rf"00? (?:{_MONTH}) 0000"), "%d %b %Y"),
    (re.compile(rf"00?-(?:{_MONTH})-0000"), "%d-%b-%Y"),
    (re.compile(rf"(?:{_MONTH}) 00?, 0000"), "%b %d, %Y"),
)
_DAY_OR_MONTH: Final = re.compile(r"00?(?P<mark>[-/.])00?(?P=mark)(?P<year>0000|00)")
_WORDS: Final = (
    ("YYYY", "%Y"),
    ("YY", "%y"),
    ("MMM", "%b"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("HH", "%H"),
    ("hh", "%I"),
    ("mm", "%M"),
    ("ss", "%S"),
)
_CODES: Final = {
    "%Y": "0000",
    "%y": "00",
    "%m": "00?",
    "%d": "00?",
    "%H": "00?",
    "%I": "00?",
    "%M": "00",
    "%S": "00",
    "%b": f"(?:{_MONTH})",
    "%p": "[AaPp][Mm]",
}


@dataclass(frozen=True, slots=True)
class DateForm:
    """One mask and how it is read: format of the first `width` characters, then the offset."""

    mask: str
    format: str
    width: int
    offset: str = ""  # "", "utc", "hours" (+02), "minutes" (+0200), "colon" (+02:00)
    timed: bool = False
    epoch: int = 0  # ticks a second of an epoch number, 0 otherwise


@dataclass(frozen=True, slots=True)
class DateColumn:
    """How one column writes its dates; `common` is the ISO form that needs no mask."""

    forms: tuple[DateForm, ...]
    common: bool


@dataclass(frozen=True, slots=True)
class UnclearDates:
    """Why a column of dates cannot be read: a sentence and the first cell that shows it."""

    message: str
    help: str
    row: int


def mask_sql(text: str) -> str:
    """Return the SQL expression of a cell's mask."""
    return f"translate({text}, '123456789', '000000000')"


def strptime_format(declared: str) -> str | None:
    """Return a declared format with strptime's codes, or None when it says no day, month, year."""
    text = declared
    if "%" not in text:
        for word, code in _WORDS:
            text = text.replace(word, code)
        if "%I" in text and "%p" not in text:
            text = re.sub(r" ?[aA]$", " %p", text)
    codes = set(re.findall(r"%.", text))
    if not codes <= _CODES.keys() or not {"%d"} <= codes:
        return None
    return text if codes & {"%m", "%b"} and codes & {"%Y", "%y"} else None


def date_column(
    connection: Any, relation: str, column: str, declared: str | None
) -> DateColumn | UnclearDates:
    """Find how a text column of `relation` (with a column `row`) writes its dates.

    `declared` is a strptime format (see `strptime_format`).
    """
    masks = _masks(connection, relation, column, None if declared else _COMMON)
    if declared is not None:
        forms = tuple(form for mask, _ in masks if (form := _declared_form(mask, declared)))
        return DateColumn(forms, False)
    order = _day_month_order(connection, relation, column, masks)
    if isinstance(order, UnclearDates):
        return order
    forms = tuple(form for mask, _ in masks if (form := _form(mask, order)))
    ticks = {form.epoch for form in forms if form.epoch}
    if len(ticks) > 1:
        first = min(row for mask, row in masks if _form(mask, order) and set(mask) == {"0"})
        return UnclearDates(
            "the dates mix epoch seconds and milliseconds",
            "write all of them in one unit, or as 2024-05-31 10:00:00",
            first,
        )
    return DateColumn(forms, True)


def _masks(connection: Any, relation: str, column: str, known: str | None) -> list[tuple[str, int]]:
    """Return the masks of the cells that do not match `known`, each with the first row of it.

    The first cells are looked at one by one, the others only if their mask is none of those:
    replacing digits costs ten times as much as matching a pattern.
    """
    usable = f"{column} <> ''"
    if known is not None:
        usable += f" AND NOT regexp_full_match({column}, {quoted(known)})"
    first: dict[str, int] = {}
    for row, cell in connection.execute(
        f"SELECT row, {column} FROM {relation} WHERE {usable} ORDER BY row LIMIT {_SAMPLE}"
    ).fetchall():
        first.setdefault(re.sub("[0-9]", "0", cell), row)
    if first:
        seen = quoted("|".join(_pattern(mask) for mask in first))
        rows = connection.execute(
            f"SELECT {mask_sql(column)} AS mask, min(row) FROM {relation} WHERE {usable} "
            f"AND NOT regexp_full_match({column}, {seen}) GROUP BY mask "
            f"ORDER BY count(*) DESC, mask LIMIT {_SAMPLE}"
        ).fetchall()
        first.update(rows)
    return sorted(first.items(), key=lambda item: item[1])


def _pattern(mask: str) -> str:
    """Return the pattern of the cells that have a mask."""
    return "".join("[0-9]" if char == "0" else re.escape(char) for char in mask)


def _form(mask: str, order: dict[str, str]) -> DateForm | None:
    if set(mask) == {"0"} and len(mask) in (9, 10, 12, 13):
        return DateForm(mask, "epoch", len(mask), timed=True, epoch=1 if len(mask) < 11 else 1000)
    for pattern, date_format in _DATES:
        if found := pattern.match(mask):
            return _timed_form(mask, found.end(), date_format)
    if found := _DAY_OR_MONTH.match(mask):
        first = order.get(found["mark"])
        if first is None or found["year"] == "00":
            return None
        mark = found["mark"]
        codes = ("%d", "%m") if first == "day" else ("%m", "%d")
        return _timed_form(mask, found.end(), mark.join((*codes, "%Y")))
    return None


def _declared_form(mask: str, declared: str) -> DateForm | None:
    pattern = "".join(
        _CODES.get(part, re.escape(part)) for part in re.split(r"(%.)", declared) if part
    )
    found = re.match(pattern, mask)
    if found is None:
        return None
    if "%H" in declared or "%I" in declared:
        if found.end() != len(mask):
            return None
        return DateForm(mask, declared, len(mask), timed=True)
    return _timed_form(mask, found.end(), declared)


def _timed_form(mask: str, end: int, date_format: str) -> DateForm | None:
    if end == len(mask):
        return DateForm(mask, date_format, end)
    time = _TIME.fullmatch(mask, end)
    if time is None:
        return None
    clock = "%I:%M" if time["half"] else "%H:%M"
    width = time.end("seconds") if time["seconds"] else time.end()
    if time["seconds"]:
        clock += ":%S"
    elif time["fraction"]:
        return None
    else:
        width -= len(time["offset"] or "") + len(time["half"] or "")
    if time["half"]:
        if time["fraction"]:
            return None
        clock += " %p" if time["half"].startswith(" ") else "%p"
        width = time.end("half")
    offset = time["offset"] or ""
    if offset.strip() in ("Z", "UTC", "GMT"):
        kind = "utc"
    elif offset:
        minutes = time["minutes"] or ""
        kind = "hours" if not minutes else "colon" if minutes.startswith(":") else "minutes"
    else:
        kind = ""
    return DateForm(mask, f"{date_format}{time['gap']}{clock}", width, kind, True)


def _day_month_order(
    connection: Any, relation: str, column: str, masks: list[tuple[str, int]]
) -> dict[str, str] | UnclearDates:
    """Return by separator whether day or month comes first, as far as the cells prove it."""
    order: dict[str, str] = {}
    for mark in "-/.":
        unclear = [
            (found["year"], row)
            for mask, row in masks
            if (found := _DAY_OR_MONTH.match(mask)) and found["mark"] == mark
        ]
        if not unclear:
            continue
        cell = quoted(rf"^([0-9]{{1,2}})[{mark}]([0-9]{{1,2}})[{mark}][0-9]{{2}}")
        first = f"CAST(regexp_extract({column}, {cell}, 1) AS INTEGER)"
        second = f"CAST(regexp_extract({column}, {cell}, 2) AS INTEGER)"
        day_first, month_first = connection.execute(
            f"SELECT count(*) FILTER ({first} BETWEEN 13 AND 31 AND {second} BETWEEN 1 AND 12), "
            f"count(*) FILTER ({second} BETWEEN 13 AND 31 AND {first} BETWEEN 1 AND 12) "
            f"FROM {relation} WHERE regexp_matches({column}, {cell})"
        ).fetchone()
        row = min(row for _, row in unclear)
        advice = "say how they are written: --date-format DD/MM/YYYY or --date-format MM/DD/YYYY"
        if any(year == "00" for year, _ in unclear):
            advice = advice.replace("YYYY", "YY")
            return UnclearDates("dates have a year of two digits", advice, row)
        if day_first and month_first:
            return UnclearDates("dates mix day first and month first", advice, row)
        if not day_first and not month_first and mark != ".":
            return UnclearDates("dates are ambiguous: day or month first?", advice, row)
        order[mark] = "month" if month_first else "day"
    return order


def form_sql(text: str, column: DateColumn) -> str:
    """Return SQL for which form a cell has: 0 the common one, 1, 2, ... of `forms`, else NULL."""
    patterns = [_COMMON] if column.common else []
    patterns += [_pattern(form.mask) for form in column.forms]
    start = 0 if column.common else 1
    cases = [
        f"WHEN regexp_full_match({text}, {quoted(pattern)}) THEN {number}"
        for number, pattern in enumerate(patterns, start)
    ]
    return f"CAST(CASE {' '.join(cases)} END AS SMALLINT)" if cases else "CAST(NULL AS SMALLINT)"


def local_seconds_sql(text: str, form: str, column: DateColumn) -> str:
    """Return SQL for the wall clock in seconds since 1970-01-01T00:00 local: BIGINT or NULL."""

    def seconds(one: DateForm) -> str:
        if one.epoch:
            return f"TRY_CAST({text} AS BIGINT) // {one.epoch}"
        return f"epoch(try_strptime({text}[:{one.width}], {quoted(one.format)}))::BIGINT"

    common = f"epoch(TRY_CAST({text} AS TIMESTAMP))::BIGINT"
    return f"CAST({_by_form(form, common, [seconds(one) for one in column.forms])} AS BIGINT)"


def offset_sql(text: str, form: str, column: DateColumn) -> str:
    """Return SQL for the written offset from UTC in seconds: INTEGER, NULL for a naive time."""

    def offset(one: DateForm) -> str:
        if one.epoch or one.offset == "utc":
            return "0"
        if not one.offset:
            return "NULL"
        tail = f"{text}[{-{'hours': 3, 'minutes': 5, 'colon': 6}[one.offset]}:]"
        hours = f"CAST({tail}[2:3] AS INTEGER) * 3600"
        minutes = "0" if one.offset == "hours" else f"CAST({tail}[-2:] AS INTEGER) * 60"
        return f"(CASE WHEN {tail}[1:1] = '-' THEN -1 ELSE 1 END) * ({hours} + {minutes})"

    return f"CAST({_by_form(form, 'NULL', [offset(one) for one in column.forms])} AS INTEGER)"


def timed_sql(text: str, form: str, column: DateColumn) -> str:
    """Return SQL for whether a cell says a time of day."""
    return _by_form(form, f"length({text}) > 10", [str(one.timed).upper() for one in column.forms])


def _by_form(form: str, common: str, others: list[str]) -> str:
    cases = [f"WHEN {number} THEN {other}" for number, other in enumerate(others, 1)]
    return f"CASE {form} WHEN 0 THEN {common} {' '.join(cases)} END"
