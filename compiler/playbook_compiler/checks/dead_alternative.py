"""One side of an `or` that is true for nobody: it can be left out."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import of_customers, said
from playbook_compiler.conditions import Not, Or, nodes
from playbook_compiler.conditions_analysis import contradictions, is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find contradictions inside conditions that can still be true in another way."""
    for placed in of_customers(graph):
        if not any(isinstance(node, Or | Not) for node in nodes(placed.condition)):
            continue  # without another way, what excludes one part excludes all
        conflicts = contradictions(placed.condition)
        if conflicts and is_impossible(placed.condition):
            continue
        for conflict in conflicts:
            yield warning(
                RULE,
                f"this side of the condition is true for nobody: {said(conflict)}",
                conflict.second or conflict.first,
                caption="can never hold",
                help="remove it, or correct the number",
                labels=()
                if conflict.second is None
                else (Label(conflict.first, "excludes the other part"),),
            )
