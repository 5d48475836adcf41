"""Literals of a condition: the value that a word or number means beside a fact of a given type."""

from __future__ import annotations

from decimal import Decimal

from playbook_compiler.conditions import Value
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.spellings import money_in_thousands
from playbook_compiler.units import (
    Duration,
    Money,
    Share,
    parse_date,
    parse_duration,
    parse_number,
    parse_share,
    plain,
)
from playbook_compiler.values import dataclass

_DIGITS_LIMIT = 15
_EXAMPLES = {
    ValueType.INTEGER: "a whole number such as 3",
    ValueType.NUMBER: "a number such as 2.5",
    ValueType.MONEY: "an amount such as 20.00",
    ValueType.DAYS: "a number of days such as 120",
    ValueType.SHARE: "a percentage such as 20%",
    ValueType.BOOLEAN: "true or false",
    ValueType.TEXT: "a text",
    ValueType.ENUM: "one of its values",
    ValueType.SET: "a tag",
    ValueType.DATE: "a date such as 2026-12-01",
    ValueType.YEARLY_DATE: "a day of the year such as 12-01",
}
_TEXTS = (ValueType.TEXT, ValueType.ENUM, ValueType.SET)
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
_A_LEAP_YEAR = "2024-"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a literal does not fit: what was expected, and the text that would (or nothing)."""

    expected: str
    instead: str = ""


def expected(fact: Fact) -> str:
    """Return in words what goes beside a fact: `a whole number such as 3`."""
    return _EXAMPLES[fact.type]


def described(fact: Fact) -> str:
    """Return in words what type a fact is: `a whole number`."""
    return {
        ValueType.INTEGER: "a whole number",
        ValueType.NUMBER: "a number",
        ValueType.MONEY: "an amount of money",
        ValueType.DAYS: "a number of days",
        ValueType.SHARE: "a percentage",
        ValueType.BOOLEAN: "true or false",
        ValueType.TEXT: "a text",
        ValueType.ENUM: "a name out of a list",
        ValueType.SET: "a set of names",
        ValueType.DATE: "a date",
        ValueType.YEARLY_DATE: "a day of the year",
    }[fact.type]


def whole_number(text: str) -> int | None:
    """Return the whole number that a text is in plain digits, or None."""
    digits = text.removeprefix("-")
    if not digits.isdecimal() or not digits.isascii() or len(digits) > _DIGITS_LIMIT:
        return None
    return int(text) if digits[0] != "0" or digits == "0" else None


def read_value(fact: Fact, text: str, *, quoted: bool, decimals: int) -> Value | Mismatch:
    """Return the value of a literal beside `fact`.

    `text` is without its quotes; `quoted` tells whether it had some: only texts may. `decimals` is
    how many the currency has. Declared names and an enum's members are the caller's to check.
    """
    kind = fact.type
    if kind in _TEXTS:
        return text
    if quoted:
        value = read_value(fact, text, quoted=False, decimals=decimals)
        return Mismatch(_EXAMPLES[kind], text if not isinstance(value, Mismatch) else "")
    match kind:
        case ValueType.INTEGER:
            number = whole_number(text)
            return _number_mismatch(kind, text) if number is None else number
        case ValueType.DAYS:
            number = whole_number(text)
            return _days(text) if number is None else number
        case ValueType.MONEY:
            return _money(text, decimals)
        case ValueType.NUMBER:
            exact = parse_number(text)
            return exact if isinstance(exact, Decimal) else _number_mismatch(kind, text)
        case ValueType.SHARE:
            share = parse_share(text)
            return share if isinstance(share, Share) else _share_mismatch(text)
        case ValueType.BOOLEAN:
            return _BOOLEANS.get(text, Mismatch(_EXAMPLES[kind]))
        case ValueType.DATE:
            return parse_date(text) or Mismatch(_EXAMPLES[kind])
        case _:
            if len(text) == 5 and parse_date(_A_LEAP_YEAR + text):
                return text
            return Mismatch(_EXAMPLES[kind], text[5:] if parse_date(text) else "")


def _days(text: str) -> Value | Mismatch:
    duration = parse_duration(text)
    if isinstance(duration, Duration):
        if not duration.months and not duration.seconds:
            return duration.days
        return Mismatch(
            "whole days, since months and hours are not a fixed number of them",
            str(round(duration.nominal_days)),
        )
    return _number_mismatch(ValueType.DAYS, text)


def _money(text: str, decimals: int) -> Value | Mismatch:
    two = money_in_thousands(text, decimals)
    if two is not None:
        return Mismatch(f"`{two[0]}`, or `{two[1]}` if it is less")
    number = parse_number(text)
    if not isinstance(number, Decimal):
        return _number_mismatch(ValueType.MONEY, text)
    if number != round(number, decimals):
        places = f"{decimals} decimals" if decimals != 1 else "1 decimal"
        return Mismatch(f"an amount of at most {places}", plain(round(number, decimals)))
    return Money(number)


def _share_mismatch(text: str) -> Mismatch:
    number = parse_number(text)
    if not isinstance(number, Decimal):
        return Mismatch(_EXAMPLES[ValueType.SHARE])
    meant = number * 100 if 0 <= number <= 1 else number
    return Mismatch(f"{_EXAMPLES[ValueType.SHARE]}, with its sign", f"{plain(meant)}%")


def _number_mismatch(kind: ValueType, text: str) -> Mismatch:
    # `1_000` and `007` are numbers elsewhere; what they say is the nearest right spelling.
    bare = text.replace("_", "")
    stripped = bare.lstrip("0") or "0"
    for candidate in (bare, stripped):
        number = parse_number(candidate)
        if not isinstance(number, Decimal):
            continue
        fits = kind in (ValueType.NUMBER, ValueType.MONEY) or number == int(number)
        if fits:
            return Mismatch(_EXAMPLES[kind], plain(number))
    return Mismatch(_EXAMPLES[kind])
