"""Conditions as Python expressions that are true or false, and right where facts are missing.

A condition has three answers; an expression has two. So each is written twice, as what makes it
true and as what makes it false, by Kleene's rules; `not` takes the other one, and what is unknown
is neither. A variable that is None is not known.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Has,
    InAudience,
    InSet,
    InTop,
    IsKnown,
    Not,
    Or,
    Value,
    precedes,
)
from playbook_compiler.export.capability import Support
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.targets.bpmn.names import variable
from playbook_compiler.targets.bpmn.state import Export
from playbook_compiler.units import Money, Share, plain
from playbook_compiler.values import dataclass

LENGTH_LIMIT = 20_000
_OPERATORS: Final = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_OPPOSITE: Final = {"=": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True)
class Truth:
    """When a condition holds and when it does not; unknown is neither."""

    yes: str
    no: str


def holds(export: Export, condition: Condition) -> str:
    """Return the expression that is true exactly where a condition is."""
    return truth(export, condition).yes


def truth(export: Export, condition: Condition) -> Truth:
    """Return the two expressions of a condition, and note the variables that it reads."""
    match condition:
        case Not(part):
            inner = truth(export, part)
            return Truth(inner.no, inner.yes)
        case And(parts):
            read = [truth(export, part) for part in parts]
            return Truth(
                " and ".join(one.yes for one in read),
                f"({' or '.join(one.no for one in read)})",
            )
        case Or(parts):
            read = [truth(export, part) for part in parts]
            return Truth(
                f"({' or '.join(one.yes for one in read)})",
                " and ".join(one.no for one in read),
            )
        case InAudience(name):
            return _audience(export, condition, name)
        case Compare(fact) | InSet(fact) | Between(fact) | IsKnown(fact) | Has(fact):
            name = variable(str(fact))
            export.read(name, _type(fact), str(fact), fact.documentation, fact.unit)
            return _fact(condition, name, export.playbook.decimals)
        case _:
            return _asked(export, condition)


def _asked(export: Export, condition: Condition) -> Truth:
    """Return the truth of a test that the application answers as a whole."""
    text = str(condition)
    name = variable(text)
    kind = "boolean"
    about = "the share is of all customers" if isinstance(condition, InTop) else ""
    export.read(name, kind, text, about)
    return Truth(f"{name} is True", f"{name} is False")


def _audience(export: Export, condition: InAudience, name: str) -> Truth:
    """Return whether the customer belongs to an audience: never unknown."""
    inner = truth(export, export.playbook.audiences[name].where).yes
    if len(inner) > LENGTH_LIMIT:
        how = "the application answers it: the condition is too long for one expression"
        export.lowering.note("audience.where", name, condition.span, how, Support.APPROXIMATED)
        return _asked(export, condition)
    return Truth(f"({inner})", f"(not ({inner}))")


def _fact(test: Condition, name: str, decimals: int) -> Truth:
    """Return the truth of a test of a fact that is the variable `name`."""

    def written(value: Value) -> str:
        return literal(value, decimals)

    match test:
        case IsKnown(_, known):
            there, missing = f"{name} is not None", f"{name} is None"
            return Truth(there, missing) if known else Truth(missing, there)
        case Has(_, value):
            return _known(name, f"{value!r} in {name}", f"{value!r} not in {name}")
        case InSet(_, values):
            listed = ", ".join(written(value) for value in values)
            return _known(name, f"{name} in ({listed},)", f"{name} not in ({listed},)")
        case Between(fact, low, high):
            first, last = written(low), written(high)
            if fact.type is ValueType.YEARLY_DATE and precedes(high, low):
                return _known(
                    name,
                    f"({name} >= {first} or {name} <= {last})",
                    f"{last} < {name} < {first}",
                )
            inside = f"{first} <= {name} <= {last}"
            return _known(name, inside, f"not {inside}")
        case Compare(_, sign, value):
            shown = written(value)
            return _known(
                name,
                f"{name} {_OPERATORS[sign]} {shown}",
                f"{name} {_OPPOSITE[sign]} {shown}",
            )
    raise AssertionError(f"no test of a fact: {test}")


def _known(name: str, yes: str, no: str) -> Truth:
    there = f"{name} is not None"
    return Truth(f"({there} and {yes})", f"({there} and {no})")


def literal(value: Value, decimals: int) -> str:
    """Return a value as Python writes it: money in minor units, a share as a fraction."""
    match value:
        case bool() | int():
            return str(value)
        case Decimal():
            return plain(value)
        case Money():
            return str(value.minor(decimals))
        case Share(fraction):
            return plain(fraction)
        case _:
            return repr(value)


def _type(fact: Fact) -> str:
    return f"{fact.type}: {', '.join(fact.members)}" if fact.members else str(fact.type)
