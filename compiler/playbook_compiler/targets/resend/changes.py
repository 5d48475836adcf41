"""The steps that change a contact: properties, subscription, segments."""

from __future__ import annotations

from playbook_compiler.changes import FIELD, SUPPRESS, TAG
from playbook_compiler.conditions import magnitude
from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.facts import NUMERIC_TYPES, ValueType
from playbook_compiler.graph import Node
from playbook_compiler.steps import Membership, Update
from playbook_compiler.targets.resend import terms
from playbook_compiler.targets.resend.actions import DEFAULT, Body
from playbook_compiler.targets.resend.conditions import held_out, member, rule
from playbook_compiler.targets.resend.state import Export, value_of

_GOES_ON = "the step is left out and the run goes on"


def lower_update(export: Export, body: Body, node: Node, next_: str | None) -> str | None:
    """Add what an update changes, and return its step."""
    step = node.what
    assert isinstance(step, Update)
    change, key = step.update, node.step_id
    span = node.origin.key_span("update")
    if change.deed == SUPPRESS:
        if change.name != "email":
            how = f"Resend has no channel {change.name}"
            export.lowering.note(
                "step.update.suppress", node.id, span, how, Support.REFUSED, _GOES_ON
            )
            return next_
        return body.update(key, {"unsubscribed": True}, next_)
    if change.deed == FIELD:
        fact = export.playbook.catalogue.facts[change.name]
        dated = fact.type in (ValueType.DATE, ValueType.YEARLY_DATE)
        numeric = fact.type in NUMERIC_TYPES or dated
        export.keep(change.name, "number" if numeric else "string", fact.documentation)
        value: str | float = change.told
        if dated:
            value = int(change.told.replace("-", ""))
        elif numeric and change.value is not None and not isinstance(change.value, str):
            value = value_of(magnitude(change.value))
        return body.update(key, {"properties": {terms.key(change.name): value}}, next_)
    name = member("tags", change.name)
    export.keep(name, "string", f'"yes" where tags has "{change.name}", else "no"')
    value = terms.YES if change.deed == TAG else terms.NO
    return body.update(key, {"properties": {terms.key(name): value}}, next_)


def lower_membership(export: Export, body: Body, node: Node, next_: str | None) -> str | None:
    """Add the contact to a segment; Resend's automations take nobody out of one."""
    step = node.what
    assert isinstance(step, Membership)
    outside, span = step.audience, node.origin.key_span("audience")
    if outside.remove:
        how = "an automation of Resend takes nobody out of a segment"
        export.lowering.note("step.audience", node.id, span, how, Support.REFUSED, _GOES_ON)
        return next_
    if outside.at_most is not None or outside.leave_on:
        how = "an automation of Resend takes nobody out of a segment again"
        lossy = "the customer stays in the segment"
        export.lowering.note("step.audience", node.id, span, how, Support.REFUSED, lossy)
    else:
        export.lowering.note("step.audience", node.id, span)
    export.segments.add(outside.add)
    config = {"segment_id": ref("segment", outside.add)}
    added = body.add(node.step_id, "add_to_segment", config, ((DEFAULT, next_),))
    held = held_out(export)
    return added if held is None else body.condition(f"{added}~may", rule(held.yes), next_, added)
