"""What a picture of the flows shows: nodes and edges with short labels."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler import conditions
from playbook_compiler.export.capability import (
    Capability,
    Support,
    approximated,
    dropped,
    exact,
    table,
)
from playbook_compiler.export.constructs import condition_name, construct_of
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import Where
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.source import Span

_ELSEWHERE = "not in the picture: `playbook export markdown` tells it"
_CUT = "in a label, as the playbook writes it, cut after 80 characters"
_NODE = "a node whose label says it"
_WAY = "an edge whose label says it"


def picture_table(own: list[Capability]) -> dict[str, Capability]:
    """Return the table of a picture; `own` are the rows in which pictures differ."""
    return table(
        [
            *own,
            *exact("what it brings in stands where it belongs", "playbook.include", "playbook.use"),
            *dropped(_ELSEWHERE, "playbook.*", "guardrails.*", "flow.*", "audience.*", "offer.*"),
            *dropped(_ELSEWHERE, "message.*", "programme.*", "channel.*", "variable.*"),
            *exact(_NODE, "trigger.*", "step.*"),
            *approximated(_CUT, "trigger.where", "step.task", "step.call", "step.exit"),
            *approximated(_CUT, "step.if", "step.branch", "step.send.ladder", "step.send.rotation"),
            *exact(_WAY, "step.if.then", "step.if.else", "step.branch.else", "step.split.variants"),
            *exact(_WAY, "step.wait.happened", "step.wait.timed_out"),
            *dropped(_ELSEWHERE, "step.send.at", "step.send.reached", "step.send.expect"),
            *dropped(_ELSEWHERE, "step.wait.since", "step.split.experiment"),
            *dropped(_ELSEWHERE, "step.task.owner", "step.task.due", "step.task.cost"),
            *approximated(_CUT, "condition.*", "fact.*"),
            *exact("the name stands in the label", "event.*"),
        ]
    )


def note_hidden(graph: TriggerGraph, lowering: Lowering) -> None:
    """Note that a flow's own conditions and exits, and objects beside the flows, have no label."""
    playbook = graph.playbook
    for kind, named in (
        ("audience", playbook.audiences),
        ("offer", playbook.offers),
        ("message", playbook.messages),
    ):
        for name in named:
            lowering.leave_out(kind, name, _ELSEWHERE)
    for flow in playbook.flows.values():
        for construct, span in _hidden(flow):
            lowering.note(construct, flow.id, span, _ELSEWHERE, Support.DROPPED)


def _hidden(flow: Flow) -> Iterator[tuple[str, Span]]:
    for event in flow.exit_on or ():
        span = flow.origin.key_span("exit_on" if flow.origin.has("exit_on") else "trigger")
        yield construct_of("event", event), span
    for condition in (flow.audience, flow.exit_when):
        if condition is None:
            continue
        for node in conditions.nodes(condition):
            yield condition_name(node), node.span
            if isinstance(node, conditions.Happened):
                yield construct_of("event", node.event), node.name_span
        for read in conditions.facts_read(condition):
            name = "trigger" if read.fact.where is Where.TRIGGER else read.fact.name
            yield construct_of("fact", name), read.span
