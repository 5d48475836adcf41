"""What a playbook declares, known before its parts are read: ids, facts, events, channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_parser import parse_condition
from playbook_compiler.condition_scope import ConditionScope
from playbook_compiler.currency import DECIMALS
from playbook_compiler.diagnostics import Diagnostic, error, shown
from playbook_compiler.document import Data, Document, Path
from playbook_compiler.event_catalogue import trigger_source
from playbook_compiler.facts import (
    Catalogue,
    Channel,
    Event,
    Fact,
    IdKind,
    Where,
    custom_event,
    custom_fact,
)
from playbook_compiler.reading import Known, Origin
from playbook_compiler.values import dataclass, field

_SECTIONS = {
    "audiences": IdKind.AUDIENCE,
    "flows": IdKind.FLOW,
    "messages": IdKind.MESSAGE,
    "offers": IdKind.OFFER,
}


@dataclass(frozen=True, slots=True)
class Declared(Known):
    """The names of one playbook. `scopes` holds what a condition may name, by the event that starts
    the flow it stands in (None outside of flows) and the tactic that it is written in; `texts`, by
    their names, the files that hold a text alone."""

    catalogue: Catalogue
    ids: Mapping[str, frozenset[str]]
    events_by_flow: Mapping[str, str]
    scopes: Mapping[tuple[str | None, str], ConditionScope]
    shop: ConditionScope
    line: ConditionScope
    texts: Mapping[str, str] = field(default_factory=dict)

    def names(self, section: str) -> Iterable[str]:
        if section == "events":
            return self.catalogue.events
        if section == "channels":
            return self.catalogue.channels
        if section == "facts":
            return self.catalogue.facts
        return self.ids.get(section, frozenset())

    def fact(self, name: str) -> Fact | None:
        return self.catalogue.facts.get(name)

    def text_alone(self, name: str) -> str:
        return self.texts.get(name, "")

    def variables(self, origin: Origin) -> Iterable[str]:
        flow = str(origin.path[1]) if origin.path[:1] == ("flows",) else ""
        said = self.catalogue.message_variables(self.events_by_flow.get(flow))
        return {*said, *(name.removeprefix("customer.") for name in said)}

    @property
    def decimals(self) -> int:
        return self.shop.currency_decimals

    def condition(
        self, text: str, where: str, origin: Origin
    ) -> tuple[Any | None, Sequence[Diagnostic]]:
        flow = origin.path[1] if origin.path[:1] == ("flows",) and len(origin.path) > 1 else None
        event = self.events_by_flow.get(str(flow)) if flow is not None else None
        scope = self.shop if where == Where.SHOP else self.scopes[event, origin.tactic]
        if where == Where.LINE:
            scope = self.line
        return parse_condition(text, scope, origin.span_in)


def declared(documents: Sequence[Document]) -> tuple[Declared, list[Diagnostic]]:
    """Return what the documents of one playbook declare; wrong entries are noted and left out."""
    findings: list[Diagnostic] = []
    ids = {
        section: frozenset(name for _, name, _, _ in entries(documents, section))
        for section in _SECTIONS
    }
    ids |= {
        "checklists": frozenset(name for _, name, _, _ in entries(documents, "checklists")),
        "products": frozenset(name for _, name, _, _ in entries(documents, "products")),
        "tiers": _tiers(documents),
    }
    catalogue = BUILT_IN.with_custom(
        _facts(documents, findings), _events(documents, findings), _channels(documents)
    )
    events_by_flow = _events_by_flow(documents, catalogue)
    currency = _mapping(documents[0].data).get("currency")
    decimals = DECIMALS.get(str(currency), 2)
    names = {kind: ids[section] for section, kind in _SECTIONS.items()} | _products(documents)
    if ids["tiers"]:
        names[IdKind.TIER] = ids["tiers"]

    def scope(event: str | None, where: Where, tactic: str = "") -> ConditionScope:
        return ConditionScope(catalogue, names, where, event, decimals, tactic)

    events = {None, *events_by_flow.values()}
    tactics = {document.tactic for document in documents} | {""}
    scopes = {
        (event, tactic): scope(event, Where.CUSTOMER, tactic)
        for event in events
        for tactic in sorted(tactics)
    }
    known = Declared(
        catalogue,
        MappingProxyType(ids),
        MappingProxyType(events_by_flow),
        MappingProxyType(scopes),
        scope(None, Where.SHOP),
        scope(None, Where.LINE),
    )
    return known, findings


def entries(
    documents: Iterable[Document], section: str
) -> Iterable[tuple[Document, str, Path, Data]]:
    """Return every entry of a section in all documents: document, name, path and data."""
    for document in documents:
        data = _mapping(document.data).get(section)
        for name, value in _mapping(data).items():
            yield document, name, (section, name), value


def _mapping(data: Data) -> dict[str, Data]:
    return data if isinstance(data, dict) else {}


def _events_by_flow(documents: Sequence[Document], catalogue: Catalogue) -> dict[str, str]:
    """Return the event, or other kind of trigger with fields, that starts each flow, before the
    flows are read."""
    found = {}
    for _, name, _, flow in entries(documents, "flows"):
        trigger = _mapping(flow).get("trigger")
        event = trigger.get("event") if isinstance(trigger, dict) else trigger
        if isinstance(event, str) and event in catalogue.events:
            found[name] = event
        elif isinstance(trigger, dict):
            for source in map(trigger_source, trigger):
                if source is not None:
                    found[name] = source
    return found


def _facts(documents: Sequence[Document], findings: list[Diagnostic]) -> list[Fact]:
    read = []
    for document, name, path, data in entries(documents, "facts"):
        written = _type(data)
        fact = custom_fact(name, written) if written else _TYPE_EXPECTED
        if name in BUILT_IN.facts or name in BUILT_IN.variables:
            fact = "there is a built-in fact of this name: choose another one"
        if isinstance(fact, Fact):
            read.append(fact)
        else:
            findings.append(
                error(
                    "bad-fact",
                    f"fact `{shown(name)}`: {fact}",
                    document.key_span(path),
                    caption="cannot be declared so",
                    help="for example `facts: {has_account: boolean, gender: [f, m, x]}`",
                )
            )
    return read


_TYPE_EXPECTED = "expected a type such as boolean, text or money, or a list of values"


def _type(data: Data) -> str | Sequence[str]:
    if isinstance(data, list):
        texts = [one for one in data if isinstance(one, str)]
        return texts if len(texts) == len(data) else ()
    return data if isinstance(data, str) else ()


def _events(documents: Sequence[Document], findings: list[Diagnostic]) -> list[Event]:
    read = []
    for document, name, path, data in entries(documents, "events"):
        fields = {field: _type(value) for field, value in _mapping(data).items()}
        event: Event | str = custom_event(name, fields)
        span = document.key_span(path)
        if isinstance(event, str):
            wrong = [one for one in fields if isinstance(custom_fact(one, fields[one]), str)]
            span = document.span((*path, wrong[0])) if wrong else span
            # It is declared all the same: what names it has no mistake.
            known = {one: type_ for one, type_ in fields.items() if one not in wrong}
            meant = custom_event(name, known)
            read += [meant] if isinstance(meant, Event) and name not in BUILT_IN.events else []
        if data is not None and not isinstance(data, dict):
            event = "expected its fields, such as {product.sku: text}, or {}"
        if name in BUILT_IN.events:
            event = "there is a built-in event of this name: choose another one"
        if isinstance(event, Event):
            read.append(event)
        else:
            findings.append(
                error(
                    "bad-event",
                    f"event `{shown(name)}`: {event}",
                    span,
                    caption="cannot be declared so",
                    help="for example `events: {back_in_stock: {product.sku: text}}`",
                )
            )
    return read


def _channels(documents: Sequence[Document]) -> list[Channel]:
    """Return the playbook's own channels: those with a cost and a consent rule.

    A name in only one of the two places is more likely misspelt; reading it says so.
    """
    costs: set[str] = set()
    rules: set[str] = set()
    for document in documents:
        root = _mapping(document.data)
        costs |= set(_mapping(_mapping(root.get("economics")).get("message_costs")))
        rules |= set(_mapping(_mapping(root.get("guardrails")).get("consent")))
    own = sorted((costs & rules) - set(BUILT_IN.channels))
    return [Channel(name, "A channel of the shop's own.") for name in own]


def _products(documents: Sequence[Document]) -> dict[IdKind, frozenset[str]]:
    """Return the keys and categories of products, where the playbook lists them itself."""
    listed = list(entries(documents, "products"))
    if not listed:
        return {}
    categories = [_mapping(data).get("category") for *_, data in listed]
    return {
        IdKind.PRODUCT: frozenset(name for _, name, _, _ in listed),
        IdKind.CATEGORY: frozenset(one for one in categories if isinstance(one, str)),
    }


def _tiers(documents: Sequence[Document]) -> frozenset[str]:
    """Return the names of the levels that the playbook's tier programme has."""
    levels = [
        _mapping(_mapping(data).get("levels"))
        for _, name, _, data in entries(documents, "programmes")
        if name == "tiers"
    ]
    return frozenset(name for one in levels for name in one)
