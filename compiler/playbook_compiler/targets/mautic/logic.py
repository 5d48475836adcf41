"""Conditions in Mautic's terms: filters on contact fields, and questions that campaigns ask.

A formula is made of `Every`, `Some`, filters and questions; there is no `not`. Ours are
three-valued (unknown facts): who lowers a condition asks for the formula of its being true, or of
its being false, and both leave out the contacts of whom it is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, TypeAlias

from playbook_compiler.values import dataclass, field, replace

GROUPS_LIMIT = 100
NUMBER, DATE, TEXT, BOOLEAN = "number", "date", "text", "boolean"
# Below every number that a shop counts.
LEAST = "-1000000000000"


class TooManyGroups(Exception):
    """A formula with more alternatives than a segment should hold; caught where it is lowered."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a segment: `field` is the alias, `operator` Mautic's word, `value` a text."""

    field: str
    type: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a campaign asks and no segment can hold: `wanted` is the answer that makes it true.

    `inside` is the filter that says the same in a segment as the answer yes, where there is one.
    """

    type: str
    name: str
    properties: Mapping[str, Any] = field(compare=False)
    wanted: bool = True
    inside: Filter | None = None


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; without parts: always."""

    parts: tuple[Formula, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """Some part holds; without parts: never."""

    parts: tuple[Formula, ...] = ()


Formula: TypeAlias = Filter | Question | Every | Some
ALWAYS = Every()
NEVER = Some()
# Mautic's `!=` holds of empty fields, too.
_TURNED = {"=": "!=", "!=": "=", "empty": "!empty", "!empty": "empty"}
_CONTRARY = {"gte": "lt", "gt": "lte", "lt": "gte", "lte": "gt"}


def all_of(*parts: Formula) -> Formula:
    """Return the conjunction, nested ones dissolved and what is sure left out."""
    flat: list[Formula] = []
    for part in parts:
        if part == NEVER:
            return NEVER
        flat += part.parts if isinstance(part, Every) else [part]
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else Every(unique)


def any_of(*parts: Formula) -> Formula:
    """Return the disjunction, nested ones dissolved and what is sure left out."""
    flat: list[Formula] = []
    for part in parts:
        if part == ALWAYS:
            return ALWAYS
        flat += part.parts if isinstance(part, Some) else [part]
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else Some(unique)


def unknown(alias: str, type_: str) -> Formula:
    """Return that a field has no value. Mautic takes the number 0 for an empty field, too."""
    empty = Filter(alias, type_, "empty")
    return all_of(empty, Filter(alias, type_, "!=", "0")) if type_ == NUMBER else empty


def known(alias: str, type_: str) -> Formula:
    """Return that a field has a value."""
    match type_:
        case "number":
            return Filter(alias, type_, "gte", LEAST)
        case "boolean":
            return any_of(*(Filter(alias, type_, "=", one) for one in ("1", "0")))
        case _:
            return Filter(alias, type_, "!empty")


def opposite(formula: Formula) -> Formula:
    """Return the formula that holds of exactly the other contacts, those with empty fields too."""
    match formula:
        case Every(parts):
            return any_of(*(opposite(part) for part in parts))
        case Some(parts):
            return all_of(*(opposite(part) for part in parts))
        case Question():
            return replace(formula, wanted=not formula.wanted)
        case Filter(alias, type_, operator, value):
            return _opposite_filter(alias, type_, operator, value)


def _opposite_filter(alias: str, type_: str, operator: str, value: str) -> Formula:
    if operator in _CONTRARY:
        if operator == "gte" and value == LEAST:
            return unknown(alias, type_)
        return any_of(Filter(alias, type_, _CONTRARY[operator], value), unknown(alias, type_))
    if operator == "=" and type_ in (NUMBER, DATE):
        several = [Filter(alias, type_, one, value) for one in ("lt", "gt")]
        return any_of(*several, unknown(alias, type_))
    return Filter(alias, type_, _TURNED[operator], value)


def has_question(formula: Formula) -> bool:
    """Return whether a campaign has to ask something that no segment can hold."""
    match formula:
        case Question():
            return True
        case Every(parts) | Some(parts):
            return any(has_question(part) for part in parts)
        case _:
            return False


Groups: TypeAlias = tuple[tuple[Filter, ...], ...]


def groups(formula: Formula) -> Groups:
    """Return alternatives, of each of which all filters hold. The formula has no questions."""
    match formula:
        case Filter():
            return ((formula,),)
        case Every(parts):
            picks: Groups = ((),)
            for part in parts:
                picks = _tidy(tuple(one + other for one, other in product(picks, groups(part))))
            return picks
        case Some(parts):
            return _tidy(tuple(group for part in parts for group in groups(part)))
        case Question():
            raise AssertionError("a question is asked by a campaign, not by a segment")


def _tidy(several: Groups) -> Groups:
    """Return groups without repeated filters, repeated groups, and groups that others make idle."""
    if len(several) > GROUPS_LIMIT * 4:
        raise TooManyGroups
    unique = {frozenset(group): tuple(dict.fromkeys(group)) for group in several}
    kept = tuple(group for key, group in unique.items() if not any(one < key for one in unique))
    if len(kept) > GROUPS_LIMIT:
        raise TooManyGroups
    return kept


def as_filters(several: Groups) -> list[dict[str, Any]]:
    """Return alternatives as the filters of a segment: `or` begins the next alternative."""
    return [
        {
            "glue": "or" if place == 0 and number > 0 else "and",
            "field": one.field,
            "object": "lead",
            "type": one.type,
            "operator": one.operator,
            "properties": {"filter": one.value or None},
            "filter": one.value or None,
            "display": None,
        }
        for number, group in enumerate(several)
        for place, one in enumerate(group)
    ]
