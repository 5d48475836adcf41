"""An `expect` that says nothing: the message is taken to have no effect at all."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.effects import Effect
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Send

RULE = name_of(__name__)
FIGURES = (
    *("purchase_rate", "added_orders", "dropout", "revive", "basket", "repaid", "redemption"),
    "source",
)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find effects without a figure and without an id of the library."""
    effects = [flow.expect for flow in graph.playbook.flows.values()]
    effects += [node.what.expect for node in graph.nodes.values() if isinstance(node.what, Send)]
    for effect in effects:
        if effect is not None and _is_empty(effect):
            yield warning(
                RULE,
                "this effect has no figure, and takes the place of the library's",
                effect.origin.span(),
                caption="counts as no effect",
                help="leave `expect` out to take the library's; if the message changes nothing,"
                " write `purchase_rate: 1..1`",
            )


def _is_empty(effect: Effect) -> bool:
    return all(getattr(effect, name) in (None, "") for name in FIGURES)
