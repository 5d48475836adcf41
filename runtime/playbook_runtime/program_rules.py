"""Guardrails, entry rules, offers and economics as the numbers that the kernel counts with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from playbook_compiler.conditions import Condition, InAudience, all_of, any_of
from playbook_compiler.facts import Nature
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.marketplaces import Marketplace
from playbook_compiler.model import Economics, Flow, Guardrails, Offer, Playbook, WhenCapped
from playbook_compiler.triggers import (
    EntersAudience,
    EventTrigger,
    Inactivity,
    OfferExpiring,
    Replenishment,
)
from playbook_compiler.units import DAY_SECONDS, Duration, Money
from playbook_runtime.condition_code import CodeList
from playbook_runtime.kernel import instructions as code
from playbook_runtime.launch import Launch, Mark
from playbook_runtime.program_steps import FREE, Tables

KIND_BITS = {"marketing": 1, "transactional": 2}
NATURES = {
    Nature.AFTER_ORDER: code.AFTER_ORDER,
    Nature.AFTER_MESSAGE: code.AFTER_MESSAGE,
    Nature.BEFORE_ORDER: code.BEFORE_ORDER,
}
_KEYS = {Nature.ORDER: code.KEY_ORDER, Nature.AFTER_ORDER: code.KEY_ORDER}


def nature(graph: TriggerGraph, launch: Launch, event: str) -> Nature:
    """Return what brings an event: what is assumed of it, else what the catalogue says."""
    return launch.natures.get(event) or graph.playbook.catalogue.events[event].nature


def window_seconds(duration: Duration) -> int:
    """Return a window of effect or of a cap in elapsed seconds."""
    return int((duration.nominal_days * DAY_SECONDS).quantize(Decimal(1), ROUND_HALF_EVEN))


def entry(flow: Flow, tables: Tables) -> tuple[int, int]:
    entry = flow.entry
    if entry is None or entry.rule == "always":
        return code.ALWAYS, 0
    if entry.rule == "once" or entry.again_after is None:
        return code.ONCE, 0
    return code.AGAIN, tables.duration(entry.again_after)


def key(flow: Flow, natures: Mapping[str, Nature]) -> int:
    if not isinstance(flow.trigger, EventTrigger):
        return code.KEY_NONE
    nature = natures[flow.trigger.event]
    if nature is Nature.BEFORE_ORDER:
        return code.KEY_EVENT
    return _KEYS.get(nature, code.KEY_NONE)


def by_event(flows: Sequence[Flow], launch: Launch) -> tuple[list[int], list[int]]:
    """Return flows by the event that starts them, as one list and where each event begins."""
    listed: list[int] = []
    first = [0]
    for event in launch.events:
        listed.extend(
            n
            for n, flow in enumerate(flows)
            if isinstance(flow.trigger, EventTrigger) and flow.trigger.event == event
        )
        first.append(len(listed))
    return listed, first


def counts(flows: Sequence[Flow], tables: Tables) -> list[tuple[int, int, int]]:
    """Return by flow how many events must have come before one, in which duration, and where they
    are noted."""
    rows, noted = [], 0
    for flow in flows:
        trigger = flow.trigger
        if isinstance(trigger, EventTrigger) and trigger.within is not None:
            before = trigger.at_least - 1
            rows.append((before, tables.duration(trigger.within), noted))
            noted += before
        else:
            rows.append((0, 0, 0))
    return rows


def _inactivity(flow: Flow) -> Duration | None:
    return flow.trigger.inactive_for if isinstance(flow.trigger, Inactivity) else None


def _threshold_lengths(flows: Sequence[Flow]) -> list[Duration]:
    lengths = {length for flow in flows if (length := _inactivity(flow)) is not None}
    return sorted(lengths, key=lambda length: (length.nominal_days, str(length)))


def lapse_timer(flows: Sequence[Flow], tables: Tables) -> tuple[list[int], list[int], list[int]]:
    """Return the lapse timer: its durations in order, the flows of each, and where they begin."""
    lengths = _threshold_lengths(flows)
    listed: list[int] = []
    first = [0]
    for length in lengths:
        listed.extend(n for n, flow in enumerate(flows) if _inactivity(flow) == length)
        first.append(len(listed))
    return [tables.duration(length) for length in lengths], listed, first


def existing(flow: Flow, thresholds: Sequence[int], tables: Tables) -> tuple[int, int]:
    """Return (spread in seconds, threshold) of those who are past it on day one; -1 skips them.
    Refills and audiences have no threshold: they know by themselves."""
    length = _inactivity(flow)
    over = flow.existing.over if flow.existing is not None else None
    spread = -1 if over is None else window_seconds(over)
    if length is None:
        by_itself = isinstance(flow.trigger, Replenishment | EntersAudience)
        return (spread if by_itself else -1), -1
    return spread, list(thresholds).index(tables.duration(length))


def watches(
    flows: Sequence[Flow], conditions: CodeList
) -> tuple[list[tuple[int, int, int, int]], list[int]]:
    """Return the audiences that flows start on entering, each with the condition, where its flows
    begin and end and whether it reads orders and engagements only, and those flows. An audience
    that reads what is not simulated has none."""
    rows: list[tuple[int, int, int, int]] = []
    listed: list[int] = []
    triggers = [flow.trigger for flow in flows if flow.enabled]
    named = {trigger.enters for trigger in triggers if isinstance(trigger, EntersAudience)}
    for audience in sorted(named):
        unread = len(conditions.findings)
        condition = conditions.add(conditions.names.audiences[audience].where)
        if len(conditions.findings) > unread:
            continue
        first = len(listed)
        listed.extend(
            n
            for n, flow in enumerate(flows)
            if flow.enabled
            and isinstance(flow.trigger, EntersAudience)
            and flow.trigger.enters == audience
        )
        rows.append((condition, first, len(listed), int(conditions.is_stirred(condition))))
    return rows, listed


def quiet_window(guardrails: Guardrails | None, tables: Tables) -> int:
    quiet = guardrails.quiet_hours if guardrails is not None else None
    return -1 if quiet is None else tables.window(quiet.start.minutes, quiet.end.minutes)


def holds_unknown_zone(guardrails: Guardrails | None, channel: str) -> bool:
    quiet = guardrails.quiet_hours if guardrails is not None else None
    if quiet is not None and quiet.unknown:
        return quiet.unknown == "hold"
    return channel != "email"


def delay(guardrails: Guardrails | None) -> Duration:
    capped = guardrails.when_capped if guardrails is not None else None
    return capped.delay if isinstance(capped, WhenCapped) else Duration()


def who_may_get(offer: Offer, guardrails: Guardrails | None) -> Condition | None:
    """Return the condition on whom an offer is issued to: its own audience, and for discounts one
    of the audiences that `discounts.only_for` names."""
    parts: list[Condition] = [InAudience(offer.audience)] if offer.audience else []
    discounts = guardrails.discounts if guardrails is not None else None
    if discounts is not None and discounts.only_for and (offer.percent_off or offer.amount_off):
        parts.append(any_of([InAudience(audience) for audience in discounts.only_for]))
    return all_of(parts) if parts else None


def stackable(guardrails: Guardrails | None) -> bool:
    discounts = guardrails.discounts if guardrails is not None else None
    return discounts is not None and discounts.stackable


def message_cost(economics: Economics | None, channel: str) -> Money:
    return economics.message_costs.get(channel, FREE) if economics is not None else FREE


def margin_ppm(economics: Economics | None, category: str = "") -> int:
    """Return the gross margin of a category, or of orders that tell none, less the payment
    provider's share, in parts per million."""
    if economics is None:
        return 1_000_000
    costs = economics.order_costs
    payment = costs.payment if costs is not None else None
    margin = economics.gross_margin
    return margin.by_category.get(category, margin.default).ppm - (
        payment.share.ppm if payment is not None else 0
    )


def fixed_costs(economics: Economics | None) -> Money:
    """Return what an order costs whatever its value: shipping, payment, expected returns."""
    costs = economics.order_costs if economics is not None else None
    if costs is None:
        return FREE
    payment = costs.payment.fixed.amount if costs.payment is not None else Decimal(0)
    returns = costs.return_rate.fraction * costs.returns.amount
    return Money(costs.shipping.amount + payment + returns)


def runs_already(playbook: Playbook, flow: str) -> bool:
    """Return whether a flow runs in the history; what belongs to programmes is no flow."""
    found = playbook.flows.get(flow)
    return found is not None and found.running is not None


def shipping(economics: Economics | None) -> Money:
    """Return what shipping an order costs the shop."""
    costs = economics.order_costs if economics is not None else None
    return costs.shipping if costs is not None else FREE


def benefit(offer: Offer, economics: Economics | None, decimals: int) -> tuple[int, int]:
    """Return (kind, size) of an offer's benefit: ppm, or minor units."""
    if offer.percent_off is not None:
        return code.PERCENT, offer.percent_off.ppm
    if offer.amount_off is not None:
        return code.AMOUNT, offer.amount_off.minor(decimals)
    if offer.credit is not None:
        return code.CREDIT, offer.credit.minor(decimals)
    if offer.points is not None:
        return code.POINTS, offer.points
    if offer.free_shipping:
        return code.SHIPPING, shipping(economics).minor(decimals)
    return code.GIFT, (offer.cost or FREE).minor(decimals)


def rate(nature: Nature, rate: float, launch: Launch) -> float:
    """Return an assumed rate as the kernel counts it: any-time events per person and day."""
    if NATURES.get(nature, code.ANY_TIME) == code.ANY_TIME:
        return rate / max(launch.customers, 1)
    return rate


def market_of(playbook: Playbook, mark: Mark) -> int:
    """Return the marketplace whose rules hold for orders of a mark, -1 for none."""
    ids = [one.id.casefold() for one in playbook.marketplaces.values()]
    name = mark.marketplace.casefold()
    return ids.index(name) if name in ids else -1


def allowed_kinds(marketplace: Marketplace) -> int:
    """Return 1 for marketing, 2 for transactional messages, their sum for both, 0 for none."""
    return sum(bit for kind, bit in KIND_BITS.items() if kind in marketplace.kinds)


def market_limit(marketplace: Marketplace) -> tuple[int, int]:
    """Return (messages, window in seconds) that a marketplace allows; window -1: to an order."""
    if marketplace.at_most is None:
        return -1, -1
    per = marketplace.at_most.per
    window = window_seconds(per) if isinstance(per, Duration) else -1
    return int(marketplace.at_most.count), window


def lasts(playbook: Playbook, mark: Mark, tables: Tables) -> int:
    """Return how long what was bought lasts, -1 where the list of products does not say: the middle
    one of the products of the category, the shorter of two."""
    lengths = sorted(
        (
            product.lasts
            for product in playbook.products.values()
            if product.lasts is not None and product.category == mark.category
        ),
        key=lambda length: (length.nominal_days, str(length)),
    )
    return tables.duration(lengths[(len(lengths) - 1) // 2]) if lengths else -1


def offer_marks(
    playbook: Playbook, offer: Offer, marks: Sequence[Mark], conditions: CodeList
) -> int:
    """Return the answers by mark of whether an offer for one product may be used: on orders of the
    product's category. -1 for an offer that may be used on any."""
    product = playbook.products.get(offer.product)
    if not marks or product is None or not product.category:
        return -1
    return conditions.answers_of(mark.category == product.category for mark in marks)


def expiries(flows: Sequence[Flow], tables: Tables) -> list[tuple[int, int]]:
    """Return the flows that start before an offer ends, each with how long before."""
    rows = []
    for n, flow in enumerate(flows):
        if flow.enabled and isinstance(flow.trigger, OfferExpiring):
            before = flow.trigger.offer_expiring
            rows.append((n, tables.row(-before.months, -before.days, -before.seconds)))
    return rows
