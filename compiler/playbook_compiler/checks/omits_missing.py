"""A condition that leaves out customers without a value, contrary to how it reads."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.catalogue import NEVER_BOUGHT
from playbook_compiler.checks._conditions import entry_parts, who_belongs
from playbook_compiler.conditions import facts_read
from playbook_compiler.conditions_analysis import omits_missing
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.facts import ValueType
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find such tests where customers are chosen; within a run, `else` takes those left out."""
    flows = graph.playbook.flows
    for placed in who_belongs(graph.playbook):
        parts = entry_parts(flows[placed.flow], graph.playbook) if placed.flow else []
        bought = any(
            read.fact.name == "orders" for part in parts for read in facts_read(part.condition)
        )
        for fact, span in omits_missing(placed.condition):
            never = fact.missing_for == NEVER_BOUGHT
            if (bought and never) or fact.type is ValueType.YEARLY_DATE:
                continue  # nobody thinks that a birthday without a date is between two
            yield warning(
                RULE,
                f"this leaves out {fact.missing_for}: they have no `{fact}`"
                if never
                else f"this leaves out everyone whose `{fact}` is not known",
                span,
                caption="unknown counts as no",
                help=(
                    "say which you mean: `orders >= 1 and ...` without them, or"
                    " `... or orders = 0` with them"
                    if never
                    else f"say which you mean: `{fact} is known and ...`, or"
                    f" `... or {fact} is unknown`"
                ),
            )
