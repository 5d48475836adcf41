"""Formulas of Mautic as conditions: put together again, and tried with our exporter.

Mautic's groups are multiplied out. Several wordings may have led to them: the one is taken of which
the exporter makes the same groups; first what the object's name says.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from playbook_compiler.condition_parser import parse_condition
from playbook_compiler.condition_scope import ConditionScope
from playbook_compiler.conditions import NOWHERE, Condition
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import IdKind
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.importing.engines.mautic.filters import QUESTION, UNKNOWN, plain
from playbook_compiler.importing.engines.mautic.literals import (
    KNOWN_AND_UNEQUAL,
    NOT_SINCE,
    literal_of,
)
from playbook_compiler.importing.engines.mautic.reading import Reading
from playbook_compiler.importing.engines.mautic.vocabulary import Names
from playbook_compiler.importing.literals import Literal, Side
from playbook_compiler.importing.shell import shell_of
from playbook_compiler.importing.wordings import any_of_terms, multiplied, wordings
from playbook_compiler.model import Playbook
from playbook_compiler.targets.mautic.capabilities import CAPABILITIES
from playbook_compiler.targets.mautic.conditions import satisfied, segment_groups
from playbook_compiler.targets.mautic.fields import Fields
from playbook_compiler.targets.mautic.logic import (
    Filter,
    Formula,
    Groups,
    TooManyGroups,
    groups,
)
from playbook_compiler.targets.mautic.state import Export
from playbook_compiler.targets.mautic.terms import alias
from playbook_compiler.values import dataclass

_TERMS_LIMIT: Final = 40
Alternatives = frozenset[frozenset[Filter]]


@dataclass(frozen=True, slots=True)
class Asking:
    """Reads conditions of one campaign. `flow` is its id, `event` what starts it (or nothing);
    `inside` says that the exporter says them in a segment, where there are no questions."""

    reading: Reading
    flow: str
    event: str
    inside: bool = False

    def condition(self, formula: Formula, path: str, hint: str = "") -> str:
        """Return what a formula asks, empty where all pass; facts stand for what cannot be said,
        noted. `hint` is what it may say in our words."""
        try:
            several = groups(formula)
        except TooManyGroups:
            return self.unsaid(f"{self.flow} {path}", f"the condition `{hint}`", path)
        if several == ((),) or not several:
            return "" if several else "orders < 0"
        wanted = _set(several)
        said = self.parsed(hint) if hint else None
        if said is not None and self.lowered(said) == wanted:
            return str(said)
        terms = [self.term(group, path) for group in gathered(several, self.reading.names)]
        clauses = multiplied([tuple(term) for term in terms]) if len(terms) < _TERMS_LIMIT else None
        straight = any_of_terms([tuple(term) for term in terms])
        texts = [straight, *(wordings(clauses) if clauses else ())]
        for text in sorted(dict.fromkeys(texts), key=len):
            condition = self.parsed(text)
            if condition is not None and self.lowered(condition) == wanted:
                return str(condition)
        condition = self.parsed(straight)
        if condition is None:
            return self.unsaid(f"{self.flow} {path}", f"the condition `{hint or straight}`", path)
        return str(condition)

    def says(self, text: str, formula: Formula) -> bool:
        """Return whether the exporter makes a formula of a condition."""
        condition = self.parsed(text)
        try:
            return condition is not None and self.lowered(condition) == _set(groups(formula))
        except TooManyGroups:
            return False

    def both(self, one: str, other: str) -> str:
        """Return two conditions as one; either may be empty."""
        if not one or not other:
            return one or other
        condition = self.parsed(f"({one}) and ({other})")
        assert condition is not None, "both are conditions"
        return str(condition)

    def unsaid(self, key: str, what: str, path: str) -> str:
        """Return the fact that stands for what cannot be said, and note it."""
        fact = self.reading.names.stand_in(key)
        self.reading.notes.left(
            path, what, "the language has no such test",
            f"`{fact}` stands for it: fill it in for each customer, or write the condition",
        )  # fmt: skip
        return fact

    def term(self, group: Sequence[Filter], path: str) -> list[Literal]:
        """Return filters that hold together as literals."""
        empty = {one.field for one in group if one.operator == "empty"}
        unequal = {one.field for one in group if one.operator == "!="}
        known = {one.field for one in group if one.operator == "!empty"} & unequal
        found = []
        for one in group:
            if one.operator == "!=" and one.value == "0" and one.field in empty:
                continue  # Mautic takes the number 0 for an empty field
            if one.field in known:  # another value, and not none: what our `!=` says
                if one.operator == "!empty":
                    continue
                one = Filter(one.field, one.type, KNOWN_AND_UNEQUAL, one.value)
            text = self.reading.names.texts.get(one.field, "")
            literal = None
            if not text or self.parsed(text) is not None:
                literal = literal_of(one, self.reading.names, self.event)
            if literal is None or not self.is_sayable(literal):
                literal = self.stand_in(one, path)
            found.append(literal)
        return found

    def is_sayable(self, literal: Literal) -> bool:
        """Return whether the language takes a literal: values of its own facts it knows."""
        sides = (literal.yes, literal.no)
        return all(self.parsed(side.alone) is not None for side in sides)

    def stand_in(self, one: Filter, path: str) -> Literal:
        """Return a fact that stands for a filter."""
        negative = one.type == "boolean" and (one.value == "0") == (one.operator == "=")
        named = one.field if one.type == "boolean" else f"{one.field} {one.operator} {one.value}"
        said = f"{one.field} {one.operator} {one.value}".strip()
        what = f"the filter `{said}`"
        if one.type == UNKNOWN:
            named = f"{self.flow} {path} {one.field} {one.value}"
            what = f"the condition `{one.value}`"
        if one.type == QUESTION:
            named, negative = one.field, one.operator == "no"
            what = f"the question `{one.field}`"
        fact = self.unsaid(named, what, path)
        yes, no = f"{fact} = true", f"{fact} = false"
        if one.type == UNKNOWN:
            yes = fact
        sides = Side(yes, yes, True), Side(no, no, True)
        return Literal(fact, *(sides[::-1] if negative else sides))

    def parsed(self, text: str) -> Condition | None:
        """Return a text as a condition; None where it is none."""
        scope = ConditionScope(self.shell().catalogue, self.ids(), trigger=self.event or None)
        return parse_condition(text, scope, lambda start, end: NOWHERE)[0]

    def lowered(self, condition: Condition) -> Alternatives | None:
        """Return what the exporter makes of a condition."""
        shell = self.shell()
        lowering = Lowering("Mautic", CAPABILITIES, allow_lossy=True)
        graph = TriggerGraph(shell, MappingProxyType({}), ())
        export = Export(graph, lowering, Fields(lowering))
        formula = satisfied(condition, export, self.flow)
        try:
            found = (
                segment_groups(formula, str(condition), export)
                if self.inside
                else groups(plain(formula))
            )
        except TooManyGroups:
            return None
        return frozenset(frozenset(self.foreign(one) for one in group) for group in found)

    def foreign(self, one: Filter) -> Filter:
        """Return a filter of the exporter's with the field that this archive has for the fact."""
        for own, fact in self.reading.names.fields.items():
            if alias(fact) == one.field and own != one.field:
                return Filter(own, one.type, one.operator, one.value)
        return one

    def ids(self) -> dict[IdKind, frozenset[str]]:
        reading = self.reading
        return {
            IdKind.AUDIENCE: frozenset(reading.audiences),
            IdKind.FLOW: frozenset(reading.flows.values()),
            IdKind.OFFER: frozenset(reading.offers),
            IdKind.MESSAGE: frozenset(reading.messages),
        }

    def shell(self) -> Playbook:
        """Return a playbook with the names that are known so far."""
        names, audiences = self.reading.names, self.reading.audiences
        events = {
            name: {one: "text" if kind == "?" else kind for one, kind in fields.items()}
            for name, fields in names.events.items()
        }
        key = str((names.declared(), events, audiences))
        if key not in self.reading.shells:
            made = shell_of(names.declared(), events, audiences, audiences)
            self.reading.shells[key] = made
        return self.reading.shells[key]


def _set(several: Groups) -> Alternatives:
    return frozenset(map(frozenset, several))


def gathered(several: Groups, names: Names) -> list[list[Filter]]:
    """Return groups in which two alternatives that say one thing together are one: `before a day`
    and `empty` of an event's date, yes and no of a field that is known."""
    found = [list(group) for group in several]
    while (pair := _pair(found, names)) is not None:
        group, place, whole, twin = pair
        found[group][place] = whole
        del found[twin]
    for filters in found:
        for place, one in enumerate(filters):
            if one.operator == "empty" and names.event_of(one.field):
                filters[place] = Filter(one.field, one.type, NOT_SINCE)
    return found


def _pair(found: list[list[Filter]], names: Names) -> tuple[int, int, Filter, int] | None:
    """Return a group, a place in it, what stands there for two, and the group of the other."""
    for number, group in enumerate(found):
        for place, one in enumerate(group):
            if one.operator == "lt" and names.event_of(one.field):
                other = Filter(one.field, one.type, "empty")
                whole = Filter(one.field, one.type, NOT_SINCE, one.value)
            elif one.type == "boolean" and (one.operator, one.value) == ("=", "1"):
                other = Filter(one.field, one.type, "=", "0")
                whole = Filter(one.field, one.type, "!empty")
            else:
                continue
            wanted = {other if each == one else each for each in group}
            for twin, each in enumerate(found):
                if {*each} == wanted:
                    return number, place, whole, twin
    return None
