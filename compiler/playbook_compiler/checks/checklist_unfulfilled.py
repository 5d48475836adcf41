"""An item on the stage's checklist that the playbook says it does, and does not."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, Label, shown, warning
from playbook_compiler.family import name_of
from playbook_compiler.fulfilment import fulfilment
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find items of the stated stage whose flow is paused, runs in other stages, or is missing."""
    playbook = graph.playbook
    stage = playbook.stages.get(playbook.stage)
    if stage is None:
        return
    for name in dict.fromkeys(stage.checklist):
        for item in playbook.checklists[name]:
            state = fulfilment(item.done_by, playbook, playbook.stage) if item.done_by else None
            if state is None or state.done:
                continue
            labels = (Label(state.span, "this one"),) if state.span is not None else ()
            yield warning(
                RULE,
                f"`{shown(item.item)}` is on the checklist of {playbook.stage}, but {state.why}",
                item.origin.span("done_by"),
                caption="not done",
                help="switch it on in this stage, or give the item an `owner` who does it",
                labels=labels,
            )
