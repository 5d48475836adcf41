"""The scalars of the language: durations, shares, money, ranges, rates and times of day.

Every parser here takes the text that an author wrote and returns the value, or a sentence (a str)
that says what was expected. `str(value)` is the canonical spelling, which parses to an equal value.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from playbook_compiler.values import dataclass

_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_DURATION_PART = re.compile(r"(0|[1-9][0-9]*)(mo|min|y|w|d|h|m|s)")
_PLAIN_NUMBER = re.compile(rf"{_NUMBER}\Z")
_SHARE = re.compile(rf"({_NUMBER})\s*%\Z")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\Z")
_RANGE = re.compile(r"(.+?)\s*\.\.\s*(.+)\Z")
DIGITS_LIMIT = 15
DAY_SECONDS = 86_400


def plain(number: Decimal) -> str:
    """Return a decimal without exponent and without needless zeros: `1.50` -> `1.5`."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_number(text: str) -> Decimal | str:
    """Read a plain decimal number of at most 15 digits."""
    if not _PLAIN_NUMBER.match(text):
        return "expected a number such as 12 or 0.5"
    if sum(char.isdigit() for char in text) > DIGITS_LIMIT:
        return f"numbers have at most {DIGITS_LIMIT} digits"
    return Decimal(text)


@dataclass(frozen=True, slots=True)
class Duration:
    """A stretch of time in three parts that do not convert into each other.

    `months` and `days` are calendar steps in the customer's zone (months are clamped to the end of
    the month), `seconds` is elapsed time: `36h` is elapsed, `7d` and `2w` are local calendar days.
    """

    months: int = 0
    days: int = 0
    seconds: int = 0

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        parts = (
            (years, "y"),
            (months, "mo"),
            (self.days, "d"),
            (hours, "h"),
            (minutes, "min"),
            (seconds, "s"),
        )
        return "".join(f"{count}{unit}" for count, unit in parts if count) or "0d"

    @property
    def nominal_days(self) -> Decimal:
        """Length in days, a month being 30.4375 of them: for comparisons, never for clocks."""
        return self.months * Decimal("30.4375") + self.days + Decimal(self.seconds) / DAY_SECONDS

    @property
    def is_zero(self) -> bool:
        """Whether nothing passes."""
        return not (self.months or self.days or self.seconds)


_UNITS: dict[str, Duration] = {
    "y": Duration(months=12),
    "mo": Duration(months=1),
    "w": Duration(days=7),
    "d": Duration(days=1),
    "h": Duration(seconds=3600),
    "min": Duration(seconds=60),
    "s": Duration(seconds=1),
}


def parse_duration(text: str) -> Duration | str:
    """Read `36h`, `7d`, `2w`, `6mo`, `1y` or a sum such as `1d12h` or `1d 12h`."""
    expected = "expected a duration such as 36h, 7d, 2w or 6mo"
    compact = text.replace(" ", "")
    if re.fullmatch(r"[0-9]+", compact):
        return f"{expected}: a number needs its unit, for example {compact}d"
    months = days = seconds = position = 0
    for match in _DURATION_PART.finditer(compact):
        if match.start() != position:
            return expected
        position = match.end()
        count, unit = match.groups()
        if unit == "m":
            return "`m` may mean minutes or months: write min or mo"
        if len(count) > 6:
            return f"{expected}: at most 999,999 of a unit"
        step = _UNITS[unit]
        months += int(count) * step.months
        days += int(count) * step.days
        seconds += int(count) * step.seconds
    if position != len(compact) or not compact:
        return expected
    return Duration(months, days, seconds)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole as an exact fraction: `58%` is Decimal('0.58')."""

    fraction: Decimal

    def __str__(self) -> str:
        return f"{plain(self.fraction * 100)}%"

    @property
    def ppm(self) -> int:
        """The share in whole parts per million, rounded half to even: what the kernel counts in."""
        return int((self.fraction * 1_000_000).quantize(Decimal(1), ROUND_HALF_EVEN))


def parse_share(text: str) -> Share | str:
    """Read a percentage such as `58%`. A bare fraction is refused: 0.58 may mean 0.58%."""
    match = _SHARE.match(text)
    if match is None:
        number = parse_number(text)
        if isinstance(number, Decimal):
            meant = plain(number * 100) if 0 <= number < 1 else plain(number)
            also = " or 100%" if number == 1 else ""
            return f"expected a percentage with its sign, for example {meant}%{also}"
        return "expected a percentage such as 58%"
    number = parse_number(match.group(1))
    return number if isinstance(number, str) else Share(number / 100)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the playbook's currency, in major units as written (4.10 is 410 cents in EUR).

    Unit costs may have more decimals than the currency (0.0008 for an e-mail); `minor` and `micro`
    turn an amount into integers when the currency is known.
    """

    amount: Decimal

    def __str__(self) -> str:
        return plain(self.amount)

    def minor(self, decimals: int) -> int:
        """Return whole minor units, rounded half to even."""
        return int((self.amount.scaleb(decimals)).quantize(Decimal(1), ROUND_HALF_EVEN))

    def micro(self, decimals: int) -> int:
        """Return ten-thousandths of a minor unit, rounded half to even: for unit costs."""
        return int((self.amount.scaleb(decimals + 4)).quantize(Decimal(1), ROUND_HALF_EVEN))


def parse_money(text: str) -> Money | str:
    """Read an amount such as `4.10`, without a currency sign."""
    number = parse_number(text)
    if isinstance(number, str):
        return "expected an amount in the playbook's currency such as 4.10, without a sign"
    return Money(number)


@dataclass(frozen=True, slots=True)
class Range:
    """An uncertain number as an 80% interval: low is the 10% and high the 90% quantile.

    A number that the author is sure of has low equal to high.
    """

    low: Decimal
    high: Decimal
    percent: bool = False

    def __str__(self) -> str:
        def one(number: Decimal) -> str:
            return f"{plain(number * 100)}%" if self.percent else plain(number)

        return one(self.low) if self.low == self.high else f"{one(self.low)}..{one(self.high)}"


def parse_range(text: str, *, percent: bool) -> Range | str:
    """Read `1.05..1.25` or one number; with `percent`, `10%..30%` or one percentage."""
    example = "10%..30%" if percent else "1.05..1.25"
    match = _RANGE.match(text)
    ends = match.groups() if match else (text, text)
    numbers = []
    for end in ends:
        value: Decimal | Share | str = parse_share(end) if percent else parse_number(end)
        if isinstance(value, str):
            if match is None or not percent:
                return f"expected a range such as {example}, or one number"
            return f"expected a range such as {example}, each end with its % sign"
        numbers.append(value.fraction if isinstance(value, Share) else value)
    low, high = numbers
    if low > high:
        return f"the range is reversed: write {ends[1]}..{ends[0]}"
    return Range(low, high, percent)


@dataclass(frozen=True, slots=True)
class PerThousand:
    """A range of counts per thousand messages or entrants: `1..6 per 1000`."""

    per_thousand: Range

    def __str__(self) -> str:
        return f"{self.per_thousand} per 1000"


def parse_per_thousand(text: str) -> PerThousand | str:
    """Read `1..6 per 1000`."""
    match = re.match(r"(.+?)\s+per\s+1,?000\Z", text)
    value = parse_range(match.group(1), percent=False) if match else None
    if value is None or isinstance(value, str):
        return "expected added orders per thousand such as 1..6 per 1000"
    return PerThousand(value)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A local time in minutes after midnight."""

    minutes: int

    def __str__(self) -> str:
        return f"{self.minutes // 60:02}:{self.minutes % 60:02}"


def parse_time(text: str) -> TimeOfDay | str:
    """Read a time such as `08:00`."""
    match = _TIME.match(text)
    if match is None:
        return "expected a time such as 08:00"
    return TimeOfDay(int(match.group(1)) * 60 + int(match.group(2)))


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A daily window of local time; one that ends before it begins runs over midnight."""

    start: TimeOfDay
    end: TimeOfDay

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


def parse_window(text: str) -> TimeWindow | str:
    """Read a window such as `08:00-09:00`."""
    start, dash, end = text.partition("-")
    first, last = parse_time(start.strip()), parse_time(end.strip())
    if not dash or isinstance(first, str) or isinstance(last, str) or first == last:
        return "expected a window such as 08:00-09:00"
    return TimeWindow(first, last)


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something happens: a count `per` a duration, an order or a click (`per` names it).

    `40 per 1mo`, `1.8 per order`, `3 per 1y`.
    """

    count: Decimal
    per: Duration | str

    def __str__(self) -> str:
        return f"{plain(self.count)} per {self.per}"


def parse_rate(text: str) -> Rate | str:
    """Read `40 per 1mo` or `1.8 per order`."""
    expected = "expected a rate such as 40 per 1mo or 1.8 per order"
    count, per, unit = text.partition(" per ")
    number = parse_number(count.strip())
    if not per or isinstance(number, str):
        return expected
    if unit.strip() == "order":
        return Rate(number, "order")
    duration = parse_duration(unit.strip())
    if isinstance(duration, str) or duration.is_zero:
        return expected
    return Rate(number, duration)


@dataclass(frozen=True, slots=True)
class Since:
    """The day from which a flow already runs: `since 2025-03-01`."""

    date: str

    def __str__(self) -> str:
        return f"since {self.date}"


def parse_date(text: str) -> str:
    """Return the ISO date that `text` is, or an empty text where it is none."""
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else ""
    except ValueError:
        return ""


def parse_since(text: str) -> Since | str:
    """Read `since 2025-03-01`."""
    word, _, day = text.partition(" ")
    date = parse_date(day.strip()) if word == "since" else ""
    return Since(date) if date else "expected a start such as since 2025-03-01"
