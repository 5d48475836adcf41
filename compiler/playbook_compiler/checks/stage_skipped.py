"""A stage that the shop never stays in: whoever enters it has entered the next one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from playbook_compiler.condition_implication import surely_implies
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.vocabulary import STAGES

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find stages whose `enter` is met only where that of the next one is."""
    playbook = graph.playbook
    entered = [
        (name, stage.origin, stage.enter)
        for name in STAGES
        if (stage := playbook.stages.get(name)) is not None and stage.enter is not None
    ]
    for (name, place, enter), (later, later_place, later_enter) in pairwise(entered):
        if surely_implies(enter, later_enter):
            yield warning(
                RULE,
                f"`{name}` is never a shop's stage: whoever enters it has entered `{later}`",
                later_place.span("enter"),
                caption=f"expected more than `{enter}`",
                help=f"let each stage begin later than the one before: {', '.join(STAGES)}",
                labels=(Label(place.span("enter"), f"`{name}` begins here"),),
            )
