"""Amounts: text by pattern into integer minor units, in SQL. Never through floating point.

Read are digits with an optional leading minus, one decimal mark and groups of three. A column has
one decimal mark, the one that more of its amounts prove (`12.50` and `1,234.50` prove the point,
`12,50` and `1.234,50` the comma); without proof it is the point. An amount that does not fit is set
aside, not bent: symbols, codes, brackets, trailing signs, words, other digits, scientific notation,
more decimals than the currency has (zeros at the end are fine).
"""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.values import dataclass

_GROUP: Final = {".": "[,' \u00a0\u202f\u2019]", ",": "[.' \u00a0\u202f\u2019]"}
_PROOF: Final = {
    ".": r"-?([0-9]+\.([0-9]{1,2}|[0-9]{4,})|[0-9]{1,3}(,[0-9]{3})+\.[0-9]+)",
    ",": r"-?([0-9]+,([0-9]{1,2}|[0-9]{4,})|[0-9]{1,3}(\.[0-9]{3})+,[0-9]+)",
}
_MAX_DIGITS: Final = 12  # with 3 decimals and times 1000 still within DECIMAL(18)


@dataclass(frozen=True, slots=True)
class AmountForm:
    """How one file writes amounts: its decimal mark, the currency's decimals and largest amount."""

    mark: str
    exponent: int
    limit: int

    @property
    def limit_minor(self) -> int:
        """Return the largest believed amount in minor units."""
        return int(self.limit * 10**self.exponent)


def quoted(text: str) -> str:
    """Return text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def decimal_mark(connection: Any, relation: str, column: str) -> str:
    """Return the decimal mark that most amounts of a text column prove; the point without proof."""
    (commas,) = connection.execute(
        f"SELECT count(*) FROM {relation} WHERE contains({column}, ',')"
    ).fetchone()
    if not commas:
        return "."
    point, comma = connection.execute(
        f"SELECT count(*) FILTER (regexp_full_match({column}, {quoted(_PROOF['.'])})), "
        f"count(*) FILTER (regexp_full_match({column}, {quoted(_PROOF[','])})) FROM {relation}"
    ).fetchone()
    return "," if comma > point else "."


def minor_units_sql(text: str, form: AmountForm) -> str:
    """Return the SQL expression for a trimmed text cell in minor units: BIGINT, NULL if no amount.

    The decimals are cut as text and counted before the cast, so that nothing is ever rounded.
    """
    places = form.exponent
    mark = "\\." if form.mark == "." else ","
    decimals = rf"({mark}[0-9]{{1,{places}}}0*)?" if places else rf"({mark}0+)?"
    plain = quoted(rf"-?[0-9]{{1,{_MAX_DIGITS}}}{decimals}")
    grouped = quoted(rf"-?[0-9]{{1,3}}({_GROUP[form.mark]}[0-9]{{3}}){{1,4}}{decimals}")
    decimal = f"DECIMAL(18,{places})" if places else "DECIMAL(18,1)"
    scale = 10**places
    ungrouped = f"regexp_replace({text}, {quoted(_GROUP[form.mark])}, '', 'g')"

    def cast(digits: str) -> str:
        point = digits if form.mark == "." else f"replace({digits}, ',', '.')"
        return f"CAST(TRY_CAST({point} AS {decimal}) * {scale} AS BIGINT)"

    return (
        f"CASE WHEN regexp_full_match({text}, {plain}) THEN {cast(text)} "
        f"WHEN regexp_full_match({text}, {grouped}) THEN {cast(ungrouped)} END"
    )


def too_large_sql(text: str, minor: str, form: AmountForm) -> str:
    """Return the SQL condition that a cell is a number above the limit, also as 1e308."""
    scientific = quoted(r"-?[0-9]+([.,][0-9]+)?[eE][+]?([6-9]|[0-9]{2,})")
    long = quoted(rf"-?[0-9]{{{_MAX_DIGITS + 1},}}([.,][0-9]*)?")
    return (
        f"CASE WHEN {minor} IS NULL THEN regexp_full_match({text}, {scientific}) "
        f"OR regexp_full_match({text}, {long}) ELSE abs({minor}) > {form.limit_minor} END"
    )
