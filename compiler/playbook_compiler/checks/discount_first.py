"""A discount as the first thing a flow says: it teaches customers to wait for the next one."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import entry_parts, meanings
from playbook_compiler.checks._discounts import is_discount
from playbook_compiler.checks._flows import is_marketing, sends
from playbook_compiler.conditions import Compare, all_of
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Send
from playbook_compiler.triggers import Inactivity

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find discounts before any other message, but for first orders and for lapsed customers."""
    told, playbook = meanings(graph.playbook), graph.playbook
    regular = Compare(playbook.catalogue.facts["orders"], ">=", 2)
    for flow in {sent.flow.id: sent.flow for sent in sends(graph) if is_marketing(sent)}.values():
        parts = [told.of(part.condition) for part in entry_parts(flow, playbook)]
        if isinstance(flow.trigger, Inactivity) or is_impossible(all_of([*parts, regular])):
            continue
        nodes = graph.of_flow(flow.id)
        untold = {nodes[0].id}  # nodes that a run can reach without a message before
        for node in nodes:
            if node.id not in untold:
                continue
            if isinstance(node.what, Send):
                offer = playbook.offers.get(node.what.offer)
                if offer is not None and is_discount(offer):
                    yield hint(
                        RULE,
                        f"the first message of `{flow.id}` is a discount for everyone in it",
                        node.origin.span("offer"),
                        caption="given before anything else was tried",
                        help=(
                            "remind first and give later, or give something that does not lower"
                            " the price: `free_shipping`, `gift` or `credit`"
                        ),
                    )
                continue
            untold.update(edge.target for edge in graph.out(node.id))
