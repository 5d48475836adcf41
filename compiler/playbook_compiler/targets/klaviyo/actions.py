"""Klaviyo's actions as JSON: one function an action, all as drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from playbook_compiler.targets.klaviyo.formula import Groups, Test, as_filter
from playbook_compiler.targets.klaviyo.profile_tests import custom, sample
from playbook_compiler.units import TimeOfDay
from playbook_compiler.values import dataclass

Action: TypeAlias = dict[str, Any]
DRAFT = "draft"
WEEKDAYS = {
    "mon": "monday",
    "tue": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}


def _action(id_: str, kind: str, links: dict[str, str | None], data: dict[str, Any]) -> Action:
    return {"temporary_id": id_, "type": kind, "links": links, "data": data}


def clock(time: TimeOfDay) -> str:
    """Return a time of day as Klaviyo writes it: `08:00:00`."""
    return f"{time}:00"


def delay(
    id_: str, next_: str | None, unit: str, value: int, until: TimeOfDay | None = None
) -> Action:
    """Return a wait of so many days, hours or minutes, then until a time of the profile's day."""
    data: dict[str, Any] = {"unit": unit, "value": value, "timezone": "profile"}
    if until is not None:
        data["delay_until_time"] = clock(until)
    return _action(id_, "time-delay", {"next": next_}, data)


def until_time(id_: str, next_: str | None, time: TimeOfDay, days: Sequence[str] = ()) -> Action:
    """Return a wait until a time of the profile's day, on one of `days` where given."""
    data: dict[str, Any] = {"timezone": "profile", "target_time": clock(time)}
    if days:
        data["target_days"] = [WEEKDAYS[day] for day in days]
    return _action(id_, "target-date", {"next": next_}, data)


def conditional(id_: str, groups: Groups, yes: str | None, no: str | None) -> Action:
    """Return a split by what the profile is and did."""
    links = {"next_if_true": yes, "next_if_false": no}
    return _action(id_, "conditional-split", links, {"profile_filter": as_filter(groups)})


def random_split(id_: str, percentage: int, yes: str | None, no: str | None) -> Action:
    """Return a split by chance."""
    return conditional(id_, ((sample(percentage),),), yes, no)


@dataclass(frozen=True, slots=True)
class Branch:
    """One way of a multi-branch split."""

    name: str
    groups: Groups
    next: str | None


def multi_branch(id_: str, name: str, branches: Sequence[Branch], otherwise: str | None) -> Action:
    """Return a split into several ways, the first that holds; it may read the trigger's event."""
    ways: list[dict[str, Any]] = [
        {
            "branch_id": f"{id_}~{order}",
            "order": order,
            "is_else": False,
            "branch_filter": as_filter(branch.groups),
            "links": {"next": branch.next},
            "name": branch.name,
        }
        for order, branch in enumerate(branches)
    ]
    ways.append(
        {
            "branch_id": f"{id_}~else",
            "order": len(ways),
            "is_else": True,
            "branch_filter": None,
            "links": {"next": otherwise},
            "name": "else",
        }
    )
    return {
        "temporary_id": id_,
        "type": "multi-branch-split",
        "data": {"name": name, "branches": ways},
    }


def operation(name: str, kind: str, value: Any, deed: str | None = None) -> dict[str, Any]:
    """Return one change of a custom profile property; of lists, `deed` is add or remove."""
    found = {"operator": "update", "property_type": kind}
    if deed is not None:
        found["property_operation"] = deed
    return found | {"property_key": name, "property_value": value}


def update(id_: str, next_: str | None, operations: list[dict[str, Any]]) -> Action:
    """Return changes of the profile."""
    data = {"profile_operations": operations, "status": DRAFT}
    return _action(id_, "update-profile", {"next": next_}, data)


def set_property(id_: str, next_: str | None, name: str, value: bool) -> Action:
    """Return a change of a custom boolean property."""
    return update(id_, next_, [operation(name, "boolean", value)])


def webhook(
    id_: str, next_: str | None, name: str, url: str, headers: dict[str, str], body: str
) -> Action:
    """Return a call of another system: a POST of JSON."""
    message = {"name": name, "url": url, "headers": headers, "body": body}
    return _action(id_, "send-webhook", {"next": next_}, {"message": message, "status": DRAFT})


def is_true(property_: str) -> Test:
    """Return a test that a custom boolean property is true."""
    filter_ = {"type": "boolean", "operator": "equals", "value": True}
    return {"type": "profile-property", "property": custom(property_), "filter": filter_}


def send(id_: str, next_: str | None, channel: str, message: dict[str, Any]) -> Action:
    """Return the sending of an e-mail, SMS or push message."""
    kind = {"email": "send-email", "sms": "send-sms", "push": "send-mobile-push"}[channel]
    return _action(id_, kind, {"next": next_}, {"message": message, "status": DRAFT})


def alert(id_: str, next_: str | None, message: dict[str, Any]) -> Action:
    """Return an e-mail to the shop's own people."""
    return _action(
        id_, "send-internal-alert", {"next": next_}, {"message": message, "status": DRAFT}
    )
