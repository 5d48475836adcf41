"""A trigger that nothing in the playbook can ever set off: its flow starts for nobody."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import running
from playbook_compiler.checks._programmes import points_of, rewards
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.source import Span
from playbook_compiler.triggers import (
    BY_PRODUCT,
    EventTrigger,
    OfferExpiring,
    PointsExpiring,
    Replenishment,
    TierChanged,
    Trigger,
)
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass

RULE = name_of(__name__)


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a trigger never fires, and what to write."""

    why: str
    help: str
    span: Span
    labels: tuple[Label, ...] = ()


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find refills of products that never run out, points and offers that never lapse, levels that
    cannot be reached, and orders with offers that are not there.

    What a whole programme is missing for is told by missing-programme.
    """
    for flow in running(graph.playbook):
        reason = _reason(flow.trigger, graph.playbook)
        if reason is not None:
            yield error(
                RULE,
                f"`{flow.id}` never starts: {reason.why}",
                reason.span,
                caption="nothing sets this off",
                help=reason.help,
                labels=reason.labels,
            )


def _reason(trigger: Trigger, playbook: Playbook) -> _Reason | None:
    match trigger:
        case Replenishment(replenishment=length) if length == BY_PRODUCT:
            return _of_products(trigger, playbook)
        case PointsExpiring() | EventTrigger(event="points_expiring"):
            return _of_points(trigger, playbook)
        case OfferExpiring(offer_expiring=before):
            return _of_offers(trigger, before, playbook)
        case EventTrigger(event="offer_redeemed"):
            if not playbook.offers and not any(rewards(playbook)):
                return _Reason(
                    "the playbook has no offers",
                    "define what is redeemed under `offers:`",
                    trigger.origin.span("event"),
                )
        case TierChanged(tier_changed=direction, to=tier) if tier:
            return _of_tiers(trigger, direction, tier, playbook)
    return None


def _of_products(trigger: Trigger, playbook: Playbook) -> _Reason | None:
    if any(product.lasts is not None for product in playbook.products.values()):
        return None
    why = "no product says how long it lasts" if playbook.products else "no products are listed"
    return _Reason(
        why,
        "say it for those that are used up: `products: {sencha: {category: tea, lasts: 30d}}`, or"
        " write `replenishment: typical interval`",
        trigger.origin.span("replenishment"),
    )


def _of_points(trigger: Trigger, playbook: Playbook) -> _Reason | None:
    points = points_of(playbook)
    if points is None or (points.expire is not None and points.expire.after is not None):
        return None
    event = isinstance(trigger, EventTrigger)
    return _Reason(
        "the points of this playbook never expire",
        "say when: `expire: 12mo after last activity`",
        trigger.origin.span("event") if event else trigger.origin.key_span(trigger.kind),
        (Label(points.origin.key_span(), "no `expire`"),),
    )


def _of_offers(trigger: Trigger, before: Duration, playbook: Playbook) -> _Reason | None:
    valid = [offer.valid for offer in playbook.offers.values() if offer.valid is not None]
    longest = max(valid, key=lambda one: one.nominal_days, default=None)
    if longest is not None and longest.nominal_days >= before.nominal_days:
        return None
    if not playbook.offers:
        why, help_ = "the playbook has no offers", "define what expires under `offers:`"
    elif longest is None:
        why, help_ = "no offer ever expires", "say how long one is valid: `valid: 14d`"
    else:
        why = f"no offer is valid for {before}: the longest is valid for {longest}"
        help_ = f"write a shorter time than {longest}, for example `offer_expiring: 2d`"
    return _Reason(why, help_, trigger.origin.span("offer_expiring"))


def _of_tiers(trigger: Trigger, direction: str, tier: str, playbook: Playbook) -> _Reason | None:
    tiers = playbook.programmes.tiers if playbook.programmes is not None else None
    if tiers is None:
        return None
    end = tiers.in_order[0 if direction == "up" else -1]
    if tier != end:
        return None
    low = direction == "up"
    return _Reason(
        f"nobody goes {direction} to `{tier}`, the {'lowest' if low else 'highest'} level",
        f"name a {'higher' if low else 'lower'} level, or leave `to` out",
        trigger.origin.span("to"),
        (Label(tiers.origin.span("levels"), "the levels"),),
    )
