"""A condition, or a part of one, that is true for everyone: it chooses nobody."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import of_customers
from playbook_compiler.conditions_analysis import Conflict, is_impossible, tautologies
from playbook_compiler.diagnostics import Diagnostic, Label, shown, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find tests that every customer passes whose facts are known."""
    facts = graph.playbook.catalogue.facts
    missing = {name for name, fact in facts.items() if fact.may_be_missing}
    for placed in of_customers(graph):
        conflicts = tautologies(placed.condition)
        if conflicts and is_impossible(placed.condition):
            continue
        for conflict in conflicts:
            yield warning(
                RULE,
                f"this is true for everyone whose `{conflict.subject}` is known: {_said(conflict)}"
                if conflict.subject in missing
                else f"this is true for everyone: {_said(conflict)}",
                conflict.second or conflict.first,
                caption="chooses nobody",
                help=f"to ask for a value at all, write `{conflict.subject} is known`"
                if conflict.subject in missing
                else "remove it, or correct it",
                labels=()
                if conflict.second is None
                else (Label(conflict.first, "and whoever fails there passes here"),),
            )


def _said(conflict: Conflict) -> str:
    """Return in words which parts leave nobody out."""
    texts = [f"`{shown(str(part))}`" for part in conflict.parts]
    if len(texts) == 2 and texts[0] == texts[1]:
        return f"whoever fails {texts[0]} passes its opposite"
    if len(texts) > 1:
        return f"whoever fails {' and '.join(texts[:-1])} passes {texts[-1]}"
    if conflict.subject == str(conflict.parts[0]):
        return f"{texts[0]} always holds"
    return f"every known `{conflict.subject}` passes"
