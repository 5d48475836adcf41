"""Points for something that costs the customer nothing, as often as he likes: he prints money."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._programmes import points_of
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.facts import Event, Nature
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find points for clicks, visits, reviews and the like that lack `at_most`."""
    points, events = points_of(graph.playbook), graph.playbook.catalogue.events
    for earn in points.earn if points is not None else ():
        if earn.at_most is None and _is_free(events[earn.event]):
            yield warning(
                RULE,
                f"`{earn.event}` can happen any number of times, and brings points each time",
                earn.origin.span("event"),
                caption="no limit on how often",
                help="add `at_most: 3 per 1y`, or what you can afford",
            )


def _is_free(event: Event) -> bool:
    if event.nature in (Nature.BEFORE_ORDER, Nature.AFTER_MESSAGE):
        return True
    # A review or an answer is bound to no order by itself.
    return event.nature is Nature.AFTER_ORDER and event.name in ("review_left", "feedback_given")
