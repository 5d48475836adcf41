"""Our conditions as rule trees of Resend, in the three values of the language.

Resend reads fields of the event and of the contact, nothing else. Facts are properties of the
contact that the shop fills; without a value they are neither true nor false, as ours are.
"""

from __future__ import annotations

from typing import Any

from playbook_compiler import conditions
from playbook_compiler.conditions import Condition, Value, magnitude
from playbook_compiler.export import logic
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import condition_name, construct_of
from playbook_compiler.export.logic import All, Formula, Leaf, Lowered, Tree, either, single
from playbook_compiler.facts import Fact, ValueType, Where
from playbook_compiler.targets.resend import terms
from playbook_compiler.targets.resend.properties import DATES, kind_of, note_of
from playbook_compiler.targets.resend.state import Export, value_of
from playbook_compiler.values import dataclass

_OPPOSITE = {"eq": "neq", "neq": "eq", "gt": "lte", "lte": "gt", "lt": "gte", "gte": "lt"}
_OPERATORS = {"=": "eq", "!=": "neq", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a condition stands: `name` is the flow or step. `audiences` are those it is in."""

    export: Export
    name: str
    audiences: tuple[str, ...] = ()


def lower_condition(condition: Condition, scope: Scope) -> Lowered:
    """Return the condition for Resend; what it cannot say is noted."""
    return logic.lowered(condition, lambda part: _part(part, scope))


def held_out(export: Export) -> Formula | None:
    """Return that a customer belongs to the holdout, None where the playbook has none."""
    guardrails = export.playbook.guardrails
    if guardrails is None or not guardrails.holdout.fraction:
        return None
    note = f'"yes" for {guardrails.holdout} of the customers, drawn once by the shop'
    return test(export.keep(terms.HOLDOUT, "string", note), "eq", terms.YES)


def rule(tree: Tree) -> dict[str, Any]:
    """Return a tree of tests as a rule tree; it must be neither always true nor never."""
    match tree:
        case Leaf(test):
            return dict(test)
        case All(parts):
            return {"type": "and", "rules": [rule(part) for part in parts]}
        case logic.Any_(parts):
            return {"type": "or", "rules": [rule(part) for part in parts]}


def test(field: str, operator: str, value: str | float | bool) -> Formula:
    """Return a comparison of a field with a value."""
    return single(
        _rule(field, operator, value),
        _rule(field, _OPPOSITE[operator], value),
    )


def known(field: str) -> Formula:
    """Return a test that a field has a value."""
    return single(
        {"type": "rule", "field": field, "operator": "exists"},
        {"type": "rule", "field": field, "operator": "is_empty"},
    )


def _rule(field: str, operator: str, value: str | float | bool) -> dict[str, Any]:
    return {"type": "rule", "field": field, "operator": operator, "value": value}


def _part(part: Condition, scope: Scope) -> Lowered:
    match part:
        case conditions.Compare(fact, operator, value):
            field = _field(fact, part, scope)
            return Lowered.where(
                known(field), test(field, _OPERATORS[operator], _value(fact, value))
            )
        case conditions.InSet(fact, values):
            field = _field(fact, part, scope)
            several = either(*(test(field, "eq", _value(fact, one)) for one in values))
            return Lowered.where(known(field), several)
        case conditions.Between(fact):
            return _between(part, _field(fact, part, scope))
        case conditions.IsKnown(fact, is_known):
            found = Lowered.known(known(_field(fact, part, scope)))
            return found if is_known else Lowered(found.false, found.true)
        case conditions.Has(fact, value):
            return _has(fact, value, part, scope)
        case conditions.InAudience(audience):
            if audience in scope.audiences:
                return _stand_in(part, scope)
            _note(part, scope)
            inner = Scope(scope.export, scope.name, (*scope.audiences, audience))
            where = scope.export.playbook.audiences[audience].where
            # Who is not known to belong to it does not: membership is never unknown.
            return Lowered.known(lower_condition(where, inner).true)
        case conditions.Unsubscribed("email"):
            _note(part, scope)
            return Lowered.known(test(terms.UNSUBSCRIBED, "eq", True))
        case _:
            return _stand_in(part, scope)


def _between(part: conditions.Between, field: str) -> Lowered:
    fact = part.fact
    low = test(field, "gte", _value(fact, part.low))
    high = test(field, "lte", _value(fact, part.high))
    # A span of days of the year may run over its end.
    turns = fact.type is ValueType.YEARLY_DATE and str(part.low) > str(part.high)
    return Lowered.where(known(field), either(low, high) if turns else logic.both(low, high))


def _has(fact: Fact, value: str, part: Condition, scope: Scope) -> Lowered:
    if fact.name == "consent":
        if value != "email":
            return _stand_in(part, scope)
        _note(part, scope)
        return Lowered.known(test(terms.UNSUBSCRIBED, "neq", True))
    _note(part, scope)
    field = scope.export.keep(
        member(fact.name, value), "string", f'"yes" where {fact.name} has "{value}", else "no"'
    )
    return Lowered.known(test(field, "eq", terms.YES))


def member(fact: str, value: str) -> str:
    """Return the name of the property that says whether a set has a member."""
    return f"{fact}_{value}"


def _field(fact: Fact, part: Condition, scope: Scope) -> str:
    """Return the field that a fact is read from, noted as something that the shop fills."""
    _note(part, scope)
    if fact.where is Where.TRIGGER:
        return terms.event_field(fact.name.removeprefix("trigger."))
    return scope.export.keep(str(fact), kind_of(fact), note_of(fact))


def _value(fact: Fact, value: Value) -> str | float:
    if isinstance(value, bool):
        return "true" if value else "false"
    if fact.type in DATES:
        return int(str(value).replace("-", ""))
    return value if isinstance(value, str) else value_of(magnitude(value))


def _note(part: Condition, scope: Scope) -> None:
    lowering = scope.export.lowering
    lowering.note(condition_name(part), scope.name, part.span)
    fact = getattr(part, "fact", None)
    if isinstance(fact, Fact):
        name = "trigger" if fact.where is Where.TRIGGER else fact.name
        lowering.note(construct_of("fact", name), scope.name, part.span)


def _stand_in(part: Condition, scope: Scope) -> Lowered:
    """Return a test of a property that the shop fills, where losses are allowed."""
    lowering = scope.export.lowering
    lossy = "it is read from a contact property that the shop fills"
    how = lowering.capabilities[condition_name(part)].how
    lowering.note(condition_name(part), scope.name, part.span, how, Support.REFUSED, lossy)
    field = scope.export.keep(f"is_{part}", "string", f'"true" or "false": {part}')
    return Lowered.where(known(field), test(field, "eq", "true"))
