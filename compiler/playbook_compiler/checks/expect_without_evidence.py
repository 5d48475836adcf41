"""Figures on an effect that do not say where they come from: readers will ask."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.effects import Effect
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Send

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find `expect` with purchase figures of its own and no `evidence`; no effect needs none."""
    flows = [flow.expect for flow in graph.playbook.flows.values()]
    steps = [node.what.expect for node in graph.nodes.values() if isinstance(node.what, Send)]
    for effect in (*flows, *steps):
        if effect is not None and not effect.evidence and not effect.source and _claims(effect):
            yield hint(
                RULE,
                "this effect is your own figure and names no source",
                effect.origin.span(),
                caption="reported as an assumption",
                help="add `evidence: ID`, or take the library's with `expect: email.lapsed`",
            )


def _claims(effect: Effect) -> bool:
    """Whether anything but no effect is claimed."""
    rate, added = effect.purchase_rate, effect.added_orders
    by_rate = rate is not None and not rate.low == rate.high == 1
    by_orders = added is not None and any((added.per_thousand.low, added.per_thousand.high))
    return by_rate or by_orders
