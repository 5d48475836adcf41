"""What every simulation has to keep in what it sends, each law a function that asserts it of one.

A law is given the simulation that is run and, where it is not the same, the one whose rules count:
so that a test can break a rule in the tables and see that it is noticed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from tests.properties.simulated import (
    WITH,
    Setting,
    Traced,
    profit_micro,
    setting,
    total_over_flows,
    world_counts,
)
from tests.statistics.twin.randomness import Randomness, sticky
from tests.statistics.worlds import OTHER_ZONES, small_world

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.values import replace
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as kind
from playbook_runtime.kernel.layout import FLOW, PerFlow, flow_column
from playbook_runtime.kernel.run import layout_of

NEEDS_NO_YES = ("none", "opt-out")
ALWAYS_ALLOWED = ("post", "in_app")


def marketing(one: Setting) -> Traced:
    """Return the marketing messages that were sent."""
    return one.traced()[1].of(kind.T_SENT).marketing


# --- nothing that is not allowed ------------------------------------------------------------


def is_asked(one: Setting, channel: str) -> bool:
    """Return whether marketing in a channel needs a yes."""
    guardrails = one.graph.playbook.guardrails
    rule = guardrails.consent.get(channel, "opt-in") if guardrails else "opt-in"
    return rule not in NEEDS_NO_YES and channel not in ALWAYS_ALLOWED


def nothing_without_consent(one: Setting, rules: Setting | None = None) -> int:
    """Marketing goes to those who said yes, in the file or in the draw, where a channel asks
    for it. Returns the messages of such channels."""
    told = rules or one
    launch, people, draws = told.world
    number = 0
    for draw, person, _, _, _, what in marketing(one).rows:
        channel = launch.channels[what // 2]
        if not is_asked(told, channel):
            continue
        number += 1
        known = int(people.consent[person, what // 2])
        if known < 0:
            chance = Randomness(launch.seed, int(draws.number[draw]), int(people.key[person]))
            known = int(chance.uniform(f"consent/{channel}") < launch.consent_share[channel])
        assert known == 1
    return number


def nothing_to_the_suppressed(one: Setting) -> int:
    """If everybody unsubscribed from what he gets, nobody would get a second marketing message.
    Returns the messages."""
    everybody = one.with_draws(unsubscribe=np.ones(len(one.world.draws.number)))
    sent = marketing(everybody).rows
    assert len({(draw, person) for draw, person, *_ in sent}) == len(sent)
    return len(sent)


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
    for _, person, moment, _, _, what in one.traced()[1].of(kind.T_SENT).rows:
        channel = one.world.launch.channels[what // 2]
        if what % 2 == 1 or channel != "email":
            yield person, moment, channel


def nothing_in_quiet_hours(one: Setting, rules: Setting | None = None) -> int:
    """No send but transactional e-mail falls into the quiet hours of the customer's zone; nothing
    is sent where an unknown zone holds it. Returns the messages."""
    guardrails = (rules or one).graph.playbook.guardrails
    quiet = guardrails.quiet_hours if guardrails is not None else None
    number = 0
    for person, moment, channel in must_be_quiet(one) if quiet is not None else ():
        assert quiet is not None
        number += 1
        clock = minutes(one, person, moment)
        assert not is_within(clock, quiet.start.minutes, quiet.end.minutes)
        holds = quiet.unknown == "hold" or (not quiet.unknown and channel != "email")
        assert not (holds and one.world.people.zone[person] < 0)
    return number


def nothing_above_a_cap(one: Setting) -> int:
    """No rolling window of a cap holds more marketing than it allows. Returns the fullest window,
    less the limit."""
    guardrails = one.graph.playbook.guardrails
    caps = guardrails.frequency if guardrails is not None else ()
    by_person: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for draw, person, moment, _, _, what in marketing(one).rows:
        by_person[draw, person].append((moment, one.world.launch.channels[what // 2]))
    fullest = -1000
    for sent in by_person.values():
        for cap in caps:
            moments = [at for at, channel in sent if cap.channel in ("", channel)]
            window = round(cap.per.nominal_days * 86_400)
            for i, moment in enumerate(moments):
                inside = i + 1 - bisect_right(moments, moment - window)
                assert inside <= cap.at_most
                fullest = max(fullest, inside - cap.at_most)
    return fullest


# --- what more or less of something does ----------------------------------------------------


def larger_holdouts_are_nested(one: Setting, shares: tuple[float, ...]) -> None:
    """Of two holdouts the larger reaches none that the smaller does not, and leaves the lives of
    those in neither as they are."""
    people = one.world.people
    buckets = np.array([sticky(int(key)).uniform("holdout") for key in people.key])
    lives = [one.with_program(holdout=share).traced()[1] for share in sorted(shares)]
    for share, life in zip(sorted(shares), lives, strict=True):
        sent = life.of(kind.T_SENT).marketing
        assert (buckets[sent.person] >= share).all()
    reached = [
        {(draw, person) for draw, person, *_ in life.of(kind.T_SENT).marketing.rows}
        for life in lives
    ]
    for smaller, larger in pairwise(reached):
        assert larger <= smaller
    free = buckets >= max(shares)
    told = [life.where(free[life.person]).rows for life in lives]
    assert all(rows == told[0] for rows in told)


def lower_caps_never_send_more(one: Setting, limits: tuple[int, ...]) -> list[int]:
    """Where requests are fixed and there is one cap, a lower limit never sends more, to anybody.
    Returns the messages by limit, the lowest first."""
    shape = (len(one.world.draws.number), len(one.world.people.key))
    sent = []
    for limit in sorted(limits):
        trace = one.with_program(cap_limit=np.array([limit])).traced()[1].of(kind.T_SENT)
        counts = np.zeros(shape, dtype=np.int64)
        np.add.at(counts, (trace.draw, trace.person), 1)
        sent.append(counts)
    for lower, higher in pairwise(sent):
        assert (lower <= higher).all()
    return [int(counts.sum()) for counts in sent]


def with_offers_worth_more(one: Setting, more: int) -> Setting:
    """Return the same with larger discounts: `more` ten-thousandths of the value, or cents."""
    program = one.program
    value = program.offer_value.copy()
    percent = program.offer_kind == code.PERCENT
    value[percent] = np.minimum(value[percent] + more * 100, 1_000_000)
    value[np.isin(program.offer_kind, (code.AMOUNT, code.CREDIT))] += more
    return one.with_program(offer_value=value)


def deeper_discounts_never_raise_profit(one: Setting, more: int) -> int:
    """Discounts that are larger, with effects as they are: never more profit, and the same orders.
    Returns how many offers were used."""
    shallow, deep = one.counts(), with_offers_worth_more(one, more).counts()
    assert (profit_micro(deep, WITH) <= profit_micro(shallow, WITH)).all()
    assert world_counts(deep, WITH)["ORDERS"] == world_counts(shallow, WITH)["ORDERS"]
    assert min(world_counts(deep, WITH)["REVENUE"]) >= 0
    used = total_over_flows(shallow, PerFlow.OFFERS_USED)
    assert used.tolist() == total_over_flows(deep, PerFlow.OFFERS_USED).tolist()
    return int(used.sum())


def another_flow_changes_nobody_outside(smaller: Setting, larger: Setting) -> int:
    """`larger` has one flow more, the last: who does not enter it lives as without it, in every
    count. Returns how many persons and draws are outside."""
    few, many = layout_of(smaller.program), layout_of(larger.program)
    assert many.flows == few.flows + 1
    before, after = smaller.all_by_person(), larger.all_by_person()
    outside = after[..., flow_column(few.flows, PerFlow.ENTERED)] == 0
    for world in (0, 1):
        columns = before[..., few.world_columns(world)], after[..., many.world_columns(world)]
        chosen = outside if world == WITH else np.ones_like(outside)
        assert np.array_equal(columns[0][chosen], columns[1][chosen])
    flows = slice(
        flow_column(0, PerFlow.ENTERED), flow_column(0, PerFlow.ENTERED) + few.flows * FLOW
    )
    assert np.array_equal(before[outside][:, flows], after[outside][:, flows])
    return int(outside.sum())


def without_the_last_flow(larger: Setting, graph: TriggerGraph) -> Setting:
    """Return the simulation of a playbook without its last flow: the same people, the same draws
    of what is left."""
    launch, people, draws = larger.world
    own = small_world(graph, 0, 1, 1).launch
    fewer = replace(
        launch,
        channels=own.channels,
        events=own.events,
        statics=own.statics,
        sends=own.sends,
        slots=tuple(slot for slot in launch.slots if slot.flow != larger.flows[-1]),
        occurrences=tuple(one for one in launch.occurrences if one.event in own.events),
    )

    def kept(of: tuple[object, ...], names: tuple[object, ...]) -> list[int]:
        return [of.index(name) for name in names]

    world = larger.world._replace(
        launch=fewer,
        people=people._replace(
            consent=people.consent[:, kept(launch.channels, fewer.channels)],
            static=people.static[:, kept(launch.statics, fewer.statics)],
            last_event=people.last_event[:, kept(launch.events, fewer.events)],
        ),
        draws=draws._replace(
            effect=draws.effect[:, kept(launch.slots, fewer.slots)],
            redemption=draws.redemption[:, kept(launch.sends, fewer.sends)],
        ),
    )
    return setting(graph, world)
