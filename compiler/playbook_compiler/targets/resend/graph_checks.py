"""What the vendor's schema lets through: links, cycles, waits, and what each config needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from playbook_compiler.export.bundle import Payload, Request
from playbook_compiler.targets.resend import terms
from playbook_compiler.targets.resend.actions import DEFAULT, MET, NOT_MET, RECEIVED, TIMEOUT

# The keys of each config: those that must stand there, and those that may.
CONFIGS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "trigger": (frozenset({"event_name"}), frozenset()),
    "send_email": (frozenset({"template"}), frozenset({"subject", "from", "reply_to"})),
    "delay": (frozenset({"duration"}), frozenset()),
    "wait_for_event": (frozenset({"event_name"}), frozenset({"timeout", "filter_rule"})),
    "contact_update": (
        frozenset(),
        frozenset({"first_name", "last_name", "unsubscribed", "properties"}),
    ),
    "add_to_segment": (frozenset({"segment_id"}), frozenset()),
}
WAYS: Final = {
    "condition": (MET, NOT_MET),
    "wait_for_event": (RECEIVED, TIMEOUT),
}
OPERATORS: Final = {
    "eq": (str, int, float, bool),
    "neq": (str, int, float, bool),
    "gt": (int, float),
    "gte": (int, float),
    "lt": (int, float),
    "lte": (int, float),
    "contains": (str,),
    "starts_with": (str,),
    "ends_with": (str,),
}
UNARY: Final = ("exists", "is_empty")
_LENGTH: Final = re.compile(r"([1-9]\d*) (second|minute|hour|day)s?")
_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_FIELD: Final = re.compile(
    r"event\.[A-Za-z0-9_]+|contact\.(?:first_name|last_name|email|unsubscribed)"
    r"|contact\.properties\.[A-Za-z0-9_]+"
)
_KEY: Final = re.compile(rf"[A-Za-z0-9_]{{1,{terms.KEY_LIMIT}}}")
_RESERVED: Final = ("FIRST_NAME", "LAST_NAME", "EMAIL", "UNSUBSCRIBE_URL", "contact", "this")
_MARK: Final = re.compile(r"\{\{\{?([^{}]*)\}?\}\}")
_REF: Final = re.compile(r"\$\{ref:([a-z-]+)\.(.+)\.id\}")


def check_requests(requests: Sequence[Request]) -> list[str]:
    """Return what is wrong with a plan: each payload, and references to what is made later."""
    found, made = [], set[str]()
    for one in requests:
        found += [f"{one.id}: {problem}" for problem in check_payload(one.kind, one.payload)]
        for reference in _references(one.payload):
            if reference not in made:
                found.append(f"{one.id}: {reference}, which no earlier request makes")
        if one.id in made:
            found.append(f"{one.id}: made twice")
        made.add(one.id)
    return found


def check_payload(kind: str, payload: Payload) -> list[str]:
    """Return what is wrong with one payload."""
    match kind:
        case "automation":
            return list(_automation(payload))
        case "template":
            return list(_template(payload))
        case "contact-property":
            key = str(payload.get("key"))
            return [] if _KEY.fullmatch(key) else [f"no key of a property: {key!r}"]
        case "event":
            return list(_event(payload))
        case _:
            return []


def _automation(payload: Payload) -> Iterator[str]:
    steps, connections = payload.get("steps", []), payload.get("connections", [])
    if payload.get("status") != "disabled":
        yield "it is not switched off"
    keys = Counter(str(step.get("key")) for step in steps)
    yield from (f"two steps {key}" for key, count in keys.items() if count > 1)
    triggers = [step["key"] for step in steps if step.get("type") == "trigger"]
    if len(triggers) != 1:
        yield f"{len(triggers)} triggers"
    types = {step.get("key"): str(step.get("type")) for step in steps}
    for step in steps:
        yield from (f"{step.get('key')}: {one}" for one in _config(step))
    ways: Counter[tuple[str, str]] = Counter()
    leads: dict[str, list[str]] = {}
    for one in connections:
        source, target, way = one.get("from"), one.get("to"), one.get("type", DEFAULT)
        if source not in types or target not in types:
            yield f"a connection from {source} to {target}, which are not both steps"
            continue
        if way not in WAYS.get(types[source], (DEFAULT,)):
            yield f"{source}: no way {way} out of a {types[source]}"
        if types[target] == "trigger":
            yield f"a connection back to the trigger, from {source}"
        ways[source, way] += 1
        leads.setdefault(source, []).append(target)
    yield from (f"{key}: several ways {way}" for (key, way), n in ways.items() if n > 1)
    if len(triggers) == 1:
        yield from _reached(triggers[0], types, leads)


def _reached(first: str, types: Mapping[str, str], leads: Mapping[str, list[str]]) -> Iterator[str]:
    """Find steps that no run comes to, and runs that come back."""
    done: set[str] = set()
    above: set[str] = set()
    todo: list[tuple[str, bool]] = [(first, False)]
    while todo:
        key, left = todo.pop()
        if left:
            above.discard(key)
            done.add(key)
            continue
        if key in above:
            yield f"a run comes back to {key}"
            continue
        if key in done:
            continue
        above.add(key)
        todo.append((key, True))
        todo += [(target, False) for target in leads.get(key, ())]
    yield from (f"no run comes to {key}" for key in sorted(set(types) - done - above))


def _config(step: Mapping[str, Any]) -> Iterator[str]:
    kind, config = str(step.get("type")), step.get("config", {})
    if kind == "condition":
        yield from _rule(config)
        return
    if kind not in CONFIGS:
        yield f"no step of ours: {kind}"
        return
    required, optional = CONFIGS[kind]
    yield from (f"{kind} lacks {key}" for key in sorted(required - set(config)))
    yield from (f"{kind} has no {key}" for key in sorted(set(config) - required - optional))
    for key in ("duration", "timeout"):
        if key in config:
            yield from _length(config[key])
    if "filter_rule" in config:
        yield from _rule(config["filter_rule"])
    if kind == "contact_update" and not config:
        yield "contact_update changes nothing"
    if str(config.get("event_name", "")).startswith("resend:"):
        yield "an event's name that Resend keeps to itself"
    yield from _variables(config.get("template", {}))


def _variables(template: Any) -> Iterator[str]:
    if not isinstance(template, dict) or (template and "id" not in template):
        yield "a template without an id"
        return
    for key, value in template.get("variables", {}).items():
        field = value.get("var", "") if isinstance(value, dict) else ""
        if not _FIELD.fullmatch(field):
            yield f"{key}: no field of the event or contact: {field!r}"


def _length(text: Any) -> Iterator[str]:
    found = _LENGTH.fullmatch(str(text))
    if found is None:
        yield f"no length of time: {text!r}"
    elif int(found[1]) * _SECONDS[found[2]] > terms.LONGEST_WAIT:
        yield f"longer than 30 days: {text}"


def _rule(rule: Any) -> Iterator[str]:
    if not isinstance(rule, dict):
        yield f"no rule: {rule!r}"
        return
    if rule.get("type") in ("and", "or"):
        if not rule.get("rules") or set(rule) != {"type", "rules"}:
            yield f"`{rule['type']}` of no rules"
        for one in rule.get("rules") or ():
            yield from _rule(one)
        return
    operator, field = rule.get("operator"), str(rule.get("field"))
    if rule.get("type") != "rule":
        yield f"no type of a rule: {rule.get('type')!r}"
    elif not _FIELD.fullmatch(field):
        yield f"no field of the event or contact: {field}"
    elif operator in UNARY:
        if "value" in rule:
            yield f"{operator} takes no value"
    elif operator not in OPERATORS:
        yield f"no operator: {operator!r}"
    elif not isinstance(rule.get("value"), OPERATORS[operator]):
        yield f"{operator} does not take {rule.get('value')!r}"


def _template(payload: Payload) -> Iterator[str]:
    declared = [str(one.get("key")) for one in payload.get("variables", [])]
    for key, count in Counter(declared).items():
        if count > 1:
            yield f"two variables {key}"
        if key in _RESERVED or not _KEY.fullmatch(key):
            yield f"no key of a variable: {key!r}"
    known = {*declared, "RESEND_UNSUBSCRIBE_URL"}
    for part in ("subject", "html", "text"):
        for found in _MARK.finditer(str(payload.get(part, ""))):
            if not found[0].startswith("{{{") or found[1] not in known:
                yield f"{part}: {found[0]} is declared nowhere"


def _event(payload: Payload) -> Iterator[str]:
    if str(payload.get("name")).startswith("resend:"):
        yield "an event's name that Resend keeps to itself"
    for key, kind in (payload.get("schema") or {}).items():
        if kind not in ("string", "number", "boolean", "date"):
            yield f"{key}: no type of a field: {kind!r}"


def _references(payload: Payload) -> Iterator[str]:
    """Return what an automation's steps refer to; what else looks like a reference is text."""
    for step in payload.get("steps", ()):
        config = step.get("config", {})
        for value in (config.get("segment_id"), config.get("template", {}).get("id")):
            found = _REF.fullmatch(str(value))
            if found is not None:
                yield f"{found[1]}.{found[2]}"
            elif value is not None:
                yield f"{value}"
