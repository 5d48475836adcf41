"""What is known of one person at one moment in the world with, and what conditions ask of it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from tests.statistics.twin.behaviour import Buyer, Parameters, Person
from tests.statistics.twin.clock import Clock
from tests.statistics.twin.conditions import printed, truth
from tests.statistics.twin.effects import ActiveEffect
from tests.statistics.twin.rules import Rules

from playbook_compiler.conditions import Condition, InTop, Value
from playbook_compiler.facts import IdKind
from playbook_compiler.model import Flow
from playbook_compiler.units import Duration
from playbook_runtime.kernel.layout import (
    WITH,
    Layout,
    PerFlow,
    PerFlowMonth,
    PerMonth,
    World,
    flow_column,
    world_column,
)
from playbook_runtime.launch import Launch, Mark
from playbook_runtime.lifecycle import lifecycle_of

Key = tuple[str, int] | None


@dataclass(slots=True)
class Run:
    """One customer's way through a flow. `node` is where it goes on when it is due; `ticket` tells
    the present due time from those that were overtaken."""

    flow: Flow
    key: Key
    entry: int
    entered: int
    node: str
    previous_action: int
    planned: int | None = None
    rung: int = 0  # of a ladder, or the message that a rotation has come to
    has_turn: bool = False
    waits_for: str = ""
    waits_at: str = ""
    noted: dict[str, int] = field(default_factory=dict)
    active: bool = True
    ticket: int = 0


@dataclass(slots=True)
class Issued:
    """x"""

    times: int = 0
    end: float = -math.inf
    will_use: bool = False
    flow: str = ""


@dataclass(slots=True)
class Coin:
    """The latest coin: dead when u is below p times both factors."""

    u: float
    tossed: int
    low: float = 1.0
    high: float = 1.0


@dataclass(slots=True)
class Account:
    """The points of one person. A lot is [moment at which it lapses, points left]."""

    takes_part: bool = False
    redeems: bool = False
    pending: int = 0
    lots: list[list[float]] = field(default_factory=list)
    active: int = 0
    month: int = 0  # until the end of which what is owed has not been counted
    lapses: float | None = None  # when points lapse next
    ticket: int = 0
    taken: dict[int, list[int]] = field(default_factory=dict)  # by way to earn: moments, or orders

    @property
    def balance(self) -> int:
        """Points that can be redeemed."""
        return int(sum(left for _, left in self.lots))


@dataclass(slots=True)
class Standing:
    """The level of one person: its place from the lowest up, and what counts for it."""

    level: int = 0
    log: list[tuple[int, int]] = field(default_factory=list)  # moment, amount
    kept_until: int = 0
    ticket: int = 0


@dataclass(frozen=True, slots=True)
class Happening:
    """An event. `key` is its order or its own number, `run` the run whose message caused it."""

    event: str
    key: Key = None
    run: Run | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Bought:
    """An order: when, what was paid for it, and what it brought, in ten-thousandths."""

    moment: int
    paid: int
    brought: int


@dataclass(slots=True)
class State:
    """All that is known of one person in one draw, at the moment `now`."""

    rules: Rules
    launch: Launch
    clock: Clock
    person: Person
    draw: Parameters
    who: Buyer
    flows_on: frozenset[str]
    counts: list[int]
    tell: Callable[[int, str, object], None]
    now: int
    orders: int
    revenue: int
    first_order: int | None
    last_order: int | None
    last_event: dict[str, int]
    alive: bool
    without_ended: bool = False  # he is dead in the world without
    goes_further: bool = False  # an order of the world with alone is scheduled
    next_n: int = 0
    coin: Coin | None = None
    owed: int = 0
    responded: set[str] = field(default_factory=set)
    placed: int = 0
    suppressed: bool = False
    left_channels: set[str] = field(default_factory=set)
    changed: dict[tuple[str, str], Value] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)  # by rotation
    bought: list[Bought] = field(default_factory=list)
    gaps: int = 0  # between days with a purchase
    made: list[dict[str, int]] = field(default_factory=list)  # orders of the horizon
    about: int | None = None  # the order that what is being decided is about
    last_mark: int | None = None
    last_by_mark: dict[int, int] = field(default_factory=dict)
    marked: list[int | None] = field(default_factory=list)  # by order of the horizon
    engaged: dict[str, int] = field(default_factory=dict)  # by channel
    all_sends: list[int] = field(default_factory=list)
    sent_since_order: int = 0
    inside: dict[str, bool] = field(default_factory=dict)  # of watched audiences
    looks: set[int] = field(default_factory=set)  # moments at which they are looked at
    overlap_until: int = 0
    sends: list[tuple[int, str]] = field(default_factory=list)  # marketing: moment, channel
    received: dict[tuple[IdKind, str], int] = field(default_factory=dict)
    offers: dict[str, Issued] = field(default_factory=dict)
    loyalty: Account = field(default_factory=Account)
    has_programmes: bool = True
    was_asked: bool = False
    is_member: bool = False
    was_offered: bool = False  # a subscription
    subscribed: tuple[int, int | None] | None = None  # value and mark of each delivery
    friends: list[tuple[int, int]] = field(default_factory=list)  # key, moment of arrival
    promised: list[int] = field(default_factory=list)  # when rewards for friends were
    standing: Standing = field(default_factory=Standing)
    effects: list[ActiveEffect] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    entries: dict[str, int] = field(default_factory=dict)
    last_entry: dict[str, int] = field(default_factory=dict)
    counted: dict[str, list[int]] = field(default_factory=dict)
    lapse_ticket: int = 0
    heap: list[tuple[int, int, int, Callable[[], None]]] = field(default_factory=list)
    sequence: int = 0

    # --- counting ---------------------------------------------------------------------------

    def count(self, what: World, amount: int = 1) -> None:
        """Count in the world with."""
        self.counts[world_column(WITH, what)] += amount

    def count_flow(self, flow: str, what: PerFlow, amount: int = 1) -> None:
        """Count for a flow."""
        self.counts[flow_column(self.rules.column[flow], what)] += amount

    def layout(self) -> Layout:
        """Return where the columns by month stand."""
        months = len(self.launch.month_start)
        return Layout(len(self.rules.column), months, len(self.launch.cohorts))

    def month(self) -> int:
        """Return the number of the present month."""
        return bisect_right(self.launch.month_start, self.now) - 1

    def count_month(self, what: PerMonth, amount: int = 1) -> None:
        """Count in the present month of the world with."""
        self.counts[self.layout().month_column(self.month(), WITH, what)] += amount

    def count_flow_month(self, flow: str, what: PerFlowMonth, amount: int = 1) -> None:
        """Count for a flow in the present month."""
        column = self.rules.column[flow]
        self.counts[self.layout().flow_month_column(column, self.month(), what)] += amount

    def spend(self, flow: str, cost: int) -> None:
        """Count what a message or task costs, in ten-thousandths."""
        self.count(World.MESSAGE_COST_MICRO, cost)
        self.count_month(PerMonth.MESSAGE_COST_MICRO, cost)
        self.count_flow_month(flow, PerFlowMonth.MESSAGE_COST_MICRO, cost)

    # --- what conditions ask ----------------------------------------------------------------

    def meets(self, condition: Condition, *, of_run: bool = True) -> bool:
        """Return whether a condition holds now: unknown does not. `of_run` says whether it is asked
        for a run, which may be about an order."""
        if not of_run:
            self.about = None
        playbook = self.rules.playbook
        answer = truth(
            condition,
            self,
            self.person.static,
            playbook.audiences,
            self.rules.decimals,
        )
        return answer is True

    def mark(self, number: int | None) -> Mark | None:
        """Return a mark by its number."""
        return None if number is None else self.launch.orders.marks[number]

    def order_mark(self, *, or_latest: bool) -> Mark | None:
        """Return the mark of the order that is asked about, or of the latest."""
        if self.about is not None:
            return self.mark(self.marked[self.about])
        return self.mark(self.last_mark) if or_latest else None

    def latest_mark(self) -> Mark | None:
        """Return the mark of the latest order."""
        return self.mark(self.last_mark)

    def stage_of_life(self) -> str:
        """Return the stage of life with the shop, empty for those who never bought."""
        days = self._days_since(self.last_order)
        return "" if days is None else lifecycle_of(self.orders, days, self.launch.silence)

    def engaged_lately(self, channel: str, within: Duration | None) -> bool:
        """Return whether a message of a channel was opened or clicked lately."""
        return self._is_recent(self.engaged.get(channel), within)

    def has_marks(self) -> bool:
        """Return whether orders are told apart at all."""
        return bool(self.launch.orders.marks)

    def bought_lately(self, category: str, within: Duration | None) -> bool:
        """Return whether a category was bought lately, or ever."""
        moments = [
            moment
            for number, moment in self.last_by_mark.items()
            if self.launch.orders.marks[number].category == category
        ]
        return self._is_recent(max(moments, default=None), within)

    def number(self, fact: str) -> int | float | None:
        """Return a numeric fact: counts, minor units, local days."""
        match fact:
            case "orders":
                return self.orders
            case "revenue":
                return self.revenue
            case "points":
                return self.loyalty.balance
            case "aov":
                return self.revenue / self.orders if self.orders else None
            case "trigger.order.total" | "trigger.order.discount" | "trigger.order.nth":
                return None if self.about is None else self.made[self.about][fact]
            case "days_since_last_order":
                return self._days_since(self.last_order)
            case "days_since_first_order" | "days_as_customer":
                return self._days_since(self.first_order)
        raise AssertionError(f"not simulated: {fact}")

    def _days_since(self, moment: int | None) -> int | None:
        return None if moment is None else self.clock.day(self.now) - self.clock.day(moment)

    def may_be_sent_to(self, channel: str) -> bool:
        """Return whether marketing is allowed on a channel."""
        return channel in self.who.consents and not self.unsubscribed(channel)

    def unsubscribed(self, channel: str) -> bool:
        """Return whether the person has unsubscribed: from one channel is from all, but a step
        suppresses only its own."""
        return self.suppressed or channel in self.left_channels

    def cut(self, test: InTop) -> float:
        """Return how much is needed to be in the top."""
        return self.launch.cuts[printed(test)]

    def tells(self) -> Collection[tuple[str, str]]:
        """Return the tags and fields that steps change."""
        return self.rules.told

    def told(self, kind: str, name: str) -> Value | None:
        """Return what a tag or field is now; a tag that some step sets is nobody's at first."""
        return self.changed.get((kind, name), False if self.rules.told[kind, name] else None)

    def in_flow(self, flow: str) -> bool:
        """Return whether a run of the flow is going on."""
        return any(run.flow.id == flow for run in self.runs)

    def _is_recent(self, moment: int | None, within: Duration | None) -> bool:
        if moment is None:
            return False
        return within is None or self.clock.add(moment, within) >= self.now

    def entered(self, flow: str, within: Duration | None) -> bool:
        """Return whether the flow was entered lately, or ever."""
        return self._is_recent(self.last_entry.get(flow), within)

    def was_sent(self, kind: IdKind, name: str, within: Duration | None) -> bool:
        """Return whether a message, or one of a channel, was sent lately, or ever."""
        return self._is_recent(self.received.get((kind, name)), within)

    def happened(self, event: str, within: Duration | None) -> bool | None:
        """Return whether an event happened lately, or ever."""
        assert event in self.launch.events, f"{event} is not observed: a static answer is due"
        return self._is_recent(self.last_event.get(event), within)

    def holds(self, offer: str) -> bool:
        """Return whether a code of the offer is live."""
        issued = self.offers.get(offer)
        return issued is not None and self.now < issued.end
