"""Our conditions as tests of customer segments, in the three values of the language.

A condition is brought into alternatives by the laws of Kleene (condition_normal_form), so that it
is true where some alternative is; each test in them then says when it is true, and never holds of a
customer of whom Voucherify does not know. What Voucherify cannot know is read from a metadata
property that the shop fills, when the caller allows losses.
"""

from __future__ import annotations

from playbook_compiler.condition_normal_form import any_of_all
from playbook_compiler.conditions import (
    Between,
    Compare,
    Condition,
    Happened,
    Has,
    InAudience,
    InSet,
    IsKnown,
    Not,
)
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import condition_name, construct_of
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import Where
from playbook_compiler.model import Playbook
from playbook_compiler.targets.voucherify import fields, naming
from playbook_compiler.targets.voucherify.fact_tests import COMPUTED, lower_fact
from playbook_compiler.targets.voucherify.fields import Groups, TooManyGroups
from playbook_compiler.values import dataclass

_ORDER_EVENTS = ("order_placed", "order_paid")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a condition stands: `name` for the report."""

    playbook: Playbook
    lowering: Lowering
    name: str


def lower_condition(condition: Condition, scope: Scope) -> Groups:
    """Return the groups of which one holds where the condition is true; losses are noted."""
    try:
        form = any_of_all(condition)
        if form is None:
            raise TooManyGroups
        return fields.either(
            fields.both(_test(test, scope) for test in group) for group in form.groups
        )
    except TooManyGroups:
        why = "the condition has more alternatives than segments could be looked after"
        return _refused(condition_name(condition), condition, scope, why)


def _test(test: Condition, scope: Scope) -> Groups:
    """Return where a single test, or its `not`, is true."""
    positive = not isinstance(test, Not)
    inner = test.part if isinstance(test, Not) else test
    match inner:
        case InAudience(audience):
            # A member or not, never unknown: not a member is whoever does not meet it for certain.
            other = scope.playbook.audiences[audience]
            scope.lowering.note(condition_name(inner), scope.name, inner.span)
            found = lower_condition(other.where, scope)
            return found if positive else fields.opposite(found)
        case Happened(event, None):
            if event in _ORDER_EVENTS:
                found = fields.one(fields.ORDERS, "$more_than", 0)
            else:
                found = fields.one(f"events.{event}.count", "$more_than", 0)
            scope.lowering.note(condition_name(inner), scope.name, inner.span)
            scope.lowering.note(construct_of("event", event), scope.name, inner.name_span)
            return found if positive else fields.opposite(found)
        case Compare() | InSet() | Between() | IsKnown() | Has():
            fact = inner.fact
            if fact.where is Where.TRIGGER:
                construct, why = "fact.trigger", "a segment knows no event"
            elif fact.name in COMPUTED:
                construct, why = construct_of("fact", fact.name), ""
            else:
                construct, why = construct_of("fact", fact.name), "Voucherify has no such test"
                said = lower_fact(inner, positive, scope.playbook.decimals)
                if said is not None:
                    if said.property:
                        scope.lowering.need("property", said.property, said.note)
                    scope.lowering.note(condition_name(inner), scope.name, inner.span)
                    scope.lowering.note(construct, scope.name, inner.span)
                    return said.groups
            return _refused(construct, test, scope, why)
        case _:
            return _refused(condition_name(inner), test, scope, "")


def _refused(construct: str, test: Condition, scope: Scope, why: str) -> Groups:
    """Note a refusal, and return the test of the property that stands in for it."""
    text = str(test)
    name = naming.slug(text)
    lossy = f"it is read from the customer's metadata property `{name}`, which the shop fills"
    scope.lowering.note(construct, scope.name, test.span, why, Support.REFUSED, lossy)
    if scope.lowering.allow_lossy:
        note = f"true for customers of whom it holds: {naming.inert(text)}"
        scope.lowering.need("property", name, note)
    return fields.one(f"metadata.{name}", "$is", True)
