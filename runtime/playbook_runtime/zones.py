"""Time zones as tables of offset changes, which the kernel can read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from playbook_compiler.units import DAY_SECONDS
from playbook_runtime.kernel.tables import NEVER, Zones


def zone_table(names: Iterable[str], start: int, end: int) -> Zones:
    """Return the offset changes of zones between two moments, to the second."""
    first, moments, offsets = [0], [], []
    for name in names:
        zone = ZoneInfo(name)
        offset = offset_at(zone, start)
        moments.append(NEVER)
        offsets.append(offset)
        for day in range(start, end, DAY_SECONDS):
            if offset_at(zone, day + DAY_SECONDS) != offset:
                moments.append(_change(zone, day, day + DAY_SECONDS))
                offset = offset_at(zone, moments[-1])
                offsets.append(offset)
        first.append(len(moments))
    return Zones(
        np.array(first, dtype=np.int64),
        np.array(moments, dtype=np.int64),
        np.array(offsets, dtype=np.int64),
    )


def offset_at(zone: ZoneInfo, moment: int) -> int:
    """Return a zone's offset from UTC in seconds."""
    offset = datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(seconds=1)


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    """Return the first moment in (low, high] at which the offset is no longer that of low."""
    before = offset_at(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def midnight(zone: str, day: date) -> int:
    """Return the moment at which a local day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())
