"""A flow for stages that the shop has left, or that the playbook does not have: it never runs."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import running
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.reading import listed
from playbook_compiler.vocabulary import STAGES

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows none of whose stages can come: a shop never goes back to an earlier one."""
    playbook = graph.playbook
    for flow in running(playbook):
        if not flow.origin.has("stages"):
            continue
        stages = [name for name in flow.stages if name in playbook.stages]
        if not stages:
            yield _found(
                flow,
                f"the playbook has no stage {listed(flow.stages)}",
                f"define it under `stages:`, or write one of {', '.join(playbook.stages)}",
            )
        elif _are_past(stages, playbook):
            yield _found(
                flow,
                f"the shop's stage is {playbook.stage} and never goes back",
                f"write `stages: {playbook.stage}+`, or pause the flow with `enabled: false`",
                (Label(playbook.origin.span("stage"), "the stage stands here"),),
            )


def _are_past(stages: list[str], playbook: Playbook) -> bool:
    if playbook.stage not in STAGES:
        return False  # `auto`: the orders tell the stage, from the first one on
    now = STAGES.index(playbook.stage)
    return all(STAGES.index(name) < now for name in stages)


def _found(flow: Flow, why: str, advice: str, labels: tuple[Label, ...] = ()) -> Diagnostic:
    return warning(
        RULE,
        f"the flow `{flow.id}` never runs: {why}",
        flow.origin.span("stages"),
        caption="no stage of these can come",
        help=advice,
        labels=labels,
    )
