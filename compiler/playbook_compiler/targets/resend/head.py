"""The head of a flow: the event that starts it, who may enter, and what ends it."""

from __future__ import annotations

from playbook_compiler.brought import lacks
from playbook_compiler.export.logic import ALWAYS, NEVER, all_of
from playbook_compiler.export.quoting import quoted
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.model import Flow
from playbook_compiler.own_order import of_its_order
from playbook_compiler.source import Span
from playbook_compiler.spoken.lengths import length
from playbook_compiler.spoken.steps import messages_sent
from playbook_compiler.spoken.triggers import trigger_words
from playbook_compiler.targets.resend import terms
from playbook_compiler.targets.resend.actions import DEFAULT, Body
from playbook_compiler.targets.resend.conditions import Scope, lower_condition, rule, test
from playbook_compiler.targets.resend.properties import is_day
from playbook_compiler.targets.resend.state import Export
from playbook_compiler.triggers import EventTrigger

_TYPES = {
    ValueType.INTEGER: "number",
    ValueType.NUMBER: "number",
    ValueType.MONEY: "number",
    ValueType.DAYS: "number",
    ValueType.SHARE: "number",
    ValueType.DATE: "number",
    ValueType.YEARLY_DATE: "number",
}

OF_ANY_ORDER = "that of any order counts, not only of the order that started the flow"
OF_ANY_MESSAGE = "that of any message counts, not only of this flow's"
_OF_MESSAGES = ("message_opened", "link_clicked")


def start(export: Export, flow: Flow, body: Body, first: str | None) -> None:
    """Add what stands before the first step, and the trigger."""
    node = f"{flow.id}/trigger"
    entry = first
    if flow.entry is not None and flow.entry.rule == "once" and entry is not None:
        own = export.keep(
            f"entered_{flow.id}", "string", f'set by the flow {flow.id} itself: "yes"'
        )
        marked = body.update(
            "trigger~entered", {"properties": {terms.key(f"entered_{flow.id}"): terms.YES}}, entry
        )
        seen = rule(test(own, "eq", terms.YES).yes)
        entry = body.condition("trigger~once", seen, None, marked)
    gates = [
        lower_condition(condition, Scope(export, name)).true.yes
        for condition, name in ((flow.trigger.where, node), (flow.audience, flow.id))
        if condition is not None
    ]
    gate = all_of(gates)
    if gate == NEVER:
        entry = None
    elif gate != ALWAYS:
        entry = body.condition("trigger~gate", rule(gate), entry, None)
    ways = ((DEFAULT, entry),)
    body.add("trigger", "trigger", {"event_name": _event(export, flow)}, ways)


def _event(export: Export, flow: Flow) -> str:
    """Return the event that starts a flow: ours where one does, else one for the flow alone."""
    trigger = flow.trigger
    again = flow.entry.again_after if flow.entry is not None else None
    if again is not None:
        export.lowering.note("flow.entry", flow.id, _span(flow, "entry"))
    often = f"; for one customer at most once in {length(again)}" if again is not None else ""
    existing = flow.existing.over if flow.existing is not None else None
    spread = ""
    if existing is not None:
        spread = f"; for those who meet it on the first day, spread over {length(existing)}"
    catalogue = export.playbook.catalogue
    if isinstance(trigger, EventTrigger) and trigger.within is None and not often + spread:
        fields = _schema(catalogue.events[trigger.event].fields) | _said_days(export, flow)
        return export.hear(trigger.event, fields, "the shop sends it for the customer's contact")
    name = trigger.event if isinstance(trigger, EventTrigger) else f"{trigger.kind}:"
    facts = dict(catalogue.trigger_facts(name))
    facts |= {one: catalogue.variables[one] for one in _quoted(export, flow)}
    note = f"the shop sends it when {trigger_words(trigger)}{often}{spread}"
    fields = _schema(tuple(facts.values())) | _said_days(export, flow)
    return export.hear(terms.own_event(flow.id, "start"), fields, note)


def _quoted(export: Export, flow: Flow) -> list[str]:
    """Return what the flow's messages quote of its order, product or cart, where its trigger brings
    it; fields of the trigger itself belong to its event anyway."""
    catalogue = export.playbook.catalogue
    known = (one for one in _said(export, flow) if one in catalogue.variables)
    return [one for one in known if not lacks(flow.trigger, one, catalogue)]


def _said_days(export: Export, flow: Flow) -> dict[str, str]:
    """Return the fields with days as texts show them, beside the numbers that conditions read."""
    catalogue = export.playbook.catalogue
    days = (one for one in _said(export, flow) if is_day(catalogue, one))
    return {
        terms.key(terms.day_text(one.removeprefix("trigger."))): "string"
        for one in days
        if not lacks(flow.trigger, one, catalogue)
    }


def _said(export: Export, flow: Flow) -> tuple[str, ...]:
    return quoted(tuple(export.playbook.messages[one] for one, _ in messages_sent(flow.steps)))


def _schema(fields: tuple[Fact, ...]) -> dict[str, str]:
    return {
        terms.key(one.name.removeprefix("trigger.")): _TYPES.get(one.type, "string")
        for one in fields
    }


def _span(flow: Flow, key: str) -> Span:
    """Return where a key of a flow stands, or the trigger from which it follows."""
    if flow.origin.has(key):
        return flow.origin.key_span(key)
    return flow.trigger.origin.key_span(flow.trigger.kind)


def whose(export: Export, flow: Flow, *events: str) -> list[str]:
    """Return in words which other events than the run's own count, of events or of its exits."""
    several = events or flow.exit_on or ()
    words = []
    if any(of_its_order(export.playbook, flow, event) for event in several):
        words.append(OF_ANY_ORDER)
    if any(event in _OF_MESSAGES for event in several):
        words.append(OF_ANY_MESSAGE)
    return words


def exit_event(export: Export, flow: Flow) -> str:
    """Return the event that ends a run while it waits, "" for none."""
    events = flow.exit_on or ()
    if not events:
        return ""
    how = "; ".join([export.lowering.capabilities["flow.exit_on"].how, *whose(export, flow)])
    export.lowering.note("flow.exit_on", flow.id, _span(flow, "exit_on"), how)
    if len(events) == 1:
        return export.hear(events[0], {}, "the shop sends it for the customer's contact")
    note = f"the shop sends it at each of these: {', '.join(events)}"
    return export.hear(terms.own_event(flow.id, "exit"), {}, note)
