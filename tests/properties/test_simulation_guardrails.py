"""Nothing is ever sent without consent, to the suppressed, in quiet hours or above a cap."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.properties.sending_laws import (
    larger_holdouts_are_nested,
    marketing,
    nothing_above_a_cap,
    nothing_in_quiet_hours,
    nothing_without_consent,
)
from tests.properties.simulated import (
    CASES,
    WITH,
    authored,
    case_world,
    flow_counts,
    setting,
    total_over_flows,
    world_counts,
)
from tests.statistics.worlds import small_world

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


@ALL
def test_marketing_goes_to_those_who_consent_only(path: Path) -> None:
    nothing_without_consent(case_world(path.stem, customers=250))


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
    rows = marketing(one).rows
    assert len({(draw, person) for draw, person, *_ in rows}) == len(rows) > 50


@pytest.mark.parametrize("name", ["caps-delay", "caps-skip", "messages-and-waits", "night-shop"])
def test_nothing_is_sent_in_quiet_hours(name: str) -> None:
    assert nothing_in_quiet_hours(case_world(name, customers=400)) > 200


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
        assert nothing_in_quiet_hours(one) > 100


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
    assert nothing_above_a_cap(one) == 0  # some window is full
    assert total_over_flows(one.counts(), PerFlow.HELD_CAP).sum() > 0


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
    larger_holdouts_are_nested(one, (0.0, 0.05, 0.3, 0.6))
    reached = [len(marketing(one.with_program(holdout=h)).rows) for h in (0.0, 0.3, 0.6)]
    assert reached[0] > reached[1] > reached[2] > 0


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
