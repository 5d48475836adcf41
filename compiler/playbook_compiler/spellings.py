"""How the language spells what people write otherwise: `3 days`, `0.58`, `30,00`, `9am`.

A spelling is safe where the text can mean nothing else: `playbook check --fix` then writes it.
"""

from __future__ import annotations

import re
from decimal import Decimal

from playbook_compiler.decimal_comma import with_point
from playbook_compiler.units import parse_duration, parse_number, plain
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
    **dict.fromkeys(("second", "seconds", "sec", "secs", "sekunde", "sekunden"), "s"),
    **dict.fromkeys(("minute", "minutes", "mins", "minuten"), "min"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "stunde", "stunden"), "h"),
    **dict.fromkeys(("day", "days", "daily", "tag", "tage", "tagen"), "d"),
    **dict.fromkeys(("week", "weeks", "weekly", "woche", "wochen"), "w"),
    **dict.fromkeys(("month", "months", "monthly", "monat", "monate", "monaten"), "mo"),
    **dict.fromkeys(("year", "years", "yearly", "yr", "yrs", "jahr", "jahre", "jahren"), "y"),
}
_SPOKEN_DURATION = re.compile(
    rf"(?:([0-9]{{1,6}}|{'|'.join(_COUNTS)})[\s-]*)?({'|'.join(_UNIT_WORDS)})", re.IGNORECASE
)
_FRACTION = re.compile(r"([0-9]{1,3}[.,][0-9]{1,2}) ?(h|d|w|mo|y|days?|weeks?|hours?)")
# In whole smaller units: half a day is 12 hours, half a week is not a whole number of days.
_SMALLER = {"h": (60, "min"), "d": (24, "h"), "w": (7, "d"), "mo": (30, "d"), "y": (12, "mo")}
_BARE_NUMBER = re.compile(r"[0-9]{1,6}")
_COMMAS = re.compile(r"-?[0-9]+(?:,[0-9]+)+")
_SIGN = re.compile(r"\s*(?:[€$£¥]|[A-Z]{3})\s*")
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_SPAN = re.compile(rf"({_NUMBER})(?:\s*(?:\.{{2,3}}|-|–|to|bis)\s*({_NUMBER}))?")
_PERCENT_SPAN = re.compile(
    rf"\+?({_NUMBER}) *%(?:\s*(?:\.{{2,3}}|-|–|to|bis)\s*\+?({_NUMBER}) *%)?"
)
_THOUSANDS_POINT = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})")
_EVERYONE = frozenset({"all", "everyone", "everybody", "alle", "enter", "yes", "true", "include"})
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
        return _fraction(written)
    count = _COUNTS.get((match[1] or "a").lower()) or int(match[1])
    return Spelling(f"{count}{_UNIT_WORDS[match[2].lower()]}")


def _fraction(text: str) -> Spelling | None:
    """Return how to write `1.5d`: 36h, which is elapsed time and so not quite the same."""
    match = _FRACTION.fullmatch(text)
    if match is None:
        return None
    times, unit = _SMALLER[_UNIT_WORDS.get(match[2], match[2])]
    count = Decimal(match[1].replace(",", ".")) * times
    return Spelling(f"{int(count)}{unit}", safe=False) if count == int(count) > 0 else None


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


def money_in_thousands(text: str, decimals: int) -> tuple[str, str] | None:
    """Return the two amounts that `1.000` may mean, a thousand and one, None where it is clear.

    A point before exactly three digits groups thousands in half of Europe. Where the currency has
    three decimals (`decimals`), it is one.

    >>> money_in_thousands("1.000", 2), money_in_thousands("0.062", 2)
    (('1000', '1.00'), None)
    """
    written = text.strip()
    if decimals == 3 or not _THOUSANDS_POINT.fullmatch(written):
        return None
    return written.replace(".", ""), written[: -3 + decimals].rstrip(".")


def per_thousand(text: str) -> Spelling | None:
    """Return how to write `1..6` or `1-6 per 1000` added orders.

    >>> per_thousand("1-6 per 1000"), per_thousand("2")
    (Spelling(text='1..6 per 1000', safe=True), Spelling(text='2 per 1000', safe=True))
    """
    count = re.sub(r"\s*per\s*(?:1[.,]?000|thousand)\s*\Z", "", text.strip())
    match = _SPAN.fullmatch(count)
    return None if match is None else Spelling(f"{_joined(match)} per 1000")


def factor(text: str) -> Spelling | None:
    """Return how to write `5%..25%` as factors: 5% more is 1.05.

    >>> factor("5%..25%"), factor("1.05-1.25")
    (Spelling(text='1.05..1.25', safe=False), Spelling(text='1.05..1.25', safe=True))
    """
    match = _PERCENT_SPAN.fullmatch(text.strip())
    if match is not None:
        ends = [f"{1 + Decimal(end) / 100:f}" for end in match.groups() if end is not None]
        return Spelling("..".join(ends), safe=False)
    match = _SPAN.fullmatch(text.strip())
    return None if match is None else Spelling(_joined(match))


def chance(text: str) -> Spelling | None:
    """Return how to write `10-30%`, a range of percentages.

    >>> chance("10-30%"), chance("10% to 30%")
    (Spelling(text='10%..30%', safe=True), Spelling(text='10%..30%', safe=True))
    """
    match = _SPAN.fullmatch(text.strip().replace("%", "")) if text.strip().endswith("%") else None
    return (
        None if match is None else Spelling("..".join(f"{one}%" for one in match.groups() if one))
    )


def since(text: str) -> Spelling | None:
    """Return how to write a day alone as the start of something that runs.

    >>> since("2025-03-01"), since("true")
    (Spelling(text='since 2025-03-01', safe=True), None)
    """
    match = re.fullmatch(r"(?:[A-Za-z]+ +)?([0-9]{4}-[0-9]{2}-[0-9]{2})", text.strip())
    return None if match is None else Spelling(f"since {match[1]}")


def frequency_cap(text: str) -> str:
    """Return the mapping that `3 per 7d` or `3 per week` means, empty where it is not clear.

    >>> frequency_cap("3 per 7d"), frequency_cap("3 per week")
    ('{at_most: 3, per: 7d}', '{at_most: 3, per: 1w}')
    """
    match = re.fullmatch(r"([0-9]{1,4}) *(?:per|/|a|each|every) *(.+)", text.strip())
    per = _length(match[2]) if match is not None else ""
    return f"{{at_most: {match[1]}, per: {per}}}" if match is not None and per else ""


def goal(text: str) -> str:
    """Return the mapping that `order_placed within 30d` means, empty where it is not clear.

    >>> goal("order_placed within 30d"), goal("order_placed")
    ('{event: order_placed, within: 30d}', '{event: order_placed}')
    """
    match = re.fullmatch(r"([a-z][a-z0-9_.]*)(?: +(?:within|in) +(.+))?", text.strip())
    if match is None:
        return ""
    within = _length(match[2]) if match[2] else ""
    if match[2] and not within:
        return ""
    return f"{{event: {match[1]}{f', within: {within}' if within else ''}}}"


def entry(text: str) -> Spelling | None:
    """Return the mapping that `again_after 180d` means, None where it is not clear."""
    match = re.fullmatch(r"(?:again|again[_ ]after|after|every)[ :=]+(.+)", text.strip())
    after = _length(match[1]) if match is not None else ""
    return Spelling(f"{{again_after: {after}}}") if after else None


def existing(text: str) -> Spelling | None:
    """Return the mapping that `over 14d`, or another word for all, means; None for others."""
    match = re.fullmatch(r"over[ :=]+(.+)", text.strip())
    over = _length(match[1]) if match is not None else ""
    if over:
        return Spelling(f"{{over: {over}}}")
    everyone = text.strip().casefold() in _EVERYONE
    return Spelling("{over: 14d}", safe=False) if everyone else None


def _length(text: str) -> str:
    """Return a duration as the language spells it, empty where it is none."""
    if isinstance(parse_duration(text.strip()), str):
        spelling = duration(text)
        return spelling.text if spelling is not None and spelling.safe else ""
    return text.strip()


def _joined(match: re.Match[str]) -> str:
    return "..".join(end for end in match.groups() if end is not None)
