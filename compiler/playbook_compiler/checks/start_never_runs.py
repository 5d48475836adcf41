"""A flow is started that never runs when it is: it is paused, or runs in other stages."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Start

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find `start` of flows that are paused or share no stage with the flow that starts them."""
    flows = graph.playbook.flows
    for node in graph.nodes.values():
        if not isinstance(node.what, Start) or not flows[node.flow].enabled:
            continue
        source, target = flows[node.flow], flows[node.what.start]
        if not target.enabled:
            why, place = "is paused", target.origin.span("enabled")
            advice = f"remove this step, or switch `{target.id}` on"
        elif not set(source.stages) & set(target.stages):
            why = f"never runs in the stages of `{source.id}`"
            origin = target.origin if target.origin.has("stages") else source.origin
            place = origin.span("stages")
            advice = "give both flows a stage in common"
        else:
            continue
        yield warning(
            RULE,
            f"this starts nothing: `{target.id}` {why}",
            node.origin.span("start"),
            caption="nobody enters it here",
            help=advice,
            labels=(Label(place, "because of this"),),
        )
