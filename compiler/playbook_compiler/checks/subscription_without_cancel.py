"""A subscription that customers cannot end by themselves, which law demands in many countries."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find subscriptions whose `may` leaves `cancel` out."""
    programmes = graph.playbook.programmes
    subscription = programmes.subscription if programmes is not None else None
    if subscription is not None and "cancel" not in subscription.may:
        yield warning(
            RULE,
            "subscribers cannot cancel by themselves",
            subscription.origin.key_span("may"),
            caption="expected `cancel` among these",
            help="write `may: [pause, skip, change, cancel]`, or leave `may` out: it is the"
            " default",
        )
