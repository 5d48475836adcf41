"""What stands before a flow's first step, folded back: trigger, entry, audience, exits, holdout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from playbook_compiler.importing.engines.klaviyo.account import Thing, text_of
from playbook_compiler.importing.engines.klaviyo.graph import Actions, only_test
from playbook_compiler.importing.engines.klaviyo.groups import groups_of
from playbook_compiler.importing.engines.klaviyo.literals import Test, is_at_least_once, is_never
from playbook_compiler.importing.engines.klaviyo.opening import Head, Opening, read_opening
from playbook_compiler.importing.engines.klaviyo.reading import Import
from playbook_compiler.importing.engines.klaviyo.times import clock
from playbook_compiler.importing.engines.klaviyo.vocabulary import (
    DATE_PROPERTIES,
    duration,
)
from playbook_compiler.importing.names import fact_name
from playbook_compiler.printing_yaml import Bare
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo import terms

_UNITS: Final = {"hour": "h", "day": "d", "week": "w", "hours": "h", "days": "d", "weeks": "w"}
_OWN_EVENTS: Final = {
    "list": ("being added to the list", "joined"),
    "price-drop": ("a drop of the price", "price_drop"),
    "low-inventory": ("goods that run low", "low_inventory"),
    "scheduled": ("a schedule", "scheduled"),
    "": ("no trigger", "started_by_hand"),
}


def head_of(found: Import, thing: Thing, definition: Mapping[str, Any], actions: Actions) -> Head:
    """Return a flow's head, everything that it does not say noted."""
    head = Head(entry=_first(definition, actions))
    path = f"{thing.path}/definition"
    trigger, filter_ = _trigger(found, head, definition, path)
    opening = Opening(own=groups_of(filter_))
    read_opening(found, head, actions, trigger, opening)
    where = [*opening.own, *opening.where]
    if where:
        said = found.condition(where, f"{path}/triggers/0", head.event, head.metric)
        if said is not None:
            trigger["where"] = said
    head.data = {"trigger": trigger}
    if opening.audience:
        said = found.condition(opening.audience, f"{path}/actions", head.event, head.metric)
        if said is not None:
            head.data["audience"] = said
    entry = opening.entry or _entry(definition.get("reentry_criteria"))
    if entry is None:
        found.notes.assumed(
            path, "how often a customer may enter", "the input does not tell", "see `entry:`"
        )
    _stay(found, head, groups_of(definition.get("profile_filter")), f"{path}/profile_filter", entry)
    head.data["trigger"] = _short(trigger)
    return head


def _first(definition: Mapping[str, Any], actions: Actions) -> str | None:
    entry = definition.get("entry_action_id")
    named = str(entry) if isinstance(entry, str | int) else ""
    if named in actions.by_id:
        return named
    starts = [id_ for id_ in actions.by_id if not actions.before[id_]]
    return starts[0] if not named and starts else None


def _short(trigger: dict[str, Any]) -> Any:
    return trigger["event"] if [*trigger] == ["event"] else trigger


def _trigger(
    found: Import, head: Head, definition: Mapping[str, Any], path: str
) -> tuple[dict[str, Any], Any]:
    """Return the trigger, and the filter of its event."""
    listed = definition.get("triggers")
    triggers = [
        one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict)
    ]
    for number in range(1, len(triggers)):
        found.notes.left(f"{path}/triggers/{number}", "a second trigger", "a flow has one")
    one = triggers[0] if triggers else {}
    kind, id_ = text_of(one.get("type")), text_of(one.get("id"))
    place = f"{path}/triggers/0"
    match kind:
        case "metric" if id_:
            head.metric = found.words.metric(id_)
            head.event = found.words.event(head.metric)
            if not found.words.is_named(id_):
                found.notes.assumed(
                    place,
                    f"the event `{head.event}`",
                    f"the input does not tell the name of the metric {id_}",
                    f'import again with --lookup metric.{id_}="Placed Order"',
                )
            return {"event": head.event}, one.get("trigger_filter")
        case "segment" if id_:
            return _segment(found, id_, place), None
        case "date" if text_of(one.get("date_profile_property")):
            return _date(found, one, place), None
    said, stem = _OWN_EVENTS.get(kind, (f"a trigger of the type `{kind}`", f"klaviyo_{kind}"))
    name = found.account.name_of("list", id_) if kind == "list" else ""
    head.metric = f"{stem} {name or id_}".strip()
    head.event = found.words.event(fact_name(head.metric, "event"))
    found.notes.changed(
        place,
        said,
        "the language has no such trigger: an event of the shop's own stands for it",
        f"send `{head.event}`, or write another trigger"
        + (" (`sign_up` for the newsletter's list)" if kind == "list" else ""),
    )
    return {"event": head.event}, None


def _segment(found: Import, id_: str, path: str) -> dict[str, Any]:
    thing = found.account.of("segment").get(id_)
    length = inactivity(found, thing) if thing is not None else None
    if length is not None:
        return {"inactive_for": Bare(length)}
    audience = found.words.audiences.get(id_)
    if audience is None:
        event = found.words.event(fact_name(f"entered segment {id_}", "segment"))
        found.notes.left(
            path,
            f"the segment {id_}",
            "its definition is not in the input",
            f"add the answer of GET /api/segments/{id_}; until then `{event}` stands for it",
        )
        return {"event": event}
    return {"enters": audience}


def inactivity(found: Import, thing: Thing) -> str | None:
    """Return the time since the last order by which a segment holds who ordered before.

    In our own exports only segments of that name: an audience may ask for the same.
    """
    if thing.own and not thing.own.endswith(".inactive"):
        return None
    groups = groups_of(thing.attributes.get("definition"))
    if len(groups) != 2 or any(len(group) != 1 for group in groups):
        return None
    recent, ever = groups[0][0], groups[1][0]
    if recent.get("timeframe_filter") == tests.ALL_TIME:
        recent, ever = ever, recent
    length = duration(recent.get("timeframe_filter"))
    if length is None or not length.endswith("d"):
        return None
    same = recent.get("metric_id") == ever.get("metric_id")
    placed = found.words.metric(recent.get("metric_id")) == terms.PLACED_ORDER
    is_recent = _is_in_the_last(recent)
    plain = not recent.get("metric_filters") and not ever.get("metric_filters")
    times = is_never(recent) and is_at_least_once(ever)
    everything = ever.get("timeframe_filter") == tests.ALL_TIME
    return length if same and placed and is_recent and plain and times and everything else None


def _is_in_the_last(test: Test) -> bool:
    frame = test.get("timeframe_filter")
    return isinstance(frame, dict) and frame.get("operator") == "in-the-last"


def _once(id_: Any, operator: str, frame: Test) -> Test:
    return {
        "type": "profile-metric",
        "metric_id": id_,
        "measurement": "count",
        "measurement_filter": {"type": "numeric", "operator": operator, "value": 1},
        "timeframe_filter": frame,
    }


def _date(found: Import, one: Mapping[str, Any], path: str) -> dict[str, Any]:
    name = text_of(one.get("date_profile_property"))
    fact = DATE_PROPERTIES.get(name)
    if fact is None:
        yearly = one.get("recurrence_frequency") == "annually"
        fact = found.words.property_fact(name, "date") or fact_name(name, "date")
        found.words.facts[fact] = "yearly date" if yearly else "date"
    value, unit = one.get("timedelta_value_before_date"), one.get("timedelta_unit_before_date")
    mark = _UNITS.get(str(unit))
    trigger: dict[str, Any] = {"date": fact}
    if isinstance(value, int) and not isinstance(value, bool) and value > 0 and mark:
        trigger["before"] = Bare(f"{value}{mark}")
    if clock(one.get("trigger_time")) not in ("", "00:00"):
        time = clock(one.get("trigger_time"))
        found.notes.changed(
            path,
            f"the time {time} of the trigger",
            "a date begins at 00:00 of the customer's day",
            f"begin the steps with `wait: {{until: {time}}}`",
        )
    return trigger


def _entry(criteria: Any) -> Any:
    """Return the entry rule, None where the input does not tell one."""
    if not isinstance(criteria, dict):
        return None
    quantity, unit = criteria.get("duration"), criteria.get("unit")
    if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 0:
        return None
    if unit == "alltime":
        return "always" if quantity == 0 else "once"
    mark = _UNITS.get(str(unit))
    if mark is None:
        return None
    return {"again_after": Bare(f"{quantity}{mark}")} if quantity else "always"


def _stay(found: Import, head: Head, groups: list[list[Test]], path: str, entry: Any) -> None:
    """Read what must hold before every action: exit events, exit condition, entry rule."""
    exits: list[str] = []
    rest: list[list[Test]] = []
    for group in groups:
        test = only_test([group])
        frame = test.get("timeframe_filter") if test is not None else None
        kind = test.get("type") if test is not None else ""
        if test is not None and kind == "profile-metric" and frame == tests.SINCE_FLOW_START:
            event = found.words.event(found.words.metric(test.get("metric_id")))
            if event and test == _once(test.get("metric_id"), "less-than", tests.SINCE_FLOW_START):
                exits.append(event)
                continue
        if test is not None and kind == "profile-not-in-flow":
            length = duration(frame)
            entry = {"again_after": Bare(length)} if length is not None else "once"
            continue
        rest.append(group)
    if entry is not None:
        head.data["entry"] = entry
    head.data["exit_on"] = list(dict.fromkeys(exits))
    condition = found.condition(rest, path, head.event, head.metric, opposite=True)
    if condition is not None:
        head.data["exit_when"] = condition
