"""Triggers that go by the clock, as rows of the kernel's timers: days, schedules, refills."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from playbook_compiler.calendar_units import CalendarDay, YearlyDay
from playbook_compiler.model import Flow
from playbook_compiler.recurrence import DAY, MONTH, Recurrence
from playbook_compiler.triggers import (
    BIRTHDAY,
    BY_PRODUCT,
    FIRST_ORDER,
    TYPICAL_INTERVAL,
    DateTrigger,
    Replenishment,
    Schedule,
    Trigger,
)
from playbook_compiler.units import Duration
from playbook_runtime.kernel import instructions as code
from playbook_runtime.launch import Launch
from playbook_runtime.program_steps import Tables
from playbook_runtime.settings import EPOCH

YEAR_DAYS = 365
Row = tuple[int, ...]


def timers(flows: Sequence[Flow], launch: Launch, tables: Tables) -> list[Row]:
    """Return one row for each flow that is on and starts by the clock, in the order of flows."""
    rows = []
    for number, flow in enumerate(flows):
        row = _row(flow.trigger, launch, tables) if flow.enabled else None
        if row is not None:
            rows.append((number, *row))
    return rows


def _row(trigger: Trigger, launch: Launch, tables: Tables) -> Row | None:
    match trigger:
        case DateTrigger():
            return _day(trigger, tables)
        case Schedule(every=every):
            return _schedule(every)
        case Replenishment(replenishment=Duration() as length):
            return (code.REFILL, tables.duration(length), 0, 0, 0, 0)
        case Replenishment(replenishment=interval) if interval == BY_PRODUCT:
            return (code.BY_MARK, 0, 0, 0, 0, 0) if launch.orders.marks else None
        case Replenishment(replenishment=interval) if interval == TYPICAL_INTERVAL:
            return (code.TYPICAL, launch.typical_gap, 0, 0, 0, 0)
    return None


def _schedule(every: Recurrence) -> Row:
    kind = {DAY: code.DAILY, MONTH: code.MONTHLY}.get(every.unit, code.WEEKLY)
    return (kind, every.count, every.at.minutes * 60, every.on, 0, 0)


def _day(trigger: DateTrigger, tables: Tables) -> Row | None:
    before, after = trigger.before or Duration(), trigger.after or Duration()
    shift = tables.row(
        after.months - before.months, after.days - before.days, after.seconds - before.seconds
    )
    back = 2 + math.ceil(after.nominal_days / YEAR_DAYS)
    match trigger.date:
        case YearlyDay(month=month, day=day):
            return (code.YEARLY, month * 100 + day, 0, 0, shift, back)
        case CalendarDay(date=text):
            day = (date.fromisoformat(text) - EPOCH).days
            return (code.ONE_DAY, day, 0, 0, shift, back)
        case str() as name if name == BIRTHDAY:
            return (code.BIRTHDAY, 0, 0, 0, shift, back)
        case str() as name if name == FIRST_ORDER:
            return (code.ANNIVERSARY, 0, 0, 0, shift, back)
    return None
