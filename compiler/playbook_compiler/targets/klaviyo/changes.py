"""The steps that change a profile or call another system."""

from __future__ import annotations

import json
from typing import Any

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.changes import FIELD, SUPPRESS, TAG, Change
from playbook_compiler.conditions import magnitude
from playbook_compiler.export.capability import Support
from playbook_compiler.export.dialect import inert_tags
from playbook_compiler.facts import ValueType
from playbook_compiler.graph import Node
from playbook_compiler.steps import Call, Membership, Update
from playbook_compiler.targets.klaviyo import actions, terms
from playbook_compiler.targets.klaviyo.actions import Action
from playbook_compiler.targets.klaviyo.fact_readings import PROPERTY_FACTS
from playbook_compiler.targets.klaviyo.profile_tests import number
from playbook_compiler.targets.klaviyo.state import Export
from playbook_compiler.webhook import VARIABLE

LISTS = "playbook_lists"


def lower_update(export: Export, node: Node, step: Update, next_: str | None) -> list[Action]:
    """Return the change of the profile; none where Klaviyo cannot make it."""
    change, lowering = step.update, export.lowering
    span = node.origin.key_span("update")
    if not lowering.note(f"step.update.{change.deed}", node.id, span):
        lowering.leave_out("step.update", node.id, "it goes with what it changes")
        return []
    lowering.note("step.update", node.id, span)
    if change.deed == SUPPRESS:
        raise AssertionError("a change with a row and no lowering: suppress")
    if change.deed != FIELD:
        deed = "add" if change.deed == TAG else "remove"
        operation = actions.operation("tags", "list", inert_tags(change.name), deed)
    else:
        operation = _field(export, change)
    return [actions.update(node.step_id, next_, [operation])]


def _field(export: Export, change: Change) -> dict[str, Any]:
    fact = export.playbook.catalogue.facts[change.name]
    value = change.value
    assert value is not None
    export.lowering.need("property", change.name, "custom profile property that the shop fills")
    match value:
        case bool():
            return actions.operation(change.name, "boolean", value)
        case str():
            kind = "date" if fact.type is ValueType.DATE else "string"
            return actions.operation(change.name, kind, inert_tags(value))
        case _:
            return actions.operation(change.name, "numeric", number(magnitude(value)))


def lower_membership(
    export: Export, node: Node, step: Membership, next_: str | None
) -> list[Action]:
    """Return the change of the list property that a segment for the outside list reads."""
    outside, lowering = step.audience, export.lowering
    span = node.origin.key_span("audience")
    how, support, lossy = "", None, ""
    if outside.at_most is not None or outside.leave_on:
        how = "Klaviyo takes nobody out of a list again by itself"
        support, lossy = Support.REFUSED, "the customer stays in the list"
    lowering.note("step.audience", node.id, span, how, support, lossy, kept=True)
    name = outside.add or outside.remove
    note = f"make a segment of profiles whose list `{LISTS}` contains it, and sync that"
    lowering.need("list", name, note)
    operation = actions.operation(LISTS, "list", name, "add" if outside.add else "remove")
    return [actions.update(node.step_id, next_, [operation])]


def lower_call(export: Export, node: Node, step: Call, next_: str | None) -> list[Action]:
    """Return a webhook with the customer's address and the fields, as JSON.

    Texts are percent-encoded, so that no value of a customer can end the JSON early.
    """
    call, lowering = step.call, export.lowering
    span = node.origin.key_span("call")
    how, support, lossy = "", None, ""
    if call.method != "POST":
        how = f"Klaviyo's webhooks are POST, not {call.method}"
        support, lossy = Support.REFUSED, "the address is called with POST"
    lowering.note("step.call", node.id, span, how, support, lossy, kept=True)
    url = call.url
    if VARIABLE.fullmatch(url):
        url = lowering.need("webhook", url, "the address that this variable holds")
    body = {"customer": _quoted("person.email")}
    for name in call.fields:
        expression = _expression(export, name)
        if not expression:
            how, lossy = f"Klaviyo has no value for `{name}`", "the field is left out of the call"
            lowering.note("step.call", node.id, span, how, Support.REFUSED, lossy, kept=True)
            continue
        body[name] = _quoted(expression)
    headers = {"Content-Type": "application/json"}
    return [
        actions.webhook(
            node.step_id, next_, node.step_id, inert_tags(url) if url == call.url else url,
            headers, json.dumps(body, ensure_ascii=False),
        )
    ]  # fmt: skip


def _quoted(expression: str) -> str:
    return f"{{{{ {expression}|default:''|urlencode }}}}"


def _expression(export: Export, name: str) -> str:
    """Return what Klaviyo calls a fact or message variable; empty where it has none."""
    if name in terms.PERSON:
        return terms.PERSON[name]
    own = name.removeprefix("trigger.")
    if own in terms.EVENT:
        return terms.EVENT[own]
    if name.startswith("trigger."):
        return f"event|lookup:'{own}'"
    fact = export.playbook.catalogue.facts.get(name.removeprefix("customer."))
    if fact is not None and (fact.name not in BUILT_IN.facts or fact.name in PROPERTY_FACTS):
        export.lowering.need("property", fact.name, "custom profile property that the shop fills")
        return f"person|lookup:'{fact.name}'"
    return ""
