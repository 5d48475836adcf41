"""Klaviyo's groups of conditions as one condition of the language.

Groups are a conjunction of disjunctions. Several wordings are made of it, as it stands and
multiplied out, and each is given to the exporter: the first that comes out as the same groups is
the one that is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Final

from playbook_compiler.condition_parser import parse_condition
from playbook_compiler.condition_scope import ConditionScope
from playbook_compiler.conditions import NOWHERE, Condition
from playbook_compiler.export.capability import Capability
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import IdKind
from playbook_compiler.importing.engines.klaviyo.literals import (
    Literal,
    Side,
    Test,
    literals_of,
)
from playbook_compiler.importing.engines.klaviyo.vocabulary import Vocabulary
from playbook_compiler.model import Playbook
from playbook_compiler.targets.klaviyo.capabilities import CAPABILITIES
from playbook_compiler.targets.klaviyo.conditions import lower_condition
from playbook_compiler.targets.klaviyo.formula import Groups
from playbook_compiler.targets.klaviyo.scope import Scope
from playbook_compiler.values import dataclass

TERMS_LIMIT: Final = 600
WAYS_LIMIT: Final = 5
Clause = tuple[Literal, ...]
_RANGE = re.compile(r"(\S+) (>=|<=) (\S+)")
_NOT_OPENED: Final = "not event(message_opened) within"
_NOT_CLICKED: Final = "not event(link_clicked) within"
_IN = re.compile(r"(\S+) in \((.*)\)")
_EQUAL = re.compile(r"(\S+) = (.+)")


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
        clauses = _multiplied(terms) or []
        wordings = [_any_of_terms(terms)]
        wordings += _wordings(clauses, reading) if clauses else []
    else:
        wordings = _wordings(clauses, reading)
    best: Said | None = None
    for text in sorted(dict.fromkeys(wordings), key=len):
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
    terms = _multiplied(clauses)
    if terms is None:
        return None
    found = set()
    for term in terms:
        known = _known(term)
        texts = {
            literal.yes.text if literal.fact in known else literal.yes.alone
            for literal in term
            if not (literal.yes.asserts and _is_used(literal.fact, term))
        }
        found.add(frozenset(texts))
    return frozenset(one for one in found if not any(other < one for other in found))


def _wordings(clauses: Sequence[Clause], reading: Reading) -> list[str]:
    """Return conditions that may say the clauses, likely ones first."""
    parts = _components(clauses)
    ways = []
    for part in parts[:WAYS_LIMIT]:
        terms = _multiplied(part)
        texts = [_all_of_clauses(part)]
        if terms:
            texts.append(_any_of_terms(terms))
        ways.append(sorted(dict.fromkeys(texts), key=len))
    rest = [[_all_of_clauses(part)] for part in parts[WAYS_LIMIT:]]
    whole = [" and ".join(_joined(picks)) for picks in product(*ways, *rest)]
    return [*whole, _all_of_clauses(clauses)]


def _joined(texts: Iterable[str]) -> list[str]:
    texts = list(texts)
    return texts if len(texts) == 1 else [_bracketed(text) for text in texts]


def _bracketed(text: str) -> str:
    return f"({text})" if " or " in text else text


def _components(clauses: Sequence[Clause]) -> list[list[Clause]]:
    """Return clauses in parts that share no fact and no literal, in their order."""
    parts: list[tuple[set[str], list[Clause]]] = []
    for clause in clauses:
        about = {literal.fact or literal.yes.text.removeprefix("not ") for literal in clause}
        touching = [part for part in parts if part[0] & about]
        if not touching:
            parts.append((about, [clause]))
            continue
        first = touching[0]
        for other in touching[1:]:
            first[0].update(other[0])
            first[1].extend(other[1])
            parts.remove(other)
        first[0].update(about)
        first[1].append(clause)
    order = {id(clause): number for number, clause in enumerate(clauses)}
    return [sorted(part, key=lambda one: order[id(one)]) for _, part in parts]


def _multiplied(clauses: Sequence[Clause]) -> list[Clause] | None:
    """Return a conjunction of disjunctions as a disjunction of conjunctions, None if too large."""
    terms: list[Clause] = [()]
    for clause in clauses:
        if len(terms) * len(clause) > TERMS_LIMIT:
            return None
        longer = [(*term, literal) for term in terms for literal in clause]
        unique = {frozenset(term): tuple(dict.fromkeys(term)) for term in reversed(longer)}
        kept = [
            term
            for term in reversed(unique.values())
            if not _is_impossible(term) and not any(other < frozenset(term) for other in unique)
        ]
        terms = kept
    found = {frozenset(_needed(term)): term for term in reversed(terms)}
    return [
        term
        for term in reversed(found.values())
        if not any(other < frozenset(_needed(term)) for other in found)
    ]


def _needed(term: Clause) -> list[Literal]:
    """Return a term without `is known` of facts that it compares anyway."""
    return [one for one in term if not (one.yes.asserts and _implied(one.fact, term))]


def _implied(fact: str, term: Clause) -> bool:
    return any(one.fact == fact and one.yes.implies and one.yes.asserts is None for one in term)


def _is_impossible(term: Clause) -> bool:
    known = _known(term)
    return any(one.yes.asserts is False and one.fact in known for one in term)


def _known(literals: Iterable[Literal]) -> frozenset[str]:
    return frozenset(one.fact for one in literals if one.fact and one.yes.implies)


def _is_used(fact: str, literals: Iterable[Literal]) -> bool:
    """Return whether literals compare a fact, so that `is known` need not be said besides."""
    return any(one.fact == fact and one.yes.asserts is None for one in literals)


def _any_of_terms(terms: Sequence[Clause]) -> str:
    """Return a disjunction of conjunctions; those that differ in one value become one."""
    found: list[list[str]] = []
    for term in map(_term, terms):
        for other in found:
            joined = _one_value_more(other, term)
            if joined is not None:
                other[:] = joined
                break
        else:
            found.append(term)
    return _any_of(
        " and ".join(texts if len(texts) == 1 else [_bracketed(text) for text in texts])
        for texts in found
    )


def _one_value_more(one: list[str], other: list[str]) -> list[str] | None:
    """Return two conjunctions as one with a set, where they differ in a value of one fact."""
    differing = [n for n, texts in enumerate(zip(one, other, strict=False)) if len({*texts}) > 1]
    if len(one) != len(other) or len(one) < 2 or len(differing) != 1:
        return None
    here, there = one[differing[0]], _EQUAL.fullmatch(other[differing[0]])
    first = _EQUAL.fullmatch(here) or _IN.fullmatch(here)
    if first is None or there is None or first[1] != there[1] or there[2] in ("true", "false"):
        return None
    joined = list(one)
    joined[differing[0]] = f"{first[1]} in ({first[2]}, {there[2]})"
    return joined


def _term(term: Clause) -> list[str]:
    """Return a conjunction of literals, each as text."""
    known = _known(term)
    texts = []
    for one in term:
        if one.yes.asserts and _is_used(one.fact, term):
            continue
        text = one.yes.text if one.fact in known else one.yes.alone
        texts.append(text)
    return _ranges(list(dict.fromkeys(texts)))


def _all_of_clauses(clauses: Sequence[Clause]) -> str:
    """Return clauses as they stand: a conjunction of disjunctions."""
    single = [clause[0] for clause in clauses if len(clause) == 1]
    known = _known(single)
    used = {one.fact for clause in clauses for one in clause if one.yes.asserts is None}
    texts = []
    for clause in clauses:
        if len(clause) == 1 and clause[0].yes.asserts and clause[0].fact in used:
            continue
        said = [one.yes.text if one.fact in known else one.yes.alone for one in clause]
        texts.append(_any_of(said))
    ranged = _ranges(texts)
    return " and ".join(ranged if len(ranged) == 1 else [_bracketed(text) for text in ranged])


def _ranges(texts: list[str]) -> list[str]:
    """Return comparisons of one fact with two limits as `between`, at the place of the first."""
    found: list[str] = []
    for text in texts:
        said = _RANGE.fullmatch(text)
        partner = f"{said[1]} >= " if said is not None and said[2] == "<=" else ""
        place = next(
            (
                n
                for n, one in enumerate(found)
                if partner and _RANGE.fullmatch(one) and one.startswith(partner)
            ),
            None,
        )
        if said is None or place is None:
            found.append(text)
            continue
        low = _RANGE.fullmatch(found[place])
        assert low is not None
        found[place] = f"{said[1]} between {low[3]} and {said[3]}"
    return found


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


def _any_of(texts: Iterable[str]) -> str:
    """Return a disjunction; several values of one fact become a set."""
    unique = list(dict.fromkeys(texts))
    found: list[str] = []
    values: dict[str, list[str]] = {}
    for text in unique:
        said = _EQUAL.fullmatch(text)
        plain_value = said is not None and " and " not in text and " or " not in text
        if said is None or not plain_value or said[2] in ("true", "false"):
            found.append(text)
            continue
        if said[1] not in values:
            values[said[1]] = []
            found.append(f"\0{said[1]}")
        values[said[1]].append(said[2])
    return " or ".join(_set(one, values) for one in found)


def _set(text: str, values: dict[str, list[str]]) -> str:
    if not text.startswith("\0"):
        return text
    fact = text[1:]
    listed = values[fact]
    return f"{fact} = {listed[0]}" if len(listed) == 1 else f"{fact} in ({', '.join(listed)})"
