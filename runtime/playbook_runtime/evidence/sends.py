"""The effects of every send of a playbook: what its author expects, else what the library knows."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.graph import Node, TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.steps import Send
from playbook_compiler.triggers import EventTrigger
from playbook_compiler.values import dataclass
from playbook_compiler.waits import least_waits
from playbook_runtime.evidence.defaults import default_evidence
from playbook_runtime.evidence.effects import EffectPrior, authored, from_library
from playbook_runtime.evidence.model import Evidence, Form
from playbook_runtime.evidence.updating import shop_rows


@dataclass(frozen=True, slots=True)
class SendEffects:
    """The effects of one send. `evidence_id` is the library's entry that stands in for an
    `expect:` that was left out, empty where the author wrote one or nothing is known."""

    node: str
    flow: str
    step: str
    priors: tuple[EffectPrior, ...]
    authored: bool
    evidence_id: str = ""


@dataclass(frozen=True, slots=True)
class FlowEffects:
    """The effects of a flow's own `expect:`, per entrant."""

    flow: str
    priors: tuple[EffectPrior, ...]


def flow_effects(graph: TriggerGraph) -> tuple[FlowEffects, ...]:
    """Return the effects that flows declare for their entrants, in the order of flows."""
    rows = shop_rows(graph.playbook)
    return tuple(
        FlowEffects(flow.id, authored(flow.expect, rows))
        for flow in graph.playbook.flows.values()
        if flow.expect is not None
    )


def send_effects(graph: TriggerGraph) -> tuple[SendEffects, ...]:
    """Return the effects of every send, in the order of nodes.

    The library is that of the shop: with what its own experiments make of it. A flow's own
    `expect:` switches off the library's effects on its sends, not what a send itself
    expects. An `expect:` that tells only the redemption leaves the library's effect on buying.
    """
    rows = shop_rows(graph.playbook)
    found = []
    for flow in graph.playbook.flows.values():
        waited = least_waits(graph, flow.id, through_people=True)
        for node in graph.of_flow(flow.id):
            if isinstance(node.what, Send):
                days = float(waited.get(node.id, 0))
                found.append(_of_send(graph, rows, flow, node, node.what, days))
    return tuple(found)


def _of_send(
    graph: TriggerGraph,
    rows: Mapping[str, Evidence],
    flow: Flow,
    node: Node,
    send: Send,
    waited_days: float,
) -> SendEffects:
    own = authored(send.expect, rows) if send.expect is not None else ()
    told = send.expect is not None and not (
        own and all(prior.form is Form.REDEMPTION for prior in own)
    )
    evidence_id = (
        "" if told or flow.expect is not None else _default(graph, flow, send, waited_days)
    )
    library_priors = (from_library(rows[evidence_id]),) if evidence_id else ()
    return SendEffects(
        node.id, flow.id, node.step_id, own + library_priors, send.expect is not None, evidence_id
    )


def _default(graph: TriggerGraph, flow: Flow, send: Send, waited_days: float) -> str:
    message = graph.playbook.messages.get(send.send.messages[0])
    if message is None:
        return ""
    trigger = flow.trigger
    found = default_evidence(
        strategy=flow.strategy,
        trigger=trigger.event if isinstance(trigger, EventTrigger) else trigger.kind,
        channel=message.channel,
        kind=message.kind,
        waited_days=waited_days,
    )
    return found or ""
