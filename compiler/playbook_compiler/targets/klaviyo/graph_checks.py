"""What the vendor's schema lets through: our own checks of every payload before it leaves.

The schema allows dangling links, cycles, two triggers, 250% and misspelt optional keys. A payload
may use only what the exporter writes, so every object is checked against a closed list of keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from playbook_compiler.export.bundle import Payload, Request, references
from playbook_compiler.targets.klaviyo.payload_keys import ACTIONS, KEYS, MESSAGES, TESTS

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\Z")
_PLACEHOLDER = re.compile(r"\$\{(?:ref:(?:segment|template)\..+\.id|lookup:[a-z]+\..+)\}\Z")


def check_requests(requests: Sequence[Request]) -> list[str]:
    """Return everything that is wrong with a plan, in words, each with the request's id."""
    problems: list[str] = []
    made: set[str] = set()
    for request in requests:
        for name in references(request.payload):
            if name not in made:
                problems.append(f"{request.id}: needs {name}, which no earlier request makes")
        problems += [
            f"{request.id}: {problem}" for problem in check_payload(request.kind, request.payload)
        ]
        if request.id in made:
            problems.append(f"{request.id}: made twice")
        made.add(request.id)
    return problems


def check_payload(kind: str, payload: Payload) -> list[str]:
    """Return what is wrong with one payload of `create_KIND`."""
    return list(dict.fromkeys(_payload(kind, payload)))


def _payload(kind: str, payload: Payload) -> Iterator[str]:
    yield from _keys(payload, ("data",), "the request")
    data = payload.get("data", {})
    yield from _keys(data, ("type", "attributes"), "data")
    if data.get("type") != kind:
        yield f"type is {data.get('type')!r}, not {kind!r}"
    attributes = data.get("attributes", {})
    yield from _keys(attributes, KEYS[kind], f"the {kind}")
    if kind != "coupon" and not str(attributes.get("name", "")).strip():
        yield "no name"
    match kind:
        case "segment":
            yield from _filter(attributes.get("definition"), "segment")
        case "template":
            yield from _template(attributes)
        case "coupon":
            if not re.fullmatch(r"[A-Za-z0-9_-]+", str(attributes.get("external_id", ""))):
                yield "a coupon's id has letters, digits, _ and - only"
        case "flow":
            yield from _flow(attributes.get("definition", {}))


def _keys(found: Any, allowed: Sequence[str], where: str) -> Iterator[str]:
    if not isinstance(found, dict):
        yield f"{where} is not an object"
        return
    for key in found:
        if key not in allowed:
            yield f"{where} has the key {key!r}, which is not one that is written here"


def _template(attributes: dict[str, Any]) -> Iterator[str]:
    html = attributes.get("html") or ""
    if attributes.get("editor_type") != "CODE":
        yield "editor_type must be CODE for HTML"
    if not html.strip():
        yield "an empty template"
    if re.search(r"<script|(?:href|src)=.\s*(?:javascript|data|vbscript):", html, re.IGNORECASE):
        yield "a script in the template"


def _flow(definition: dict[str, Any]) -> Iterator[str]:
    yield from _keys(definition, KEYS["definition"], "the definition")
    triggers = definition.get("triggers", [])
    if len(triggers) != 1:
        yield f"{len(triggers)} triggers: Klaviyo takes exactly one"
    for trigger in triggers:
        if trigger.get("type") == "date":
            yield from _date_trigger(trigger)
            continue
        yield from _keys(trigger, KEYS["trigger"], "the trigger")
        if trigger.get("type") not in ("metric", "segment"):
            yield f"a trigger of type {trigger.get('type')!r}"
        if not _PLACEHOLDER.match(str(trigger.get("id"))):
            yield "the trigger names no metric or segment"
        if trigger.get("trigger_filter") is not None:
            yield from _filter(trigger["trigger_filter"], "trigger")
    if definition.get("profile_filter") is not None:
        yield from _filter(definition["profile_filter"], "flow")
    yield from _reentry(definition.get("reentry_criteria"))
    actions = definition.get("actions", [])
    for action in actions:
        yield from _action(action)
    yield from _links(actions, definition.get("entry_action_id"))


def _date_trigger(trigger: dict[str, Any]) -> Iterator[str]:
    yield from _keys(trigger, KEYS["date trigger"], "the trigger")
    if trigger.get("date_field_type") != "profile-property":
        yield "a date trigger reads a profile property"
    if not trigger.get("date_profile_property"):
        yield "the trigger names no profile property"
    value = trigger.get("timedelta_value_before_date")
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        yield f"the trigger fires {value!r} before the date: expected a whole number from 0"
    if trigger.get("timedelta_unit_before_date") not in ("days", "weeks", "months"):
        yield f"the trigger counts in {trigger.get('timedelta_unit_before_date')!r}"
    if trigger.get("recurrence_frequency") not in ("annually", "never"):
        yield f"the trigger comes again {trigger.get('recurrence_frequency')!r}"
    yield from _clock(trigger.get("trigger_time"), "the trigger")


def _reentry(found: Any) -> Iterator[str]:
    if found is None:
        return
    yield from _keys(found, ("duration", "unit"), "reentry_criteria")
    duration, unit = found.get("duration"), found.get("unit")
    if unit == "alltime" and duration not in (0, 1):
        yield "re-entry over all time is 0 (always) or 1 (never)"
    if unit != "alltime" and not (isinstance(duration, int) and duration > 0):
        yield f"re-entry after {duration} {unit}s"


def targets_of(action: dict[str, Any]) -> list[Any]:
    """Return the temporary ids that an action leads to; None is the end of the flow."""
    if action.get("type") == "multi-branch-split":
        branches = (action.get("data") or {}).get("branches", [])
        return [(branch.get("links") or {}).get("next") for branch in branches]
    return list((action.get("links") or {}).values())


def _links(actions: list[dict[str, Any]], entry: Any) -> Iterator[str]:
    """Check ids and links: unique, none dangling, no cycle, nothing unreachable."""
    ids = [action.get("temporary_id") for action in actions]
    for id_ in ids:
        if not isinstance(id_, str) or not id_:
            yield "an action without a temporary_id"
        elif ids.count(id_) > 1:
            yield f"the temporary_id {id_!r} twice"
    by_id = {action.get("temporary_id"): action for action in actions}
    if (entry is None) != (not actions) or (entry is not None and entry not in by_id):
        yield f"the flow begins at {entry!r}, which is no action"
        return
    for action in actions:
        for target in targets_of(action):
            if target is not None and target not in by_id:
                yield f"{action.get('temporary_id')!r} leads to {target!r}, which is no action"
    state: dict[Any, int] = {}
    stack: list[tuple[Any, bool]] = [(entry, False)] if entry is not None else []
    while stack:
        id_, done = stack.pop()
        if done:
            state[id_] = 2
            continue
        if state.get(id_) == 2 or id_ not in by_id:
            continue
        state[id_] = 1
        stack.append((id_, True))
        for target in targets_of(by_id[id_]):
            if state.get(target) == 1:
                yield f"a cycle through {target!r}"
            elif target is not None:
                stack.append((target, False))
    for id_ in ids:
        if id_ not in state:
            yield f"nothing leads to {id_!r}"


def _action(action: dict[str, Any]) -> Iterator[str]:
    kind, where = action.get("type"), repr(action.get("temporary_id"))
    if kind not in ACTIONS:
        yield f"{where} is of type {kind!r}, which is not written here"
        return
    yield from _keys(action, ("temporary_id", "type", "links", "data"), where)
    data = action.get("data") or {}
    yield from _keys(data, ACTIONS[kind], where)
    if "status" in ACTIONS[kind] and data.get("status") != "draft":
        yield f"{where} has the status {data.get('status')!r}: exports are drafts"
    links = action.get("links")
    expected = {"conditional-split": {"next_if_true", "next_if_false"}}.get(kind, {"next"})
    if kind == "multi-branch-split":
        yield from _branches(data, where)
    elif not isinstance(links, dict) or set(links) != expected:
        yield f"{where} has other links than {sorted(expected)}"
    match kind:
        case "time-delay":
            yield from _delay(data, where)
        case "target-date":
            yield from _clock(data.get("target_time"), where)
        case "conditional-split":
            yield from _filter(data.get("profile_filter"), where)
        case "update-profile":
            for operation in data.get("profile_operations", []):
                yield from _keys(operation, KEYS["operation"], where)
        case _ if kind in MESSAGES:
            yield from _message(kind, data.get("message"), where)


def _delay(data: dict[str, Any], where: str) -> Iterator[str]:
    value = data.get("value")
    if data.get("unit") not in ("days", "hours", "minutes"):
        yield f"{where} waits in {data.get('unit')!r}: Klaviyo has days, hours and minutes"
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        yield f"{where} waits {value!r}: a delay is a whole number above 0"
    if data.get("delay_until_time") is not None:
        yield from _clock(data["delay_until_time"], where)


def _clock(time: Any, where: str) -> Iterator[str]:
    if not isinstance(time, str) or not _TIME.match(time):
        yield f"{where} has the time {time!r}: expected one such as 08:00:00"


def _branches(data: dict[str, Any], where: str) -> Iterator[str]:
    branches = data.get("branches", [])
    ids = [branch.get("branch_id") for branch in branches]
    if len(set(ids)) != len(ids):
        yield f"{where} has two branches with one id"
    if [branch.get("is_else") for branch in branches] != [False] * (len(branches) - 1) + [True]:
        yield f"{where} needs one else branch, the last"
    for branch in branches:
        yield from _keys(branch, KEYS["branch"], where)
        if not branch.get("is_else"):
            yield from _filter(branch.get("branch_filter"), where, trigger=True)


def _message(kind: str, message: Any, where: str) -> Iterator[str]:
    yield from _keys(message, MESSAGES[kind], f"the message of {where}")
    if not isinstance(message, dict):
        return
    if kind == "send-webhook":
        url = str(message.get("url"))
        if not url.startswith("https://") and not _PLACEHOLDER.match(url):
            yield f"{where} calls {url!r}: expected https"
        return
    if kind in ("send-email", "send-internal-alert"):
        if not message.get("from_email") or not message.get("subject_line"):
            yield f"{where} has no sender or no subject"
        if not _PLACEHOLDER.match(str(message.get("template_id"))):
            yield f"{where} has no template"
    if kind == "send-email" and not message.get("transactional"):
        filters = message.get("additional_filters") or {}
        if not isinstance(filters, dict):
            yield f"{where} has filters of the wrong shape"
    if message.get("transactional") and message.get("smart_sending_enabled"):
        yield f"{where} is transactional: Smart Sending would hold it back"
    if message.get("additional_filters") is not None:
        yield from _filter(message["additional_filters"], where)


def _filter(found: Any, where: str, *, trigger: bool = False) -> Iterator[str]:
    """Check groups of tests. `trigger`: tests of the trigger's event may stand among others."""
    yield from _keys(found, ("condition_groups",), f"the filter of {where}")
    if not isinstance(found, dict):
        return
    groups = found.get("condition_groups")
    if not groups:
        yield f"the filter of {where} has no groups"
        return
    for group in groups:
        yield from _keys(group, ("conditions",), f"a group of {where}")
        if not group.get("conditions"):
            yield f"a group of {where} is empty: nobody could pass"
        for one in group.get("conditions", []):
            yield from _test(one, where, trigger=trigger)


def _test(one: dict[str, Any], where: str, *, trigger: bool) -> Iterator[str]:
    kind = one.get("type")
    if kind not in TESTS:
        yield f"{where} has a test of type {kind!r}, which is not written here"
        return
    yield from _keys(one, TESTS[kind], f"a test of {where}")
    if kind == "metric-property" and not (trigger or where == "trigger"):
        yield f"{where} tests the trigger's event where only the profile can be read"
    if where == "segment" and kind == "profile-sample":
        yield "a segment cannot be a random sample"
    if kind == "profile-sample":
        percentage = one.get("percentage")
        if not isinstance(percentage, int) or not 0 < percentage < 100:
            yield f"{where} samples {percentage!r}%: expected 1 to 99"
    if "metric_id" in one and not _PLACEHOLDER.match(str(one["metric_id"])):
        yield f"{where} names no metric"
    if kind == "profile-group-membership":
        for group in one.get("group_ids", []) or [None]:
            if not _PLACEHOLDER.match(str(group)):
                yield f"{where} names no segment"
    frame = one.get("timeframe_filter")
    if isinstance(frame, dict):
        yield from _keys(frame, KEYS["timeframe"], f"a timeframe of {where}")
        quantity = frame.get("quantity", 1)
        if not isinstance(quantity, int) or quantity < 1:
            yield f"{where} looks {quantity!r} {frame.get('unit')}s back"
        if where == "segment" and frame.get("operator") == "flow-start":
            yield "a segment knows no flow's start"
    for key in ("filter", "measurement_filter"):
        if isinstance(one.get(key), dict):
            allowed = ("type", "operator", "value", "unit", "quantity")
            yield from _keys(one[key], allowed, f"a filter of {where}")
