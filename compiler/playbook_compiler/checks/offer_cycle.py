"""An offer that replaces itself, by way of others."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.cycles import cycles, shortest_round
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find circles of `replaces`, each once."""
    offers = graph.playbook.offers
    ways = {name: [offer.replaces] for name, offer in offers.items() if offer.replaces}
    for component in cycles(ways):
        ring = (*shortest_round(ways, component[0]), component[0])
        yield error(
            RULE,
            f"the offer `{ring[0]}` replaces itself: {' -> '.join(ring)}",
            offers[ring[0]].origin.span("replaces"),
            caption="leads back to this offer",
            help="the newer offer replaces the older one: remove `replaces` from the older",
            labels=tuple(
                Label(offers[name].origin.span("replaces"), f"`{name}` replaces the next one")
                for name in ring[1:-1]
            ),
        )
