"""An expected effect that only costs: by its own figures, the message loses orders."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.effects import Effect
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Send

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find factors wholly below 1 and added orders wholly below 0."""
    flows = [flow.expect for flow in graph.playbook.flows.values()]
    steps = [node.what.expect for node in graph.nodes.values() if isinstance(node.what, Send)]
    for effect in (*flows, *steps):
        if effect is not None:
            yield from _of(effect)


def _of(effect: Effect) -> Iterator[Diagnostic]:
    if effect.purchase_rate is not None and effect.purchase_rate.high < 1:
        yield _found(effect, "purchase_rate", "a factor of 1 or more", "1.05..1.25")
    if effect.added_orders is not None and effect.added_orders.per_thousand.high < 0:
        yield _found(effect, "added_orders", "orders added, not lost", "1..6 per 1000")


def _found(effect: Effect, key: str, expected: str, example: str) -> Diagnostic:
    return warning(
        RULE,
        "with this effect customers buy less than without the message",
        effect.origin.span(key),
        caption=f"expected {expected}",
        help=f"write for example `{key}: {example}`; 1.05 is 5% more",
    )
