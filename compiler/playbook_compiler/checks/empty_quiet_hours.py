"""Quiet hours that end when they begin: no hour, or every hour, would be quiet."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find quiet hours whose `from` is their `to`."""
    guardrails = graph.playbook.guardrails
    quiet = guardrails.quiet_hours if guardrails is not None else None
    if quiet is not None and quiet.start == quiet.end:
        yield error(
            RULE,
            f"quiet hours from {quiet.start} to {quiet.end} may mean none or all of the day",
            quiet.origin.span("to"),
            caption="expected another time than `from`",
            help="write for example {from: 21:00, to: 08:00}, or remove `quiet_hours`",
            labels=(Label(quiet.origin.span("from"), "the same time"),),
        )
