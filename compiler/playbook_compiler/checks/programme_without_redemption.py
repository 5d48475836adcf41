"""Points that are given before it is known what they buy: a debt of unknown size."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._programmes import points_of, rewards, rights
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.reading import Origin

RULE = name_of(__name__)
EXAMPLE = "redeem: [{points: 500, for: {amount_off: 5.00}}]"


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find points programmes without `redeem`, and points given without any programme."""
    playbook = graph.playbook
    points = points_of(playbook)
    if points is not None:
        if not points.redeem:
            yield warning(
                RULE,
                "points are given, but nothing says what they can be redeemed for",
                points.origin.key_span(),
                caption="no `redeem`",
                help=f"decide it before any point is issued, for example {EXAMPLE}",
            )
        return
    given: list[Origin] = [one.origin for one in rights(playbook) if one.points is not None]
    given += [reward.origin for _, reward in rewards(playbook) if reward.points is not None]
    given += [offer.origin for offer in playbook.offers.values() if offer.points is not None]
    for origin in given:
        yield warning(
            RULE,
            "points are given, but the playbook has no points programme",
            origin.key_span("points"),
            caption="nothing says what they are worth",
            help=f"add `programmes: {{points: {{earn: [...], {EXAMPLE}}}}}`",
        )
