"""Dittofeed's segments as conditions: trees of tests put together again, and tried."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from playbook_compiler.condition_parser import parse_condition
from playbook_compiler.condition_scope import ConditionScope
from playbook_compiler.condition_tokens import written
from playbook_compiler.conditions import NOWHERE
from playbook_compiler.export.logic import ALWAYS, All, Any_, Leaf, Tree
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import IdKind
from playbook_compiler.importing.engines.dittofeed.phrasing import phrase
from playbook_compiler.importing.engines.dittofeed.words import Words
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
from playbook_compiler.importing.wordings import TERMS_LIMIT, Clause, wordings
from playbook_compiler.model import Playbook
from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.targets.dittofeed.capabilities import CAPABILITIES
from playbook_compiler.targets.dittofeed.conditions import lower_condition
from playbook_compiler.targets.dittofeed.scope import Needs, Scope
from playbook_compiler.targets.dittofeed.segments import definition_of
from playbook_compiler.units import plain
from playbook_compiler.values import dataclass

DAY, MONTH = 86_400, 2_629_800  # a month is 30.4375 days
DEPTH_LIMIT = 40
_BOOLEANS = ("true", "false")
_EVENTS = {
    (name, tuple(sorted(told.items()))): event for event, (name, told) in terms.OWN_EVENTS.items()
}
_SIGNS = {"GreaterThanOrEqual": ">=", "LessThan": "<"}


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
    whole = tree_of(definition)
    if whole is not None:
        said = phrase(
            whole,
            lambda leaf: literal_of(leaf.test, words),
            lambda leaves, conjunction: _pair([leaf.test for leaf in leaves], words, conjunction),
        )
        texts += [said] if said is not None else []
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


def tree_of(definition: Mapping[str, Any]) -> Tree | None:
    """Return a segment's definition as the tree that it was made of, None for no such thing."""
    listed = definition.get("nodes")
    nodes = {
        str(one.get("id")): one for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    }  # fmt: skip
    entry = definition.get("entryNode")
    return _tree(entry, nodes, 0) if isinstance(entry, dict) else None


def _tree(node: Mapping[str, Any], nodes: Mapping[str, Any], depth: int) -> Tree | None:
    if node.get("type") == "Everyone":
        return ALWAYS
    if node.get("type") not in ("And", "Or"):
        return Leaf({key: value for key, value in node.items() if key != "id"})
    children = node.get("children")
    parts: list[Tree] = []
    for one in children if isinstance(children, list) and depth < DEPTH_LIMIT else [None]:
        child = nodes.get(str(one))
        part = _tree(child, nodes, depth + 1) if child is not None else None
        if part is None:
            return None
        parts.append(part)
    return All(tuple(parts)) if node["type"] == "And" else Any_(tuple(parts))


def _pair(parts: Sequence[Mapping[str, Any]], words: Words, conjunction: bool) -> Literal | None:
    """Return what two tests say together: both of them, or one of them."""
    if not conjunction:
        return _together(parts, words)
    opened = [one for one in parts if one.get("event") in terms.ENGAGED["email"]]
    within = _within(opened[0]) if len(opened) == 2 else None
    plain_tests = all(
        one.get("timesOperator") == "<" and one.get("times") == 1 and "properties" not in one
        for one in opened
    )
    if not within or not plain_tests or within != _within(opened[1]):
        return None
    if opened[0].get("event") == opened[1].get("event"):
        return None
    return sure(f"not engaged(email){within}")


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
    if depth > DEPTH_LIMIT:
        return None
    kind = node.get("type")
    if kind not in ("And", "Or"):
        literal = literal_of(node, words)
        return None if literal is None else [(literal,)]
    children = node.get("children")
    named = [nodes.get(str(one)) for one in (children if isinstance(children, list) else ())]
    if any(one is None for one in named):
        return None
    parts = [_read(one, nodes, words, depth + 1) for one in named if one is not None]
    if kind == "Or":
        parts = []
        place = 0
        while place < len(named):
            pair = [one for one in named[place : place + 2] if one is not None]
            together = _together(pair, words)
            if together is not None:
                parts.append([(together,)])
            else:
                parts.append(_read(pair[0], nodes, words, depth + 1))
            place += 1 if together is None else 2
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
    if len(parts) == 2:
        channel = _never_asked(parts[1], words)
        consent = literal_of(parts[0], words) if channel else None
        if consent is not None and consent.yes.text == f"consent has {channel}":
            return sure(f"not unsubscribed({channel})")
        if consent is not None and consent.yes.text == f"unsubscribed({channel})":
            return sure(f"not consent has {channel}")
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


def _never_asked(test: Mapping[str, Any], words: Words) -> str:
    """Return the channel for whose group a customer neither subscribed nor left, else nothing."""
    if test.get("event") != terms.SUBSCRIPTION or test.get("timesOperator") != "<":
        return ""
    told = _properties(test)
    if len(told) != 1 or test.get("times") != 1 or told[0][0] != "subscriptionId":
        return ""
    return words.channel(told[0][1].get("value"))


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
            channel = words.channel(node.get("subscriptionGroupId"))
            if not channel:
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


def tag_of(trait: str) -> str:
    """Return the tag of a trait such as `tag_vip`; signs that a trait may not have are put back
    where the digest at its end tells that they stood there."""
    plain_name = trait.removeprefix("tag_")
    slug = plain_name.rpartition("_")[0]
    likely = [slug.replace("_", sign) for sign in (" ", "-", "/", ".", ":")] if slug else []
    return next((one for one in likely if terms.tag_trait(one) == trait), plain_name)


def _trait(node: Mapping[str, Any], words: Words) -> Literal | None:
    path, operator = node.get("path"), node.get("operator")
    if not isinstance(path, str) or not isinstance(operator, dict):
        return None
    if path.startswith("tag_") and operator.get("value") in _BOOLEANS:
        has = f"tags has {written(tag_of(path))}"
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
