"""A condition that is true for nobody: its parts exclude each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from playbook_compiler.checks._conditions import (
    Placed,
    living,
    of_customers,
    places,
    said,
    told_audiences,
)
from playbook_compiler.conditions import Condition, InAudience, nodes
from playbook_compiler.conditions_analysis import Conflict, contradictions, is_impossible
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find conditions that can never be true, audiences looked into.

    An audience that only others make empty is a dead audience; what names one is not told again.
    """
    playbook = graph.playbook
    for stage in playbook.stages.values():
        if stage.enter is not None and is_impossible(stage.enter):
            placed = Placed(stage.enter, stage.origin.span("enter"))
            yield _found(placed, contradictions(stage.enter)[0], playbook)
    audiences = told_audiences(playbook)
    defined = {id(one) for one in audiences.values()}
    alive: Mapping[str, Condition] | None = None
    for placed in of_customers(graph):
        conflict = _conflict(placed.condition, {})
        named = any(isinstance(node, InAudience) for node in nodes(placed.condition))
        chooses = named and id(placed.condition) not in defined
        if conflict is None and chooses and is_impossible(placed.condition, audiences):
            alive = living(audiences) if alive is None else alive
            conflict = _conflict(placed.condition, alive)
        if conflict is not None:
            yield _found(placed, conflict, playbook)


def _conflict(condition: Condition, audiences: Mapping[str, Condition]) -> Conflict | None:
    """Return why a condition is true for nobody; None where it is for somebody."""
    if not is_impossible(condition, audiences):
        return None
    return contradictions(condition, audiences)[0]  # an impossible condition has one


def _found(placed: Placed, conflict: Conflict, playbook: Playbook) -> Diagnostic:
    span = conflict.second or conflict.first
    return error(
        RULE,
        f"this condition is true for nobody: {said(conflict)}",
        span,
        caption="can never hold",
        help="loosen one of the parts, or write `or` where either may hold",
        labels=places(conflict, playbook, span),
    )
