"""Dittofeed's segments as conditions: trees of tests put together again, and tried."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_parser import parse_condition
from playbook_compiler.condition_scope import ConditionScope
from playbook_compiler.condition_tokens import written
from playbook_compiler.conditions import NOWHERE
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import IdKind, ValueType
from playbook_compiler.importing.engines.dittofeed.workspace import Workspace
from playbook_compiler.importing.literals import (
    NEVER_ORDERED,
    ORDERS,
    ORDERS_FACT,
    Literal,
    Side,
    compared,
    is_known,
    sure,
)
from playbook_compiler.importing.names import fact_name
from playbook_compiler.importing.wordings import TERMS_LIMIT, Clause, wordings
from playbook_compiler.model import Playbook
from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.targets.dittofeed.capabilities import CAPABILITIES
from playbook_compiler.targets.dittofeed.conditions import lower_condition
from playbook_compiler.targets.dittofeed.scope import Needs, Scope
from playbook_compiler.targets.dittofeed.segments import definition_of
from playbook_compiler.units import plain
from playbook_compiler.values import dataclass, field

DAY, MONTH = 86_400, 2_629_800  # a month is 30.4375 days
_BOOLEANS = ("true", "false")
_NUMERIC = (ValueType.INTEGER, ValueType.NUMBER, ValueType.MONEY, ValueType.DAYS)
_EVENTS = {
    (name, tuple(sorted(told.items()))): event for event, (name, told) in terms.OWN_EVENTS.items()
}
_SIGNS = {"GreaterThanOrEqual": ">=", "LessThan": "<"}


@dataclass(slots=True)
class Words:
    """What the playbook calls traits, events and segments; facts and events of its own."""

    workspace: Workspace
    facts: dict[str, str] = field(default_factory=dict)
    events: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    audiences: dict[str, str] = field(default_factory=dict)
    journeys: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    stand_ins: dict[str, str] = field(default_factory=dict)

    def event(self, name: str) -> str:
        """Return what the playbook calls an event."""
        if name in BUILT_IN.events:
            return name
        if name not in self.names:
            self.names[name] = fact_name(name, "event", {*BUILT_IN.events, *self.events})
            self.events[self.names[name]] = {}
        return self.names[name]

    def field(self, event: str, path: str, kind: str) -> str | None:
        """Return the name of an event's field, declared where the event is the shop's own."""
        built_in = BUILT_IN.events.get(event)
        if built_in is not None:
            return path if built_in.field(path) is not None else None
        fields = self.events.get(event)
        if fields is None:
            return None
        name = path if path.replace(".", "_").isidentifier() else fact_name(path, "field")
        if fields.setdefault(name, kind) == "?":
            fields[name] = kind
        return name

    def fact(self, path: str, kind: str) -> str | None:
        """Return the fact of a trait, None where it has another type."""
        name = path.replace("__", ".")
        built_in = BUILT_IN.facts.get(name)
        if built_in is not None:
            numeric = built_in.type in _NUMERIC
            return name if numeric == (kind == "number") or kind == "?" else None
        own = self.names.setdefault(
            f"trait {path}", fact_name(name, "trait", {*BUILT_IN.facts, *self.facts})
        )
        if self.facts.setdefault(own, kind) == "?":
            self.facts[own] = kind
        return own if kind in ("?", self.facts[own]) else None

    def stand_in(self, key: str) -> str:
        """Return the fact of the shop's own that stands for what the language cannot say."""
        if key not in self.stand_ins:
            name = fact_name(f"dittofeed_segment_{len(self.stand_ins) + 1}", "fact", self.facts)
            self.stand_ins[key] = name
            self.facts[name] = "boolean"
        return self.stand_ins[key]


@dataclass(frozen=True, slots=True)
class Tried:
    """A condition, and whether the exporter makes the same segment of it."""

    text: str
    exact: bool


def condition_of(
    definition: Mapping[str, Any],
    words: Words,
    shell: Playbook,
    ids: dict[IdKind, frozenset[str]],
    event: str = "",
    key: str = "",
    hint: str = "",
) -> Tried | None:
    """Return the condition of a segment; `hint` is what it may say, None where nothing can."""
    clauses = _clauses(definition, words)
    texts = [hint] if hint else []
    texts += wordings(clauses) if clauses else []
    scope = ConditionScope(shell.catalogue, ids, trigger=event or None)
    best: Tried | None = None
    for text in dict.fromkeys(texts):
        condition, _ = parse_condition(text, scope, lambda start, end: NOWHERE)
        if condition is None:
            continue
        lowering = Lowering("Dittofeed", dict(CAPABILITIES), True)
        tree = lower_condition(
            condition, Scope(shell, lowering, "import", Needs(), event, key)
        ).true.yes
        if definition_of(tree) == dict(definition):
            return Tried(str(condition), True)
        best = best or Tried(str(condition), False)
    return best


def _clauses(definition: Mapping[str, Any], words: Words) -> list[Clause] | None:
    """Return a segment as a conjunction of disjunctions, None where it cannot be said."""
    listed = definition.get("nodes")
    nodes = {
        str(one.get("id")): one for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    }  # fmt: skip
    entry = definition.get("entryNode")
    return _read(entry, nodes, words, 0) if isinstance(entry, dict) else None


def _read(
    node: Mapping[str, Any], nodes: Mapping[str, Any], words: Words, depth: int
) -> list[Clause] | None:
    if depth > 40:
        return None
    kind = node.get("type")
    if kind not in ("And", "Or"):
        literal = literal_of(node, words)
        return None if literal is None else [(literal,)]
    children = node.get("children")
    named = [nodes.get(str(one)) for one in (children if isinstance(children, list) else ())]
    if any(one is None for one in named):
        return None
    together = _together([one for one in named if one is not None], words) if kind == "Or" else None
    if together is not None:
        return [(together,)]
    parts = [_read(one, nodes, words, depth + 1) for one in named if one is not None]
    if any(one is None for one in parts):
        return None
    if kind == "And":
        joined = [clause for part in parts for clause in part or ()]
        return [()] if () in joined else joined
    if [] in parts:
        return []
    found: list[Clause] = [()]
    for part in parts:
        if part == [()]:  # it never holds
            continue
        found = [(*one, *other) for one in found for other in part or ()]
        if len(found) > TERMS_LIMIT:
            return None
    return found


def _together(parts: Sequence[Mapping[str, Any]], words: Words) -> Literal | None:
    """Return tests of one trait that are the opposite of one test: `false` or no value."""
    if len(parts) == 2 and all(one.get("type") == "Trait" for one in parts):
        value, unset = parts
        operator = unset.get("operator")
        missing = isinstance(operator, dict) and operator.get("type") == "NotExists"
        if missing and value.get("path") == unset.get("path"):
            path = str(value.get("path"))
            said = literal_of(value, words)
            if path.startswith("tag_") and said is not None:
                return said
            if said is not None and said.fact:
                text, turned = said.yes.text, said.no.text
                weak = Side(text, f"{text} or {said.fact} is unknown")
                return Literal(said.fact, weak, Side(turned, turned, True))
    opened = [one for one in parts if one.get("event") in terms.ENGAGED["email"]]
    if len(parts) == len(opened) == 2 and all(one.get("timesOperator") == ">=" for one in opened):
        within = _within(opened[0])
        if (
            within
            and within == _within(opened[1])
            and not any("properties" in one for one in opened)
        ):
            return sure(f"engaged(email){within}")
    return None


def literal_of(node: Mapping[str, Any], words: Words) -> Literal | None:
    """Return one test of a segment as a literal, None where the language cannot say it."""
    match node.get("type"):
        case "Performed":
            return _performed(node, words)
        case "KeyedPerformed":
            return _keyed(node, words)
        case "Trait":
            return _trait(node, words)
        case "SubscriptionGroup" | "SubscriptionGroupUnsubscribed" as kind:
            group = words.workspace.of("group").get(str(node.get("subscriptionGroupId")))
            channel = group.name.removeprefix("marketing-") if group is not None else ""
            if channel not in BUILT_IN.channels:
                return None
            has = kind == "SubscriptionGroup"
            return sure(f"consent has {channel}" if has else f"unsubscribed({channel})")
    return None


def _within(node: Mapping[str, Any]) -> str | None:
    """Return ` within 14d`, empty for all time, None for another time."""
    if "timeOperator" not in node:
        return ""
    length = length_of(node.get("withinSeconds"))
    return f" within {length}" if node.get("timeOperator") == "Within" and length else None


def length_of(seconds: Any) -> str:
    """Return seconds as a duration in the longest unit that is whole; empty for anything else."""
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < 10**11:
        return ""
    for unit, length in (("mo", MONTH), ("d", DAY), ("h", 3_600), ("min", 60), ("s", 1)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return ""


def _properties(node: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    listed = node.get("properties")
    return [
        (str(one.get("path")), one["operator"])
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and isinstance(one.get("operator"), dict)
    ]


def _performed(node: Mapping[str, Any], words: Words) -> Literal | None:
    event, times, sign = node.get("event"), node.get("times", 1), node.get("timesOperator", ">=")
    within = _within(node)
    if within is None or isinstance(times, bool) or not isinstance(times, int):
        return None
    if sign not in (">=", "<") or not isinstance(event, str):
        return None
    told = {path: operator.get("value") for path, operator in _properties(node)}
    if event == "order_placed" and not told and not within:
        if times == 1:
            found = is_known(ORDERS_FACT, ORDERS, NEVER_ORDERED)
        else:
            found = sure(f"orders >= {times}", f"orders < {times}")
        return found if sign == ">=" else found.opposite()
    found_event = _happened(event, told, within, words) if times == 1 else None
    if found_event is None:
        return None
    return found_event if sign == ">=" else found_event.opposite()


def _happened(event: str, told: dict[str, Any], within: str, words: Words) -> Literal | None:
    if event == "order_placed" and not told:
        days = within.removeprefix(" within ")
        if not days.endswith("d"):
            return sure(f"event(order_placed){within}")
        said = f"event(order_placed){within}"
        recent, old = (
            f"days_since_last_order < {days[:-1]}",
            f"days_since_last_order >= {days[:-1]}",
        )
        return Literal(ORDERS_FACT, Side(recent, said, True), Side(old, f"not {said}"))
    if event == terms.PRODUCT_ORDERED and len(told) == 1:
        ((path, value),) = told.items()
        kind = {field: kind for kind, field in terms.PRODUCT_FIELDS.items()}.get(path)
        return sure(f"bought({kind} {written(str(value))}){within}") if kind else None
    if event == terms.SENT and len(told) == 1:
        channel = {name: one for one, name in terms.CHANNELS.items()}.get(str(told.get("channel")))
        message = words.messages.get(str(told.get("templateId")))
        return sure(f"received({channel or message}){within}") if channel or message else None
    if event == terms.NODE_DONE and told.get("nodeId") == terms.ENTERED:
        flow = words.journeys.get(str(told.get("journeyId")))
        return sure(f"entered({flow}){within}") if flow else None
    own = _EVENTS.get((event, tuple(sorted(told.items())))) if event.startswith("DF") else None
    if own is None and (told or event.startswith("DF")):
        return None
    return sure(f"event({own or words.event(event)}){within}")


def _trait(node: Mapping[str, Any], words: Words) -> Literal | None:
    path, operator = node.get("path"), node.get("operator")
    if not isinstance(path, str) or not isinstance(operator, dict):
        return None
    if path.startswith("tag_") and operator.get("value") in _BOOLEANS:
        has = f"tags has {written(path.removeprefix('tag_'))}"
        positive = sure(has)
        return positive if operator["value"] == "true" else positive.opposite()
    return _reading(operator, lambda kind: words.fact(path, kind))


def _keyed(node: Mapping[str, Any], words: Words) -> Literal | None:
    told = _properties(node)
    if len(told) != 1 or node.get("times", 1) != 1:
        return None
    path, operator = told[0]
    event = words.event(str(node.get("event")))

    def name(kind: str) -> str | None:
        field = words.field(event, path, kind)
        return None if field is None else f"trigger.{field}"

    found = _reading(operator, name)
    if found is None:
        return None
    return found if node.get("timesOperator", ">=") == ">=" else found.opposite()


def _reading(operator: Mapping[str, Any], name: Any) -> Literal | None:
    """Return a comparison of a trait or field; `name` returns what it is called for a type."""
    kind, value = operator.get("type"), operator.get("value")
    if kind in ("Exists", "NotExists"):
        fact = name("?")
        if fact is None:
            return None
        known = is_known(fact, f"{fact} is known", f"{fact} is unknown")
        return known if kind == "Exists" else known.opposite()
    if kind in ("Equals", "NotEquals") and isinstance(value, str) and value:
        boolean = value in _BOOLEANS
        fact = name("boolean" if boolean else "text")
        said = value if boolean else written(value)
        if fact is None or not value.isprintable():
            return None
        found = compared(fact, "=", said, f"{fact} is unknown")
        return found if kind == "Equals" else compared(fact, "!=", said, f"{fact} is unknown")
    sign = _SIGNS.get(str(kind))
    if sign is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    fact = name("number")
    below = math.nextafter(value, -math.inf)
    if len(repr(below)) + 4 < len(repr(value)):  # the exporter's `more than` is the next float
        sign, value = {">=": ">", "<": "<="}[sign], below
    number = Decimal(str(value))
    if fact is None or abs(number) > 10**12:
        return None
    return compared(fact, sign, plain(number), f"{fact} is unknown")
