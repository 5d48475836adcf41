"""Small made-up worlds for a playbook: people of all kinds and draws that exercise every flow.

Nothing here is realistic in size: effects are strong, messages are clicked often, customers buy
every few weeks, so that a few hundred people meet every rule.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np
from tests.statistics.twin.conditions import is_dynamic
from tests.statistics.twin.rules import told_by_steps

from playbook_compiler.conditions import InTop, nodes
from playbook_compiler.driver import load
from playbook_compiler.effects import Effect
from playbook_compiler.facts import Nature
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.lower import lower
from playbook_compiler.model import Playbook
from playbook_compiler.steps import Send
from playbook_compiler.units import DAY_SECONDS, Duration
from playbook_compiler.values import replace
from playbook_runtime.credits import with_credits
from playbook_runtime.heard import (
    channels_of,
    conditions_of,
    events_of,
    gift_send,
    gifts_of,
    offers_granted,
)
from playbook_runtime.kernel.tables import (
    HISTORY,
    NEVER,
    NEWCOMER,
    PROGRAMME_DRAWS,
    PROSPECT,
    Draws,
    People,
    Zones,
)
from playbook_runtime.launch import (
    ADDED,
    BASKET,
    DROPOUT,
    ENTRY_STEP,
    MEMBER_DAYS,
    MEMBER_STEP,
    OTHER,
    PROGRAMMES,
    RATE,
    REPAID,
    REVIVE,
    Launch,
    Mark,
    Occurrence,
    OperationalClock,
    OrderMarks,
    Slot,
)
from playbook_runtime.lifecycle import Silence

OTHER_ZONES = ("America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Auckland")
MONTH_DAYS = 30
WINDOWS = (3, 7, 14, 30)
BIRTHDAYS = (0, 229, 101, 1231, 615, 330)  # 0 unknown; the last one when clocks are put forward
COHORTS = ("old", "recent", "new")
CUTS = {"orders": 4.0, "revenue": 20_000.0, "aov": 4_321.5, "days_since_last_order": 90.0}


def graph_of(path: Path) -> TriggerGraph:
    """Return the graph of a playbook that reads without error; checks are not asked, because what
    is unwise must still be simulated right."""
    playbook = load(str(path)).playbook
    assert playbook is not None, load(str(path)).diagnostics
    graph, findings = lower(playbook)
    assert graph is not None and not findings
    return with_credits(graph)


def is_other_world(path: Path) -> bool:
    """Return whether a case runs with a season and with coins on extra orders: half of them do,
    and which does not depend on what other cases there are."""
    return crc32(path.stem.encode()) % 2 == 0


class World(NamedTuple):
    """What both implementations are given."""

    launch: Launch
    people: People
    draws: Draws


def small_world(
    graph: TriggerGraph,
    seed: int,
    customers: int,
    draws: int,
    *,
    days: int = 365,
    has_season: bool = False,
    coins_on_extra_orders: bool = False,
) -> World:
    """Return a world of so many customers of the history, plus newcomers and prospects."""
    chance = random.Random(seed)
    launch = _launch(graph, chance, customers, days)
    launch = replace(launch, coins_on_extra_orders=coins_on_extra_orders)
    if has_season:
        launch = replace(launch, season=_season(graph.playbook.timezone, launch, days))
    return World(launch, _people(launch, chance, customers), _draws(launch, chance, draws))


def neutral_effects(world: World) -> np.ndarray:
    """Return draws of effects that change nothing: factors of 1, 0 orders per 1,000, nobody who
    comes back."""
    neutral = [1.0 if slot.form in (RATE, BASKET, DROPOUT) else 0.0 for slot in world.launch.slots]
    return np.tile(neutral, (len(world.draws.number), 1)).reshape(world.draws.effect.shape)


def zone_table(names: tuple[str, ...], start: int, end: int) -> Zones:
    """Return the offset changes of zones, from well before `start` to well after `end`."""
    first, moments, offsets = [0], [], []
    years = 366 * DAY_SECONDS
    for name in names:
        changes = _changes(name, (start // years - 6) * years, (end // years + 7) * years)
        moments += [moment for moment, _ in changes]
        offsets += [offset for _, offset in changes]
        first.append(len(moments))
    return Zones(_i64(first), _i64(moments), _i64(offsets))


@cache
def _changes(name: str, begin: int, stop: int) -> tuple[tuple[int, int], ...]:
    """Return (moment, offset) of a zone's changes, the first one NEVER."""
    zone = ZoneInfo(name)
    found = [(NEVER, _offset(zone, begin))]
    for day in range(begin, stop, DAY_SECONDS):
        if _offset(zone, day) != _offset(zone, day + DAY_SECONDS):
            low, high = day, day + DAY_SECONDS
            while high - low > 1:
                middle = (low + high) // 2
                if _offset(zone, middle) == _offset(zone, low):
                    low = middle
                else:
                    high = middle
            found.append((high, _offset(zone, high)))
    return tuple(found)


def _offset(zone: ZoneInfo, moment: int) -> int:
    offset = datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // timedelta(seconds=1)


# --- the launch -----------------------------------------------------------------------------


def _launch(graph: TriggerGraph, chance: random.Random, customers: int, days: int) -> Launch:
    playbook = graph.playbook
    shop = ZoneInfo(playbook.timezone)
    start = int(datetime(2025, 3, 10, tzinfo=shop).timestamp())
    end = start + days * DAY_SECONDS
    months = days // MONTH_DAYS + 2  # the last ones arrive after the end
    length = MONTH_DAYS * DAY_SECONDS
    sends = [node for node in graph.nodes.values() if isinstance(node.what, Send)]
    orders = _order_marks(playbook)
    leaves = {
        str(leaf)
        for condition in conditions_of(graph)
        for leaf in nodes(condition)
        if not hasattr(leaf, "part")
        and not hasattr(leaf, "parts")
        and not is_dynamic(leaf, told_by_steps(graph), has_marks=bool(orders.marks))
    }
    events = events_of(graph, tuple(conditions_of(graph)))
    return Launch(
        seed=chance.getrandbits(64),
        start=start,
        end=end,
        customers=customers,
        zones=zone_table((playbook.timezone, *OTHER_ZONES), start, end),
        month_start=tuple(start + month * length for month in range(months)),
        month_length=(length,) * months,
        orders=orders,
        silence=Silence(dormant_after=40, lost_after=90, gaps=100),
        channels=channels_of(graph, tuple(conditions_of(graph))),
        events=events,
        statics=tuple(sorted(leaves)),
        slots=tuple(_slots(graph, chance)),
        sends=(
            *sorted(node.id for node in sends),
            *offers_granted(graph),
            *(gift_send(level, offer) for level, offer in gifts_of(playbook)),
        ),
        consent_share={"email": 0.6, "sms": 0.3, "push": 0.5},
        occurrences=tuple(_occurrences(playbook, events)),
        cohorts=COHORTS,
        admission=_admission(playbook, months),
        open_months=_open_months(playbook, months),
        holdout=playbook.guardrails.holdout.fraction if playbook.guardrails else Decimal(0),
        cuts={
            str(leaf): CUTS[leaf.fact.name]
            for condition in conditions_of(graph)
            for leaf in nodes(condition)
            if isinstance(leaf, InTop)
        },
    )


def _admission(playbook: Playbook, months: int) -> dict[str, tuple[int, ...]]:
    """Return shares where the playbook has a budget: another one for each flow and month."""
    if playbook.economics is None or playbook.economics.monthly_budget is None:
        return {}
    flows = sorted(playbook.flows)
    shares = (0, 300_000, 550_000, 1_000_000)
    return {
        flow: tuple(shares[(place + month) % 4] for month in range(months))
        for place, flow in enumerate(flows)
    }


def _open_months(playbook: Playbook, months: int) -> dict[str, tuple[bool, ...]]:
    """Return months in which a flow of some stages only can be entered: by turns."""
    if playbook.economics is None or playbook.economics.monthly_budget is None:
        return {}
    return {
        flow: tuple((month + place) % 3 != 1 for month in range(months))
        for place, flow in enumerate(sorted(playbook.flows)[1:])
    }


def _order_marks(playbook: Playbook) -> OrderMarks:
    """Return marks where the playbook tells categories or marketplaces apart."""
    margins = playbook.economics.gross_margin.by_category if playbook.economics else {}
    categories = sorted({*margins, *(one.category for one in playbook.products.values())})
    if not categories and not playbook.marketplaces:
        return OrderMarks()
    places = ["", "", *sorted(playbook.marketplaces), OTHER]
    marks = {Mark(name, place) for name in (*categories, OTHER, "") for place in places}
    ordered = tuple(sorted(marks, key=lambda mark: (mark.category, mark.marketplace)))
    shares = tuple((n + 1) / len(ordered) for n in range(len(ordered)))
    return OrderMarks(ordered, shares, strength=2.0)


def _season(zone: str, launch: Launch, days: int) -> OperationalClock:
    """Return a season of strong ups and downs, by the local days of a shop."""
    first = datetime.fromtimestamp(launch.start, ZoneInfo(zone)).date()
    moments, passed = [0.0], [0.0]
    for day in range(days):
        tomorrow = first + timedelta(days=day + 1)
        midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(zone))
        moments.append(midnight.timestamp() - launch.start)
        pace = 1.0 + 0.7 * math.sin(day / 40.0) + (0.2 if day % 7 == 5 else 0.0)
        passed.append(passed[-1] + pace * DAY_SECONDS)
    assert moments[-1] >= launch.end - launch.start
    return OperationalClock(tuple(moments), tuple(passed))


def _slots(graph: TriggerGraph, chance: random.Random) -> Iterator[Slot]:
    """Yield one or two effects for every send, or for the flow where it has its own."""
    for flow in graph.playbook.flows.values():
        if flow.expect is not None:
            yield from _two_forms(flow.id, ENTRY_STEP, flow.expect, chance)
            continue
        for node in graph.of_flow(flow.id):
            if isinstance(node.what, Send):
                yield from _two_forms(flow.id, node.step_id, node.what.expect, chance)
    programmes = graph.playbook.programmes
    if programmes is not None and any((programmes.points, programmes.tiers, programmes.membership)):
        yield Slot(PROGRAMMES, MEMBER_STEP, RATE, MEMBER_DAYS * DAY_SECONDS)


def _two_forms(
    flow: str, step: str, effect: Effect | None, chance: random.Random
) -> Iterator[Slot]:
    days = effect.within.days if effect is not None else chance.choice(WINDOWS)
    add = effect.overlap == "add" if effect is not None else chance.random() < 0.2
    forms: tuple[str, ...] = chance.choice(((RATE,), (ADDED,), (RATE, ADDED), (RATE, ADDED)))
    if effect is not None:
        told = {
            RATE: effect.purchase_rate,
            ADDED: effect.added_orders,
            DROPOUT: effect.dropout,
            REVIVE: effect.revive,
            BASKET: effect.basket,
            REPAID: effect.repaid,
        }
        forms = tuple(form for form, amount in told.items() if amount is not None)
    for form in forms:
        yield Slot(flow, step, form, days * DAY_SECONDS, add)


_RATES = {
    Nature.AFTER_ORDER: (0.8, Duration(days=3)),
    Nature.AFTER_MESSAGE: (0.3, Duration(seconds=5 * 3600)),
    Nature.BEFORE_ORDER: (1.8, Duration(seconds=3600)),
    Nature.OTHER: (0.9, Duration(days=1)),
    Nature.SIGN_UP: (0.4, Duration(months=1)),
}


def _occurrences(playbook: Playbook, events: tuple[str, ...]) -> Iterator[Occurrence]:
    for event in events:
        nature = playbook.catalogue.events[event].nature
        if nature in _RATES and event not in ("unsubscribed", "sign_up"):
            rate, lag = _RATES[nature]
            # Message events of different names may fall on the same second: some have no lag.
            lag = Duration() if event == "message_opened" else lag
            yield Occurrence(event, rate, lag)


# --- people and draws -----------------------------------------------------------------------


def _people(launch: Launch, chance: random.Random, customers: int) -> People:
    months = range(len(launch.month_start))
    arriving = max(2, customers // 60)
    rows = [_from_history(launch, chance) for _ in range(customers)]
    for kind in (NEWCOMER, PROSPECT):
        rows += [_arriving(launch, chance, kind, m, i) for m in months for i in range(arriving)]
    columns = {name: [row[name] for row in rows] for name in People._fields}
    number = len(rows)
    shapes = {
        "consent": (number, len(launch.channels)),
        "static": (number, len(launch.statics)),
        "last_event": (number, len(launch.events)),
        "mark_orders": (number, len(launch.orders.marks)),
        "mark_moment": (number, len(launch.orders.marks)),
    }
    types: dict[str, Any] = {"key": np.uint64, "kind": np.int8, "consent": np.int8, "base": np.int8}
    types |= {"static": np.int8, "t_x": np.float64, "T": np.float64}
    return People(
        **{
            name: np.array(values, types.get(name, np.int64)).reshape(shapes.get(name, (number,)))
            for name, values in columns.items()
        }
    )


def _row(launch: Launch, chance: random.Random) -> dict[str, Any]:
    """Return what people of every kind have."""
    key = chance.getrandbits(64)
    return {
        "key": key,
        "zone": chance.choice((-1, -1, 0, 0, 0, *range(1, len(OTHER_ZONES) + 1))),
        "consent": [chance.choice((1, 1, 1, 0, -1, -1)) for _ in launch.channels],
        "static": [chance.choice((0, 1, 1, 2)) for _ in launch.statics],
        "x": 0,
        "t_x": 0.0,
        "T": 0.0,
        "repeat_value": 0,
        "orders": 0,
        "revenue": 0,
        "first_order": NEVER,
        "last_order": NEVER,
        "base": 0,
        "month": 0,
        "index": 0,
        "birthday": BIRTHDAYS[key % len(BIRTHDAYS)],
        "cohort": -1,
        "basis": 0,
        "basis_at": NEVER,
        "last_event": [NEVER] * len(launch.events),
        "latest_mark": -1,
        "mark_orders": [0] * len(launch.orders.marks),
        "mark_moment": [NEVER] * len(launch.orders.marks),
    }


def _from_history(launch: Launch, chance: random.Random) -> dict[str, Any]:
    row = _row(launch, chance)
    x = chance.choice((0, 0, 0, 1, 1, 2, 3, 5, 9))
    observed = chance.uniform(1.0, 900.0)
    t_x = observed * chance.random() ** 0.5 if x else 0.0
    first = launch.start - int(observed * DAY_SECONDS) - 1
    last = first + int(t_x * DAY_SECONDS)
    value = chance.randrange(1500, 9000)
    events = {
        event: last if event == "order_placed" else launch.start - chance.randrange(1, 10**7)
        for event in launch.events
    }
    return row | {
        "kind": HISTORY,
        "cohort": row["key"] % 3 - 1,
        "x": x,
        "t_x": t_x,
        "T": observed,
        "repeat_value": x * value,
        "orders": x + 1 + (chance.random() < 0.1),
        "revenue": (x + 1) * value + chance.randrange(500),
        "basis": 0 if value % 3 == 0 else value * 4,
        "basis_at": launch.start - value * 2_000,
        "first_order": first,
        "last_order": last,
        "base": int(last >= launch.start - (launch.end - launch.start)),
        "last_event": [
            events[event] if event == "order_placed" or chance.random() < 0.5 else NEVER
            for event in launch.events
        ],
        **_own_marks(launch, chance, x + 1, first, last),
    }


def _own_marks(
    launch: Launch, chance: random.Random, orders: int, first: int, last: int
) -> dict[str, Any]:
    """Return the marks of a customer's orders of the history, where orders have any."""
    count = len(launch.orders.marks)
    if not count:
        return {}
    often = [chance.randrange(count) for _ in range(3)]
    marks = [chance.choice(often) for _ in range(orders)]
    moments = sorted([first, last, *(chance.randrange(first, last + 1) for _ in range(orders))])
    latest = dict(zip(marks, moments[-orders:], strict=True))
    return {
        "latest_mark": marks[-1],
        "mark_orders": [marks.count(mark) for mark in range(count)],
        "mark_moment": [latest.get(mark, NEVER) for mark in range(count)],
    }


def _arriving(
    launch: Launch, chance: random.Random, kind: int, month: int, index: int
) -> dict[str, object]:
    cohort = COHORTS.index("new") if kind == NEWCOMER else -1
    more = {"kind": kind, "month": month, "index": index, "cohort": cohort}
    return _row(launch, chance) | more


def _draws(launch: Launch, chance: random.Random, number: int) -> Draws:
    months = len(launch.month_start)

    def some(make: object, count: int) -> list[float]:
        assert callable(make)
        return [make() for _ in range(count)]

    def effect(slot: Slot) -> float:
        if slot.form in (REVIVE, REPAID):
            return chance.uniform(0.2, 0.9)
        if slot.form == DROPOUT:
            return chance.choice((0.1, 0.5, 0.9, 2.0))
        if slot.form in (RATE, BASKET):
            return chance.choice((0.4, 0.8, 1.0, 1.3, 1.9, 3.0)) * chance.uniform(0.9, 1.1)
        return chance.choice((-300.0, -60.0, 0.0, 40.0, 150.0, 400.0)) * chance.uniform(0.9, 1.1)

    return Draws(
        number=np.array([chance.randrange(2**31) for _ in range(number)], np.uint64),
        behaviour=np.array(
            [
                [
                    chance.uniform(0.3, 1.6),
                    chance.uniform(20.0, 60.0),
                    chance.uniform(0.3, 1.2),
                    chance.uniform(1.5, 4.0),
                ]
                for _ in range(number)
            ]
        ),
        k=_i64([1 + 2 * d % 4 for d in range(number)]),
        m=_i64([d % 2 for d in range(number)]),
        spend=np.array(
            [
                [chance.uniform(0.6, 6.0), chance.uniform(2.5, 5.0), chance.uniform(1500.0, 4000.0)]
                for _ in range(number)
            ]
        ),
        drift=np.array(some(lambda: chance.uniform(0.7, 1.4), number)),
        unsubscribe=np.array(some(lambda: chance.uniform(0.002, 0.03), number)),
        fatigue=np.array([[1.0, 0.7, 0.2, 0.1, 0.05 * (1 + d % 3)] for d in range(number)]),
        effect=np.array([[effect(slot) for slot in launch.slots] for _ in range(number)]).reshape(
            number, len(launch.slots)
        ),
        redemption=np.array(
            [some(lambda: chance.uniform(0.2, 0.9), len(launch.sends)) for _ in range(number)]
        ).reshape(number, len(launch.sends)),
        programme=np.array([_programmes(d) for d in range(number)]),
        newcomers=_i64([[chance.randrange(8) for _ in range(months)] for _ in range(number)]),
        prospects=_i64([[chance.randrange(8) for _ in range(months)] for _ in range(number)]),
    )


def _programmes(d: int) -> list[float]:
    """Return what is assumed of programmes, other things in each draw."""
    found = {
        "participation": 0.7 + 0.1 * (d % 3),
        "redemption": 0.8 - 0.2 * (d % 2),
        "join": 0.5 - d % 2,
        "renew": 0.6 + 0.2 * (d % 2),
        "subscribe": 0.5 + 0.2 * (d % 2),
        "stay": 0.8 - 0.1 * (d % 2),
        "unlike": 0.2 + 0.3 * (d % 2),
        "skips": 0.15,
        "pauses": 0.1,
        "changes": 0.25,
        "referred": 0.15 + 0.1 * (d % 2),
        "anyway": 0.3 + 0.2 * (d % 2),
    }
    return [found[name] for name in PROGRAMME_DRAWS]


def _i64(values: object) -> np.ndarray:
    return np.array(values, np.int64)
