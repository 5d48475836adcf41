"""Two marketing messages of one flow at the same moment, in the same channel."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import Sent, is_marketing, sends
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Send, UntilEvent, Wait
from playbook_compiler.units import Duration

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find sends that another one leads to without a wait."""
    sent_by: dict[str, Sent] = {one.node.id: one for one in sends(graph) if is_marketing(one)}
    told: set[str] = set()
    for first in sent_by.values():
        for node in _at_once(first.node.id, graph):
            second = sent_by.get(node)
            if second is None or node in told or second.message.channel != first.message.channel:
                continue
            told.add(node)
            yield warning(
                RULE,
                f"`{first.message.id}` and `{second.message.id}` go out in the same minute",
                second.node.origin.span("send"),
                caption="nothing is waited for before it",
                help="put a wait between them, for example `wait: 3d`",
                labels=(Label(first.node.origin.span("send"), "sent just before"),),
            )


def _at_once(start: str, graph: TriggerGraph) -> Iterator[str]:
    """Yield the sends that a run can get to without passing time, the nearest on every way."""
    open_ = [edge.target for edge in graph.out(start)]
    seen: set[str] = set()
    while open_:
        node = open_.pop()
        if node in seen:
            continue
        seen.add(node)
        step = graph.nodes[node].what
        if isinstance(step, Send):
            yield node
        elif not _takes_time(step):
            open_.extend(edge.target for edge in graph.out(node))


def _takes_time(step: object) -> bool:
    if not isinstance(step, Wait):
        return False
    length = step.wait.at_most if isinstance(step.wait, UntilEvent) else step.wait
    return not isinstance(length, Duration) or not length.is_zero
