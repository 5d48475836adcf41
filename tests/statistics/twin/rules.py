"""What the simulation needs of a playbook, looked up once: flows, ways, places, costs, caps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.statistics.twin.clock import window_seconds

from playbook_compiler.currency import DECIMALS
from playbook_compiler.facts import Nature
from playbook_compiler.graph import ACROSS, TriggerGraph
from playbook_compiler.marketplaces import Marketplace
from playbook_compiler.model import (
    Discounts,
    Economics,
    Flow,
    Guardrails,
    Offer,
    OrderCosts,
    Payment,
    Playbook,
    QuietHours,
    WhenCapped,
)
from playbook_compiler.steps import Step, Update
from playbook_compiler.triggers import EntersAudience, EventTrigger, Inactivity
from playbook_compiler.units import Duration, Money, Share
from playbook_runtime.launch import Mark

FULL = 1_000_000
MICRO = 10_000


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` marketing messages in `seconds`, of one channel or (empty) of all."""

    most: int
    seconds: int
    channel: str


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What an order brings: shares in parts per million, `fixed` in ten-thousandths."""

    margin_ppm: int
    payment_ppm: int
    fixed: int
    shipping: int

    def contribution(self, value: int, margin_ppm: int) -> int:
        """Return what an order of that value (before discounts) brings, in ten-thousandths."""
        return value * (margin_ppm - self.payment_ppm) // 100 - self.fixed


@dataclass(frozen=True, slots=True)
class Rules:
    """A playbook as the event loop asks for it."""

    playbook: Playbook
    natures: Mapping[str, Nature]
    decimals: int
    flows: tuple[Flow, ...]  # the enabled ones, in order of ids
    column: Mapping[str, int]  # of all flows, in order of ids
    steps: Mapping[str, Step | None]  # by node
    ways: Mapping[str, Mapping[tuple[str, str], str]]  # node -> (way, name) -> next node
    first: Mapping[str, str]  # flow -> first node behind the trigger
    rank: Mapping[str, int]  # by node
    thresholds: tuple[Duration, ...]
    caps: tuple[Cap, ...]
    cap_delay: Duration
    quiet: QuietHours | None
    stackable: bool
    money: OrderMoney
    watched: Mapping[str, tuple[Flow, ...]]  # audiences in order of names, and the flows of each
    told: Mapping[tuple[str, str], bool]  # tags and fields that steps change: a tag that is set

    def started_by(self, event: str) -> tuple[Flow, ...]:
        """Return the enabled flows that an event starts."""
        return tuple(
            flow
            for flow in self.flows
            if isinstance(flow.trigger, EventTrigger) and flow.trigger.event == event
        )

    def started_after(self, threshold: Duration) -> tuple[Flow, ...]:
        """Return the enabled flows that start after that much inactivity."""
        return tuple(
            flow
            for flow in self.flows
            if isinstance(flow.trigger, Inactivity) and flow.trigger.inactive_for == threshold
        )

    def nature(self, event: str) -> Nature:
        """Return what brings an event: what is assumed of it, else what the catalogue says."""
        return self.natures.get(event) or self.playbook.catalogue.events[event].nature

    def message_cost(self, channel: str) -> int:
        """Return the cost of one message in ten-thousandths of a minor unit."""
        economics = self.playbook.economics
        cost = economics.message_costs.get(channel) if economics else None
        return cost.micro(self.decimals) if cost else 0

    def contribution(self, value: int, mark: Mark | None) -> int:
        """Return what an order brings, at the margin of its category."""
        economics = self.playbook.economics
        margin = self.money.margin_ppm
        if economics is not None and mark is not None:
            own = economics.gross_margin.by_category.get(mark.category)
            margin = margin if own is None else own.ppm
        return self.money.contribution(value, margin)

    def market(self, mark: Mark | None) -> Marketplace | None:
        """Return the rules of the marketplace that an order came by, None without any."""
        if mark is None:
            return None
        found = self.playbook.marketplaces.items()
        return next((one for name, one in found if name.lower() == mark.marketplace.lower()), None)

    def lasts(self, mark: Mark) -> Duration | None:
        """Return how long what was bought lasts: the middle one of its category's products."""
        lengths = [
            product.lasts
            for product in self.playbook.products.values()
            if product.category == mark.category and product.lasts is not None
        ]
        lengths.sort(key=lambda one: (one.nominal_days, str(one)))
        return lengths[(len(lengths) - 1) // 2] if lengths else None

    def fits(self, offer: Offer, mark: Mark | None) -> bool:
        """Return whether an offer may be used on an order, by the category of its product."""
        product = self.playbook.products.get(offer.product)
        if product is None or not product.category:
            return True
        return mark is not None and mark.category == product.category

    def minor(self, money: Money | None) -> int:
        """Return an amount in whole minor units, nothing being 0."""
        return money.minor(self.decimals) if money else 0

    def benefit(self, offer: Offer, value: int) -> int:
        """Return what an offer costs with an order of that value, in minor units."""
        if offer.percent_off is not None:
            return (value * offer.percent_off.ppm + 500_000) // FULL
        if offer.amount_off is not None:
            return self.minor(offer.amount_off)
        if offer.credit is not None:
            return self.minor(offer.credit)
        if offer.free_shipping:
            return self.money.shipping
        return self.minor(offer.cost)


def is_discount(offer: Offer) -> bool:
    """Return whether an offer lowers what the customer pays."""
    return bool(offer.percent_off or offer.amount_off or offer.credit)


def rules(graph: TriggerGraph, natures: Mapping[str, Nature]) -> Rules:
    """Look everything up."""
    playbook = graph.playbook
    decimals = DECIMALS[playbook.currency]
    flows = tuple(flow for _, flow in sorted(playbook.flows.items()) if flow.enabled)
    guardrails = playbook.guardrails or Guardrails(origin=playbook.origin)
    ways: dict[str, dict[tuple[str, str], str]] = {node: {} for node in graph.nodes}
    for edge in graph.edges:
        if edge.way not in ACROSS:
            ways[edge.source][edge.way, edge.name] = edge.target
    place = {node: index for index, node in enumerate(sorted(graph.nodes))}
    first = {}
    for flow in flows:
        (target,) = ways[f"{flow.id}/trigger"].values()
        first[flow.id] = target
    thresholds = {
        flow.trigger.inactive_for for flow in flows if isinstance(flow.trigger, Inactivity)
    }
    capped = guardrails.when_capped
    discounts = guardrails.discounts
    return Rules(
        playbook=playbook,
        natures=natures,
        decimals=decimals,
        flows=flows,
        column={flow: index for index, flow in enumerate(sorted(playbook.flows))},
        steps={
            node.id: node.what if isinstance(node.what, Step) else None
            for node in graph.nodes.values()
        },
        ways=ways,
        first=first,
        rank={
            node.id: 1000 + (100 - playbook.flows[node.flow].priority) * 2**20 + place[node.id]
            for node in graph.nodes.values()
        },
        thresholds=tuple(sorted(thresholds, key=lambda one: (one.nominal_days, str(one)))),
        caps=tuple(
            Cap(cap.at_most, window_seconds(cap.per), cap.channel) for cap in guardrails.frequency
        ),
        cap_delay=capped.delay if isinstance(capped, WhenCapped) else Duration(),
        quiet=guardrails.quiet_hours,
        stackable=isinstance(discounts, Discounts) and discounts.stackable,
        money=_order_money(playbook.economics, decimals),
        told=told_by_steps(graph),
        watched={
            name: tuple(
                flow
                for flow in flows
                if isinstance(flow.trigger, EntersAudience) and flow.trigger.enters == name
            )
            for name in sorted(
                {flow.trigger.enters for flow in flows if isinstance(flow.trigger, EntersAudience)}
            )
        },
    )


def told_by_steps(graph: TriggerGraph) -> dict[tuple[str, str], bool]:
    """Return the tags and fields that steps of flows that are on change, and of each whether it is
    a tag that a step sets."""
    found: dict[tuple[str, str], bool] = {}
    programmes = graph.playbook.programmes
    if programmes is not None and programmes.tiers is not None:
        found["field", "tier"] = False
    for node in graph.nodes.values():
        if isinstance(node.what, Update) and graph.playbook.flows[node.flow].enabled:
            change = node.what.update
            if change.deed != "suppress":
                key = ("field" if change.deed == "field" else "tag", change.name)
                found[key] = found.get(key, False) or change.deed == "tag"
    return found


def _order_money(economics: Economics | None, decimals: int) -> OrderMoney:
    if economics is None:
        return OrderMoney(FULL, 0, 0, 0)
    margin = economics.gross_margin.default.ppm
    costs: OrderCosts | None = economics.order_costs
    if costs is None:
        return OrderMoney(margin, 0, 0, 0)
    payment: Payment | None = costs.payment
    returned = Money(costs.return_rate.fraction * costs.returns.amount)
    fixed = costs.shipping.micro(decimals) + returned.micro(decimals)
    share = Share(payment.share.fraction).ppm if payment else 0
    fixed += payment.fixed.micro(decimals) if payment else 0
    return OrderMoney(margin, share, fixed, costs.shipping.minor(decimals))
