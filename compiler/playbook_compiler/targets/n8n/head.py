"""What stands before a flow's first step: who calls it, when, and who may enter."""

from __future__ import annotations

from typing import Any

from playbook_compiler.export.capability import Support
from playbook_compiler.model import Flow
from playbook_compiler.recurrence import DAY, WEEK, Recurrence
from playbook_compiler.steps import Call, Send, Start
from playbook_compiler.targets.n8n import nodes, script
from playbook_compiler.targets.n8n.nodes import Json
from playbook_compiler.targets.n8n.rules import duration_data
from playbook_compiler.targets.n8n.state import Export, webhook_path
from playbook_compiler.targets.n8n.workflow import Ends, Workflow
from playbook_compiler.triggers import EntersAudience, EventTrigger, Schedule
from playbook_compiler.webhook import VARIABLE

CUSTOMER_URL = f"{nodes.SHOP}/customers/{{{{ encodeURIComponent({script.START}.customer.id) }}}}"
# n8n keeps no day beyond what every month has.
LAST_DAY = 28


def lower_head(export: Export, flow: Flow, work: Workflow, held_out: float) -> tuple[Ends, Ends]:
    """Make the nodes before the first step; return the ends of those who enter, and of the rest."""
    address = export.address("shop", "where the shop's service answers, without a slash at the end")
    trigger = flow.trigger
    if not isinstance(trigger, EventTrigger):
        _due(export, flow, work, address)
    else:
        export.lowering.need("caller", flow.id, f"call the workflow when {in_words(flow)}")
    incoming = export.credential("calls", "header auth that those who call the workflows send")
    begin = work.begin("Called", nodes.webhook(webhook_path(flow.id), incoming))
    start = work.add(
        "Start", nodes.code(script.SETTINGS, {"settings": _settings(export, flow)}), begin
    )
    here = work.add("Customer", nodes.get(CUSTOMER_URL, export.shop), start)
    rule = {
        "flow": flow.id,
        "entry": _entry(flow),
        "holdout": held_out,
        "tests": _tests(export, flow),
    }
    asked = work.add("May enter", nodes.code(script.ENTER, rule), here)
    work.add("Enters", nodes.ways(2), asked)
    entering, staying_out = work.ways("Enters")
    fields = {
        "customer": f"{script.START}.customer.id",
        "what": script.quoted("entered"),
        "flow": script.quoted(flow.id),
    }
    told = nodes.send(f"{nodes.SHOP}/records", nodes.record(fields), export.shop)
    return work.add("Entered", told, entering), staying_out


def _settings(export: Export, flow: Flow) -> Json:
    """Return the addresses that a workflow uses, in one place to fill them in."""
    found: Json = {
        "shop": export.address(
            "shop", "where the shop's service answers, without a slash at the end"
        )
    }
    found |= dict(sorted(addresses(export, flow).items()))
    return found


def addresses(export: Export, flow: Flow) -> dict[str, str]:
    """Return the placeholders of the other addresses that a flow's steps call, by name."""
    found: dict[str, str] = {}
    for node in export.graph.of_flow(flow.id):
        match node.what:
            case Send(send=choice):
                for message in choice.messages:
                    channel = export.playbook.messages[message].channel
                    if channel != "email":
                        note = f"https address of what sends {channel} messages for you"
                        found[channel] = export.address(channel, note)
            case Call(call=hook) if VARIABLE.fullmatch(hook.url):
                note = "https address; it may be a secret"
                found[hook.url] = export.address(hook.url, note)
            case Start():
                found["n8n"] = own_address(export)
    return found


def own_address(export: Export) -> str:
    """Return the placeholder of the n8n server's own address."""
    return export.address("n8n", "the n8n server's own address, without a slash at the end")


def _entry(flow: Flow) -> Json:
    entry = flow.entry
    if entry is None or entry.rule == "always":
        return {"rule": "always"}
    if entry.again_after is None:
        return {"rule": "once"}
    return {"rule": "again", "after": duration_data(entry.again_after)}


def _tests(export: Export, flow: Flow) -> list[Any]:
    found = []
    if isinstance(flow.trigger, EntersAudience):
        audience = export.playbook.audiences[flow.trigger.enters]
        span = (
            audience.origin.key_span("where")
            if audience.origin.has("where")
            else audience.origin.key_span()
        )
        export.lowering.note("audience.where", audience.id, span)
        found.append(export.test(audience.where, audience.id))
    where = flow.trigger.where
    if where is not None:
        node = f"{flow.id}/trigger"
        export.lowering.note("trigger.where", node, flow.trigger.origin.key_span("where"))
        found.append(export.test(where, node))
    if flow.audience is not None:
        export.lowering.note("flow.audience", flow.id, flow.origin.key_span("audience"))
        found.append(export.test(flow.audience, flow.id))
    return found


def _due(export: Export, flow: Flow, work: Workflow, shop: str) -> None:
    """Make the nodes that ask the shop who is due, and start a run for each."""
    trigger, node = flow.trigger, f"{flow.id}/trigger"
    span = trigger.origin.key_span(trigger.kind)
    rule: Json = {"field": "hours", "hoursInterval": 1, "triggerAtMinute": 0}
    how = ""
    if isinstance(trigger, Schedule):
        rule, how = _every(trigger.every)
    export.lowering.note(
        f"trigger.{trigger.kind}", node, span, how, Support.APPROXIMATED if how else None
    )
    export.lowering.need("due", flow.id, f"who is due when {in_words(flow)}")
    begin = work.begin("On time", nodes.schedule(rule))
    # The address is fixed text: it does not begin with an equals sign.
    asked = nodes.get(f"{shop}/due?flow={_in_query(flow.id)}", export.shop)
    due = work.add("Who is due", asked, begin)
    calls = export.credential("calls", "header auth that those who call the workflows send")
    body = "{ customer: $json.customer, trigger: $json.trigger ?? null }"
    own = f"{own_address(export)}/webhook/{webhook_path(flow.id)}"
    work.add("Start each run", nodes.send(own, body, calls), due)


def _in_query(name: str) -> str:
    return name.replace("/", "%2F")


def _every(every: Recurrence) -> tuple[Json, str]:
    at = {
        "triggerAtHour": every.at.minutes // 60,
        "triggerAtMinute": every.at.minutes % 60,
    }
    if every.unit == DAY:
        return {"field": "days", "daysInterval": every.count, **at}, ""
    if every.unit == WEEK:
        # n8n counts from Sunday.
        day = (every.on % 7 + 1) % 7
        rule = {
            "field": "weeks",
            "weeksInterval": every.count,
            "triggerAtDay": [day],
            **at,
        }
        return rule, ""
    day = min(every.on, LAST_DAY)
    how = f"on the {day}. of the month, which every month has" if day != every.on else ""
    rule = {
        "field": "months",
        "monthsInterval": every.count,
        "triggerAtDayOfMonth": day,
        **at,
    }
    return rule, how


def in_words(flow: Flow) -> str:
    """Return in words what starts a flow."""
    trigger = flow.trigger
    if isinstance(trigger, EventTrigger):
        words = f"`{trigger.event}` happens"
        if trigger.at_least > 1:
            words += f" {trigger.at_least} times within {trigger.within}"
        return words
    words = f"the trigger `{trigger.kind}: {getattr(trigger, trigger.kind)}` fires"
    for key in ("before", "after", "to"):
        if getattr(trigger, key, None):
            words += f", {key} {getattr(trigger, key)}"
    return words
