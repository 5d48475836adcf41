"""Conditions of campaigns: a formula as events with a `yes` and a `no` below each."""

from __future__ import annotations

from typing import Any

from playbook_compiler.targets.mautic.conditions import segment_groups
from playbook_compiler.targets.mautic.logic import (
    ALWAYS,
    DATE,
    NEVER,
    Every,
    Filter,
    Formula,
    Question,
    Some,
    all_of,
    any_of,
    has_question,
)
from playbook_compiler.targets.mautic.state import Export, Segment
from playbook_compiler.targets.mautic.tree import CONDITION, NO, YES, Ends, Tree, What, below

# What a campaign asks of a single field at once. The rest goes through a segment.
_DIRECT = ("=", "gt", "gte", "lt", "lte")


def decide(
    export: Export, tree: Tree, flow: str, ends: Ends, formula: Formula, id_: str, text: str
) -> tuple[Ends, Ends]:
    """Return the ends where a formula holds and those where it does not. `text` is its name."""
    if not ends or formula == ALWAYS:
        return ends, ()
    if formula == NEVER:
        return (), ends
    yes: Ends
    no: Ends
    match formula:
        case Question() as question:
            return _asked(tree, ends, question, id_, text)
        case Filter(type=type_, operator=operator) if type_ != DATE and operator in _DIRECT:
            properties = {
                "field": formula.field,
                "operator": operator,
                "value": formula.value,
            }
            what = What(id_, text, "lead.field_value", CONDITION, properties)
            made = tree.add(ends, what)
            return below(made, YES), below(made, NO)
        case Every(parts) if has_question(formula):
            yes, no = ends, ()
            for number, part in enumerate(_gathered(parts, all_of)):
                yes, other = decide(export, tree, flow, yes, part, _part(id_, number), text)
                no += other
            return yes, no
        case Some(parts) if has_question(formula):
            yes, no = (), ends
            for number, part in enumerate(_gathered(parts, any_of)):
                other, no = decide(export, tree, flow, no, part, _part(id_, number), text)
                yes += other
            return yes, no
    several = segment_groups(formula, text, export)
    segment = Segment(f"{flow}/{id_}", f"{flow}: {text}", f"playbook: {text}", several)
    name = export.segment(segment)
    return _in_segment(tree, ends, name, id_, text)


def _in_segment(tree: Tree, ends: Ends, segment: str, id_: str, text: str) -> tuple[Ends, Ends]:
    properties: dict[str, Any] = {"segments": []}
    what = What(id_, text, "lead.segments", CONDITION, properties, segments=(segment,))
    made = tree.add(ends, what)
    return below(made, YES), below(made, NO)


def _asked(tree: Tree, ends: Ends, question: Question, id_: str, text: str) -> tuple[Ends, Ends]:
    if question.type == "lead.segments":
        yes, no = _in_segment(tree, ends, question.properties["segments"][0], id_, text)
    else:
        properties = dict(question.properties)
        made = tree.add(ends, What(id_, text, question.type, CONDITION, properties))
        yes, no = below(made, YES), below(made, NO)
    return (yes, no) if question.wanted else (no, yes)


def _gathered(parts: tuple[Formula, ...], together: Any) -> list[Formula]:
    """Return what segments can hold as one, then what a campaign has to ask, in order."""
    plain = [part for part in parts if not has_question(part)]
    return [*([together(*plain)] if plain else []), *(part for part in parts if has_question(part))]


def _part(id_: str, number: int) -> str:
    return f"{id_}~{number}" if number else id_
