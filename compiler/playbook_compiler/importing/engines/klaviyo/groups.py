"""Klaviyo's groups of conditions as one condition of the language.

Groups are a conjunction of disjunctions. Several wordings are made of it, as it stands and
multiplied out, and each is given to the exporter: the first that comes out as the same groups is
the one that is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from playbook_compiler.condition_parser import parse_condition
from playbook_compiler.condition_scope import ConditionScope
from playbook_compiler.conditions import NOWHERE, Condition
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import IdKind
from playbook_compiler.importing.engines.klaviyo.literals import Test, literals_of
from playbook_compiler.importing.engines.klaviyo.vocabulary import Vocabulary
from playbook_compiler.importing.literals import Literal, Side
from playbook_compiler.importing.wordings import (
    Clause,
    any_of_terms,
    is_used,
    known,
    multiplied,
    wordings,
)
from playbook_compiler.model import Playbook
from playbook_compiler.targets.klaviyo.capabilities import CAPABILITIES
from playbook_compiler.targets.klaviyo.conditions import lower_condition
from playbook_compiler.targets.klaviyo.formula import Groups
from playbook_compiler.targets.klaviyo.scope import Scope
from playbook_compiler.values import dataclass

_NOT_OPENED: Final = "not event(message_opened) within"
_NOT_CLICKED: Final = "not event(link_clicked) within"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to read conditions: names, a playbook that declares them, and the place."""

    words: Vocabulary
    shell: Playbook
    ids: dict[IdKind, frozenset[str]]
    event: str | None = None
    metric: str = ""
    in_segment: bool = False

    def parsed(self, text: str) -> Condition | None:
        """Return a condition's tree; None where it cannot be said here."""
        scope = ConditionScope(self.shell.catalogue, self.ids, trigger=self.event)
        condition, _ = parse_condition(text, scope, lambda start, end: NOWHERE)
        return condition

    def exported(self, condition: Condition, *, opposite: bool = False) -> Groups:
        """Return the groups that the exporter makes of a condition."""
        capabilities: dict[str, Capability] = dict(CAPABILITIES)
        scope = Scope(
            self.shell,
            Lowering("Klaviyo", capabilities, True),
            "import",
            self.metric,
            in_segment=self.in_segment,
            reads_event=not opposite,
        )
        formula = lower_condition(condition, scope).true
        groups = formula.no if opposite else formula.yes
        names = self.words.names_in_klaviyo()
        return tuple(tuple(_renamed(test, names) for test in group) for group in groups)


@dataclass(frozen=True, slots=True)
class Said:
    """A condition as text; `exact` where the exporter makes the same groups of it."""

    text: str
    exact: bool


def groups_of(filter_: Any) -> list[list[Test]]:
    """Return the groups of a filter; none for one that lets everybody through."""
    groups = filter_.get("condition_groups") if isinstance(filter_, dict) else None
    found = []
    for group in groups if isinstance(groups, list) else ():
        conditions = group.get("conditions") if isinstance(group, dict) else None
        tests = [one for one in conditions or () if isinstance(one, dict)]
        if tests:
            found.append(tests)
    return found


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return a test with Klaviyo's own names in place of the exporter's."""
    match value:
        case str():
            return names.get(value, value)
        case dict():
            return {key: _renamed(one, names) for key, one in value.items()}
        case list():
            return [_renamed(one, names) for one in value]
    return value


def said(
    groups: Sequence[Sequence[Test]], reading: Reading, *, opposite: bool = False
) -> Said | None:
    """Return groups as a condition; with `opposite`, the condition that must not hold.

    None where the groups let everybody through, or hold what the vocabulary has no word for.
    """
    clauses: list[Clause] = []
    for group in groups:
        literals = literals_of(group, reading.words)
        if literals is None:
            return None
        clauses.append(tuple(literals))
    if not clauses:
        return None
    clauses = _folded(clauses)
    wanted = tuple(tuple(group) for group in groups)
    if opposite:
        terms = [tuple(literal.opposite() for literal in clause) for clause in clauses]
        clauses = multiplied(terms) or []
        texts = [any_of_terms(terms), *(wordings(clauses) if clauses else [])]
    else:
        texts = wordings(clauses)
    best: Said | None = None
    for text in sorted(dict.fromkeys(texts), key=len):
        condition = reading.parsed(reading.words.spoken_out(text))
        if condition is None:
            continue
        made = reading.exported(condition, opposite=opposite)
        if made == wanted:
            return Said(str(condition), True)
        same = _same(made, wanted, reading)
        if best is None or (same and not best.exact):
            best = Said(str(condition), same)
    return best


def _same(made: Groups, wanted: Sequence[Sequence[Test]], reading: Reading) -> bool:
    """Return whether two conjunctions of groups let the same customers through."""
    one, other = (_canonical(groups, reading) for groups in (made, wanted))
    return one is not None and one == other


def _canonical(
    groups: Sequence[Sequence[Test]], reading: Reading
) -> frozenset[frozenset[str]] | None:
    clauses = []
    for group in groups:
        literals = literals_of(group, reading.words)
        if literals is None:
            return None
        clauses.append(tuple(literals))
    terms = multiplied(clauses)
    if terms is None:
        return None
    found = set()
    for term in terms:
        sure = known(term)
        texts = {
            literal.yes.text if literal.fact in sure else literal.yes.alone
            for literal in term
            if not (literal.yes.asserts and is_used(literal.fact, term))
        }
        found.add(frozenset(texts))
    return frozenset(one for one in found if not any(other < one for other in found))


def _folded(clauses: Sequence[Clause]) -> list[Clause]:
    """Return clauses in which neither opening nor clicking within a time is not being engaged."""
    found = [*clauses]
    for one in clauses:
        opened = next((lit for lit in one if lit.yes.text.startswith(_NOT_OPENED)), None)
        if opened is None or one not in found:
            continue
        clicked = opened.yes.text.replace(_NOT_OPENED, _NOT_CLICKED, 1)
        rest = {lit.yes.text for lit in one if lit is not opened}
        for other in found:
            texts = {lit.yes.text for lit in other}
            if clicked in texts and texts - {clicked} == rest and other is not one:
                yes = opened.yes.text.replace(_NOT_OPENED, "engaged(email) within", 1)
                engaged = Literal("", Side(f"not {yes}", f"not {yes}"), Side(yes, yes))
                joined = tuple(engaged if lit is opened else lit for lit in one)
                found = [joined if one is each else each for each in found if each is not other]
                break
    return found
