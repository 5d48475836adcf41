"""Steps without a message: calls of the shop's service and of others."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.graph import Node
from playbook_compiler.model import Flow
from playbook_compiler.steps import Call, Grant, Membership, Start, Step, Task, Update
from playbook_compiler.targets.n8n import nodes, script
from playbook_compiler.targets.n8n.head import CUSTOMER_URL
from playbook_compiler.targets.n8n.nodes import Json, Made
from playbook_compiler.targets.n8n.rules import duration_data
from playbook_compiler.targets.n8n.state import Export, webhook_path
from playbook_compiler.targets.n8n.workflow import Ends, Workflow
from playbook_compiler.units import Money, Share
from playbook_compiler.webhook import VARIABLE

_NO_MESSAGE: Json = {"channel": "", "consent": False, "holdout": 0.0, "caps": []}


def body_for(fields: Mapping[str, str]) -> str:
    """Return the inside of an expression: fields, and whose they are."""
    return nodes.record({"customer": f"{script.START}.customer.id", **fields})


def gate(
    export: Export, flow: Flow, work: Workflow, id_: str, ends: Ends, rule: Json
) -> tuple[Ends, Ends, Ends]:
    """Ask before an action: return the ends that go on, that go past it, and where runs are over.

    The customer is asked for anew, and stands in what the node `ID~may` gives on.
    """
    exit_when = flow.exit_when
    whole = {
        **rule,
        "exit_on": list(flow.exit_on or ()),
        "exit_when": None if exit_when is None else export.test(exit_when, flow.id),
    }
    for event in flow.exit_on or ():
        export.lowering.need("event", event, "when it happened last, in the customer's `events`")
    here = work.add(f"{id_}~customer", nodes.get(CUSTOMER_URL, export.shop), ends)
    asked = work.add(f"{id_}~may", nodes.code(script.GATE, whole), here)
    if not asked:
        return (), (), ()
    work.add(f"{id_}~goes", nodes.ways(3), asked)
    go, passed, over = work.ways(f"{id_}~goes")
    return go, passed, over


def lower_action(
    export: Export, flow: Flow, work: Workflow, node: Node, ends: Ends
) -> tuple[Ends, Ends]:
    """Return the ends after a step without a message, and those where the run is over."""
    step = node.what
    assert step is not None
    over: Ends = ()
    if flow.exit_on or flow.exit_when is not None:
        ends, _, over = gate(export, flow, work, node.step_id, ends, _NO_MESSAGE)
    made = _action(export, node, step)
    return work.add(node.step_id, made, ends, node.step_id), over


def _action(export: Export, node: Node, step: object) -> Made:
    lowering, span = export.lowering, node.origin.key_span(node.kind)
    quoted = script.quoted
    assert isinstance(step, Step)
    lowering.note(f"step.{node.kind}", node.id, span)
    match step:
        case Grant(grant=gift):
            if gift.offer:
                export.offers.add(gift.offer)
                return _tell(export, "grants", {"offer": quoted(gift.offer)})
            if gift.points is not None:
                lowering.note("step.grant.points", node.id, span)
                return _tell(export, "grants", {"points": quoted(gift.points)})
            lowering.note("step.grant.credit", node.id, span)
            return _tell(export, "grants", {"credit": quoted(str(gift.credit))})
        case Update(update=change):
            lowering.note(f"step.update.{change.deed}", node.id, span)
            value = change.value
            if isinstance(value, Money | Share):
                value = str(value)
            if value is not None and not isinstance(value, bool | int | str):
                value = str(value)
            fields = {
                "change": quoted(change.deed),
                "name": quoted(change.name),
                "value": quoted(value),
            }
            return _tell(export, "updates", fields)
        case Membership(audience=outside):
            fields = {
                "change": quoted("add" if outside.add else "remove"),
                "audience": quoted(outside.add or outside.remove),
            }
            if outside.at_most is not None:
                fields["at_most"] = nodes.record(
                    {key: str(value) for key, value in duration_data(outside.at_most).items()}
                )
            if outside.leave_on:
                fields["leave_on"] = quoted(list(outside.leave_on))
            return _tell(export, "audiences", fields)
        case Task(task=task, owner=owner, due=due):
            fields = {
                "task": quoted(task),
                "owner": quoted(owner),
                "due": quoted(None if due is None else str(due)),
                "step": quoted(node.id),
            }
            return _tell(export, "tasks", fields)
        case Call(call=hook):
            if VARIABLE.fullmatch(hook.url):
                url = f"={{{{ {script.START}.settings[{quoted(hook.url)}] }}}}"
            else:
                url = hook.url
            fields = {name: _value(export, name) for name in hook.fields if name != "customer"}
            return nodes.send(url, body_for(fields), None, hook.method)
        case Start(start=other):
            url = f"={{{{ {script.START}.settings.n8n }}}}/webhook/{webhook_path(other)}"
            calls = export.credential("calls", "header auth that those who call the workflows send")
            body = f"{{ customer: {script.START}.customer, trigger: {script.START}.trigger }}"
            return nodes.send(url, body, calls)
        case _:
            raise AssertionError(f"a step with a row and no lowering: {node.kind}")


def _tell(export: Export, what: str, fields: Mapping[str, str]) -> Made:
    return nodes.send(f"{nodes.SHOP}/{what}", body_for(fields), export.shop)


def _value(export: Export, name: str) -> str:
    """Return the expression of a fact or message variable, as it was when the run began."""
    sender = export.playbook.sender
    own = name.removeprefix("customer.")
    if own.startswith("sender"):
        key = own.replace("sender_", "sender.").partition(".")[2]
        return script.quoted(str(getattr(sender, key, "")) if sender is not None else "")
    if name.startswith(("order.", "product.", "cart.", "trigger.")):
        field = name.removeprefix("trigger.")
        export.lowering.need("event field", field, "in the `trigger` of the call")
        return f"({script.START}.trigger[{script.quoted(field)}] ?? null)"
    export.lowering.need("fact", own, "in the customer's record, when known")
    return f"({script.START}.customer[{script.quoted(own)}] ?? null)"
