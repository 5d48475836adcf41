"""How the language spells what people write otherwise: `3 days`, `0.58`, `30,00`, `9am`.

A spelling is safe where the text can mean nothing else: `playbook check --fix` then writes it.
"""

from __future__ import annotations

import re
from decimal import Decimal

from playbook_compiler.decimal_comma import with_point
from playbook_compiler.units import parse_number, plain
from playbook_compiler.values import dataclass

_COUNT_WORDS = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_COUNTS = {
    **dict.fromkeys(("a", "an"), 1),
    **{word: count for count, word in enumerate(_COUNT_WORDS, 1)},
}
_UNIT_WORDS = {
    "second": "s",
    "minute": "min",
    "hour": "h",
    "day": "d",
    "week": "w",
    "month": "mo",
    "year": "y",
}
_SPOKEN_DURATION = re.compile(
    rf"([0-9]{{1,6}}|{'|'.join(_COUNTS)})[\s-]*({'|'.join(_UNIT_WORDS)})s?", re.IGNORECASE
)
_BARE_NUMBER = re.compile(r"[0-9]{1,6}")
_COMMAS = re.compile(r"-?[0-9]+(?:,[0-9]+)+")
_SIGN = re.compile(r"\s*(?:[€$£¥]|[A-Z]{3})\s*")
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-5][0-9]))?\s*([ap]m|h|Uhr)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a value should be written; not `safe` where the author may have meant something else."""

    text: str
    safe: bool = True


def duration(text: str) -> Spelling | None:
    """Return how to write `3 days` or `two weeks`; a bare number probably means days.

    >>> duration("3 days"), duration("two weeks"), duration("soon"), duration("90")
    (Spelling(text='3d', safe=True), Spelling(text='2w', safe=True), None, \
Spelling(text='90d', safe=False))
    """
    written = text.strip()
    if _BARE_NUMBER.fullmatch(written):
        return Spelling(f"{written}d", safe=False)
    match = _SPOKEN_DURATION.fullmatch(written)
    if match is None:
        return None
    count = _COUNTS.get(match[1].lower()) or int(match[1])
    return Spelling(f"{count}{_UNIT_WORDS[match[2].lower()]}")


def share(text: str) -> Spelling | None:
    """Return how to write `0.58`, `58` or `58,5 %`; what 1 means is not clear.

    >>> share("0.58"), share("58"), share("58,5%"), share("1")
    (Spelling(text='58%', safe=True), Spelling(text='58%', safe=True), \
Spelling(text='58.5%', safe=True), None)
    """
    written = text.strip()
    pointed = number(written.rstrip("% "))
    if pointed is not None:
        return Spelling(f"{pointed.text}%", pointed.safe) if written.endswith("%") else None
    value = parse_number(written)
    if isinstance(value, str) or value < 0 or value == 1:
        return None
    return Spelling(f"{plain(value * 100 if value < 1 else value)}%")


def number(text: str) -> Spelling | None:
    """Return how to write a number that has commas, None where that is not clear.

    >>> number("30,50"), number("1,500"), number("30.50")
    (Spelling(text='30.50', safe=True), None, None)
    """
    written = text.strip()
    if not _COMMAS.fullmatch(written):
        return None
    found = with_point(written.split(","))
    return Spelling(found[0]) if len(found) == 1 else None


def money(text: str) -> Spelling | None:
    """Return how to write an amount that has commas, or the sign of a currency.

    >>> money("4,10 €"), money("$4.10"), money("four")
    (Spelling(text='4.10', safe=True), Spelling(text='4.10', safe=True), None)
    """
    bare = _SIGN.sub("", text.strip(), count=1)
    if isinstance(parse_number(bare), Decimal):
        return Spelling(bare) if bare != text.strip() else None
    return number(bare)


def time(text: str) -> Spelling | None:
    """Return how to write `9:00`, `9am` or `21h`.

    >>> time("9:00"), time("9pm"), time("9"), time("25:00")
    (Spelling(text='09:00', safe=True), Spelling(text='21:00', safe=True), \
Spelling(text='09:00', safe=False), None)
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, half = int(match[1]), match[2] or "00", (match[3] or "").lower()
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23:
        return None
    return Spelling(f"{hour:02}:{minute}", safe=bool(match[2] or half))
