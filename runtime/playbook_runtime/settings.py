"""What a simulation is asked for, and the moments that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass
from playbook_runtime.zones import midnight

if TYPE_CHECKING:
    from playbook_runtime.behaviour.seasonality import Given

EPOCH = date(1970, 1, 1)
DEFAULT_DRAWS = 1_000
FLOW_DRAWS = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """The questions of one run: how far, how many draws, which seed, as of which day, how many
    threads (0: all there are), in which stage (empty: the playbook's); `conservative` holds every
    effect at its worse quartile; `season` is estimated where the orders allow it, off, or given.
    `precision` takes as many draws as it needs instead of `draws`: a part of the width of the
    interval of the profit difference. `bounded` takes fewer draws than `draws` where people and
    flows are many."""

    horizon: Duration = Duration(months=12)
    draws: int = DEFAULT_DRAWS
    seed: int = 1
    as_of: date | None = None
    threads: int = 0
    stage: str = ""
    conservative: bool = False
    season: Given = "auto"
    precision: float | None = None
    bounded: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """The local days that a simulation covers, and its moments in UTC seconds.

    `first` is the day after the as-of date, `last` the first day after the horizon. Months are
    calendar months of the shop, the first and the last of them cut to the horizon.
    """

    zone: str
    first: date
    last: date
    start: int
    end: int

    @property
    def days(self) -> int:
        """Length of the horizon in days."""
        return (self.last - self.first).days

    def months(self) -> Iterator[tuple[str, int, int]]:
        """Yield (name such as 2026-11, first moment, length in seconds) of each month."""
        for name, first, last in self.month_days():
            begin = midnight(self.zone, first)
            yield name, begin, midnight(self.zone, last) - begin

    def month_days(self) -> Iterator[tuple[str, date, date]]:
        """Yield (name, first day, first day after it) of each month."""
        day = self.first
        while day < self.last:
            following = min(_next_month(day), self.last)
            yield f"{day.year}-{day.month:02}", day, following
            day = following


def calendar(as_of: date, horizon: Duration, zone: str) -> Calendar:
    """Return the calendar of a horizon that begins the day after `as_of`."""
    first = as_of + timedelta(days=1)
    last = _add_months(first, horizon.months) + timedelta(days=horizon.days)
    return Calendar(zone, first, last, midnight(zone, first), midnight(zone, last))


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for length in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, length))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
