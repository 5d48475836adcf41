"""Nodes of journeys as Dittofeed takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from playbook_compiler.calendar_units import WEEKDAYS
from playbook_compiler.units import TimeOfDay

Node: TypeAlias = dict[str, Any]
EXIT: Final = "ExitNode"


def segment_entry(segment: str, child: str, *, again: bool) -> Node:
    """Return the entry of those who come to belong to a segment.

    `again`: who is still in it when the journey ends enters at once once more.
    """
    return {"type": "EntryNode", "segment": segment, "child": child, "reEnter": again}


def event_entry(event: str, key: str, child: str) -> Node:
    """Return the entry of those who perform an event: one run for each value of the key."""
    return {"type": "EventEntryNode", "event": event, "key": key, "child": child}


def _delay(id_: str, child: str, variant: dict[str, Any]) -> Node:
    return {"id": id_, "type": "DelayNode", "variant": variant, "child": child}


def delay(id_: str, child: str, seconds: int) -> Node:
    """Return a delay of so many seconds."""
    return _delay(id_, child, {"type": "Second", "seconds": seconds})


def until_time(id_: str, child: str, time: TimeOfDay, zone: str, days: Sequence[str] = ()) -> Node:
    """Return a delay until the next such time in the customer's zone, on some days of the week."""
    hour, minute = divmod(time.minutes, 60)
    variant: dict[str, Any] = {"type": "LocalTime", "hour": hour, "minute": minute}
    if days:
        # Dittofeed's week begins on Sunday, with 0.
        variant["allowedDaysOfWeek"] = sorted((WEEKDAYS.index(day) + 1) % 7 for day in days)
    return _delay(id_, child, {**variant, "defaultTimezone": zone})


def until_date(id_: str, child: str, user_property: str, seconds: int, direction: str) -> Node:
    """Return a delay until a date of the customer, so long before or after it."""
    return _delay(
        id_,
        child,
        {
            "type": "UserProperty",
            "userProperty": user_property,
            "offsetSeconds": seconds,
            "offsetDirection": direction,
        },
    )


def split(id_: str, name: str, segment: str, yes: str, no: str) -> Node:
    """Return the split of those in a segment from the others."""
    variant = {"type": "Boolean", "segment": segment, "trueChild": yes, "falseChild": no}
    return {"id": id_, "type": "SegmentSplitNode", "variant": variant, "name": name}


def wait_for(id_: str, seconds: int, timed_out: str, segment: str, came: str) -> Node:
    """Return a wait until the customer is in a segment, with a time-out."""
    return {
        "id": id_,
        "type": "WaitForNode",
        "timeoutSeconds": seconds,
        "timeoutChild": timed_out,
        "segmentChildren": [{"id": came, "segmentId": segment}],
    }


def cohorts(id_: str, arms: Sequence[tuple[str, float | int, str]]) -> Node:
    """Return a random split: (name, percent of 100, child) of each arm."""
    children = [{"id": child, "percent": percent, "name": name} for name, percent, child in arms]
    return {"id": id_, "type": "RandomCohortNode", "children": children}


def message(id_: str, name: str, channel: str, template: str, child: str, group: str = "") -> Node:
    """Return a message; where it may not or cannot be sent the run goes on."""
    node: Node = {
        "id": id_,
        "type": "MessageNode",
        "name": name,
        "variant": {"type": channel, "templateId": template},
        "child": child,
        "skipOnFailure": True,
    }
    return node | {"subscriptionGroupId": group} if group else node


def children_of(node: Node) -> list[Any]:
    """Return the ids that a node leads to."""
    match node.get("type"):
        case "SegmentSplitNode":
            variant = node.get("variant") or {}
            return [variant.get("trueChild"), variant.get("falseChild")]
        case "WaitForNode":
            children = node.get("segmentChildren") or []
            return [node.get("timeoutChild"), *(child.get("id") for child in children)]
        case "RandomCohortNode":
            return [child.get("id") for child in node.get("children") or []]
    return [node.get("child")]
