"""Local time inside the kernel: zones, calendar steps, windows of the day."""

from __future__ import annotations

from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.fields import DURATIONS, ZONE_FIRST, ZONE_MOMENT, ZONE_OFFSET

DAY_SECONDS = 86_400


@compiled
def offset_at(p, zone, moment):
    """Return a zone's offset from UTC in seconds at a moment."""
    first = p[p[ZONE_FIRST] + zone]
    last = p[p[ZONE_FIRST] + zone + 1] - 1
    while last > first and p[p[ZONE_MOMENT] + last] > moment:
        last -= 1
    return p[p[ZONE_OFFSET] + last]


@compiled
def to_utc(p, zone, local):
    """Return the moment of a local time: the first of two, moved forward out of a gap."""
    before = offset_at(p, zone, local - DAY_SECONDS)
    early = local - before
    if offset_at(p, zone, early) == before:
        return early
    after = offset_at(p, zone, local + DAY_SECONDS)
    late = local - after
    return late if offset_at(p, zone, late) == after else early


@compiled
def local_day(p, zone, moment):
    """Return the number of the local day since 1970-01-01."""
    return (moment + offset_at(p, zone, moment)) // DAY_SECONDS


@compiled
def civil(day):
    """Return (year, month, day of month) of a day number (Hinnant's algorithm)."""
    z = day + 719_468
    era = z // 146_097
    doe = z - era * 146_097
    yoe = (doe - doe // 1460 + doe // 36_524 - doe // 146_096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    year = yoe + era * 400 + (1 if month <= 2 else 0)
    return year, month, doy - (153 * mp + 2) // 5 + 1


@compiled
def day_number(year, month, day):
    """Return the day number of a date (Hinnant's algorithm)."""
    y = year - 1 if month <= 2 else year
    era = y // 400
    yoe = y - era * 400
    mp = month - 3 if month > 2 else month + 9
    doy = (153 * mp + 2) // 5 + day - 1
    return era * 146_097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719_468


@compiled
def day_of(year, month, dom):
    """Return the day number of a date; a day that the month lacks is its last one."""
    first = day_number(year, month, 1)
    last = day_number(year + month // 12, month % 12 + 1, 1) - first
    return first + (dom if dom < last else last) - 1


@compiled
def _add_months(day, months):
    """Return the day so many months later, clamped to the end of the month."""
    year, month, dom = civil(day)
    index = year * 12 + month - 1 + months
    return day_of(index // 12, index % 12 + 1, dom)


@compiled
def add(p, zone, moment, duration):
    """Return a moment plus row `duration` of the durations (months, days, seconds)."""
    row = p[DURATIONS] + 3 * duration
    months, days, seconds = p[row], p[row + 1], p[row + 2]
    if months == 0 and days == 0:
        return moment + seconds
    local = moment + offset_at(p, zone, moment)
    day = local // DAY_SECONDS
    shifted = day + days
    if months:
        shifted = _add_months(day, months) + days
    return to_utc(p, zone, local + (shifted - day) * DAY_SECONDS) + seconds


@compiled
def add_days(p, zone, moment, days):
    """Return the moment so many local days later, at the same local time."""
    return to_utc(p, zone, moment + offset_at(p, zone, moment) + days * DAY_SECONDS)


@compiled
def until(p, zone, moment, weekday, second):
    """Return the next moment, `moment` included, on a weekday (-1 any) at a second of the day; -1
    is any time of that day, so that a later one begins at midnight."""
    local = moment + offset_at(p, zone, moment)
    day = local // DAY_SECONDS
    # 1970-01-01 was a Thursday.
    ahead = 0 if weekday < 0 else (weekday - (day + 3) % 7 + 7) % 7
    if second < 0 and ahead == 0:
        return moment
    target = (day + ahead) * DAY_SECONDS + max(second, 0)
    if target < local:
        target += DAY_SECONDS if weekday < 0 else 7 * DAY_SECONDS
    following = to_utc(p, zone, target)
    return following if following >= moment else target - offset_at(p, zone, moment)


@compiled
def end_of_day(p, zone, moment):
    """Return the first moment after the local day of `moment`."""
    return to_utc(p, zone, (local_day(p, zone, moment) + 1) * DAY_SECONDS)


@compiled
def _inside(second, start, end):
    """Return whether a second of the day lies in [start, end), over midnight if so."""
    if start <= end:
        return start <= second < end
    return second >= start or second < end


@compiled
def _next_local(p, zone, moment, local, second):
    """Return the moment of the next local time that is `second` seconds into its day."""
    target = local - local % DAY_SECONDS + second
    if target <= local:
        target += DAY_SECONDS
    following = to_utc(p, zone, target)
    return following if following > moment else target - offset_at(p, zone, moment)


@compiled
def window_start(p, zone, moment, start, end):
    """Return `moment` inside the daily window [start, end) in minutes, else its next start."""
    local = moment + offset_at(p, zone, moment)
    if _inside(local % DAY_SECONDS, start * 60, end * 60):
        return moment
    return _next_local(p, zone, moment, local, start * 60)


@compiled
def window_end(p, zone, moment, start, end):
    """Return the end of the daily window [start, end) that `moment` lies in, else `moment`."""
    local = moment + offset_at(p, zone, moment)
    if not _inside(local % DAY_SECONDS, start * 60, end * 60):
        return moment
    return _next_local(p, zone, moment, local, end * 60)
