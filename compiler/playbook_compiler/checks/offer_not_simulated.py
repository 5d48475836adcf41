"""A rule of an offer that the projection does not follow yet: it reads as if it were not there."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
RULES = {
    "limit": "the projection issues it without a limit",
    "product": "the projection lets it be used on any order",
    "replaces": "the projection leaves the other offer live",
    "points": "the projection counts no cost for points",
}


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find the keys of offers that are kept in the plan and exported, but not simulated."""
    for offer in graph.playbook.offers.values():
        for key, meaning in RULES.items():
            if offer.origin.has(key):
                yield warning(
                    RULE,
                    f"`{key}` of the offer `{offer.id}` is not simulated yet: {meaning}",
                    offer.origin.key_span(key),
                    caption="not simulated yet",
                    help="keep it if your e-mail engine follows it; read the projection with care",
                )
