"""Waits: so long, until a moment, and for an event with a time-out."""

from __future__ import annotations

from playbook_compiler.calendar_units import WEEKDAYS, Weekday
from playbook_compiler.steps import UntilTime
from playbook_compiler.targets.n8n import nodes, script
from playbook_compiler.targets.n8n.nodes import Made
from playbook_compiler.targets.n8n.rules import duration_data
from playbook_compiler.targets.n8n.state import Export
from playbook_compiler.targets.n8n.workflow import Ends, Workflow
from playbook_compiler.units import Duration


def later(export: Export, duration: Duration) -> str:
    """Return the expression of the moment so much later, in the customer's zone."""
    record = nodes.record({key: str(value) for key, value in duration_data(duration).items()})
    zone = f"{script.START}.customer.zone || {script.quoted(export.playbook.timezone)}"
    return f"$now.setZone({zone}).plus({record}).toISO()"


def so_long(export: Export, duration: Duration) -> Made:
    """Return the wait for a duration: elapsed time, or days and months of the customer's zone."""
    if not duration.months and not duration.days:
        return nodes.wait_seconds(duration.seconds)
    return nodes.wait_until(later(export, duration))


def until_time(export: Export, work: Workflow, id_: str, wait: UntilTime, ends: Ends) -> Ends:
    """Return the ends after a wait until a time or weekday of the customer's zone."""
    until = wait.until
    day, time = (until.day, until.at) if isinstance(until, Weekday) else (None, until)
    rule = {
        "zone": export.playbook.timezone,
        "minute": None if time is None else time.minutes,
        "weekday": None if day is None else WEEKDAYS.index(day) + 1,
    }
    asked = work.add(f"{id_}~moment", nodes.code(script.UNTIL, rule), ends)
    return work.add(id_, nodes.wait_until("$json.until"), asked, id_)


def until_event(
    export: Export,
    work: Workflow,
    id_: str,
    event: str,
    at_most: Duration,
    ends: Ends,
    since: str,
) -> tuple[Ends, Ends]:
    """Return the ends where an event happened in time, and those where it did not.

    The shop is told the execution's own address and calls it when the event happens.
    """
    limit = later(export, at_most)
    begun = f"{script.START}.started" if since == "entry" else "$now.toISO()"
    fields = {
        "customer": f"{script.START}.customer.id",
        "event": script.quoted(event),
        "since": begun,
        "until": limit,
        "resume": "$execution.resumeUrl",
    }
    asked = nodes.send(f"{nodes.SHOP}/waits", nodes.record(fields), export.shop)
    told = work.add(f"{id_}~told", asked, ends)
    waiting = work.add(f"{id_}~waiting", nodes.code(script.WAITING), told)
    called = work.add(id_, nodes.wait_for_call(limit), waiting, id_)
    found = work.add(f"{id_}~happened", nodes.code(script.HAPPENED), called)
    if not found:
        return (), ()
    work.add(f"{id_}~way", nodes.ways(2), found)
    happened, late = work.ways(f"{id_}~way")
    return happened, late
