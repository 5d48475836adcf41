"""Points, levels, a referral or a subscription without a programme that says what they are."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._programmes import points_of, rewards, rights
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import Node, TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.reading import Origin
from playbook_compiler.source import Span
from playbook_compiler.steps import Grant
from playbook_compiler.triggers import EventTrigger, PointsExpiring, PointsReach, TierChanged

RULE = name_of(__name__)
WRITE = {
    "points": "{earn: [{event: order_placed, points: 1 per EUR}],"
    " redeem: [{points: 500, for: {amount_off: 5.00}}], expire: 12mo after last activity}",
    "tiers": "{basis: revenue over 12mo, keep: 12mo, levels: {basic: 0, plus: 150}}",
    "referral": "{referrer: {credit: 5.00}, newcomer: {percent_off: 10%}, reward_after: 14d}",
    "subscription": "{products: category = tea, every: [30d, 60d], discount: 5%}",
}
# The events that only a programme brings about.
OF_EVENT = {
    "points_earned": "points",
    "points_redeemed": "points",
    "points_expiring": "points",
    "tier_changed": "tiers",
    "referred": "referral",
    "subscription_renewed": "subscription",
    "subscription_cancelled": "subscription",
}


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find triggers on programmes that the playbook does not have, and points that are given or
    counted without a programme of points."""
    playbook = graph.playbook
    given = {name for name in WRITE if getattr(playbook.programmes, name, None) is not None}
    for node in graph.nodes.values():
        for programme, span, outcome in _of_node(node):
            if programme not in given:
                yield _missing(programme, span, outcome)
    if points_of(playbook) is None:
        for span, outcome in _points(playbook):
            yield _missing("points", span, outcome)


def _of_node(node: Node) -> Iterator[tuple[str, Span, str]]:
    """Yield the programme that a trigger or a gift needs, where it stands, and what it does not do
    without it."""
    match node.what:
        case PointsReach() | PointsExpiring() as trigger:
            yield "points", trigger.origin.key_span(trigger.kind), "never starts"
        case TierChanged() as trigger:
            yield "tiers", trigger.origin.key_span(trigger.kind), "never starts"
        case EventTrigger(event=event) as trigger if event in OF_EVENT:
            yield OF_EVENT[event], trigger.origin.span("event"), "never starts"
        case Grant(grant=gift) if gift.points is not None:
            yield "points", gift.origin.key_span("points"), "gives nothing"


def _points(playbook: Playbook) -> Iterator[tuple[Span, str]]:
    """Yield where points are given or counted outside of flows."""
    origins: list[Origin] = [one.origin for one in rights(playbook) if one.points is not None]
    origins += [reward.origin for _, reward in rewards(playbook) if reward.points is not None]
    origins += [offer.origin for offer in playbook.offers.values() if offer.points is not None]
    for origin in origins:
        yield origin.key_span("points"), "gives nothing"
    tiers = playbook.programmes.tiers if playbook.programmes is not None else None
    if tiers is not None and tiers.basis.figure == "points_earned":
        yield tiers.origin.span("basis"), "counts nothing"


def _missing(programme: str, span: Span, outcome: str) -> Diagnostic:
    return error(
        RULE,
        f"this {outcome}: the playbook has no programme of {programme}",
        span,
        caption=f"there is no {programme}" if programme != "points" else "nobody has points",
        help=f"say what it is: `programmes: {{{programme}: {WRITE[programme]}}}`",
    )
