"""An audience of `only_for` that adds nobody: it lies inside another of the list."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import told_audiences
from playbook_compiler.condition_implication import surely_implies
from playbook_compiler.conditions import InAudience
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, hint
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find audiences of `discounts.only_for` that lie inside one of the others."""
    playbook = graph.playbook
    rules = playbook.guardrails.discounts if playbook.guardrails is not None else None
    if rules is None or len(rules.only_for) < 2:
        return
    audiences = told_audiences(playbook)
    left = list(rules.only_for)
    for number, name in reversed(list(enumerate(rules.only_for))):
        inner = InAudience(name)
        if is_impossible(inner, audiences):
            continue
        for outer in left:
            if outer != name and surely_implies(inner, InAudience(outer), audiences):
                left.remove(name)
                yield hint(
                    RULE,
                    f"`{name}` adds nobody: all of them are in `{outer}`",
                    rules.origin.span("only_for", number),
                    caption="lies inside another audience of the list",
                    help=f"remove `{name}`, or remove `{outer}` if that was meant too widely",
                    labels=(
                        Label(playbook.audiences[outer].origin.span("where"), f"this is `{outer}`"),
                        Label(playbook.audiences[name].origin.span("where"), f"this is `{name}`"),
                    ),
                )
                break
