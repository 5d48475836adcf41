"""Local times and UTC through a table of a zone's changes, for whole arrays at once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np
import numpy.typing as npt

from playbook_compiler.diagnostics import nearest
from playbook_compiler.values import dataclass

_FIRST = int(datetime(1994, 12, 30, tzinfo=UTC).timestamp())
_LAST = int(datetime(2036, 1, 3, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class ZoneTable:
    """The offsets of one zone from 1995 to 2035.

    `starts` are the UTC seconds from which `offsets` (seconds east of UTC) hold, int64 both.
    """

    starts: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]


@cache
def zone_table(name: str) -> ZoneTable | None:
    """Return the table of an IANA zone, or None when there is no such zone."""
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None

    def offset(second: int) -> int:
        found = datetime.fromtimestamp(second, zone).utcoffset()
        return int(found.total_seconds()) if found else 0

    starts, offsets = [_FIRST], [offset(_FIRST)]
    for day in range(_FIRST, _LAST, 86_400):
        low, high = day, day + 86_400
        if offset(high) == offsets[-1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
        starts.append(high)
        offsets.append(offset(high))
    return ZoneTable(np.array(starts, np.int64), np.array(offsets, np.int64))


def nearest_zone(name: str) -> str | None:
    """Return the zone that a name may mean: Europe/Berlin for Berlin, or one spelled nearly so."""
    zones = sorted(available_timezones())
    place = name.strip().replace(" ", "_").casefold()
    of_place = [zone for zone in zones if place in (zone.casefold(), _place(zone))]
    if not of_place:
        guess = nearest(place, {_place(zone) for zone in zones})
        of_place = [zone for zone in zones if _place(zone) == guess] if guess else []
    return of_place[0] if of_place else nearest(name, zones)


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].casefold()


@dataclass(frozen=True, slots=True)
class Converted:
    """UTC seconds of local times, and which of them happen twice or never."""

    utc: npt.NDArray[np.int64]
    folded: npt.NDArray[np.bool_]
    missing: npt.NDArray[np.bool_]


def to_utc(local: npt.NDArray[np.int64], table: ZoneTable) -> Converted:
    """Return UTC of wall-clock seconds. Twice: the first one; never: with the offset before."""
    if len(table.starts) == 1:
        none = np.zeros(local.shape, np.bool_)
        return Converted(local - table.offsets[0], none, none)
    before, after, changes = table.offsets[:-1], table.offsets[1:], table.starts[1:]
    # A change at UTC second c: before it the wall shows up to c + before, after it from c + after.
    index = np.searchsorted(changes + np.maximum(before, after), local, side="right")
    near = np.minimum(index, len(changes) - 1)
    low = changes[near] + np.minimum(before, after)[near]
    high = changes[near] + np.maximum(before, after)[near]
    inside = (local >= low) & (local < high)
    folded = inside & (after < before)[near]
    missing = inside & (after > before)[near]
    return Converted(local - table.offsets[index], folded, missing)


def local_days(utc: npt.NDArray[np.int64], table: ZoneTable) -> npt.NDArray[np.int32]:
    """Return days since 1970-01-01 on the zone's calendar."""
    index = np.searchsorted(table.starts, utc, side="right") - 1
    return ((utc + table.offsets[np.maximum(index, 0)]) // 86_400).astype(np.int32)
