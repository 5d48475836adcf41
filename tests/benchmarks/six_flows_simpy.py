"""The six flows of six_flows.yaml in SimPy: a process for each customer and each run of a flow."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Generator
from typing import Any, NamedTuple

import simpy
from tests.benchmarks.synthetic import (
    ADDED_ORDERS,
    BEHAVIOUR,
    HORIZON_DAYS,
    PURCHASE_RATE,
    SPEND,
    START,
    WINDOW_DAYS,
    Shop,
)

from playbook_runtime.kernel.tables import NEWCOMER

FATIGUE = (1.0, 0.7, 0.2, 0.1, 0.05)
CART_RATE, CONSENT, HOLDOUT, REDEMPTION, UNSUBSCRIBE = 0.8, 0.62, 0.1, 0.2, 0.00125
QUIET_FROM, QUIET_TO = 21 / 24, 8 / 24
DAY = 86_400
# flow: days before it may start again (None: once), whether an order ends it
ENTRY = {
    "cart": (14.0, True), "follow-up": (90.0, False), "refill": (0.0, True),
    "second-order": (None, True), "thank-you": (0.0, False), "win-back": (180.0, True),
}  # fmt: skip
OFFERS = {"come-back": (0.2, 30.0), "second-cup": (0.1, 0.0)}


MARGIN, FIXED, MAIL = 0.58 - 0.019, 445.0, 0.08  # of a value; minor units an order, a message
FLOW_COUNTS = ("entered", "sent", "held out", "no consent", "suppressed", "no offer", "capped",
               "delayed", "offers used", "extra orders")  # fmt: skip


class World(NamedTuple):
    """What one world comes to: orders, and minor units."""

    orders: int = 0
    revenue: float = 0.0
    contribution: float = 0.0
    message_cost: float = 0.0
    offer_cost: float = 0.0


class Totals(NamedTuple):
    """Both worlds, and what each flow did."""

    without: World
    whole: World
    flows: dict[str, Counter[str]]

    @property
    def sent(self) -> int:
        """Messages sent."""
        return sum(flow["sent"] for flow in self.flows.values())


Process = Generator[Any, Any, None]


class Ledger:
    """The orders and the money of one world."""

    def __init__(self) -> None:
        self.orders, self.revenue, self.contribution = 0, 0.0, 0.0
        self.message_cost = self.offer_cost = 0.0

    def order(self, value: float, discount: float = 0.0) -> None:
        """Book an order."""
        self.orders += 1
        self.revenue += value - discount
        self.contribution += value * MARGIN - FIXED
        self.offer_cost += discount

    def world(self) -> World:
        """Return what it comes to."""
        return World(
            self.orders, self.revenue, self.contribution, self.message_cost, self.offer_cost
        )


class Customer:
    """One customer's life in both worlds; days since the start are the time."""

    def __init__(
        self,
        env: simpy.Environment,
        luck: random.Random,
        worlds: tuple[Ledger, Ledger],
        flows: dict[str, Counter[str]],
    ) -> None:
        self.env, self.luck = env, luck
        self.without, self.whole = worlds
        self.flows = flows
        self.known_orders = 0
        self.alive, self.rate, self.drop_out, self.spend = True, 0.0, 1.0, 1.0
        self.consents, self.held_out = luck.random() < CONSENT, luck.random() < HOLDOUT
        self.suppressed = False
        self.log: list[float] = []
        self.effects: list[tuple[float, float, bool]] = []  # until, size, is a rate
        self.entered: dict[str, float] = {}
        self.runs: dict[str, list[simpy.Process]] = {flow: [] for flow in ENTRY}
        self.live: dict[str, tuple[float, str]] = {}  # until when, and of which flow
        self.issued: set[str] = set()
        self.lapsing: simpy.Process | None = None

    def baseline(self, first: bool) -> Process:
        """Buy until the coin says no; a newcomer's first order comes at once and tosses none."""
        while True:
            if not first:
                yield self.env.timeout(self.luck.expovariate(self.rate))
            value = self.value()
            self.without.order(value)
            if not first and self.luck.random() < self.drop_out:
                self.alive = False
            self.ordered(value)
            if not self.alive:
                return
            first = False

    def value(self) -> float:
        """Return the value of an order."""
        return self.luck.gammavariate(SPEND[0], 1 / self.spend)

    def carts(self) -> Process:
        """Leave carts while alive."""
        while True:
            yield self.env.timeout(self.luck.expovariate(CART_RATE * self.rate))
            if not self.alive:
                return
            self.enter("cart")

    def lapse(self, days: float) -> Process:
        """Fall silent for 120 days, unless an order comes before."""
        try:
            yield self.env.timeout(max(0.0, days))
        except simpy.Interrupt:
            return
        self.lapsing = None
        self.enter("win-back")

    def ordered(self, value: float) -> None:
        """An order in the world with."""
        best = max(
            (name for name, (until, _) in self.live.items()
             if until > self.env.now and value >= 100 * OFFERS[name][1]),
            key=lambda name: OFFERS[name][0], default=None,
        )  # fmt: skip
        discount = 0.0
        if best is not None:
            discount = OFFERS[best][0] * value
            _, flow = self.live.pop(best)
            self.flows[flow]["offers used"] += 1
        self.whole.order(value, discount)
        self.known_orders += 1
        if self.lapsing is not None and self.lapsing is not self.env.active_process:
            self.lapsing.interrupt()
        self.lapsing = self.env.process(self.lapse(120.0))
        for flow, (_, exits) in ENTRY.items():
            if exits:
                for run in self.runs[flow]:
                    if run.is_alive and run is not self.env.active_process:
                        run.interrupt()
                self.runs[flow] = []
        self.enter("follow-up")
        if self.known_orders >= 2:
            self.enter("refill")
        if self.known_orders == 1:
            self.enter("second-order")
        self.enter("thank-you")

    def enter(self, flow: str) -> None:
        """Start a run, as often as the flow allows."""
        again, _ = ENTRY[flow]
        last = self.entered.get(flow)
        if last is not None and (again is None or self.env.now < last + again):
            return
        if flow == "win-back" and any(run.is_alive for run in self.runs[flow]):
            return
        self.entered[flow] = self.env.now
        self.flows[flow]["entered"] += 1
        self.runs[flow].append(self.env.process(self.run(flow)))

    def run(self, flow: str) -> Process:
        """Go through a flow's steps."""
        try:
            if flow == "cart":
                yield self.env.timeout(1.0)
                yield from self.send(flow, rate=True)
            elif flow == "follow-up":
                yield self.env.timeout(5.0)
                yield from self.send(flow, rate=True)
            elif flow == "refill":
                yield self.env.timeout(42.0)
                yield from self.send(flow, rate=True)
            elif flow == "second-order":
                yield self.env.timeout(21.0)
                yield from self.send(flow, rate=True)
                yield self.env.timeout(14.0)
                yield from self.send(flow, rate=True, offer="second-cup")
            elif flow == "thank-you":
                self.flows[flow]["sent"] += 1
                self.whole.message_cost += MAIL
                if self.known_orders == 1:
                    yield self.env.timeout(7.0)
                    yield from self.send(flow, rate=True)
            else:
                yield from self.send(flow, rate=False)
                yield self.env.timeout(10.0)
                yield from self.send(flow, rate=False, offer="come-back")
        except simpy.Interrupt:
            return

    def send(self, flow: str, *, rate: bool, offer: str | None = None) -> Process:
        """Send a marketing message, moved by quiet hours and caps, or drop it."""
        planned, counts = self.env.now, self.flows[flow]
        while True:
            if self.held_out:
                counts["held out"] += 1
                return
            if not self.consents:
                counts["no consent"] += 1
                return
            if self.suppressed:
                counts["suppressed"] += 1
                return
            if offer in self.issued and self.live.get(offer, (0.0, ""))[0] <= self.env.now:
                counts["no offer"] += 1
                return
            time = self.env.now % 1
            if time >= QUIET_FROM or time < QUIET_TO:
                counts["delayed"] += 1
                yield self.env.timeout((QUIET_TO - time) % 1 + 1e-9)
                continue
            if len(self.log) >= 3 and self.log[-3] > self.env.now - 7:
                if self.log[-3] + 7 > planned + 3:
                    counts["capped"] += 1
                    return
                counts["delayed"] += 1
                yield self.env.timeout(self.log[-3] + 7 - self.env.now + 1e-9)
                continue
            break
        counts["sent"] += 1
        self.whole.message_cost += MAIL
        self.log.append(self.env.now)
        if offer is not None and offer not in self.issued:
            self.issued.add(offer)
            if self.luck.random() < REDEMPTION:
                self.live[offer] = math.floor(self.env.now + 14) + 1.0, flow
        recent = sum(moment > self.env.now - WINDOW_DAYS for moment in self.log[-5:])
        peak = PURCHASE_RATE - 1 if rate else ADDED_ORDERS / 1000 / WINDOW_DAYS
        size = peak * FATIGUE[recent - 1]
        self.effects.append((self.env.now + WINDOW_DAYS, size, rate))
        self.env.process(self.candidates(flow, size, rate))
        if self.luck.random() < UNSUBSCRIBE:
            self.suppressed = True

    def candidates(self, flow: str, size: float, rate: bool) -> Process:
        """Order more while the effect lasts; all rate effects together reach the largest alone."""
        until = self.env.now + WINDOW_DAYS
        while True:
            yield self.env.timeout(self.luck.expovariate(size * (self.rate if rate else 1.0)))
            if self.env.now >= until or (rate and not self.alive):
                return
            net = sum(one for end, one, of in self.effects if of is rate and end > self.env.now)
            most = PURCHASE_RATE - 1 if rate else net
            if self.luck.random() < min(1.0, most / net):
                self.flows[flow]["extra orders"] += 1
                self.ordered(self.value())


def simulate(of: Shop, seed: int = 1) -> Totals:
    """Return what comes of all customers of a shop in one draw."""
    r, alpha, a, b = BEHAVIOUR
    p, q, gamma = SPEND
    luck = random.Random(seed)
    people = of.people
    worlds = (Ledger(), Ledger())
    flows: dict[str, Counter[str]] = {
        flow: Counter(dict.fromkeys(FLOW_COUNTS, 0)) for flow in ENTRY
    }
    columns = (people.kind, people.x, people.t_x, people.T, people.repeat_value, people.orders,
               people.last_order, people.month)  # fmt: skip
    for kind, x, t_x, seen, repeat, orders, last, month in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        env = simpy.Environment()
        one = Customer(env, luck, worlds, flows)
        if kind == NEWCOMER:
            one.rate = max(luck.gammavariate(r, 1 / alpha), 1e-300)
            one.drop_out = luck.betavariate(a, b)
            one.spend = luck.gammavariate(q, 1 / gamma)
            born = (month + luck.random()) * 30.0
            env.process(_from(env, born, one))
        else:
            one.known_orders = orders
            one.spend = luck.gammavariate(q + p * x, 1 / (gamma + repeat))
            weight = a / (b + x - 1) * ((alpha + seen) / (alpha + t_x)) ** (r + x) if x else 0.0
            one.alive = luck.random() < 1 / (1 + weight)
            if one.alive:
                one.drop_out = luck.betavariate(a, b + x)
            until = seen if one.alive else t_x
            one.rate = max(luck.gammavariate(r + x, 1 / (alpha + until)), 1e-300)
            silent = (START - last) / DAY
            if silent <= 120:
                one.lapsing = env.process(one.lapse(120 - silent))
            else:
                one.lapsing = env.process(one.lapse(luck.random() * 28))
            if one.alive:
                env.process(one.baseline(first=False))
                env.process(one.carts())
        env.run(until=HORIZON_DAYS)
    return Totals(worlds[0].world(), worlds[1].world(), flows)


def _from(env: simpy.Environment, born: float, one: Customer) -> Process:
    """Let a newcomer begin when he arrives."""
    yield env.timeout(born)
    env.process(one.baseline(first=True))
    env.process(one.carts())
