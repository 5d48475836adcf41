"""A gift that does not say what it costs the shop: the projection takes it for free."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._programmes import rewards
from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find gifts of offers and of programmes without `cost`."""
    playbook = graph.playbook
    gifts = [one for one in playbook.offers.values() if one.gift and one.cost is None]
    given = [one for _, one in rewards(playbook) if one.gift and one.cost is None]
    for origin in [*(one.origin for one in gifts), *(one.origin for one in given)]:
        yield hint(
            RULE,
            "this gift does not say what it costs you",
            origin.span("gift"),
            caption="counted as free",
            help="add for example `cost: 2.40`",
        )
