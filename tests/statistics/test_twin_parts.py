"""The parts of the plain-Python twin, each against something else: numpy's Philox, zoneinfo,
moments of distributions, and small worlds that can be worked out by hand."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import fmean, variance
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.statistics.twin.clock import Clock, clocks
from tests.statistics.twin.philox import philox
from tests.statistics.twin.randomness import Randomness, sticky
from tests.statistics.twin.twin import Told, simulate_twin
from tests.statistics.worlds import World as MadeUp
from tests.statistics.worlds import graph_of, neutral_effects, small_world, zone_table

from playbook_compiler.calendar_units import WEEKDAYS, Weekday
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import Duration, TimeOfDay
from playbook_compiler.values import replace
from playbook_runtime.kernel.layout import (
    WITH,
    WITHOUT,
    Layout,
    PerFlow,
    World,
    flow_column,
    world_column,
)
from playbook_runtime.kernel.tables import HISTORY, NEVER, NEWCOMER, PROSPECT, People, rows
from playbook_runtime.launch import (
    ADDED,
    BASKET,
    DROPOUT,
    RATE,
    REPAID,
    REVIVE,
    Occurrence,
    stream,
)

CASES = sorted((Path(__file__).parent.parent / "cases" / "kernel").glob("*.yaml"))
DAY = 86_400


# --- random numbers -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_philox_gives_the_words_of_numpy(seed: int) -> None:
    chance = random.Random(seed)
    counter = tuple(chance.getrandbits(64) for _ in range(4))
    key = (chance.getrandbits(64), chance.getrandbits(64))
    # numpy steps its 256-bit counter before the first block.
    whole = sum(word << (64 * place) for place, word in enumerate(counter))
    theirs = np.random.Philox(counter=(whole - 1) % 2**256, key=key[0] + (key[1] << 64))
    c0, c1, c2, c3 = counter
    assert philox((c0, c1, c2, c3), key) == tuple(int(word) for word in theirs.random_raw(4))


def test_philox_gives_the_published_known_answer() -> None:
    # Random123's kat_vectors for philox4x64-10, all words zero.
    assert philox((0, 0, 0, 0), (0, 0)) == (
        0x16554D9ECA36314C,
        0xDB20FE9D672D0FDC,
        0xD7E772CEE186176B,
        0x7E68B68AEC7BA23B,
    )


def test_a_uniform_is_inside_zero_and_one_and_named_by_its_stream() -> None:
    one = Randomness(1, 2, 3)
    words = philox((3, stream("coin"), 7, 0), (1, 2))
    assert one.uniforms("coin", 7) == tuple(((word >> 11) + 0.5) / 2**53 for word in words)
    assert one.uniform("coin", 7) != one.uniform("gap", 7)
    assert 0.0 < one.uniform("coin", 7) < 1.0


def test_sticky_numbers_depend_on_the_customer_alone() -> None:
    assert sticky(5).uniform("holdout") == Randomness(0, 0, 5).uniform("holdout")
    assert sticky(5).uniform("holdout") != sticky(6).uniform("holdout")


@pytest.mark.parametrize("shape", [0.25, 0.9, 1.0, 2.5, 40.0])
def test_a_gamma_has_the_moments_of_its_shape(shape: float) -> None:
    number = 4000
    drawn = [Randomness(9, 0, i).gamma("some", shape) for i in range(number)]
    assert abs(fmean(drawn) - shape) < 4 * math.sqrt(shape / number)
    # Kurtosis of a gamma is 3 + 6 / shape: the variance's own standard error.
    error = shape * math.sqrt((2.0 + 6.0 / shape) / number)
    assert abs(variance(drawn) - shape) < 4 * error


def test_an_exponential_has_mean_and_deviation_one() -> None:
    drawn = [Randomness(9, 1, 77).exponential("gap", n) for n in range(4000)]
    assert abs(fmean(drawn) - 1.0) < 4 / math.sqrt(4000)
    assert abs(variance(drawn) - 1.0) < 4 * math.sqrt(8 / 4000)


# --- time -----------------------------------------------------------------------------------

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
SPAN = tuple(int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2025, 2027))


def clock_of(name: str) -> Clock:
    return clocks(zone_table((name,), *SPAN))[0]


def at(text: str, zone: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


@pytest.mark.parametrize("name", ZONES)
def test_a_local_time_goes_back_to_utc_as_zoneinfo_takes_it(name: str) -> None:
    clock, zone = clock_of(name), ZoneInfo(name)
    hours = range(SPAN[0], SPAN[1], 7 * 3600)
    near = [
        moment + minutes * 60
        for moment in clock.moments
        if SPAN[0] < moment < SPAN[1]
        for minutes in range(-300, 300, 5)
    ]
    for moment in (*hours, *near):
        there = datetime.fromtimestamp(moment, zone)
        local = int(there.replace(tzinfo=UTC, fold=0).timestamp())
        assert clock.local(moment) == local
        assert clock.utc(local) == int(there.replace(fold=0).timestamp())


def test_a_local_time_in_a_gap_moves_on_and_in_a_fold_is_the_first() -> None:
    clock = clock_of("Europe/Berlin")
    day = (date(2025, 3, 30) - date(1970, 1, 1)).days
    assert clock.utc(day * DAY + 9000) == at("2025-03-30T03:30", "Europe/Berlin")
    day = (date(2025, 10, 26) - date(1970, 1, 1)).days
    first = int(datetime(2025, 10, 26, 0, 30, tzinfo=UTC).timestamp())
    assert clock.utc(day * DAY + 9000) == first


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2025-01-31T10:00", Duration(months=1), "2025-02-28T10:00"),
        ("2025-01-31T10:00", Duration(months=1, days=1), "2025-03-01T10:00"),
        ("2025-12-31T23:59", Duration(months=2), "2026-02-28T23:59"),
        ("2025-03-29T12:00", Duration(days=1), "2025-03-30T12:00"),
        ("2025-03-29T12:00", Duration(seconds=DAY), "2025-03-30T13:00"),
        ("2025-03-29T02:30", Duration(days=1), "2025-03-30T03:30"),
        ("2025-10-25T12:00", Duration(days=1, seconds=3600), "2025-10-26T13:00"),
        ("2025-05-01T00:00", Duration(months=12), "2026-05-01T00:00"),
    ],
)
def test_durations_are_calendar_steps_and_then_elapsed(
    start: str, duration: Duration, end: str
) -> None:
    clock = clock_of("Europe/Berlin")
    assert clock.add(at(start, "Europe/Berlin"), duration) == at(end, "Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "inside"),
    [("20:59", False), ("21:00", True), ("23:30", True), ("07:59", True), ("08:00", False)],
)
def test_a_window_over_midnight_begins_and_ends_on_its_minutes(moment: str, inside: bool) -> None:
    clock = clock_of("Europe/Berlin")
    now = at(f"2025-06-01T{moment}", "Europe/Berlin")
    assert clock.is_within(now, TimeOfDay(21 * 60), TimeOfDay(8 * 60)) is inside


@pytest.mark.parametrize(
    ("moment", "time", "next_one"),
    [
        ("2025-06-01T07:00", 480, "2025-06-01T08:00"),
        ("2025-06-01T08:00", 480, "2025-06-02T08:00"),
        ("2025-03-30T01:00", 150, "2025-03-30T03:30"),
    ],
)
def test_the_next_time_of_day_is_later_than_now(moment: str, time: int, next_one: str) -> None:
    clock, zone = clock_of("Europe/Berlin"), "Europe/Berlin"
    assert clock.next_time(at(moment, zone), TimeOfDay(time)) == at(next_one, zone)


def test_in_the_second_of_two_hours_the_next_time_is_the_second_reading() -> None:
    now = int(datetime(2025, 10, 26, 1, 10, tzinfo=UTC).timestamp())  # 02:10, for the second time
    assert clock_of("Europe/Berlin").next_time(now, TimeOfDay(150)) == now + 20 * 60


@pytest.mark.parametrize(
    ("now", "moment", "then"),
    [
        # 2025-06-03 was a Tuesday.
        ("2025-06-03T07:00", TimeOfDay(540), "2025-06-03T09:00"),
        ("2025-06-03T09:00", TimeOfDay(540), "2025-06-03T09:00"),
        ("2025-06-03T09:01", TimeOfDay(540), "2025-06-04T09:00"),
        ("2025-06-03T13:00", Weekday("tue"), "2025-06-03T13:00"),
        ("2025-06-03T13:00", Weekday("wed"), "2025-06-04T00:00"),
        ("2025-06-03T13:00", Weekday("mon"), "2025-06-09T00:00"),
        ("2025-06-03T13:00", Weekday("tue", TimeOfDay(840)), "2025-06-03T14:00"),
        ("2025-06-03T13:00", Weekday("tue", TimeOfDay(540)), "2025-06-10T09:00"),
        ("2025-03-30T01:00", TimeOfDay(150), "2025-03-30T03:30"),
    ],
)
def test_a_moment_that_is_waited_for_may_be_now(
    now: str, moment: TimeOfDay | Weekday, then: str
) -> None:
    clock, zone = clock_of("Europe/Berlin"), "Europe/Berlin"
    assert clock.until(at(now, zone), moment) == at(then, zone)


@pytest.mark.parametrize("day", WEEKDAYS)
def test_whoever_waits_for_a_weekday_gets_it(day: str) -> None:
    clock, zone = clock_of("Europe/Berlin"), ZoneInfo("Europe/Berlin")
    for now in range(SPAN[0], SPAN[0] + 400 * DAY, 5 * 3600):
        then = clock.until(now, Weekday(day, TimeOfDay(960)))
        there = datetime.fromtimestamp(then, zone)
        assert (WEEKDAYS[there.weekday()], there.hour) == (day, 16)
        assert 0 <= then - now <= 7 * DAY + 3600


# --- small worlds ---------------------------------------------------------------------------

HEAD = """playbook: 1
name: small
currency: EUR
timezone: Europe/Berlin
sender: {name: Small, email: hello@small.example, address: "Teeweg 1, Berlin"}
economics:
  gross_margin: 60%
  order_costs: {shipping: 4.00, payment: {share: 2%, fixed: 0.30}, return: 5.00, return_rate: 3%}
  message_costs: {email: 0.01, push: 0.002}
messages:
  mail: {subject: "A word", body: "Hello, {{ unsubscribe_url }} {{ sender.address }}"}
  receipt: {kind: transactional, subject: "Thank you", body: "Hello"}
"""
CONSENT = "guardrails: {consent: {email: opt-in}}\n"

Make = Callable[[str], TriggerGraph]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that compiles the rest of a small playbook."""

    def compiled(text: str) -> TriggerGraph:
        path = tmp_path / "playbook.yaml"
        path.write_text(HEAD + text)
        return graph_of(path)

    return compiled


def one_person(graph: TriggerGraph, kind: int, **columns: object) -> MadeUp:
    """Return a world of one person who consents to everything, in which nothing is by chance:
    no effects, no unsubscribing, every offer is used."""
    launch, people, draws = small_world(graph, 3, 5, 1)
    row = int(np.flatnonzero(people.kind == kind)[0])
    alone: People = rows(people, row, row + 1)
    fixed = {"consent": 1, "zone": 0, "x": 0, "t_x": 0.0, "T": 10.0, "repeat_value": 0}
    if kind == HISTORY:
        fixed |= {"orders": 1, "last_order": launch.start - 10 * DAY}
        fixed |= {"first_order": launch.start - 10 * DAY}
    for name, value in {**fixed, **columns}.items():
        column = getattr(alone, name)
        alone = alone._replace(**{name: np.full_like(column, value)})
    draws = draws._replace(
        unsubscribe=np.zeros(1),
        effect=neutral_effects(MadeUp(launch, alone, draws)),
        redemption=np.ones_like(draws.redemption),
        newcomers=np.ones_like(draws.newcomers),
        prospects=np.ones_like(draws.prospects),
        m=np.zeros(1, np.int64),
        drift=np.ones(1),
    )
    return MadeUp(launch, alone, draws)


def run(graph: TriggerGraph, world: MadeUp) -> tuple[dict[str, int], dict[str, int], list[Told]]:
    """Return the counts of the world with, those of the one flow, and what happened."""
    told: list[Told] = []
    (row,) = simulate_twin(graph, *world, trace=told)
    world_with = {what.name: row[world_column(WITH, what)] for what in World}
    flow = {what.name: row[flow_column(0, what)] for what in PerFlow}
    return world_with, flow, told


def moments(told: list[Told], what: str) -> list[int]:
    return [moment for _, _, moment, happened, _ in told if happened == what]


def dead(world: MadeUp) -> MadeUp:
    """Return the world with nobody of the history alive: m = 1 and a drop-out next to certain."""
    behaviour = world.draws.behaviour.copy()
    behaviour[:, 2:] = (1e9, 1e-3)
    return world._replace(
        draws=world.draws._replace(behaviour=behaviour, m=np.ones(1, np.int64)),
        people=world.people._replace(T=np.full(1, 500.0)),
    )


def test_a_lapsed_customer_gets_the_messages_of_his_flow_and_costs_them(make: Make) -> None:
    graph = make(
        CONSENT
        + """
flows:
  back:
    trigger: {inactive_for: 30d}
    steps: [{send: mail}, {wait: 7d}, {task: call, cost: 4.00}]
"""
    )
    world = dead(one_person(graph, HISTORY))
    total, flow, told = run(graph, world)
    assert total["ORDERS"] == 0
    assert (flow["ENTERED"], flow["SENT"], flow["TASKS"]) == (1, 1, 1)
    assert total["MESSAGE_COST_MICRO"] == 10_000 + 4_000_000
    assert total["MESSAGES"] == 1
    # The last order was 10 days before the start, at local midnight, over a clock change.
    entered = at("2025-03-30T00:00", "Europe/Berlin")
    assert moments(told, "entered") == moments(told, "sent") == [entered]
    assert moments(told, "task") == [at("2025-04-06T00:00", "Europe/Berlin")]


CAPPED = """
flows:
  back:
    trigger: {inactive_for: 30d}
    exit_when: days_since_last_order > 38
    steps:
      - {send: mail, id: a}
      - wait: 1d
      - {send: mail, id: b}
      - wait: 1d
      - {send: mail, id: c}
"""


def capped(when: str) -> str:
    frequency = "frequency: {at_most: 1, per: 7d}"
    return f"guardrails: {{consent: {{email: opt-in}}, {frequency}, when_capped: {when}}}{CAPPED}"


def test_a_full_cap_drops(make: Make) -> None:
    graph = make(capped("skip"))
    _, flow, _ = run(graph, dead(one_person(graph, HISTORY)))
    assert (flow["SENT"], flow["HELD_CAP"], flow["DELAYED"]) == (1, 2, 0)


def test_a_full_cap_delays_and_the_exit_is_read_again(make: Make) -> None:
    graph = make(capped("{delay: 8d}"))
    _, flow, told = run(graph, dead(one_person(graph, HISTORY)))
    # Day 30: a. Day 31: b is put off to day 37. Day 38: c is put off to day 44, which is too late.
    assert (flow["SENT"], flow["HELD_CAP"], flow["DELAYED"]) == (2, 0, 2)
    first, second = moments(told, "sent")
    assert second - first == 7 * DAY
    assert moments(told, "left") == [second + 7 * DAY]


def test_quiet_hours_move_a_message_to_their_end(make: Make) -> None:
    graph = make(
        """
guardrails: {consent: {email: opt-in}, quiet_hours: {from: "21:00", to: "08:00"}}
flows:
  back:
    trigger: {inactive_for: 30d}
    steps: [{send: receipt}, {send: mail}]
"""
    )
    _, flow, told = run(graph, dead(one_person(graph, HISTORY)))
    assert (flow["SENT"], flow["DELAYED"]) == (2, 1)
    assert moments(told, "sent") == [
        at("2025-03-30T00:00", "Europe/Berlin"),
        at("2025-03-30T08:00", "Europe/Berlin"),
    ]


def test_a_wait_for_a_weekday_and_a_time(make: Make) -> None:
    graph = make(
        CONSENT
        + """
flows:
  back:
    trigger: {inactive_for: 30d}
    steps: [{wait: {until: tue at 16:30}}, {send: mail}, {wait: {until: 09:00}}, {send: receipt}]
"""
    )
    _, _, told = run(graph, dead(one_person(graph, HISTORY)))
    assert moments(told, "sent") == [
        at("2025-04-01T16:30", "Europe/Berlin"),  # day 30 is Sunday 30 March
        at("2025-04-02T09:00", "Europe/Berlin"),
    ]


def test_events_have_to_come_so_often_within_the_time(make: Make) -> None:
    graph = make(
        """
flows:
  often:
    trigger: {event: order_placed, at_least: 3, within: 7d}
    steps: [{send: receipt}]
"""
    )
    world = one_person(graph, NEWCOMER, month=0, index=0)
    behaviour = np.array([[5.0, 10.0, 1e-6, 50.0]])  # buys every two days, hardly ever leaves
    draws = world.draws._replace(behaviour=behaviour, effect=neutral_effects(world))
    _, flow, told = run(graph, world._replace(draws=draws))
    orders = moments(told, "order")
    due = [
        third
        for first, third in zip(orders, orders[2:], strict=False)
        if clock_of("Europe/Berlin").add(first, Duration(days=7)) >= third
    ]
    assert 0 < len(due) < len(orders) - 2
    assert moments(told, "entered") == due
    assert flow["ENTERED"] == len(due)


def sent_messages(told: list[Told]) -> list[str]:
    return [about[1] for *_, what, about in told if what == "sent"]


@pytest.mark.parametrize(
    ("trigger", "days"),
    [
        ("every: month on 31", ["2025-03-31T09:00", "2025-04-30T09:00", "2025-05-31T09:00"]),
        ("every: 2w on fri at 18:30", ["2025-03-21T18:30", "2025-04-04T18:30", "2025-04-18T18:30"]),
        ("every: 3mo on 10 at 00:00", ["2025-04-10T00:00", "2025-07-10T00:00", "2025-10-10T00:00"]),
        ("date: birthday, before: 7d", ["2025-03-23T00:00"]),
        ("date: first_order, after: 1mo", ["2025-04-01T00:00", "2026-04-01T00:00"]),
        ("date: 02-29", ["2026-02-28T00:00"]),
        ("date: 2025-03-10", ["2025-03-10T00:00"]),
        ("date: 2025-03-09", []),
        # The last order was on 28 February.
        ("replenishment: 1mo1d", ["2025-03-29T12:00"]),
        # Two gaps of 14 days and twice the population's 30 days: 22 days.
        ("replenishment: typical interval", ["2025-03-22T12:00"]),
    ],
)
def test_the_clock_starts_flows_at_these_moments(make: Make, trigger: str, days: list[str]) -> None:
    graph = make(f"flows:\n  it: {{trigger: {{{trigger}}}, steps: [send: receipt]}}\n")
    last = at("2025-02-28T12:00", "Europe/Berlin")
    past = {"x": 2, "birthday": 330, "first_order": last - 28 * DAY, "last_order": last}
    if "first_order" in trigger:
        past["first_order"] = at("2024-03-01T12:00", "Europe/Berlin")
    world = dead(one_person(graph, HISTORY, **past))
    if "02-29" in trigger or "first_order" in trigger:
        world = world._replace(launch=replace(world.launch, end=world.launch.end + 60 * DAY))
    _, _, told = run(graph, world)
    assert moments(told, "sent")[:3] == [at(day, "Europe/Berlin") for day in days]


def test_a_rotation_takes_the_next_message_in_each_run(make: Make) -> None:
    graph = make(CONSENT + "flows:\n  it: {trigger: {every: 4w}, steps: [{send: {next_of: [receipt,"
                 " mail, receipt]}}]}\n")  # fmt: skip
    _, _, told = run(graph, dead(one_person(graph, HISTORY)))
    assert sent_messages(told)[:7] == ["receipt", "mail", "receipt"] * 2 + ["receipt"]


LADDER = (
    CONSENT
    + """
flows:
  it:
    trigger: {date: 2025-03-12}
    steps:
      - send: [mail, receipt]
        reached: SIGN within 2d
      - {task: call, cost: 1.00}
"""
)


def test_a_ladder_goes_on_when_its_time_is_out(make: Make) -> None:
    graph = make(LADDER.replace("SIGN", "clicked"))
    world = dead(one_person(graph, HISTORY))
    quiet = world._replace(launch=replace(world.launch, occurrences=()))
    _, _, told = run(graph, quiet)
    first = at("2025-03-12T00:00", "Europe/Berlin")
    assert moments(told, "sent") == [first, first + 2 * DAY]
    assert moments(told, "task") == [first + 2 * DAY]
    click = Occurrence("link_clicked", 1.0, Duration(seconds=3600))
    _, _, told = run(graph, world._replace(launch=replace(world.launch, occurrences=(click,))))
    assert sent_messages(told) == ["mail"]
    assert moments(told, "task") == [first + 3600]


def test_a_ladder_goes_on_at_once_where_a_message_may_not_be_sent(make: Make) -> None:
    graph = make(LADDER.replace("SIGN", "delivered"))
    world = dead(one_person(graph, HISTORY))
    _, flow, told = run(graph, world)
    assert sent_messages(told) == ["mail"]
    refuses = world.people._replace(consent=np.zeros_like(world.people.consent))
    _, flow, told = run(graph, world._replace(people=refuses))
    assert (flow["HELD_CONSENT"], sent_messages(told)) == (1, ["receipt"])
    assert moments(told, "sent") == moments(told, "task")


def test_an_audience_is_entered_on_the_day_and_once(make: Make) -> None:
    graph = make(
        """
audiences: {asleep: days_since_last_order > 30 and not received(receipt) within 10d}
flows:
  it: {trigger: {enters: asleep}, entry: always, steps: [{wait: 12h}, {send: receipt}]}
"""
    )
    _, _, told = run(graph, dead(one_person(graph, HISTORY)))
    # 10 days have passed at the start, on 10 March; every message makes him leave for 10 days.
    first = at("2025-03-31T00:00", "Europe/Berlin")
    entered = moments(told, "entered")
    assert entered[0] == first
    assert entered[1] == at("2025-04-10T12:00", "Europe/Berlin") + 1


def test_one_flow_starts_another_and_gives_what_only_the_tagged_get(make: Make) -> None:
    graph = make(
        """
audiences: {warm: tags has warm}
offers: {free: {free_shipping: true, for: warm}}
flows:
  a: {trigger: {date: 2025-03-12}, steps: [{grant: free}, {update: {tag: warm}}, {start: b}]}
  b: {trigger: sign_up, audience: audience(warm), steps: [{grant: free}]}
"""
    )
    world = dead(one_person(graph, HISTORY))
    (row,) = simulate_twin(graph, *world)
    flows = [{what: row[flow_column(n, what)] for what in PerFlow} for n in (0, 1)]
    assert [one[PerFlow.ENTERED] for one in flows] == [1, 1]
    assert [one[PerFlow.HELD_OFFER] for one in flows] == [1, 0]
    assert [one[PerFlow.OFFERS_ISSUED] for one in flows] == [0, 1]


def test_nobody_in_the_holdout_is_written_to(make: Make) -> None:
    graph = make(
        """
guardrails: {consent: {email: opt-in}, holdout: 10%}
flows:
  back:
    trigger: {inactive_for: 30d}
    steps: [{send: mail}, {send: receipt}, {task: call, cost: 4.00}]
"""
    )
    inside = next(key for key in range(1000) if sticky(key).uniform("holdout") < 0.1)
    total, flow, _ = run(graph, dead(one_person(graph, HISTORY, key=inside)))
    assert (flow["HELD_HOLDOUT"], flow["SENT"], flow["TASKS"]) == (2, 1, 0)
    assert (total["MESSAGES"], total["MESSAGE_COST_MICRO"]) == (0, 10_000)


def test_a_message_that_stops_all_buying_leaves_the_first_order(make: Make) -> None:
    graph = make(
        """
flows:
  thanks:
    trigger: order_placed
    steps: [{send: receipt, expect: {purchase_rate: 0, within: 365d}}]
"""
    )
    world = one_person(graph, NEWCOMER, month=0, index=0)
    behaviour = np.array([[5.0, 10.0, 1e-6, 50.0]])  # buys every two days, hardly ever leaves
    draws = world.draws._replace(behaviour=behaviour, effect=np.zeros((1, 1)))
    (row,) = simulate_twin(graph, world.launch, world.people, draws)
    assert row[world_column(WITHOUT, World.ORDERS)] > 50
    assert row[world_column(WITH, World.ORDERS)] == 1
    assert row[world_column(WITH, World.REPEAT_CUSTOMERS)] == 0
    assert row[flow_column(0, PerFlow.SENT)] == 1


def test_added_orders_are_the_poisson_stream_of_the_step(make: Make) -> None:
    graph = make(
        CONSENT
        + """
flows:
  hello:
    trigger: sign_up
    steps: [{send: mail, expect: {added_orders: 1..6 per 1000, within: 10d}}]
"""
    )
    world = one_person(graph, PROSPECT, month=0, index=0)
    per_day = 3.0
    draws = world.draws._replace(effect=np.array([[per_day * 10 * 1000.0]]))
    told: list[Told] = []
    (row,) = simulate_twin(graph, world.launch, world.people, draws, trace=told)
    (sent,) = moments(told, "sent")
    # The same stream by numpy's own Philox: word 0 of block n, nothing is rejected.
    key = world.launch.seed + (int(draws.number[0]) << 64)
    expected, clock = [], float(sent)
    for n in range(1000):
        counter = int(world.people.key[0]) + (stream("added/hello/send-mail") << 64) + (n << 128)
        word = int(np.random.Philox(counter=(counter - 1) % 2**256, key=key).random_raw(1)[0])
        clock += -math.log(((word >> 11) + 0.5) / 2**53) / per_day * DAY
        if clock >= sent + 10 * DAY:
            break
        expected.append(math.floor(clock))
    assert moments(told, "extra") == expected
    assert row[flow_column(0, PerFlow.EXTRA_ORDERS)] == len(expected) > 10
    assert row[world_column(WITHOUT, World.ORDERS)] == 0
    assert row[world_column(WITH, World.CUSTOMERS)] == 1


def test_an_offer_is_used_once_by_the_next_order_and_paid_by_the_shop(make: Make) -> None:
    graph = make(
        CONSENT
        + """
offers:
  ten: {percent_off: 10%, once_per_customer: true}
flows:
  thanks:
    trigger: order_placed
    steps: [{send: mail, offer: ten}]
"""
    )
    world = one_person(graph, NEWCOMER, month=0, index=0)
    draws = world.draws._replace(behaviour=np.array([[5.0, 50.0, 1e-6, 50.0]]))
    told: list[Told] = []
    (row,) = simulate_twin(graph, world.launch, world.people, draws, trace=told)
    orders = [about for _, _, _, what, about in told if what == "order"]
    assert len(orders) > 2
    values = [value for value, _, _ in orders]
    discount = (values[1] * 100_000 + 500_000) // 1_000_000
    assert [about[1:] for about in orders][:3] == [(0, 0), (discount, discount), (0, 0)]
    assert row[world_column(WITH, World.REVENUE)] == sum(values) - discount
    assert row[world_column(WITHOUT, World.REVENUE)] == sum(values)
    # 60% margin less 2% payment; shipping 4.00, payment 0.30, returns 3% of 5.00 = 0.15.
    brought = sum(value * 5800 - 4_450_000 for value in values)
    assert row[world_column(WITH, World.CONTRIBUTION_MICRO)] == brought
    counted = [row[flow_column(0, what)] for what in (PerFlow.OFFERS_ISSUED, PerFlow.OFFERS_USED)]
    assert counted == [1, 1]
    assert row[flow_column(0, PerFlow.SUBSIDISED)] == 1
    # Every later message carries an offer that may not be issued again, or is live still.
    assert row[flow_column(0, PerFlow.SENT)] == 1
    assert row[flow_column(0, PerFlow.HELD_OFFER)] == len(orders) - 1


# --- the playbooks of the cases -------------------------------------------------------------


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_without_effects_and_offers_both_worlds_sell_the_same(path: Path) -> None:
    graph = graph_of(path)
    launch, people, draws = world = small_world(graph, 11, 25, 1)
    draws = draws._replace(
        effect=neutral_effects(world), redemption=np.zeros_like(draws.redemption)
    )
    (row,) = simulate_twin(graph, launch, people, draws)
    spent = {World.MESSAGE_COST_MICRO, World.MESSAGES}
    for what in set(World) - spent:
        assert row[world_column(WITH, what)] == row[world_column(WITHOUT, what)], what.name
    assert row[world_column(WITH, World.ORDERS)] > 0


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_with_every_flow_off_nothing_is_done(path: Path) -> None:
    graph = graph_of(path)
    world = small_world(graph, 12, 15, 1)
    (row,) = simulate_twin(graph, *world, flows_on=frozenset())
    flows = len(graph.playbook.flows)
    layout = Layout(flows, len(world.launch.month_start), len(world.launch.cohorts))
    assert len(row) == layout.width
    assert row[2 * len(World) : layout.by_month] == [0] * flows * len(PerFlow)
    assert not any(row[layout.by_flow_month : layout.by_cohort])
    assert row[: len(World)] == row[len(World) : 2 * len(World)]


def test_the_cases_together_do_everything_that_is_counted() -> None:
    seen: dict[PerFlow, int] = dict.fromkeys(PerFlow, 0)
    offers: set[str] = set()
    reasons: set[str] = set()
    forms: set[str] = set()
    for path in CASES:
        graph = graph_of(path)
        told: list[Told] = []
        launch, people, draws = small_world(graph, 13, 80, 1)
        (row,) = simulate_twin(graph, launch, people, draws, trace=told)
        for flow in range(len(graph.playbook.flows)):
            for what in PerFlow:
                seen[what] += row[flow_column(flow, what)]
        offers |= {about[0] for *_, what, about in told if what == "redeemed"}
        reasons |= {about[2] for *_, what, about in told if what == "left"}
        forms |= {slot.form for slot in launch.slots}
        assert int(people.last_order[people.kind == PROSPECT].max()) == NEVER
    assert [what.name for what, count in seen.items() if count == 0] == []
    assert offers >= {"a-percent", "b-amount", "c-credit", "d-shipping", "e-gift"}
    assert reasons >= {"order_placed", "exit_when", "end", "unsubscribed"}
    assert forms == {RATE, ADDED, DROPOUT, REVIVE, BASKET, REPAID}
