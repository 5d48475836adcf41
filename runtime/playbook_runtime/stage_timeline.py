"""The stage of each month of a projection, and why: the same in both worlds and in all draws.

Under `stage: auto` rules are read on the first of each month, on the mean of the orders of the last
three full months: of the history as far as it goes, then of the world without, averaged over
draws. A shop never goes back, so that the reading begins with the history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from playbook_compiler.model import Stage
from playbook_compiler.values import dataclass
from playbook_runtime.counted import count_of
from playbook_runtime.observed import Observed
from playbook_runtime.settings import EPOCH
from playbook_runtime.stages import TRAILING_MONTHS, rule_text, stage_of, trailing_means

AUTO: Final = "auto"


@dataclass(frozen=True, slots=True)
class StageMonth:
    """The stage of one month, and why; `orders` is the mean of the three full months before it,
    None where there are not as many."""

    month: str
    stage: str
    reason: str
    orders: float | None


@dataclass(frozen=True, slots=True)
class PastMonths:
    """The history by month, in order of time, from its first full month to that of the as-of date.

    `orders` by name of month; `customers` are those who had bought by its end. `young` is the
    month in which the log both begins and ends, which never becomes a full one; empty for others.
    `per_purchase` says how many orders make one purchase: orders of one day are one purchase, and
    a projection counts purchases.
    """

    orders: Mapping[str, int]
    customers: Mapping[str, int]
    young: str
    per_purchase: float


def past_months(data: Observed) -> PastMonths:
    """Return the history by month, from the first full month of the log on."""
    history = data.history
    first = EPOCH + timedelta(days=int(data.day.min()))
    month = first if first.day == 1 else _following(first)
    orders: dict[str, int] = {}
    customers: dict[str, int] = {}
    while month <= data.as_of:
        begin, end = (month - EPOCH).days, (_following(month) - EPOCH).days
        name = _name(month)
        orders[name] = int(((data.day >= begin) & (data.day < end)).sum())
        customers[name] = int((history.first_day < end).sum())
        month = _following(month)
    return PastMonths(
        orders,
        customers,
        _name(first) if first.day > 1 and _name(first) == _name(data.as_of) else "",
        len(data.day) / int(np.sum(history.purchases)),
    )


def fixed_timeline(months: Sequence[str], stage: str, reason: str) -> tuple[StageMonth, ...]:
    """Return the timeline of a shop that says its stage."""
    return tuple(StageMonth(month, stage, reason, None) for month in months)


def read_timeline(
    past: PastMonths,
    months: Sequence[str],
    orders: Sequence[float],
    newcomers: Sequence[float],
    stages: Mapping[str, Stage],
) -> tuple[StageMonth, ...]:
    """Return the timeline that `enter` rules give, for expected orders and newcomers by month.

    `months` are those of the horizon, the first of them perhaps the one in which the history ends.
    """
    names = list(past.orders)
    counts: list[float] = [float(one) for one in past.orders.values()]
    customers = [float(one) for one in past.customers.values()]
    known = customers[-1] if customers else 0.0
    for month, more, new in zip(months, orders, newcomers, strict=True):
        known += new
        if names and month == names[-1]:
            counts[-1] += more
            customers[-1] = known
        else:
            names.append(month)
            counts.append(more)
            customers.append(known)
    skipped = 1 if names[:1] == [past.young] else 0
    means = (None,) * skipped + trailing_means(counts[skipped:])
    return _from_readings(names, means, customers, set(months), stages)


def settled_timeline(
    project: Callable[[tuple[str, ...]], tuple[Sequence[float], Sequence[float]]],
    past: PastMonths,
    months: Sequence[str],
    stages: Mapping[str, Stage],
) -> tuple[StageMonth, ...]:
    """Return the timeline on which the stages and what they lead to agree.

    `project` gives expected orders and newcomers by month for given stages: a stage's split decides
    how many newcomers come, and these how many orders. The stage of a month is read on the months
    before it alone, so that each round puts at least one month more right.
    """
    nothing = [0.0] * len(months)
    timeline = read_timeline(past, months, nothing, nothing, stages)
    # Before anything is projected the first month's stage is right: it is the history's.
    names = (timeline[0].stage,) * len(months) if timeline else ()
    for _ in range(len(months) + 1):
        timeline = read_timeline(past, months, *project(names), stages)
        found = tuple(one.stage for one in timeline)
        if found == names:
            break
        names = found
    return timeline


def _from_readings(
    names: Sequence[str],
    means: Sequence[Decimal | None],
    customers: Sequence[float],
    wanted: Set[str],
    stages: Mapping[str, Stage],
) -> tuple[StageMonth, ...]:
    """Return the stage of each wanted month, read on the first of it and of all months before."""
    reached, reason = stage_of(None, 0, stages), "where a shop begins"
    found = []
    for place, name in enumerate(names):
        mean = means[place - 1] if place else None
        if mean is not None:
            now = stage_of(mean, round(customers[place - 1]), stages, reached)
            if now != reached:
                reached = now
                reason = (
                    f"{rule_text(stages[now].enter)}, reached on {name}-01:"
                    f" {count_of(round(mean), 'order')} a month in"
                    f" {names[place - TRAILING_MONTHS]} to {names[place - 1]}"
                )
        if name in wanted:
            found.append(StageMonth(name, reached, reason, None if mean is None else float(mean)))
    return tuple(found)


def stage_named(playbook_stage: str, override: str) -> tuple[str, str]:
    """Return (stage or `auto`, reason) of a playbook, where the command line may say another."""
    if override:
        return override, f"--stage {override}"
    return playbook_stage, f"`stage: {playbook_stage}` of the playbook"


def _name(day: date) -> str:
    """Return the name of a day's month, such as 2026-11."""
    return f"{day.year}-{day.month:02}"


def _following(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
