"""One person's life in the world with the playbook: orders, events, entries, the lapse timer.

Everything that will happen waits in one heap, in the order of (moment, rank, sequence). A stream
(of baseline orders, candidates or events) has one item in it: when that is taken, the next is
scheduled first and then the item is handled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush

from tests.statistics.twin import membership, points, referral, subscription, tiers
from tests.statistics.twin.behaviour import (
    BaselineOrder,
    Buyer,
    Parameters,
    Person,
    after,
    gap,
    in_bounds,
    order_mark,
)
from tests.statistics.twin.clock import Clock, window_seconds
from tests.statistics.twin.effects import (
    ActiveEffect,
    accepted_share,
    begun,
    cancelled_share,
    fatigue,
    net,
    total,
)
from tests.statistics.twin.occasions import occasions, refill_due
from tests.statistics.twin.randomness import sticky
from tests.statistics.twin.rules import Rules, is_discount
from tests.statistics.twin.season import Season, season
from tests.statistics.twin.state import Bought, Coin, Happening, Key, Run, State
from tests.statistics.twin.watching import next_change

from playbook_compiler.conditions import Condition
from playbook_compiler.facts import Nature
from playbook_compiler.model import Flow, Offer
from playbook_compiler.triggers import (
    DateTrigger,
    EventTrigger,
    Inactivity,
    OfferExpiring,
    Replenishment,
)
from playbook_compiler.units import Duration
from playbook_runtime.kernel.layout import PerFlow, PerFlowMonth, PerMonth, World
from playbook_runtime.kernel.orders import MOST_ORDERS
from playbook_runtime.kernel.run import RunawayError
from playbook_runtime.kernel.tables import HISTORY, PROSPECT, REFERRED
from playbook_runtime.launch import (
    ADDED,
    BASKET,
    DROPOUT,
    ENTRY_STEP,
    PROGRAMMES,
    RATE,
    REPAID,
    REVIVE,
    Launch,
    Mark,
    Occurrence,
    Slot,
)

RANK_ORDER, RANK_EVENT, RANK_INACTIVITY = 0, 1, 2
ENTRY_BLOCK = 2**20
ALWAYS = (True,) * 1000  # months
ENGAGING = ("message_opened", "link_clicked")
SIGN_UP = "sign_up"  # it happens when a prospect arrives
FOLLOWING = (Nature.AFTER_ORDER, Nature.AFTER_MESSAGE, Nature.ORDER)  # another event brings them


@dataclass(slots=True)
class Life(State):
    """A person's life, `now` running from the start to the end."""

    advance: Callable[[Life, Run], None] = field(kw_only=True)
    season: Season = field(kw_only=True)
    ended_streams: dict[str, tuple[Occurrence, float, int]] = field(default_factory=dict)

    # --- the heap ---------------------------------------------------------------------------

    def at(self, moment: int, rank: int, action: Callable[[], None]) -> None:
        """Schedule what happens at a moment; what falls at or after the end does not happen."""
        assert moment >= self.now, "time does not run backwards"
        self.sequence += 1
        if moment < self.launch.end:
            heappush(self.heap, (moment, rank, self.sequence, action))

    def live(self, path: list[BaselineOrder]) -> None:
        """Live through the horizon."""
        self.without_ended = not self.alive
        self.coin = self._first_coin()
        points.enrol(self)
        tiers.enrol(self)
        if self.person.kind == REFERRED:
            self._come_first()
        self._schedule_baseline(path, 0)
        for occurrence in sorted(self.launch.occurrences, key=lambda one: one.event):
            self._schedule_stream(occurrence)
        if self.person.kind == PROSPECT:
            signed_up = Happening(SIGN_UP)
            self.at(self.who.arrival, RANK_EVENT, lambda: self.event(signed_up))
        if self.last_order is not None:
            self._schedule_existing(self.last_order)
            self._schedule_lapse(self.last_order, 0)
        self._start_timers()
        self._start_watching()
        while self.heap:
            self.now, _, _, action = heappop(self.heap)
            points.owed_until(self, self.now)
            action()
            self._watch()
        points.settle(self)

    # --- orders -----------------------------------------------------------------------------

    def _schedule_baseline(self, path: list[BaselineOrder], index: int) -> None:
        if index < len(path):
            self.at(path[index].moment, RANK_ORDER, lambda: self._baseline_order(path, index))

    def _baseline_order(self, path: list[BaselineOrder], index: int) -> None:
        """An order of the world without; in the world with he may be gone."""
        one = path[index]
        self._schedule_baseline(path, index + 1)
        self.next_n = one.n + 1
        self.without_ended = one.last
        if not self.alive:
            return
        if one.tosses:
            self._toss("coin", one.n)
        self._unless_cancelled(one.n, in_without=True)

    def _go_on(self) -> None:
        """Alive again: the path goes on, and the streams that had ended do."""
        clock = self.season.operational(float(self.now - self.launch.start))
        if self.without_ended and not self.goes_further:
            self._further(self.next_n, clock)
        ended, self.ended_streams = self.ended_streams, {}
        for _, (occurrence, per_day, n) in sorted(ended.items()):
            self._next_of_stream(occurrence, Nature.BEFORE_ORDER, per_day, n, clock)

    def _come_first(self) -> None:
        """Schedule the first order of one who was recommended, at his arrival."""
        self.without_ended, self.goes_further = True, True
        clock = self.season.operational(float(self.who.arrival - self.launch.start))

        def come() -> None:
            self.goes_further, self.next_n = False, 1
            if self.draw.m == 0 or self._toss("coin", 0):
                self._further(1, clock)
            self._unless_cancelled(0, in_without=False)

        self.at(self.who.arrival, RANK_ORDER, come)

    def _further(self, n: int, clock: float) -> None:
        """Schedule an order that only the world with has."""
        self.next_n = n
        self.goes_further = True
        clock += self.who.gap(n, 0)

        def come() -> None:
            self.goes_further = False
            if not self.alive:
                return
            self.next_n = n + 1
            if self._toss("coin", n):
                self._further(n + 1, clock)
            self._unless_cancelled(n, in_without=False)

        self.at(after(self.launch, self.season.elapsed(clock)), RANK_ORDER, come)

    def _unless_cancelled(self, n: int, *, in_without: bool) -> None:
        mark = order_mark(self.person, self.who, self.launch, "mark", n)
        if subscription.replaces(self, mark):
            self.tell(self.now, "cancelled", n)
            return
        lost = cancelled_share(
            total(RATE, self.effects, self.now),
            total(ADDED, self.effects, self.now),
            self.who.rate * self.season.pace(float(self.now - self.launch.start)),
        )
        if lost > 0.0 and self.who.randomness.uniform("cancel", n) < lost:
            self.tell(self.now, "cancelled", n)
        elif self.owed:
            self.owed -= 1
            self.tell(self.now, "cancelled", n)
        else:
            self.order(self.who.value("value", n), mark, None, n, in_without=in_without)

    def _toss(self, stream: str, counter: int) -> bool:
        """Toss a coin in the world with; return whether he stays."""
        self.coin = Coin(self.who.randomness.uniform(stream, counter), self.now)
        self.alive = self.coin.u >= self.who.dropout
        return self.alive

    def _first_coin(self) -> Coin | None:
        """Return the coin of the latest order before the start, given what came of it."""
        one, p = self.person, self.who.dropout
        if one.kind != HISTORY or one.last_order is None or (one.x == 0 and self.draw.m == 0):
            return None
        u = self.who.randomness.uniform("coin-before")
        return Coin(p + (1.0 - p) * u if self.alive else p * u, one.last_order)

    def _read_again(self, slot: Slot, factor: float) -> None:
        """Read the latest coin with another chance to leave."""
        coin = self.coin
        if coin is None or self.now >= coin.tossed + slot.window_seconds:
            return
        coin.low, coin.high = min(coin.low, factor), max(coin.high, factor)
        was_alive = self.alive
        self.alive = coin.u >= self.who.dropout * coin.low * coin.high
        if self.alive and not was_alive:
            self._go_on()

    def _respond(self, slot: Slot, share: float, counter: int) -> None:
        """Come back with one order, at most once by a flow."""
        if self.alive or self.coin is None or slot.flow in self.responded:
            return
        if self.who.randomness.uniform(f"revive/{slot.flow}") >= share:
            return
        self.responded.add(slot.flow)
        u = self.who.randomness.uniform(f"revive/{slot.flow}/{slot.step}", counter)

        def come_back() -> None:
            if self.alive:
                return
            if self._toss(f"coin/{slot.flow}/{slot.step}/{slot.form}", counter):
                self._go_on()
            self._extra(slot, counter)

        self.at(self.now + math.floor(u * slot.window_seconds), RANK_ORDER, come_back)

    def _extra(self, slot: Slot, counter: int) -> None:
        """An order that a message brought, perhaps in place of one to come."""
        name = f"{slot.flow}/{slot.step}/{slot.form}"
        mark = order_mark(self.person, self.who, self.launch, f"mark/{name}", counter)
        if subscription.replaces(self, mark):
            return
        for other, share in zip(self.launch.slots, self.draw.effect, strict=True):
            if (other.flow, other.step, other.form) == (slot.flow, slot.step, REPAID):
                self.owed += self.who.randomness.uniform(f"repaid/{name}", counter) < share
        value = self.who.value(f"value/{name}", counter)
        self.order(value, mark, slot, counter, in_without=False)

    def order(
        self, value: int, mark: int | None, slot: Slot | None, counter: int, *, in_without: bool
    ) -> None:
        """Handle an order of the world with: baseline order `counter`, or candidate `counter` of
        the effect that caused it."""
        factor = 1.0 + net(BASKET, self.effects, self.now)
        value = in_bounds(value * factor) if factor != 1.0 else value
        discounts, offer_cost = self._redeem(value, self.mark(mark), is_baseline=in_without)
        if slot is not None and slot.flow != PROGRAMMES:
            self.count_flow(slot.flow, PerFlow.EXTRA_ORDERS)
        self.count(World.OFFER_COST, offer_cost)
        self.count_month(PerMonth.OFFER_COST, offer_cost)
        key = self.book(value, discounts, mark)
        self.tell(self.now, "order" if slot is None else "extra", (value, discounts, offer_cost))
        self.event(Happening("order_placed", key))
        for occurrence in self.occurrences(Nature.AFTER_ORDER):
            stream = f"event/{occurrence.event}"
            if slot is not None:
                stream = f"{stream}/{slot.flow}/{slot.step}/{slot.form}"
            chance = self.who.randomness.uniform(stream, counter)
            if chance < occurrence.rate:
                self.schedule_event(Happening(occurrence.event, key), occurrence.lag)
        referral.recommend(self, key[1])

    def book(self, value: int, discounts: int, mark: int | None) -> tuple[str, int]:
        """Book an order of the world with, after its offers; return the key of its runs."""
        number = self.placed
        self.placed += 1
        self.count(World.ORDERS)
        self.count(World.REVENUE, value - discounts)
        brought = self.rules.contribution(value, self.mark(mark))
        self.count(World.CONTRIBUTION_MICRO, brought)
        self.bought.append(Bought(self.now, value - discounts, brought))
        self.orders += 1
        self.revenue += value - discounts
        if len(self.made) == MOST_ORDERS:
            raise RunawayError
        self.made.append(
            {
                "trigger.order.total": value - discounts,
                "trigger.order.discount": discounts,
                "trigger.order.nth": self.orders,
            }
        )
        self.marked.append(mark)
        self.last_mark, self.sent_since_order = mark, 0
        if mark is not None:
            self.last_by_mark[mark] = self.now
        previous, self.last_order = self.last_order, self.now
        if self.first_order is None:
            self.first_order = self.now
        self._schedule_lapse(self.now, 0)
        if previous is not None and self.clock.day(previous) != self.clock.day(self.now):
            self.gaps += 1
        for flow in self.rules.flows:
            self._refill(flow, self.now)
            if mark is not None and _is_by_product(flow):
                self._used_up(flow, mark, self.now)
            if previous is None and _is_anniversary(flow):
                self._tick(flow, self.now)
        points.stir(self)
        tiers.qualify(self, "revenue", value - discounts)
        tiers.qualify(self, "orders", 1)
        membership.consider(self)
        subscription.consider(self, value, mark)
        return ("order", number)

    def _redeem(self, value: int, mark: Mark | None, *, is_baseline: bool) -> tuple[int, int]:
        """Use the offers that the customer will use; return discounts and all offer costs."""
        usable: list[Offer] = []
        for name, issued in sorted(self.offers.items()):
            offer = self.rules.playbook.offers[name]
            is_enough = value >= self.rules.minor(offer.minimum)
            if self.holds(name) and issued.will_use and is_enough and self.rules.fits(offer, mark):
                usable.append(offer)
        if not self.rules.stackable and usable:
            usable = [max(usable, key=lambda offer: self.rules.benefit(offer, value))]
        discounts = cost = 0
        for offer in usable:
            benefit = self.rules.benefit(offer, value)
            if is_discount(offer):
                benefit = min(benefit, value - discounts)
                discounts += benefit
            cost += benefit
            if offer.points is not None:
                points.award(self, offer.points, Duration())
            issued = self.offers[offer.id]
            issued.end = self.now
            if issued.flow:
                self.count_flow(issued.flow, PerFlow.OFFERS_USED)
                self.count_flow_month(issued.flow, PerFlowMonth.OFFER_COST, benefit)
            self.tell(self.now, "redeemed", (offer.id, benefit))
        if is_baseline and usable and self.offers[usable[0].id].flow:
            self.count_flow(self.offers[usable[0].id].flow, PerFlow.SUBSIDISED)
        alone = not usable
        if (self.rules.stackable or alone) and (used := points.redeem(self, value, discounts)):
            alone = False
            discounts += used[0]
            cost += used[1]
        if self.loyalty.takes_part or self.is_member:
            off, more = tiers.use_rights(self, value, discounts, alone=alone)
            discounts += off
            cost += more
        return discounts + referral.welcome(self, value, discounts), cost

    # --- events -----------------------------------------------------------------------------

    def occurrences(self, nature: Nature) -> list[Occurrence]:
        """Return the assumed events of a nature, sorted."""
        found = [one for one in self.launch.occurrences if self.rules.nature(one.event) is nature]
        return sorted(found, key=lambda one: one.event)

    def schedule_event(self, happening: Happening, lag: Duration) -> None:
        """Let an event happen after a lag."""
        self.at(self.clock.add(self.now, lag), RANK_EVENT, lambda: self.event(happening))

    def event(self, happening: Happening) -> None:
        """Handle an event: exits, notes, waits, then entries."""
        event = happening.event
        nature = self.rules.nature(event)
        self.last_event[event] = self.now
        if happening.channel and event in ("message_opened", "link_clicked"):
            self.engaged[happening.channel] = self.now
        points.earn(self, happening)
        for run in list(self.runs):
            if event in (run.flow.exit_on or ()):
                self.end(run, event)
            elif _concerns(happening, nature, run):
                run.noted[event] = self.now
                if run.waits_for == event:
                    ways = self.rules.ways[run.waits_at]
                    run.node = ways.get(("happened", "")) or ways["next", ""]  # of a ladder
                    run.rung = 0
                    self.due(run, self.now)
        for flow in self.rules.started_by(event):
            if not self._often(flow):
                continue
            self.try_entry(flow, None if happening.run is not None else happening.key)

    def _often(self, flow: Flow) -> bool:
        """Note an event that a flow counts; return whether enough of them came lately."""
        trigger = flow.trigger
        assert isinstance(trigger, EventTrigger)
        if trigger.within is None:
            return True
        moments = self.counted.setdefault(flow.id, [])
        moments.append(self.now)
        latest = moments[-trigger.at_least :]
        since = self.clock.add(latest[0], trigger.within)
        return len(latest) == trigger.at_least and since >= self.now

    def _schedule_stream(self, occurrence: Occurrence) -> None:
        """Start the stream of an event that comes by itself, before orders or any time."""
        nature = self.rules.nature(occurrence.event)
        clock = float(self.who.arrival - self.launch.start)
        if nature is Nature.BEFORE_ORDER:
            clock = self.season.operational(clock)
            per_day = occurrence.rate * self.who.rate
            if not self.alive:
                self.ended_streams[occurrence.event] = (occurrence, per_day, 0)
                return
        elif nature in FOLLOWING or occurrence.event == SIGN_UP:
            return
        else:
            customers = self.launch.customers
            per_day = occurrence.rate / customers if customers else 0.0
        self._next_of_stream(occurrence, nature, per_day, 0, clock)

    def _next_of_stream(
        self, occurrence: Occurrence, nature: Nature, per_day: float, n: int, clock: float
    ) -> None:
        clock += gap(self.who.randomness, f"event/{occurrence.event}", n, per_day)
        seconds = self.season.elapsed(clock) if nature is Nature.BEFORE_ORDER else clock
        moment = after(self.launch, seconds)

        def come() -> None:
            if nature is Nature.BEFORE_ORDER and not self.alive:
                self.ended_streams[occurrence.event] = (occurrence, per_day, n + 1)
                return
            self._next_of_stream(occurrence, nature, per_day, n + 1, clock)
            key = ("event", n) if nature is Nature.BEFORE_ORDER else None
            self.schedule_event(Happening(occurrence.event, key), occurrence.lag)

        self.at(moment, RANK_EVENT, come)

    # --- entries ----------------------------------------------------------------------------

    def try_entry(self, flow: Flow, key: Key, *, is_triggered: bool = True) -> None:
        """Let the person enter a flow, if he may: by its trigger, or started by another flow."""
        if flow.id not in self.flows_on:
            return
        if not self.launch.open_months.get(flow.id, ALWAYS)[self.month()]:
            return
        if any(run.flow is flow and run.key == key for run in self.runs):
            return
        self.about = order_of(self, flow, key)
        conditions = (flow.trigger.where if is_triggered else None, flow.audience)
        if not all(self.meets(condition) for condition in conditions if condition is not None):
            return
        last = self.last_entry.get(flow.id)
        rule = flow.entry
        assert rule is not None, "resolving fills the entry rule in"
        if last is not None:
            if rule.again_after is not None:
                if self.now < self.clock.add(last, rule.again_after):
                    return
            elif rule.rule == "once":
                return
        admitted = self.launch.admission.get(flow.id)
        if admitted is not None:
            into = sticky(self.person.key).uniform(f"admission/{flow.id}")
            if not into * 1_000_000 < admitted[self.month()]:
                self.count_flow(flow.id, PerFlow.HELD_BUDGET)
                return
        entry = self.entries.get(flow.id, 0)
        self.entries[flow.id] = entry + 1
        self.last_entry[flow.id] = self.now
        self.count_flow(flow.id, PerFlow.ENTERED)
        self.count_flow_month(flow.id, PerFlowMonth.ENTERED)
        self.tell(self.now, "entered", (flow.id, key))
        run = Run(flow, key, entry, self.now, self.rules.first[flow.id], self.now)
        self.runs.append(run)
        self.due(run, self.now)
        if not self.who.holdout:
            self.begin_effects(run, ENTRY_STEP, entry, is_marketing=True, more=1)

    def due(self, run: Run, moment: int) -> None:
        """Let a run go on at a moment; whatever it waited for before is off."""
        run.ticket += 1
        ticket = run.ticket

        def go_on() -> None:
            if run.active and run.ticket == ticket:
                self.advance(self, run)

        self.at(moment, self.rules.rank[run.node], go_on)

    def end(self, run: Run, why: str) -> None:
        """End a run."""
        run.active = False
        self.runs.remove(run)
        self.tell(self.now, "left", (run.flow.id, run.key, why))

    def _schedule_existing(self, last_order: int) -> None:
        """Let those who were inactive too long already enter over the first days."""
        for flow in self.rules.flows:
            over = flow.existing.over if flow.existing is not None else None
            if not isinstance(flow.trigger, Inactivity) or over is None:
                continue
            if self.clock.add(last_order, flow.trigger.inactive_for) >= self.launch.start:
                continue
            into = self.who.randomness.uniform(f"existing/{flow.id}") * window_seconds(over)
            moment = self.launch.start + math.floor(into)
            self.at(moment, RANK_INACTIVITY, partial(self._enter_existing, flow))

    def _enter_existing(self, flow: Flow) -> None:
        if self.placed == 0:
            self.try_entry(flow, None)

    def _schedule_lapse(self, since: int, index: int) -> None:
        """Set the one lapse timer to the next threshold, `since` being the latest order."""
        self.lapse_ticket += 1
        ticket = self.lapse_ticket
        for i in range(index, len(self.rules.thresholds)):
            moment = self.clock.add(since, self.rules.thresholds[i])
            if moment < self.launch.start:
                continue

            def lapse(i: int = i) -> None:
                if self.lapse_ticket != ticket:
                    return
                for flow in self.rules.started_after(self.rules.thresholds[i]):
                    self.try_entry(flow, None)
                self._schedule_lapse(since, i + 1)

            self.at(max(self.now, moment), RANK_INACTIVITY, lapse)
            return

    def _start_timers(self) -> None:
        """Set what comes by the clock, from the day on which the person is there."""
        for flow in self.rules.flows:
            if self.last_order is not None:
                self._refill(flow, self.launch.start)
            if _is_by_product(flow):
                for mark in sorted(self.last_by_mark):
                    self._used_up(flow, mark, self.last_by_mark[mark])
            if self.first_order is not None or not _is_anniversary(flow):
                self._tick(flow, self.who.arrival)

    def _tick(self, flow: Flow, since: int) -> None:
        """Schedule the next time that a flow's day or schedule comes, at or after a moment."""
        moments = occasions(flow.trigger, self.clock, self.person.birthday, self.first_order, since)
        self._next_tick(flow, moments)

    def _next_tick(self, flow: Flow, moments: Iterator[int]) -> None:
        moment = next(moments, None)
        if moment is None:
            return

        def come() -> None:
            self._next_tick(flow, moments)
            self.try_entry(flow, None)

        self.at(moment, RANK_INACTIVITY, come)

    def expires(self, offer: str, end: int) -> None:
        """Schedule what starts before a code ends."""
        for flow in self.rules.flows:
            if not isinstance(flow.trigger, OfferExpiring):
                continue
            before = flow.trigger.offer_expiring
            back = Duration(-before.months, -before.days, -before.seconds)
            moment = max(self.now, self.clock.add(end, back))

            def remind(flow: Flow = flow) -> None:
                if self.offers[offer].end == end:
                    self.try_entry(flow, None)

            self.at(moment, RANK_INACTIVITY, remind)

    def _used_up(self, flow: Flow, mark: int, bought: int) -> None:
        """Schedule when what was bought at a moment is used up, unless it is bought again."""
        lasts = self.rules.lasts(self.launch.orders.marks[mark])
        if lasts is None:
            return
        due = self.clock.add(bought, lasts)
        if due < self.launch.start:
            over = flow.existing.over if flow.existing is not None else None
            if over is None:
                return
            into = self.who.randomness.uniform(f"existing/{flow.id}") * window_seconds(over)
            due = self.launch.start + math.floor(into)

        def run_out() -> None:
            if self.last_by_mark[mark] == bought:
                self.try_entry(flow, ("product", mark))

        self.at(due, RANK_INACTIVITY, run_out)

    def _refill(self, flow: Flow, now: int) -> None:
        """Schedule when what was bought last is used up; before the start it was, at `existing`."""
        last, first, placed = self.last_order, self.first_order, self.placed
        assert last is not None and first is not None
        due = refill_due(flow.trigger, self.clock, first, last, self.gaps, self.launch.typical_gap)
        if due is None:
            return
        if placed == 0 and due < self.launch.start:
            over = flow.existing.over if flow.existing is not None else None
            if over is None:
                return
            into = self.who.randomness.uniform(f"existing/{flow.id}") * window_seconds(over)
            due = self.launch.start + math.floor(into)

        def run_out() -> None:
            if self.placed == placed:
                self.try_entry(flow, None)

        self.at(max(now, due), RANK_INACTIVITY, run_out)

    # --- audiences --------------------------------------------------------------------------

    def _start_watching(self) -> None:
        """Note which audiences the person belongs to from the start; who comes later is looked at
        when he comes."""
        for name, flows in self.rules.watched.items():
            if self.person.kind != HISTORY:
                self.inside[name] = False
                continue
            where = self.rules.playbook.audiences[name].where
            self.inside[name] = self.meets(where, of_run=False)
            self._look_again(where)
            for flow in flows:
                over = flow.existing.over if flow.existing is not None else None
                if not self.inside[name] or over is None:
                    continue
                into = self.who.randomness.uniform(f"existing/{flow.id}") * window_seconds(over)
                moment = self.launch.start + math.floor(into)
                self.at(moment, RANK_INACTIVITY, partial(self._join, flow, where))
        if self.rules.watched and self.person.kind != HISTORY:
            self.at(self.who.arrival, RANK_INACTIVITY, lambda: None)

    def _join(self, flow: Flow, where: Condition) -> None:
        if self.meets(where, of_run=False):
            self.try_entry(flow, None)

    def _watch(self) -> None:
        """Let the person enter the flows of audiences to which he now comes to belong."""
        for name, flows in self.rules.watched.items():
            where = self.rules.playbook.audiences[name].where
            was_inside = self.inside[name]
            self.inside[name] = self.meets(where, of_run=False)
            self._look_again(where)
            if self.inside[name] and not was_inside:
                for flow in flows:
                    self.try_entry(flow, None)

    def _look_again(self, where: Condition) -> None:
        """See to it that the person is looked at when the clock next changes a condition."""
        moment = next_change(self, where)
        if moment is not None and moment not in self.looks:
            self.looks.add(moment)
            self.at(moment, RANK_INACTIVITY, lambda: None)

    # --- effects ----------------------------------------------------------------------------

    def begin_effects(
        self, run: Run, step: str, number: int, *, is_marketing: bool, more: int = 0
    ) -> None:
        """Begin the effects of a step, or of the flow itself."""
        if run.flow.running is not None:
            return  # what it changes is in the past orders
        sends = [moment for moment, _ in self.sends]
        for slot, amount in zip(self.launch.slots, self.draw.effect, strict=True):
            if (slot.flow, slot.step) == (run.flow.id, step):
                phi = 1.0
                if is_marketing:
                    window = slot.window_seconds
                    phi = fatigue(sends, window, self.now, self.draw.fatigue, more)
                if slot.form == DROPOUT:
                    self._read_again(slot, 1.0 + (amount - 1.0) * (phi if amount < 1.0 else 1.0))
                elif slot.form == REVIVE:
                    self._respond(slot, amount * phi, number)
                if slot.form not in (RATE, ADDED, BASKET):
                    continue
                effect = begun(slot, amount, number, self.now, phi)
                if effect.peak == 0.0:
                    continue
                self.effects.append(effect)
                self._count_overlap()
                if effect.size > 0.0 and slot.form != BASKET:
                    self.next_candidate(effect, 0)

    def _count_overlap(self) -> None:
        """Count the time that now has two or more effects and had not before."""
        ends = sorted(
            one.end for one in self.effects if self.now < one.end and one.slot.flow != PROGRAMMES
        )
        if len(ends) > 1:
            end = min(ends[-2], self.launch.end)
            start = max(self.now, self.overlap_until)
            if end > start:
                self.count(World.OVERLAP_SECONDS, end - start)
                self.overlap_until = end

    def next_candidate(self, effect: ActiveEffect, n: int) -> None:
        counter = effect.entry * ENTRY_BLOCK + n
        is_rate = effect.slot.form == RATE
        per_day = self.who.rate * effect.size if is_rate else effect.size
        effect.clock += gap(self.who.randomness, effect.stream, counter, per_day)
        begun = effect.end - effect.slot.window_seconds
        moment = begun + math.floor(min(effect.clock, effect.slot.window_seconds))
        if is_rate and self.season.stretches:
            since_start = self.season.operational(float(begun - self.launch.start)) + effect.clock
            moment = after(self.launch, self.season.elapsed(since_start))
        if moment >= effect.end:
            return

        def come() -> None:
            if self.now >= effect.end or (is_rate and not self.alive):
                return
            self.next_candidate(effect, n + 1)
            decides = self.who.randomness.uniforms(effect.stream, counter)[1]
            if decides < accepted_share(effect.slot.form, self.effects, self.now):
                slot = effect.slot
                if self.launch.coins_on_extra_orders and self.alive:
                    self._toss(f"coin/{slot.flow}/{slot.step}/{slot.form}", counter)
                self._extra(slot, counter)

        self.at(moment, RANK_ORDER, come)


def order_of(life: Life, flow: Flow, key: Key) -> int | None:
    """Return the number of the order that a run of a flow is about."""
    trigger = flow.trigger
    if key is None or not isinstance(trigger, EventTrigger):
        return None
    nature = life.rules.nature(trigger.event)
    return key[1] if nature in (Nature.ORDER, Nature.AFTER_ORDER) else None


def _is_by_product(flow: Flow) -> bool:
    return isinstance(flow.trigger, Replenishment) and flow.trigger.replenishment == "product"


def _is_anniversary(flow: Flow) -> bool:
    return isinstance(flow.trigger, DateTrigger) and flow.trigger.date == "first_order"


def _concerns(happening: Happening, nature: Nature, run: Run) -> bool:
    """Return whether a run heeds an event: its own message's, its own order's, any other."""
    if happening.run is not None:
        return happening.run is run
    if nature is Nature.AFTER_ORDER:
        return run.key is None or run.key == happening.key
    return True


def begin(
    rules: Rules,
    launch: Launch,
    clock: Clock,
    one: Person,
    draw: Parameters,
    who: Buyer,
    flows_on: frozenset[str],
    counts: list[int],
    tell: Callable[[int, str, object], None],
    advance: Callable[[Life, Run], None],
    has_programmes: bool,
) -> Life:
    """Return the person's life as it stands when the simulation begins."""
    return Life(
        rules=rules,
        launch=launch,
        clock=clock,
        person=one,
        draw=draw,
        who=who,
        flows_on=flows_on,
        counts=counts,
        tell=tell,
        advance=advance,
        season=season(launch),
        now=launch.start,
        orders=one.orders,
        revenue=one.revenue,
        first_order=one.first_order,
        last_order=one.last_order,
        last_event=dict(one.last_event),
        alive=who.alive,
        gaps=one.x,
        engaged={
            "email": max(one.last_event[event] for event in ENGAGING if event in one.last_event)
        }
        if any(event in one.last_event for event in ENGAGING)
        else {},
        last_mark=one.latest_mark,
        last_by_mark=dict(one.mark_moment),
        has_programmes=has_programmes,
    )
