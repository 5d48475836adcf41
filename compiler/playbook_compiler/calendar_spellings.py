"""How days, moments and schedules are spelled that people write otherwise: `every tuesday`."""

from __future__ import annotations

import re

from playbook_compiler.calendar_units import (
    MORNING,
    WEEKDAYS,
    parse_day,
    parse_moment,
)
from playbook_compiler.recurrence import (
    DAY,
    MONTH,
    SHORT_UNITS,
    WEEK,
    Recurrence,
    parse_recurrence,
)
from playbook_compiler.spellings import Spelling
from playbook_compiler.units import TimeOfDay, parse_time

WEEKDAY_NAMES = (
    *("monday", "tuesday", "wednesday", "thursday", "friday"),
    *("saturday", "sunday"),
)
MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)


def day(text: str) -> Spelling | None:
    """Return how to write `1 December` or `31.12.`, or None.

    >>> [day(text).text for text in ("1 December", "31.12.", "24-12", "Dec 1 2026")]
    ['12-01', '12-31', '12-24', '2026-12-01']
    """
    words = re.findall(r"[a-z]+|[0-9]+", text.lower())
    numbers = [int(word) for word in words if word.isdigit() and len(word) <= 2]
    named = [
        place
        for word in words
        for place, name in enumerate(MONTH_NAMES, 1)
        if len(word) >= 3 and name.startswith(word)
    ]
    years = [word for word in words if len(word) == 4 and word.isdigit()]
    if len(named) == 1 and len(numbers) == 1:
        month, number = named[0], numbers[0]
    elif len(numbers) == 2 and (numbers[1] > 12) != (numbers[0] > 12):
        number, month = sorted(numbers, reverse=True)
    elif len(numbers) == 2 and "." in text and not named:
        number, month = numbers
    else:
        return None
    meant = f"{month:02}-{number:02}"
    whole = f"{years[0]}-{meant}" if len(years) == 1 else meant
    return None if isinstance(parse_day(whole), str) else Spelling(whole)


def moment(text: str) -> Spelling | None:
    """Return how to write `Tuesday` or `fri 6pm`, or None.

    >>> [moment(text).text for text in ("Tuesday", "9am", "fri 18")]
    ['tue', '09:00', 'fri at 18:00']
    """
    words = _spoken(text)
    days = [word for word in words if word in WEEKDAYS]
    clocks = [word for word in words if ":" in word]
    bare = [word for word in words if word.isdigit()]
    if not clocks and len(bare) == 1 and int(bare[0]) < 24:
        clocks = [f"{int(bare[0]):02}:00"]
    rest = [word for word in words if word not in (*days, *clocks, *bare, "at", "on", "next")]
    if rest or len(days) > 1 or len(clocks) > 1 or (not days and not clocks):
        return None
    meant = " at ".join([*days, *clocks])
    return None if isinstance(parse_moment(meant), str) else Spelling(meant)


def _spoken(text: str) -> list[str]:
    """Return the words of a text with weekdays and clock times as the language spells them."""
    lower = text.lower().strip()
    lower = re.sub(r"\b([0-9]{1,2})(?::([0-9]{2}))?\s*([ap])\.?m\b\.?", _clock, lower)
    lower = re.sub(r"\bat ([0-9]{1,2})\b(?!:)", r"at \1:00", lower)
    lower = re.sub(r"\b([0-9]):([0-9]{2})\b", r"0\1:\2", lower)
    return [_weekday(word) for word in re.findall(r"[0-9]{2}:[0-9]{2}|[0-9]+|[a-z]+", lower)]


def _clock(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3] == "p" else 0)
    return f"{hour:02}:{found[2] or '00'}"


def _weekday(word: str) -> str:
    single = word.removesuffix("s")
    for short, name in zip(WEEKDAYS, WEEKDAY_NAMES, strict=True):
        if len(single) >= 3 and name.startswith(single):
            return short
    return word


_OFTEN = {"daily": DAY, "weekly": WEEK, "monthly": MONTH, "days": DAY, "weeks": WEEK}
_OFTEN |= {"months": MONTH, "day": DAY, "week": WEEK, "month": MONTH}
_TIMES = {"a": 1, "the": 1, "every": 1, "each": 1, "other": 2, "second": 2, "third": 3}
_TIMES |= {"two": 2, "three": 3, "four": 4, "six": 6}
_FILLERS = ("on", "at", "of", "and")


def recurrence(text: str) -> Spelling | None:
    """Return how to write `every tuesday` or `monthly on the 15th`, or None.

    >>> recurrence("every other tuesday at 9am").text
    '2w on tue at 09:00'
    >>> recurrence("monthly on the 15th").text, recurrence("daily at 18:00").text
    ('month on 15 at 09:00', 'day at 18:00')
    """
    plain = re.sub(r"([0-9])(?:st|nd|rd|th)\b", r"\1", text.lower())
    meant = _meant(_spoken(plain))
    return Spelling(str(meant)) if meant is not None else None


def _meant(words: list[str]) -> Recurrence | None:
    """Return the schedule that the words of a spoken one mean, or None."""
    unit, count, weekday, at = "", 1, None, MORNING
    numbers: list[int] = []
    for n, word in enumerate(words):
        following = words[n + 1] if n + 1 < len(words) else ""
        if word.isdigit() and following in ("d", "w", "mo", *_OFTEN):
            count = int(word)
        elif word.isdigit():
            numbers.append(int(word))
        elif word in ("d", "w", "mo") or word in _OFTEN:
            named = SHORT_UNITS.get(word) or _OFTEN[word]
            unit = unit if named == DAY and unit else named  # the last day of a month
        elif word in WEEKDAYS and weekday is None:
            weekday = WEEKDAYS.index(word)
        elif ":" in word:
            time = parse_time(word)
            at = time if isinstance(time, TimeOfDay) else at
        elif word in _TIMES:
            count = max(count, _TIMES[word])
        elif word == "last":
            numbers.append(31)
        elif word not in _FILLERS:
            return None
    if weekday is not None and unit in ("", WEEK) and not numbers:
        made = Recurrence(count, WEEK, weekday, at)
    elif unit == MONTH and weekday is None and len(numbers) <= 1:
        made = Recurrence(count, MONTH, (numbers or [1])[0], at)
    elif unit == WEEK and weekday is None and not numbers:
        made = Recurrence(count, WEEK, 0, at)
    elif unit == DAY and weekday is None and not numbers:
        made = Recurrence(count, DAY, 0, at)
    else:
        return None
    return made if parse_recurrence(str(made)) == made else None
