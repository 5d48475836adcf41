"""A condition on points or tiers of a shop whose playbook has no such programme."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import of_customers
from playbook_compiler.conditions import facts_read
from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
# The programme that gives each fact its values.
PROGRAMMES = {"points": "points", "tier": "tiers"}


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find readings of such facts; a file of customers may still tell them."""
    programmes = graph.playbook.programmes
    for placed in of_customers(graph):
        for read in facts_read(placed.condition):
            programme = PROGRAMMES.get(read.fact.name)
            if programme is None or getattr(programmes, programme, None) is not None:
                continue
            yield hint(
                RULE,
                f"nobody's `{read.fact.name}` is known here: the playbook has no programme of"
                f" {programme}, and what is not observed is unknown, not 0",
                read.span,
                caption="unknown counts as no",
                help=f"describe it under `programmes: {{{programme}: ...}}`, or bring the values"
                " in a customers file",
            )
