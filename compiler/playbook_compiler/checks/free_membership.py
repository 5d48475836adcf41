"""A paid membership that costs nothing: everybody has its rights."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find memberships with a fee of 0."""
    programmes = graph.playbook.programmes
    membership = programmes.membership if programmes is not None else None
    if membership is not None and not membership.fee.amount.amount:
        yield warning(
            RULE,
            "the membership costs nothing, so it is a level that all have",
            membership.origin.span("fee"),
            caption="expected a fee such as 39.00 per 1y",
            help="set a fee, or give these rights under `tiers` to the level that begins at 0",
        )
