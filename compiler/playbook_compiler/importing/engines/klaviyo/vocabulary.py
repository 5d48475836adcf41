"""What the playbook calls Klaviyo's metrics, properties and segments, collected before anything is
written: names have to be settled, and types known, before a condition can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.export.bundle import lookup, ref
from playbook_compiler.facts import ValueType
from playbook_compiler.importing.engines.klaviyo.account import Account, text_of
from playbook_compiler.importing.names import fact_name, is_fact
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.targets.klaviyo.dates import FIRST_ORDER_PROPERTY
from playbook_compiler.targets.klaviyo.fact_readings import PROPERTY_FACTS
from playbook_compiler.targets.klaviyo.profile_tests import custom
from playbook_compiler.values import dataclass, field

_CUSTOM = re.compile(r"properties\['(.*)'\]", re.DOTALL)
_TYPES: Final = {
    "boolean": "boolean",
    "string": "text",
    "numeric": "number",
    "list": "tags",
    "date": "date",
}
_KINDS: Final = {
    "boolean": (ValueType.BOOLEAN,),
    "text": (ValueType.TEXT, ValueType.ENUM),
    "number": (
        ValueType.INTEGER,
        ValueType.NUMBER,
        ValueType.MONEY,
        ValueType.DAYS,
        ValueType.SHARE,
    ),
    "tags": (ValueType.SET,),
    "date": (ValueType.DATE, ValueType.YEARLY_DATE),
}
# The property of the exporter's own bookkeeping: no facts of the shop.
SPOKEN: Final = "spoken_"
OWN_PROPERTIES: Final = (terms.HOLDOUT, "playbook_lists", "playbook_turn: ", terms.ENTERED)


@dataclass(slots=True)
class Vocabulary:
    """Names by what Klaviyo calls things. `facts` and `events` are the playbook's own, by name:
    types of facts, fields of events. `stand_ins` are facts for tests that cannot be said, `spoken`
    the conditions for which the exporter let a property stand. `flow` is the one being read."""

    account: Account
    facts: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    events: dict[str, dict[str, str]] = field(default_factory=dict)
    metrics: dict[str, str] = field(default_factory=dict)
    fields: dict[tuple[str, str], str] = field(default_factory=dict)
    audiences: dict[str, str] = field(default_factory=dict)
    stand_ins: dict[str, str] = field(default_factory=dict)
    spoken: dict[str, str] = field(default_factory=dict)
    flow: str = ""

    # Metrics and events

    def metric(self, id_: Any) -> str:
        """Return a metric's name; an unnamed one is called by its id."""
        text = text_of(id_)
        return self.account.name_of("metric", text) or text

    def is_named(self, id_: Any) -> bool:
        """Return whether the input or the user tells a metric's name."""
        return bool(self.account.name_of("metric", text_of(id_)))

    def event(self, metric: str) -> str:
        """Return what the playbook calls a metric; empty where it is none."""
        built_in = _EVENTS.get(metric)
        if built_in is not None or not metric:
            return built_in or ""
        if metric not in self.metrics:
            taken = {*BUILT_IN.events, *self.events}
            name = fact_name(metric, "metric", taken)
            self.metrics[metric] = name
            self.events[name] = {}
        return self.metrics[metric]

    # Times

    def within(self, frame: Any) -> str | None:
        """Return ` within 14d`, empty for all time, None where the language has no such time."""
        if not isinstance(frame, dict) or frame.get("type") != "date":
            return "" if frame is None else None
        if frame.get("operator") == "alltime":
            return ""
        if frame.get("operator") != "in-the-last":
            return None
        length = duration(frame)
        return None if length is None else f" within {length}"

    def days(self, frame: Any) -> int | None:
        """Return the days of a relative time that is counted in days, None for others."""
        length = duration(frame)
        return int(length[:-1]) if length is not None and length.endswith("d") else None

    # Properties and fields

    def fact(self, property_: Any, filter_: Any = None) -> str | None:
        """Return the fact of a custom property, None where it has none or of another type."""
        name = property_name(property_)
        return None if name is None else self.property_fact(name, _type(filter_))

    def property_fact(self, name: str, kind: str | None) -> str | None:
        """Return the fact that a property's name stands for, declared with its type."""
        if name in PROPERTY_FACTS or name == "birthday":
            built_in = BUILT_IN.facts[name].type
            fits = kind is None or any(built_in is one for one in _KINDS[kind])
            return name if (fits and name != "birthday") or kind is None else None
        if name in self.spoken:
            return f"{SPOKEN}{[*self.spoken].index(name)}" if kind in (None, "boolean") else None
        if name not in self.properties:
            own = fact_name(name, "property", {*BUILT_IN.facts, *BUILT_IN.variables, *self.facts})
            self.properties[name] = own
        fact = self.properties[name]
        if kind is not None and self.facts.get(fact) in (None, "?"):
            self.facts[fact] = kind
        self.facts.setdefault(fact, "?")
        return fact if kind is None or self.facts[fact] == kind else None

    def field(self, metric_id: Any, name: Any, filter_: Any = None) -> str | None:
        """Return what the playbook calls a field of an event."""
        metric = self.metric(metric_id)
        event = self.event(metric)
        kind = _type(filter_)
        if event in BUILT_IN.events:
            for own in BUILT_IN.events[event].fields:
                if terms.TRIGGER_FIELDS.get(own.name) == name:
                    return own.name if kind is None or own.type in _KINDS[kind] else None
            return None
        return self.own_field(event, text_of(name), kind)

    def own_field(self, event: str, name: str, kind: str | None) -> str | None:
        """Return a field of an event of the shop's own, declared with its type."""
        if event not in self.events or not name:
            return None
        fields = self.events[event]
        key = (event, name)
        if key not in self.fields:
            self.fields[key] = name if is_field(name) else fact_name(name, "field", fields)
        own = self.fields[key]
        if kind is not None and fields.get(own) in (None, "?"):
            fields[own] = kind
        fields.setdefault(own, "?")
        return own if kind is None or fields[own] == kind else None

    def stand_in(self, key: str) -> str:
        """Return the fact of the shop's own that stands for something the language cannot say."""
        if key not in self.stand_ins:
            name = fact_name(f"klaviyo_filter_{len(self.stand_ins) + 1}", "fact", self.facts)
            self.stand_ins[key] = name
            self.facts[name] = "boolean"
        return self.stand_ins[key]

    def spoken_out(self, text: str) -> str:
        """Return a condition with the conditions that properties stand for in it."""
        for number, condition in enumerate(self.spoken.values()):
            text = text.replace(f"{SPOKEN}{number} = true", f"({condition})")
            text = text.replace(f"{SPOKEN}{number} = false", f"not ({condition})")
        return text

    def names_in_klaviyo(self) -> dict[str, str]:
        """Return Klaviyo's names by those that the exporter writes, where these differ."""
        names = {
            custom(fact): custom(name) for name, fact in self.properties.items() if name != fact
        }
        names |= {
            lookup("metric", event): lookup("metric", name)
            for name, event in self.metrics.items()
            if name != event
        }
        return names | {ref("segment", name): key for key, name in self.audiences.items()}

    def types(self, declared: Mapping[str, str]) -> dict[str, str]:
        """Return declared names with types; what was never compared is a text."""
        return {name: "text" if kind == "?" else kind for name, kind in declared.items()}


def is_field(name: str) -> bool:
    """Return whether an event's field may have this name."""
    return is_fact(f"x.{name}") and name[:1].isalpha()


def property_name(property_: Any) -> str | None:
    """Return the name of a custom property, None for what Klaviyo itself keeps."""
    said = _CUSTOM.fullmatch(text_of(property_))
    return said[1] if said is not None else None


def duration(frame: Any) -> str | None:
    """Return the length of a relative time, None where it has none."""
    if not isinstance(frame, dict):
        return None
    quantity, unit = frame.get("quantity"), frame.get("unit")
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 0 < quantity < 100_000:
        return None
    match unit:
        case "hour" | "hours":
            return f"{quantity}h"
        case "day" | "days":
            return f"{quantity}d"
        case "week" | "weeks":
            return f"{7 * quantity}d"
    return None


def _type(filter_: Any) -> str | None:
    return _TYPES.get(str(filter_.get("type"))) if isinstance(filter_, dict) else None


def tests_in(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every test that stands in groups of conditions anywhere below a value."""
    if isinstance(value, dict):
        groups = value.get("condition_groups")
        for number, group in enumerate(groups if isinstance(groups, list) else ()):
            conditions = group.get("conditions") if isinstance(group, dict) else None
            for place, one in enumerate(conditions if isinstance(conditions, list) else ()):
                if isinstance(one, dict):
                    yield f"{path}/condition_groups/{number}/conditions/{place}", one
        for name, one in value.items():
            if name != "condition_groups":
                yield from tests_in(one, f"{path}/{name}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from tests_in(one, f"{path}/{number}")


def _events() -> dict[str, str]:
    found: dict[str, str] = {}
    for event, metric in terms.METRICS.items():
        found.setdefault(metric.name, event)
    return found


_EVENTS: Final = _events()
DATE_PROPERTIES: Final = {FIRST_ORDER_PROPERTY: "first_order", "birthday": "birthday"}
