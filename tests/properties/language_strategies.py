"""Playbooks by chance: valid ones, in which everything that the language has can stand.

They are made from the kinds that the model is declared with, as the reader and the JSON Schema are,
so that a new key or kind of step is in them at once. What kinds do not say (an offer gives exactly
one thing) stands in `language_rules.py`. A seed decides everything but the sections and the size:
drawing every choice would take minutes to shrink, fewer sections and entries are found at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from hypothesis import strategies as st
from tests.properties.language_conditions import condition, value
from tests.properties.language_rules import RULES
from tests.properties.language_scalars import SCALARS, TEXTS

from playbook_compiler.codes import Code
from playbook_compiler.conditions import nodes, print_condition
from playbook_compiler.declared import Declared, declared
from playbook_compiler.document import Document
from playbook_compiler.kinds import (
    ConditionText,
    Custom,
    Flag,
    Identifier,
    Integer,
    ListOf,
    MapOf,
    Scalar,
    Text,
    Word,
)
from playbook_compiler.model import (
    CONSENT_SHARES,
    EVENT_ASSUMPTION,
    VISITS,
    Flow,
    Playbook,
)
from playbook_compiler.products import Product
from playbook_compiler.programmes import PROGRAMME_NAMES, Programmes, Tiers
from playbook_compiler.reading import Kind, Origin
from playbook_compiler.records import OneOf, Record, RecordOf, is_required, keys_of
from playbook_compiler.references import Reference
from playbook_compiler.requirements import FLOW_METRICS, METRICS, STATISTICS, WORLDS
from playbook_compiler.rights import RIGHTS, Right
from playbook_compiler.rules import rule, rule_names
from playbook_compiler.source import SourceFile
from playbook_compiler.steps import STEP, STEP_LIST
from playbook_compiler.triggers import TRIGGER, TRIGGERS
from playbook_compiler.vocabulary import PART, STAGES

CURRENCIES = ("EUR", "USD", "JPY", "KWD")
ZONES = ("Europe/Berlin", "UTC", "America/New_York", "Asia/Kolkata")
HEAD = ("playbook", "name", "currency", "timezone")
SECTIONS = tuple(name for name in keys_of(Playbook) if name not in (*HEAD, "include", "use"))
DEEPEST = 3
# Optional keys without which a declared name would not be there.
_ALWAYS: Mapping[type[Record], tuple[str, ...]] = {Programmes: ("tiers",)}
IDS = ("alpha", "beta-2", "gamma", "delta-long-name", "eps", "x1", "core", "come-back")
PRODUCT_KEYS = ("sencha", "Earl Grey", "4711", "kyusu-1", "SKU_9", "tee/grün")
CATEGORIES = ("tea", "teaware", "Gift cards")
OWN_FACTS: Mapping[str, Any] = {
    "has_account": "boolean",
    "gender": ["f", "m", "x"],
    "height": "number",
    "renewal": "date",
    "nameday": "yearly date",
    "hobbies": "tags",
    "favourite": "text",
    "spare": "money",
}
OWN_EVENTS: Mapping[str, Any] = {
    "back_in_stock": {"product.sku": "text"},
    "quiz_done": {"score": "integer", "kind": ["a", "b"]},
    "bare_event": {},
}


class Unavailable(Exception):
    """Nothing can stand here: the playbook has nothing to name."""


class Made(NamedTuple):
    """A playbook as data. `records` are its mappings that are records, each with its type; `seen`
    says what of the language stands in it."""

    data: dict[str, Any]
    records: list[tuple[type[Record], dict[str, Any]]]
    seen: set[tuple[str, str]]


def made(seed: int, sections: Collection[str] = SECTIONS, size: int = 2, fill: float = 0.5) -> Made:
    """Return a valid playbook: `size` entries in a section at most, `fill` of the optional keys."""
    return _Maker(Random(seed), frozenset(sections), size, fill).playbook()


SEEDS = st.integers(0, 2**32)
PLAYBOOKS = st.builds(
    made,
    SEEDS,
    st.sets(st.sampled_from(SECTIONS)) | st.just(set(SECTIONS)),
    st.integers(1, 4),
    st.sampled_from((0.3, 0.6, 1.0)),
)


class _Maker:
    """One playbook while it is made. `known` is what it declares, `flow` and `audience` the entry
    that is being made."""

    def __init__(self, chance: Random, sections: frozenset[str], size: int, fill: float) -> None:
        self.chance = chance
        self.sections = sections
        self.size = size
        self.fill = fill
        self.depth = 0
        self.steps = 0
        self.flow = self.audience = ""
        self.seen: set[tuple[str, str]] = set()
        self.records: list[tuple[type[Record], dict[str, Any]]] = []
        self.currency = chance.choice(CURRENCIES)
        self.declared = self._declarations()
        document = Document(SourceFile("made", ""), self.declared, {})
        self.known: Declared = declared([document])[0]

    def playbook(self) -> Made:
        whole: dict[str, Any] = {
            "playbook": 1,
            "name": self.text(),
            "currency": self.currency,
            "timezone": self.chance.choice(ZONES),
        }
        for name, entry in keys_of(Playbook).items():
            if name in self.sections:
                whole[name] = self.section(name, entry.metadata["kind"])
        self._share_own_channel(whole)
        for name in whole:
            self.seen.add(("Playbook", name))
        self.records.append((Playbook, whole))
        return Made(whole, self.records, self.seen)

    def likely(self, share: float | None = None) -> bool:
        return self.chance.random() < (self.fill if share is None else share)

    # What is declared before anything is made

    def _ids(self, pool: Collection[str], least: int = 1) -> list[str]:
        return sorted(
            self.chance.sample(sorted(pool), min(len(pool), self.chance.randint(least, self.size)))
        )

    def _declarations(self) -> dict[str, Any]:
        """Return the names that the playbook will declare, with what others read of them."""
        root: dict[str, Any] = {"currency": self.currency}
        for section in ("audiences", "offers", "messages", "checklists"):
            if section in self.sections:
                root[section] = dict.fromkeys(self._ids(IDS))
        if "facts" in self.sections:
            count = self.chance.randint(1, len(OWN_FACTS))
            root["facts"] = deepcopy(dict(self.chance.sample(sorted(OWN_FACTS.items()), count)))
        if "events" in self.sections:
            count = self.chance.randint(1, len(OWN_EVENTS))
            root["events"] = deepcopy(dict(self.chance.sample(sorted(OWN_EVENTS.items()), count)))
        if "products" in self.sections:
            root["products"] = {
                name: {"category": self.chance.choice(CATEGORIES)}
                for name in self._ids(PRODUCT_KEYS)
            }
        if "programmes" in self.sections:
            root["programmes"] = {"tiers": {"levels": dict.fromkeys(self._ids(IDS))}}
        self.own_channel = (
            "letter" if {"economics", "guardrails"} <= self.sections and self.likely() else ""
        )
        if self.own_channel:
            root["economics"] = {"message_costs": {"letter": 1}}
            root["guardrails"] = {"consent": {"letter": "none"}}
        if "flows" in self.sections:
            known = declared([Document(SourceFile("made", ""), root, {})])[0]
            events = sorted(known.catalogue.events)
            root["flows"] = {}
            for name in self._ids(IDS):
                kinds = [one for one in TRIGGERS if one != "enters" or "audiences" in root]
                kind = self.chance.choice(("event", *kinds))
                event = self.chance.choice(events) if kind == "event" else None
                root["flows"][name] = {"trigger": {kind: event}}
        return root

    def _share_own_channel(self, whole: dict[str, Any]) -> None:
        if self.own_channel:
            whole["economics"].setdefault("message_costs", {})[self.own_channel] = "0.5"
            whole["guardrails"].setdefault("consent", {})[self.own_channel] = "opt-in"

    def names(self, section: str) -> list[str]:
        return sorted(self.known.names(section))

    # Sections

    def section(self, name: str, kind: Kind) -> Any:
        if name in ("facts", "events"):
            return self.declared[name]
        if name == "require":
            return [self.requirement() for _ in range(self.chance.randint(1, 3))]
        if name == "stages":
            value_of = kind.value if isinstance(kind, MapOf) else kind
            return {stage: self.data(value_of) for stage in self.chance.sample(STAGES, 2)}
        if name == "products":
            return {one: self.product(said) for one, said in self.declared[name].items()}
        if isinstance(kind, MapOf) and name in self.declared:
            return {one: self._entry(name, one, kind.value) for one in self.declared[name]}
        return self.data(kind)

    def _entry(self, section: str, name: str, kind: Kind) -> Any:
        self.flow = name if section == "flows" else ""
        self.audience = name if section == "audiences" else ""
        found = self.data(kind)
        self.flow = self.audience = ""
        return found

    def product(self, said: dict[str, Any]) -> dict[str, Any]:
        found = self._record(Product)
        found.update(said)
        return found

    def requirement(self) -> str:
        world = self.chance.choice(("", *WORLDS))
        statistic = self.chance.choice(("", *STATISTICS))
        suffix = "".join(f".{one}" for one in (world, statistic) if one)
        flows = self.names("flows")
        operator = self.chance.choice(("<", "<=", ">", ">="))
        if flows and self.likely():
            metric = self.chance.choice(FLOW_METRICS)
            return f"flow({self.chance.choice(flows)}).{metric}{suffix} {operator} 12"
        metric = self.chance.choice(sorted(METRICS))
        plain_limit = "30%" if METRICS[metric] == "share" else "12"
        limit = "2% of profit" if self.likely() and plain_limit == "12" else plain_limit
        return f"{metric}{suffix} {operator} {limit}"

    # Kinds

    def data(self, kind: Kind) -> Any:
        """Return what may be written for a kind. Raises Unavailable."""
        own = _OWN.get(type(kind).__name__)
        if own is not None:
            return own(self)
        match kind:
            case Scalar(name=name):
                self.seen.add(("scalar", name))
                return SCALARS[name](self.chance, self.known.decimals, self.currency)
            case Text():
                return self.text(100)
            case Identifier():
                return self.chance.choice(("ads-one", "coupon-test", "a", "list-9"))
            case Flag():
                return self.chance.random() < 0.5
            case Integer(least=least, most=most):
                return self.chance.randint(least, min(most, least + 50))
            case Word(words=words):
                return self.chance.choice(words)
            case Reference(section=section):
                return self._one_of(self.names(section))
            case ConditionText(where=where):
                return self.condition(where)
            case ListOf():
                return self._list(kind)
            case MapOf():
                return self._map(kind)
            case Custom():
                return self._custom(kind)
            case RecordOf():
                return self._record_or_short(kind)
            case OneOf():
                return self._one_kind(kind)
            case Code():
                return self.currency if kind.name == "currency" else self.chance.choice(ZONES)
        raise AssertionError(f"no data for {kind!r}: add it to the strategies")

    def _one_of(self, names: Collection[str]) -> str:
        if not names:
            raise Unavailable
        return self.chance.choice(sorted(names))

    def text(self, limit: int = 20_000) -> str:
        return self.chance.choice(TEXTS)[:limit]

    def condition(self, where: str) -> str:
        if where == "shop":
            scope = self.known.shop
        elif where == "order line":
            scope = self.known.line
        else:
            event = self.known.events_by_flow.get(self.flow) if self.flow else None
            scope = self.known.scopes[event, ""]
        audiences = self.names("audiences")
        if self.audience:
            audiences = [name for name in audiences if name < self.audience]
        found = condition(self.chance, scope, audiences)
        for node in nodes(found):
            self.seen.add(("condition", type(node).__name__))
        return print_condition(found)

    def _list(self, kind: ListOf) -> Any:
        if kind is STEP_LIST:
            return self.step_list()
        if kind.single and self.likely(0.3):
            found = self.data(kind.item)
            if not isinstance(found, list):
                return found
        count = self.chance.randint(kind.least, max(kind.least, self.size))
        return [self.data(kind.item) for _ in range(count)]

    def step_list(self) -> list[Any]:
        """Return steps; of each kind the first has no id of its own, so that no two are equal."""
        self.depth += 1
        count = 0 if self.depth > DEEPEST else self.chance.randint(0, self.size + 1)
        found: list[Any] = []
        without: set[str] = set()
        for _ in range(count):
            step = self.data(STEP)
            name = step if isinstance(step, str) else next(iter(step))
            if name in without and isinstance(step, str):
                continue
            if name in without or ("id" in step and isinstance(step, dict)):
                self.steps += 1
                step["id"] = f"n{self.steps}"
            else:
                without.add(name)
            found.append(step)
        self.depth -= 1
        return found

    def _map(self, kind: MapOf) -> dict[str, Any]:
        if kind.names is not None:
            pool: list[str] = self.names(kind.names.section)
            if not pool and kind.least:
                raise Unavailable
        else:
            pool = list(IDS)
        count = min(len(pool), self.chance.randint(max(kind.least, 1), max(kind.least, self.size)))
        names = self.chance.sample(sorted(pool), count)
        return {name: self.data(kind.value) for name in names}

    def _custom(self, kind: Custom) -> Any:
        alternatives = self.chance.sample(kind.alternatives, len(kind.alternatives))
        for _, one in alternatives:
            try:
                found = self.data(one)
            except Unavailable:
                continue
            reads = next(n for n, (fits, _) in enumerate(kind.alternatives) if fits(found))
            self.seen.add((kind.says, str(reads)))
            return found
        raise Unavailable

    def _record_or_short(self, kind: RecordOf) -> Any:
        entries = keys_of(kind.record)
        required = {name for name, entry in entries.items() if is_required(entry)}
        if kind.shorthand and required <= {kind.shorthand} and self.likely(0.4):
            lone = self.key(kind.record, kind.shorthand, entries[kind.shorthand].metadata["kind"])
            if not isinstance(lone, dict):
                return lone
        return self._record(kind.record)

    def _record(self, record: type[Record], first: str = "") -> dict[str, Any]:
        """Return a record as a mapping, `first` being the key that names its kind."""
        said: dict[str, Any] = {}
        entries = keys_of(record)
        for name in dict.fromkeys((first, *entries) if first else entries):
            needed = is_required(entries[name]) or name in (first, *_ALWAYS.get(record, ()))
            if not needed and not self.likely():
                continue
            try:
                said[name] = self.key(record, name, entries[name].metadata["kind"])
            except Unavailable:
                if needed:
                    raise
        said = RULES[record](self, said) if record in RULES else said
        self.seen.update((record.__name__, name) for name in said)
        self.records.append((record, said))
        return said

    def key(self, record: type[Record], name: str, kind: Kind) -> Any:
        if record is Flow and name == "trigger":
            return self._one_kind(TRIGGER, next(iter(self.declared["flows"][self.flow]["trigger"])))
        if record is Tiers and name == "levels":
            self.seen.add(("scalar", "threshold"))
            levels = self.declared["programmes"]["tiers"]["levels"]
            return {level: 100 * number for number, level in enumerate(levels)}
        if record in TRIGGERS.values() and name == "event":
            return self.declared["flows"][self.flow]["trigger"]["event"]
        return self.data(kind)

    def _one_kind(self, kind: OneOf, wanted: str = "") -> Any:
        records = kind.records()
        names = [wanted] if wanted else self.chance.sample(sorted(records), len(records))
        for name in names:
            try:
                found = self._record(records[name], first=name)
            except Unavailable:
                continue
            self.seen.add((kind.noun, name))
            if name == "exit" and self.likely():
                return "exit"
            if kind.bare and set(found) == {kind.bare} and self.likely():
                return found[kind.bare]
            return found
        raise Unavailable

    # Kinds with a reader of their own

    def assumptions(self) -> dict[str, Any]:
        names = self.chance.sample(self.names("events"), self.size)
        said = {name: self.data(EVENT_ASSUMPTION) for name in (*names, VISITS)}
        return {**said, "consent": self.data(CONSENT_SHARES)} if self.likely() else said

    def margin(self) -> Any:
        if self.likely():
            return self.data(PART)
        return {name: self.data(PART) for name in ("default", *self._ids(CATEGORIES, 0))}

    def change(self) -> dict[str, Any]:
        own = sorted(self.declared.get("facts", {}))
        deeds = ["tag", "untag", "suppress", *(["field"] if own else [])]
        deed = self.chance.choice(deeds)
        self.seen.add(("change", deed))
        if deed == "suppress":
            return {deed: self._one_of(self.names("channels"))}
        if deed != "field":
            return {deed: self.text(100)}
        name = self.chance.choice(own)
        fact = self.known.fact(name)
        assert fact is not None
        become = value(self.chance, self.known.scopes[None, ""], fact)
        return {name: become if isinstance(become, bool | int) else str(become)}

    def done_by(self) -> str:
        kinds = {"flow": self.names("flows"), "message": self.names("messages")}
        kinds["programme"] = list(PROGRAMME_NAMES)
        kind = self.chance.choice(sorted(kinds))
        return f"{kind} {self._one_of(kinds[kind])}"

    def right(self) -> Any:
        words = (*RIGHTS, *self.names("offers"))
        return self.chance.choice(words) if self.likely() else self._record(Right)

    def choice(self) -> str:
        return self._one_of((*self.names("offers"), *self.names("products")))

    def variable(self) -> str:
        place = SimpleNamespace(path=("flows", self.flow))
        return self._one_of(set(self.known.variables(cast(Origin, place))))

    def day(self) -> str:
        dates = [name for name in ("renewal", "nameday") if name in self.names("facts")]
        return self.chance.choice(("birthday", "first_order", "12-01", "2026-12-01", *dates))

    def profile(self) -> dict[str, str]:
        names = self.chance.sample(sorted(rule_names()), self.size)
        levels = ("ignore", "hint", "warning", "error")
        return {
            name: self.chance.choice(levels) if rule(name).configurable else "error"
            for name in names
        }


# Kinds that are not made of others, by their class.
_OWN: Mapping[str, Callable[[_Maker], Any]] = {
    "_Assumptions": _Maker.assumptions,
    "_Margin": _Maker.margin,
    "_Change": _Maker.change,
    "_DoneByKind": _Maker.done_by,
    "RightKind": _Maker.right,
    "RewardChoice": _Maker.choice,
    "MessageVariable": _Maker.variable,
    "_Day": _Maker.day,
    "SeverityProfile": _Maker.profile,
}
