"""What a replay runs on: a playbook's program, and the shop's people with what they did."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from playbook_compiler.conditions import nodes
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.values import dataclass
from playbook_runtime.assumed import UNSUBSCRIBED, Consents, consents
from playbook_runtime.heard import channels_of, conditions_of, events_of
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.run import Horizon, Recorded, Task, task_of
from playbook_runtime.kernel.tables import I64, Draws, People
from playbook_runtime.launch import Launch
from playbook_runtime.observed import Observed, observed
from playbook_runtime.order_marks import marked_orders
from playbook_runtime.population import can_answer, cuts_of, typical_gap, zones_of
from playbook_runtime.prepare import DEFAULT_GAP, YEARS_AROUND, expected_effects, holdout_share
from playbook_runtime.program import build_program
from playbook_runtime.replay_people import recorded_items, replayed_people
from playbook_runtime.settings import Calendar
from playbook_runtime.unsimulated import unsimulated
from playbook_runtime.zones import midnight, zone_table


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """A replay before it is run. `after` is what is known on its last day; `consents` what is
    taken of those whose consent nothing tells."""

    days: Calendar
    launch: Launch
    program: Program
    people: People
    recorded: Recorded
    after: Observed
    consents: Consents

    @property
    def task(self) -> Task:
        """Everything packed for the kernel."""
        launch = self.launch
        return task_of(
            self.program,
            launch.zones,
            self.people,
            _nothing_drawn(launch),
            Horizon(launch.seed, launch.start, launch.end),
            self.recorded,
        )


def replay_launch(
    graph: TriggerGraph, before: Observed, last: date
) -> tuple[Replayed, list[Diagnostic]]:
    """Return a replay of the days after what is known `before`, up to and with `last`."""
    playbook = graph.playbook
    after = observed(before.orders, before.customers, before.events, last)
    assert after is not None, "there were orders before already"
    first = before.as_of + timedelta(days=1)
    end = last + timedelta(days=1)
    zone = playbook.timezone
    days = Calendar(zone, first, end, midnight(zone, first), midnight(zone, end))
    conditions = tuple(conditions_of(graph))
    channels = channels_of(graph, conditions)
    events = tuple(sorted({*events_of(graph, conditions), UNSUBSCRIBED}))
    who = consents(playbook, before, channels)
    zones = zones_of(after, zone)
    statics = {str(leaf): leaf for one in conditions for leaf in nodes(one) if can_answer(leaf)}
    months = tuple(days.months())
    earliest = int(before.time.min()) - YEARS_AROUND
    marked, untold = marked_orders(playbook, conditions, after)
    launch = Launch(
        seed=1,
        start=days.start,
        end=days.end,
        customers=len(before.history),
        zones=zone_table(zones, earliest, days.end + YEARS_AROUND),
        month_start=tuple(start for _, start, _ in months),
        month_length=tuple(length for _, _, length in months),
        channels=channels,
        events=events,
        statics=tuple(sorted(statics)),
        slots=(),
        sends=expected_effects(graph).sends,
        consent_share=who.shares,
        occurrences=(),
        holdout=holdout_share(graph),
        typical_gap=typical_gap(before) or DEFAULT_GAP,
        cuts=cuts_of(before, before.history.orders, conditions, days.start),
        orders=marked.marks,
    )
    program, unread = build_program(graph, launch)
    people = replayed_people(
        before,
        after,
        launch,
        zones,
        tuple(statics[text] for text in launch.statics),
        playbook.guardrails,
        marked,
    )
    recorded = recorded_items(before, after, launch, people, marked)
    found = Replayed(days, launch, program, people, recorded, after, who)
    return found, [*unsimulated(playbook), *untold, *unread]


def _nothing_drawn(launch: Launch) -> Draws:
    """Return the one draw of a replay, in which nothing is left to chance."""
    months = len(launch.month_start)

    def zeros(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.zeros(shape)

    none: I64 = np.zeros((1, months), np.int64)
    return Draws(
        number=np.zeros(1, np.uint64),
        behaviour=zeros(1, 4),
        m=np.zeros(1, np.int64),
        k=np.ones(1, np.int64),
        spend=zeros(1, 3),
        drift=zeros(1),
        unsubscribe=zeros(1),
        fatigue=zeros(1, 5),
        effect=zeros(1, 0),
        redemption=zeros(1, len(launch.sends)),
        newcomers=none,
        prospects=none,
    )
