"""The playbook over actual past orders: one run of the simulation's loop on what is recorded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.plan import digest_of
from playbook_compiler.source import Span
from playbook_compiler.units import DAY_SECONDS
from playbook_compiler.vocabulary import STAGES
from playbook_runtime.accounts import data_account
from playbook_runtime.assumed import UNSUBSCRIBED
from playbook_runtime.credits import with_credits
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.layout import PerFlow, flow_column
from playbook_runtime.kernel.run import CircleError, replayed
from playbook_runtime.kernel.tables import I64
from playbook_runtime.observed import Observed
from playbook_runtime.replay_launch import Replayed, replay_launch
from playbook_runtime.replay_nobody import why_nobody
from playbook_runtime.replays import (
    Collision,
    Pressure,
    Replay,
    ReplayedDay,
    ReplayedFlow,
    ReplayedMessage,
    ReplayedOffer,
)
from playbook_runtime.settings import EPOCH

HELD: Final = {
    "holdout": PerFlow.HELD_HOLDOUT,
    "consent": PerFlow.HELD_CONSENT,
    "suppressed": PerFlow.HELD_SUPPRESSED,
    "offer": PerFlow.HELD_OFFER,
    "zone": PerFlow.HELD_ZONE,
    "cap": PerFlow.HELD_CAP,
    "budget": PerFlow.HELD_BUDGET,
}
PRESSURE_DAYS: Final = (7, 30)
MOST_TOLD: Final = 10  # messages in a stretch; more are told as that many or more
ORDER: Final = "order_placed"


def replay(
    graph: TriggerGraph,
    before: Observed,
    last: date,
    *,
    threads: int = 0,
    progress: Callable[[int], None] | None = None,
) -> tuple[Replay | None, list[Diagnostic]]:
    """Return what a playbook would have done on the days after what is known `before`, up to and
    with `last`; nothing later is used."""
    playbook = graph.playbook
    if last <= before.as_of:
        return None, [_no_day(before, last)]
    told_of = with_credits(graph)
    world, findings = replay_launch(told_of, before, last)
    try:
        counts, rows = replayed(world.task, threads=threads, progress=progress)
    except CircleError:
        return None, [*findings, _endless(graph)]
    told = _Told(told_of, world, counts, rows)
    found = Replay(
        playbook=playbook.name,
        digest=digest_of(graph),
        first=world.days.first,
        last=last,
        timezone=playbook.timezone,
        currency=playbook.currency,
        decimals=playbook.decimals,
        people=len(world.people.key),
        orders=len(told.of(m.T_ORDER)),
        active_customers=len(np.unique(told.of(m.T_ORDER)[:, 1])),
        flows=tuple(told.flow(number, flow) for number, flow in enumerate(told.flows)),
        days=tuple(told.days()),
        pressure=tuple(told.pressure(days) for days in PRESSURE_DAYS),
        collisions=tuple(told.collisions()),
        offers=tuple(told.offers()),
        messages=tuple(told.messages()),
        data=data_account(world.after),
        notes=tuple(_notes(world, playbook)),
    )
    return found, findings


class _Told:
    """The trace of a replay, asked for what it tells."""

    def __init__(self, graph: TriggerGraph, world: Replayed, counts: I64, rows: I64) -> None:
        self.graph, self.world, self.counts, self.rows = graph, world, counts, rows
        self.flows = sorted(graph.playbook.flows)
        self.zone = ZoneInfo(graph.playbook.timezone)

    def of(self, kind: int) -> I64:
        """Return the rows of a kind."""
        found: I64 = self.rows[self.rows[:, 3] == kind]
        return found

    def day(self, moment: int) -> date:
        """Return the local day of a moment."""
        return datetime.fromtimestamp(moment, UTC).astimezone(self.zone).date()

    def flow(self, number: int, flow: str) -> ReplayedFlow:
        """Return what a flow would have done."""

        def count(what: PerFlow) -> int:
            return int(self.counts[flow_column(number, what)])

        entries = self.of(m.T_ENTERED)
        people = np.unique(entries[entries[:, 4] == number, 1])
        one = self.graph.playbook.flows[flow]
        reason = ""
        if not len(people):
            reason = why_nobody(self.graph, self.world, one, self.events())
        return ReplayedFlow(
            flow=flow,
            strategy=one.strategy,
            entered=count(PerFlow.ENTERED),
            people=len(people),
            sent=count(PerFlow.SENT),
            held_back_by={name: count(what) for name, what in HELD.items()},
            delayed=count(PerFlow.DELAYED),
            tasks=count(PerFlow.TASKS),
            offers_issued=count(PerFlow.OFFERS_ISSUED),
            why_nobody=reason,
        )

    def events(self) -> Mapping[str, int]:
        """Return how often each event happened."""
        numbers = Counter(self.of(m.T_EVENT)[:, 4].tolist())
        names = self.world.launch.events
        return {ORDER: len(self.of(m.T_ORDER))} | {names[n]: c for n, c in numbers.items()}

    def days(self) -> Iterator[ReplayedDay]:
        """Yield every day of the replay."""
        by_day: dict[date, tuple[Counter[str], Counter[str]]] = {}
        for place, kind in enumerate((m.T_ENTERED, m.T_SENT)):
            for moment, flow in self.of(kind)[:, [2, 4]].tolist():
                counters = by_day.setdefault(self.day(moment), (Counter(), Counter()))
                counters[place][self.flows[flow]] += 1
        day = self.world.days.first
        while day < self.world.days.last:
            entered, sent = by_day.get(day, (Counter(), Counter()))
            yield ReplayedDay(day, dict(sorted(entered.items())), dict(sorted(sent.items())))
            day += timedelta(days=1)

    def sends(self) -> Iterator[list[tuple[int, int]]]:
        """Yield, person by person, the (moment, flow) of what would have been sent to him."""
        by_person: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for person, moment, flow in self.of(m.T_SENT)[:, [1, 2, 4]].tolist():
            by_person[person].append((moment, flow))
        yield from by_person.values()

    def pressure(self, days: int) -> Pressure:
        """Return how many customers got how many messages in their fullest stretch of days."""
        found = [0] * (MOST_TOLD + 1)
        someone = 0
        for sends in self.sends():
            someone += 1
            first = most = 0
            for place, (moment, _) in enumerate(sends):
                while sends[first][0] <= moment - days * DAY_SECONDS:
                    first += 1
                most = max(most, place - first + 1)
            found[min(most, MOST_TOLD)] += 1
        found[0] = len(self.world.people.key) - someone
        return Pressure(days, tuple(found))

    def collisions(self) -> Iterator[Collision]:
        """Yield pairs of flows that wrote to a customer within a day, one after the other."""
        times: Counter[tuple[str, str]] = Counter()
        customers: Counter[tuple[str, str]] = Counter()
        instant: Counter[tuple[str, str]] = Counter()
        for sends in self.sends():
            pairs = set()
            for (one, flow), (other, another) in pairwise(sends):
                if flow != another and other - one < DAY_SECONDS:
                    low, high = sorted((self.flows[flow], self.flows[another]))
                    pairs.add((low, high))
                    times[low, high] += 1
                    instant[low, high] += one == other
            customers.update(pairs)
        for pair in sorted(times, key=lambda pair: (-times[pair], pair)):
            yield Collision(pair, times[pair], customers[pair], instant[pair])

    def offers(self) -> Iterator[ReplayedOffer]:
        """Yield what each flow issued of each offer, and to whom who bought anyway."""
        names = sorted(self.graph.playbook.offers)
        issued = Counter(map(tuple, self.of(m.T_ISSUED)[:, [7, 4]].tolist()))
        bought: Counter[tuple[int, ...]] = Counter()
        cost: Counter[tuple[int, ...]] = Counter()
        for flow, offer, amount in self.of(m.T_BOUGHT)[:, [7, 4, 5]].tolist():
            bought[flow, offer] += 1
            cost[flow, offer] += amount
        for key in sorted(issued):
            flow, offer = key
            yield ReplayedOffer(self.flows[flow], names[offer], issued[key], bought[key], cost[key])

    def messages(self) -> Iterator[ReplayedMessage]:
        """Yield every message, by moment, then customer."""
        nodes, channels = self.world.program.nodes, self.world.launch.channels
        names = sorted(self.graph.playbook.messages)
        rows = self.of(m.T_SENT)
        order = np.lexsort((rows[:, 4], rows[:, 1], rows[:, 2]))
        for row in rows[order].tolist():
            _, person, moment, _, flow, sent, place, message = row
            at = datetime.fromtimestamp(moment, UTC).astimezone(self.zone)
            yield ReplayedMessage(
                at=at.isoformat(),
                customer=f"{int(self.world.people.key[person]):016x}",
                flow=self.flows[flow],
                step=nodes[place].partition("/")[2].partition("#")[0],
                message=names[message],
                channel=channels[sent // 2],
                kind="marketing" if sent % 2 else "transactional",
            )


def _notes(world: Replayed, playbook: Playbook) -> Iterator[str]:
    """Yield what the reader must know of these files."""
    yield (
        "Nobody's answer to a message is known here: orders are those that came, no message is"
        " opened or clicked, and no code is used."
    )
    end, latest = world.days.last - timedelta(days=1), last_order_day(world.after)
    if latest < end:
        yield (
            f"The orders end on {latest}: the days after it, up to {end}, are told as days on which"
            " nobody bought."
        )
    events = world.after.events
    named = events.event.names if events is not None else ()
    missing = [name for name in world.launch.events if name not in (ORDER, UNSUBSCRIBED, *named)]
    if missing:
        yield (
            f"The files do not tell {', '.join(f'`{name}`' for name in missing)}: what waits for"
            " it, ends with it or starts with it is as if it never happened (--events)."
        )
    for one in world.consents.assumptions:
        yield (
            f"Where {one.id.partition('.')[2]} consent is not known, {one.value} of the customers,"
            f" always the same ones, are taken to have given it ({one.source})."
        )
    if any(set(flow.stages) != set(STAGES) for flow in playbook.flows.values()):
        yield "Flows of every stage are replayed, whatever stage the shop was in."
    if playbook.economics is not None and playbook.economics.monthly_budget is not None:
        yield "No budget is replayed: `monthly_budget` keeps nobody out."
    if playbook.programmes:
        yield "Points, levels and memberships are not replayed: nobody takes part in them."
    if world.after.customers is not None:
        yield "What the customers file says has no date: it is taken to hold on all these days."


def _endless(graph: TriggerGraph) -> Diagnostic:
    return error(
        "endless-runs",
        "flows start each other, or themselves, at the same moment over and over",
        graph.playbook.origin.key_span("flows"),
        caption="some flow here starts again as soon as it ends",
        help="put a wait of a day into the circle, or limit the entry: `entry: {again_after: 30d}`",
    )


def last_order_day(data: Observed) -> date:
    """Return the day of the last order of the file."""
    return EPOCH + timedelta(days=data.orders.reading.last_day)


def _no_day(before: Observed, last: date) -> Diagnostic:
    first = before.as_of + timedelta(days=1)
    return error(
        "bad-horizon",
        f"the replay would end on {last}, before its first day {first}",
        Span.of_file(before.orders.reading.file),
        help="choose a later --to, or an earlier --from",
    )
