"""Points that give back more than is spent: every order pays for more than itself."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._programmes import given_back
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find earning rates whose points are worth as much as the money they are earned with."""
    back = given_back(graph.playbook)
    if back is not None and back.share.fraction >= 1:
        yield error(
            RULE,
            f"points give back {back.share} of what is spent: {back.arithmetic}",
            back.earn.origin.span("points"),
            caption="expected far less than 100%",
            help="earn fewer points per order, or ask for more points in `redeem`",
            labels=(Label(back.redeem.origin.span("points"), "the dearest way to redeem them"),),
        )
