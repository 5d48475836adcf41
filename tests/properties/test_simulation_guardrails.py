"""Nothing is ever sent without consent, to the suppressed, in quiet hours or above a cap."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.properties.simulated import (
    CASES,
    WITH,
    Setting,
    Traced,
    authored,
    case_world,
    flow_counts,
    setting,
    total_over_flows,
    world_counts,
)
from tests.statistics.twin.randomness import Randomness, sticky
from tests.statistics.worlds import OTHER_ZONES, small_world

from playbook_compiler.values import replace
from playbook_runtime.kernel import scratch as kind
from playbook_runtime.kernel.layout import PerFlow, flow_column
from playbook_runtime.launch import Launch

ALL = pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
NIGHTS = """\
guardrails:
  quiet_hours: {{from: {begin}, to: {end}, unknown: {unknown}}}
  consent: {{email: opt-in, sms: opt-in}}
flows:
  mail:
    trigger: order_placed
    steps: [{{send: hello}}, {{wait: 5h}}, {{send: text}}, {{wait: 7h}}, {{send: hello, id: again}}]
"""


def sends(trace: Traced) -> Traced:
    return trace.of(kind.T_SENT)


def is_asked(one: Setting, channel: str) -> bool:
    """Return whether marketing in a channel needs a yes."""
    guardrails = one.graph.playbook.guardrails
    rule = guardrails.consent.get(channel, "opt-in") if guardrails else "opt-in"
    return rule not in ("none", "opt-out") and channel not in ("post", "in_app")


@ALL
def test_marketing_goes_to_those_who_consent_only(path: Path) -> None:
    one = case_world(path.stem, customers=250)
    launch, people, draws = one.world
    _, trace = one.traced()
    seen = sends(trace).marketing
    for draw, person, _, _, _, what in seen.rows:
        channel = launch.channels[what // 2]
        if not is_asked(one, channel):
            continue
        known = int(people.consent[person, what // 2])
        if known < 0:
            chance = Randomness(launch.seed, int(draws.number[draw]), int(people.key[person]))
            known = int(chance.uniform(f"consent/{channel}") < launch.consent_share[channel])
        assert known == 1


@ALL
def test_whoever_is_suppressed_once_gets_no_more_marketing(path: Path) -> None:
    one = case_world(path.stem, customers=250).with_draws(unsubscribe=np.array([0.15, 0.4]))
    counts, trace = one.traced()
    suppressed = set()
    for draw, person, _, what, _, detail in trace.rows:
        if what == kind.T_HELD and is_held_column(detail, PerFlow.HELD_SUPPRESSED):
            suppressed.add((draw, person))
        assert not (what == kind.T_SENT and detail % 2 == 1 and (draw, person) in suppressed)
    held = total_over_flows(counts, PerFlow.HELD_SUPPRESSED)
    assert bool(suppressed) == bool(held.any())
    nobody = one.with_draws(unsubscribe=np.zeros(2)).counts()
    assert not total_over_flows(nobody, PerFlow.HELD_SUPPRESSED).any()


def is_held_column(column: int, what: PerFlow) -> bool:
    """Return whether the detail of a held message names a reason, as the column of flow 0."""
    return column == flow_column(0, what)


def test_if_all_unsubscribe_nobody_gets_a_second_mail() -> None:
    one = case_world("messages-and-waits").with_draws(unsubscribe=np.ones(2))
    rows = sends(one.traced()[1]).marketing.rows
    assert len({(draw, person) for draw, person, *_ in rows}) == len(rows) > 50


def zone_of(one: Setting, person: int) -> ZoneInfo:
    """Return where a person lives; the shop's where that is unknown."""
    names = (one.graph.playbook.timezone, *OTHER_ZONES)
    return ZoneInfo(names[max(0, int(one.world.people.zone[person]))])


def minutes(one: Setting, person: int, moment: int) -> float:
    """Return the local time of day of a moment, in minutes."""
    local = datetime.fromtimestamp(moment, UTC).astimezone(zone_of(one, person))
    return local.hour * 60 + local.minute + local.second / 60


def is_within(clock: float, begin: int, end: int) -> bool:
    """Return whether a time of day is in a window, which may run over midnight."""
    return begin <= clock < end if begin < end else clock >= begin or clock < end


def must_be_quiet(one: Setting) -> Iterator[tuple[int, int, str]]:
    """Yield (person, moment, channel) of every send that quiet hours hold for."""
    for _, person, moment, _, _, what in sends(one.traced()[1]).rows:
        channel = one.world.launch.channels[what // 2]
        if what % 2 == 1 or channel != "email":
            yield person, moment, channel


@pytest.mark.parametrize("name", ["caps-delay", "caps-skip", "messages-and-waits", "night-shop"])
def test_nothing_is_sent_in_quiet_hours(name: str) -> None:
    one = case_world(name, customers=400)
    guardrails = one.graph.playbook.guardrails
    assert guardrails is not None and guardrails.quiet_hours is not None
    quiet = guardrails.quiet_hours
    number = 0
    for person, moment, channel in must_be_quiet(one):
        number += 1
        clock = minutes(one, person, moment)
        assert not is_within(clock, quiet.start.minutes, quiet.end.minutes)
        holds = quiet.unknown == "hold" or (not quiet.unknown and channel != "email")
        assert not (holds and one.world.people.zone[person] < 0)
    assert number > 200


@pytest.mark.parametrize(
    ("begin", "end"),
    [("21:00", "08:00"), ("02:00", "03:00"), ("00:00", "23:00"), ("01:30", "02:15")],
)
@pytest.mark.parametrize("unknown", ["shop", "hold"])
def test_quiet_hours_hold_on_the_days_of_clock_changes(
    begin: str, end: str, unknown: str, tmp_path: Path
) -> None:
    """Orders fall into the two nights of the year when New York's clocks change, every hour."""
    graph = authored(tmp_path, NIGHTS.format(begin=begin, end=end, unknown=unknown))
    world = small_world(graph, 4, 500, 1, days=12)
    for day in ((2025, 3, 29), (2025, 10, 4), (2025, 10, 25), (2025, 11, 1), (2026, 4, 4)):
        start = int(datetime(*day, tzinfo=UTC).timestamp())
        launch = moved(world.launch, start)
        busy = world.draws._replace(behaviour=np.array([[50.0, 200.0, 0.1, 100.0]]))
        one = setting(graph, world._replace(launch=launch, draws=busy))
        found = list(must_be_quiet(one))
        assert len(found) > 100
        for person, moment, _ in found:
            clock = minutes(one, person, moment)
            assert not is_within(clock, in_minutes(begin), in_minutes(end))
            assert unknown == "shop" or one.world.people.zone[person] >= 0


def in_minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def moved(launch: Launch, start: int) -> Launch:
    """Return a launch that begins at another moment."""
    away = start - launch.start
    return replace(
        launch,
        start=start,
        end=launch.end + away,
        month_start=tuple(moment + away for moment in launch.month_start),
    )


@pytest.mark.parametrize("name", ["caps-delay", "caps-skip", "night-shop"])
def test_no_window_holds_more_than_the_cap(name: str) -> None:
    one = case_world(name, customers=400)
    guardrails = one.graph.playbook.guardrails
    assert guardrails is not None
    counts, trace = one.traced()
    by_person: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for draw, person, moment, _, _, what in sends(trace).marketing.rows:
        by_person[draw, person].append((moment, one.world.launch.channels[what // 2]))
    fullest = 0
    for sent in by_person.values():
        for cap in guardrails.frequency:
            moments = [at for at, channel in sent if cap.channel in ("", channel)]
            window = round(cap.per.nominal_days * 86_400)
            for i, moment in enumerate(moments):
                inside = i + 1 - bisect_right(moments, moment - window)
                assert inside <= cap.at_most
                fullest = max(fullest, inside - cap.at_most)
    assert fullest == 0  # some window is full
    assert total_over_flows(counts, PerFlow.HELD_CAP).sum() > 0


def test_one_cap_lowered_never_raises_what_one_day_of_requests_gets() -> None:
    one = case_world("night-shop", customers=300)
    sent = []
    for limit in (1, 2, 3, 5, 50):
        capped = one.with_program(cap_limit=np.array([limit]))
        sent.append(min(world_counts(capped.counts(), WITH)["MESSAGES"]))
    assert sent == sorted(sent) and sent[0] < sent[-1]


@pytest.mark.parametrize("name", ["caps-delay", "order-follow-up", "splits", "win-back"])
def test_the_holdout_gets_no_marketing_and_larger_holdouts_are_nested(name: str) -> None:
    one = case_world(name, customers=300)
    people = one.world.people
    buckets = np.array([sticky(int(key)).uniform("holdout") for key in people.key])
    reached = []
    rows_of = []
    for share in (0.0, 0.05, 0.3, 0.6):
        _, trace = one.with_program(holdout=share).traced()
        rows = sends(trace).marketing.rows
        reached.append({(draw, person) for draw, person, *_ in rows})
        rows_of.append(rows)
        assert all(buckets[person] >= share for _, person in reached[-1])
    for smaller, larger in zip(reached[1:], reached[:-1], strict=True):
        assert smaller < larger
    # Whoever is in no holdout lives the same life whatever its size.
    free = set(np.flatnonzero(buckets >= 0.6).tolist())
    lives = [[row for row in rows if row[1] in free] for rows in rows_of]
    assert lives[0] == lives[1] == lives[2] == lives[3] != []


def test_held_back_and_sent_add_up_in_a_flow_of_one_message(tmp_path: Path) -> None:
    graph = authored(
        tmp_path,
        "guardrails: {consent: {email: opt-in, sms: opt-in}, holdout: 20%}\n"
        "flows:\n  thanks:\n    trigger: order_placed\n    entry: always\n"
        "    steps: [{send: hello}]\n",
    )
    counts = setting(graph, small_world(graph, 3, 300, 2)).counts()
    ends = [flow_counts(counts, 0, what) for what in PerFlow if what.name.startswith("HELD_")]
    entered = flow_counts(counts, 0, PerFlow.ENTERED)
    assert (sum(ends) + flow_counts(counts, 0, PerFlow.SENT)).tolist() == entered.tolist()
    assert min(entered) > 300
