"""Two levels that begin at the same point: nobody can tell which of them a customer has."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import plain

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find levels with equal thresholds."""
    programmes = graph.playbook.programmes
    tiers = programmes.tiers if programmes is not None else None
    first: dict[Decimal, str] = {}
    for name in tiers.in_order if tiers is not None else ():
        assert tiers is not None
        start = tiers.levels[name]
        if start in first:
            yield error(
                RULE,
                f"the levels `{first[start]}` and `{name}` both begin at {plain(start)}",
                tiers.origin.span("levels", name),
                caption="expected another threshold",
                help="raise one of them, or remove it",
                labels=(Label(tiers.origin.span("levels", first[start]), "the same"),),
            )
        first.setdefault(start, name)
