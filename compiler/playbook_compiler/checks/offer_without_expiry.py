"""An offer that never ends: it can be used years later, and it hurries nobody."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import sends
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find offers that are sent and have no `valid`."""
    sent = {one.step.offer for one in sends(graph)}
    for offer in graph.playbook.offers.values():
        if offer.id in sent and offer.valid is None:
            yield warning(
                RULE,
                f"the offer `{offer.id}` never ends",
                offer.origin.key_span(),
                caption="expected how long it is valid",
                help="add for example `valid: 14d`",
            )
