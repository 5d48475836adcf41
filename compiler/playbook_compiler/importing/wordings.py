"""Conditions out of conjunctions of disjunctions: several wordings, likely ones first.

Exporters multiply conditions out. Here they are put together again: as they stand, multiplied the
other way, part by part; the importer tries which of them its exporter brings to the same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final

from playbook_compiler.importing.literals import Literal

TERMS_LIMIT: Final = 600
WAYS_LIMIT: Final = 5
Clause = tuple[Literal, ...]
_RANGE = re.compile(r"(\S+) (>=|<=) (\S+)")
_IN = re.compile(r"(\S+) in \((.*)\)")
_EQUAL = re.compile(r"(\S+) = (.+)")


def wordings(clauses: Sequence[Clause]) -> list[str]:
    """Return conditions that may say the clauses, likely ones first."""
    parts = _components(clauses)
    ways = []
    for part in parts[:WAYS_LIMIT]:
        terms = multiplied(part)
        texts = [_all_of_clauses(part)]
        if terms:
            texts.append(any_of_terms(terms))
        ways.append(sorted(dict.fromkeys(texts), key=len))
    rest = [[_all_of_clauses(part)] for part in parts[WAYS_LIMIT:]]
    whole = [" and ".join(_joined(picks)) for picks in product(*ways, *rest)]
    return [*whole, _all_of_clauses(clauses)]


def _joined(texts: Iterable[str]) -> list[str]:
    texts = list(texts)
    return texts if len(texts) == 1 else [bracketed(text) for text in texts]


def bracketed(text: str) -> str:
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


def multiplied(clauses: Sequence[Clause]) -> list[Clause] | None:
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
    sure = known(term)
    return any(one.yes.asserts is False and one.fact in sure for one in term)


def known(literals: Iterable[Literal]) -> frozenset[str]:
    return frozenset(one.fact for one in literals if one.fact and one.yes.implies)


def is_used(fact: str, literals: Iterable[Literal]) -> bool:
    """Return whether literals compare a fact, so that `is known` need not be said besides."""
    return any(one.fact == fact and one.yes.asserts is None for one in literals)


def any_of_terms(terms: Sequence[Clause]) -> str:
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
    return any_of(
        " and ".join(texts if len(texts) == 1 else [bracketed(text) for text in texts])
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
    sure = known(term)
    texts = []
    for one in term:
        if one.yes.asserts and is_used(one.fact, term):
            continue
        text = one.yes.text if one.fact in sure else one.yes.alone
        texts.append(text)
    return ranges(list(dict.fromkeys(texts)))


def _all_of_clauses(clauses: Sequence[Clause]) -> str:
    """Return clauses as they stand: a conjunction of disjunctions."""
    single = [clause[0] for clause in clauses if len(clause) == 1]
    sure = known(single)
    used = {one.fact for clause in clauses for one in clause if one.yes.asserts is None}
    texts = []
    for clause in clauses:
        if len(clause) == 1 and clause[0].yes.asserts and clause[0].fact in used:
            continue
        said = [one.yes.text if one.fact in sure else one.yes.alone for one in clause]
        texts.append(any_of(said))
    ranged = ranges(texts)
    return " and ".join(ranged if len(ranged) == 1 else [bracketed(text) for text in ranged])


def ranges(texts: list[str]) -> list[str]:
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


def any_of(texts: Iterable[str]) -> str:
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
