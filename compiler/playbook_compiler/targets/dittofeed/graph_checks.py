"""What the vendor's schema lets through: our own checks of every payload before it leaves.

The schema allows dangling links, cycles, negative delays, 250% and misspelt optional keys; and what
Dittofeed refuses only when it is asked: plain segments to wait for in a journey that an event
starts, a segment of the run's event at the entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playbook_compiler.export.bundle import Payload, Request
from playbook_compiler.targets.dittofeed.nodes import EXIT, children_of
from playbook_compiler.targets.dittofeed.payload_keys import (
    ENTRIES,
    JOURNEY_NODES,
    PAYLOADS,
    TEMPLATES,
    VARIANTS,
)
from playbook_compiler.targets.dittofeed.segment_checks import check_keys, check_segment

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")
_SCRIPT = re.compile(r"<script|(?:href|src)=.\s*(?:javascript|data|vbscript):", re.IGNORECASE)
_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
Segments = Mapping[str, Mapping[str, Any]]


def check_requests(requests: Sequence[Request]) -> list[str]:
    """Return everything that is wrong with a plan, in words, each with the request's id."""
    problems: list[str] = []
    made: dict[str, dict[str, Payload]] = {kind: {} for kind in PAYLOADS}
    groups = {one.uuid for one in requests if one.kind == "subscription-group"}
    names: set[tuple[str, str]] = set()
    for request in requests:
        found = check_payload(request.kind, request.payload)
        found += _references(request, made, groups)
        if request.payload.get("id") != request.uuid:
            found.append("its payload has another id than the request")
        if (request.kind, request.name) in names:
            found.append("made twice")
        names.add((request.kind, request.name))
        made[request.kind][request.uuid] = request.payload
        problems += [f"{request.id}: {problem}" for problem in found]
    return problems


def _references(
    request: Request, made: Mapping[str, Mapping[str, Payload]], groups: set[str]
) -> list[str]:
    """Return what a payload names and no request makes; a journey needs it made before."""
    problems: list[str] = []
    definition = request.payload.get("definition")
    if not isinstance(definition, dict):
        return problems
    if request.kind == "segment":
        for node in [definition.get("entryNode"), *(definition.get("nodes") or [])]:
            group = node.get("subscriptionGroupId") if isinstance(node, dict) else None
            if group is not None and group not in groups:
                problems.append(f"names the subscription group {group}, which is not made")
    if request.kind == "journey":
        for kind, id_ in _named(definition):
            if id_ not in made[kind]:
                problems.append(f"names the {kind} {id_}, which no earlier request makes")
        segments = {id_: one["definition"] for id_, one in made["segment"].items()}
        problems += check_entry(definition, segments)
    return problems


def _named(definition: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return the objects that a journey names, each with its kind."""
    entry = definition.get("entryNode") or {}
    if entry.get("type") == "EntryNode":
        yield "segment", entry.get("segment")
    for node in _nodes(definition):
        variant = node.get("variant") or {}
        if node.get("type") == "SegmentSplitNode":
            yield "segment", variant.get("segment")
        if node.get("type") == "WaitForNode":
            for child in node.get("segmentChildren") or []:
                yield "segment", child.get("segmentId")
        if node.get("type") == "MessageNode":
            yield "template", variant.get("templateId")
            if "subscriptionGroupId" in node:
                yield "subscription-group", node["subscriptionGroupId"]
        if variant.get("type") == "UserProperty":
            yield "user-property", variant.get("userProperty")


def check_entry(definition: dict[str, Any], segments: Segments) -> list[str]:
    """Return what Dittofeed refuses of a journey's entry together with the segments it names."""
    problems = []
    entry = definition.get("entryNode") or {}
    by_event = entry.get("type") == "EventEntryNode"
    if not by_event and _keyed(entry.get("segment"), segments):
        problems.append("KeyedPerformedSegmentEntryNode: the entry is a segment of a run's event")
    for node in _nodes(definition):
        for child in node.get("segmentChildren") or []:
            keyed = _keyed(child.get("segmentId"), segments)
            if by_event and not keyed:
                problems.append(
                    f"WaitForNodeAndEventEntryNode: {node.get('id')} waits for a plain segment"
                )
            if not by_event and keyed:
                problems.append(f"{node.get('id')} waits for the event of a run that has none")
        if not by_event and _keyed((node.get("variant") or {}).get("segment"), segments):
            problems.append(f"{node.get('id')} asks for the event of a run that has none")
    return problems


def _keyed(id_: Any, segments: Segments) -> bool:
    return bool((segments.get(id_) or {}).get("entryNode", {}).get("type") == "KeyedPerformed")


def _nodes(definition: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in definition.get("nodes") or [] if isinstance(one, dict)]


def check_payload(kind: str, payload: Payload) -> list[str]:
    """Return what is wrong with one payload, by itself."""
    return list(dict.fromkeys(_payload(kind, payload)))


def _payload(kind: str, payload: Payload) -> Iterator[str]:
    yield from check_keys(payload, PAYLOADS[kind], f"the {kind}")
    if not _UUID.match(str(payload.get("id"))):
        yield "its id is no UUID of version 5"
    if not str(payload.get("name", "")).strip():
        yield "no name"
    if not payload.get("workspaceId"):
        yield "no workspace"
    definition = payload.get("definition")
    if kind != "subscription-group" and not isinstance(definition, dict):
        yield "no definition"
        return
    match kind:
        case "segment":
            yield from check_segment(definition)
        case "user-property":
            yield from _user_property(definition)
        case "template":
            yield from _template(definition)
        case "journey":
            if payload.get("status") != "NotStarted":
                yield f"status {payload.get('status')!r}: nothing leaves started"
            if not isinstance(payload.get("canRunMultiple"), bool):
                yield "it does not say whether a customer may enter again"
            yield from _journey(definition)


def _user_property(definition: Any) -> Iterator[str]:
    nodes = definition.get("nodes") or [definition]
    ids = {node.get("id") for node in nodes}
    if definition.get("type") == "Group" and definition.get("entry") not in ids:
        yield "the group's entry is none of its nodes"
    for node in nodes:
        match node.get("type"):
            case "Trait":
                keys: tuple[str, ...] = ("type", "path")
            case "KeyedPerformed":
                keys = ("type", "event", "path", "key")
            case "AnyOf":
                keys = ("type", "children")
                for child in set(node.get("children") or []) - ids:
                    yield f"reads the node {child!r}, which it has not"
            case other:
                yield f"a user property of type {other!r}"
                continue
        yield from check_keys(node, ("id", *keys), "the user property")
        if any(not node.get(key) for key in keys):
            yield "a user property that reads nothing"


def _template(definition: Any) -> Iterator[str]:
    type_ = definition.get("type")
    if type_ not in TEMPLATES:
        yield f"a template of type {type_!r}"
        return
    yield from check_keys(definition, TEMPLATES[type_], "the template")
    body = definition.get("body")
    if not isinstance(body, str):
        yield "a template without a body"
        return
    if type_ == "Email":
        if not body.strip():
            yield "an empty page"
        if _SCRIPT.search(_TAGS.sub("", body)):
            yield "a script in the page"
        sender = str(definition.get("from"))
        if "@" not in sender and "${lookup:" not in sender:
            yield "an e-mail without a sender"
    if type_ == "Webhook" and '"config"' not in body:
        yield "a webhook without a request"


def _journey(definition: Any) -> Iterator[str]:
    yield from check_keys(definition, ("entryNode", "exitNode", "nodes"), "the definition")
    entry = definition.get("entryNode") or {}
    type_ = entry.get("type")
    if type_ not in ENTRIES:
        yield f"an entry of type {type_!r}"
    else:
        yield from check_keys(entry, ENTRIES[type_], "the entry")
        if not entry.get("event" if type_ == "EventEntryNode" else "segment"):
            yield "the entry names no event or segment"
        if type_ == "EventEntryNode" and not entry.get("key"):
            yield "the entry names no key: runs could not be told apart"
        if str(entry.get("event", "")).endswith("*"):
            yield "the entry takes every event that begins like its own"
    nodes = _nodes(definition)
    for node in nodes:
        yield from _node(node)
    yield from _links(nodes, entry.get("child"))


def _node(node: dict[str, Any]) -> Iterator[str]:
    id_, type_ = node.get("id"), node.get("type")
    if type_ == "RateLimitNode":
        yield f"{id_}: Dittofeed ends a journey at a RateLimitNode"
        return
    if type_ not in JOURNEY_NODES:
        yield f"{id_}: a node of type {type_!r}"
        return
    yield from check_keys(node, JOURNEY_NODES[str(type_)], f"{id_}")
    variant = node.get("variant")
    if isinstance(variant, dict):
        kind = str(variant.get("type"))
        if kind not in VARIANTS:
            yield f"{id_}: a variant of type {kind!r}"
            return
        yield from check_keys(variant, VARIANTS[kind], f"the variant of {id_}")
        yield from _variant(id_, variant)
    if type_ == "MessageNode" and node.get("skipOnFailure") is not True:
        yield f"{id_}: who may not get the message would fall out of the journey"
    if type_ == "WaitForNode":
        if not _positive(node.get("timeoutSeconds")):
            yield f"{id_}: a time-out of {node.get('timeoutSeconds')!r} seconds"
        if not node.get("segmentChildren"):
            yield f"{id_}: waits for nothing"
    if type_ == "RandomCohortNode":
        yield from _cohorts(id_, node.get("children") or [])


def _variant(id_: Any, variant: dict[str, Any]) -> Iterator[str]:
    match variant["type"]:
        case "Second":
            if not _positive(variant.get("seconds")):
                yield f"{id_}: a delay of {variant.get('seconds')!r} seconds"
        case "LocalTime":
            hour, minute = variant.get("hour"), variant.get("minute")
            if not _between(hour, 0, 23) or not _between(minute, 0, 59):
                yield f"{id_}: there is no time {hour!r}:{minute!r}"
            if not variant.get("defaultTimezone"):
                yield f"{id_}: no zone for those whose own is not known"
            days = variant.get("allowedDaysOfWeek", [0])
            if not isinstance(days, list) or not days:
                yield f"{id_}: no day of the week is left"
        case "UserProperty":
            shift = variant.get("offsetSeconds")
            if not isinstance(shift, int) or isinstance(shift, bool) or shift < 0:
                yield f"{id_}: an offset of {shift!r} seconds"


def _cohorts(id_: Any, children: list[dict[str, Any]]) -> Iterator[str]:
    percents: list[Any] = [child.get("percent") for child in children]
    if not all(isinstance(one, int | float) and 0 < one <= 100 for one in percents):
        yield f"{id_}: cohorts of {percents} percent"
    elif abs(sum(percents) - 100) > 1e-6:
        yield f"{id_}: cohorts add up to {sum(percents)} percent"
    if len({child.get("name") for child in children}) < len(children):
        yield f"{id_}: two cohorts of one name"
    for child in children:
        yield from check_keys(child, ("id", "percent", "name"), f"a cohort of {id_}")


def _positive(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _between(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _links(nodes: list[dict[str, Any]], entry: Any) -> Iterator[str]:
    """Check ids and links: unique, none dangling, no cycle, nothing unreachable."""
    ids = [node.get("id") for node in nodes]
    for id_ in ids:
        if not isinstance(id_, str) or not id_:
            yield "a node without an id"
        elif ids.count(id_) > 1:
            yield f"two nodes have the id {id_!r}"
        elif id_ in (EXIT, *ENTRIES):
            yield f"a node has the id {id_!r}, which is the entry's or the end's"
    leads = {node.get("id"): children_of(node) for node in nodes}
    for id_, targets in [("the entry", [entry]), *leads.items()]:
        for target in targets:
            if target != EXIT and target not in leads:
                yield f"{id_} leads to {target!r}, which is not there"
    order = _reachable(entry, leads)
    for id_ in ids:
        if id_ not in order:
            yield f"nothing leads to {id_!r}"
    if _is_cyclic(order, leads):
        yield "a way comes back to itself"


def _reachable(entry: Any, leads: Mapping[Any, list[Any]]) -> set[Any]:
    seen: set[Any] = set()
    waiting = [entry]
    while waiting:
        here = waiting.pop()
        if here in leads and here not in seen:
            seen.add(here)
            waiting += leads[here]
    return seen


def _is_cyclic(ids: set[Any], leads: Mapping[Any, list[Any]]) -> bool:
    """Return whether some nodes are left when those that lead to none of them are taken away."""
    left = set(ids)
    while left:
        last = {id_ for id_ in left if not any(child in left for child in leads[id_])}
        if not last:
            return True
        left -= last
    return False
