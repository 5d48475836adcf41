"""A campaign for Mautic does what the flow says, or its report says the difference in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.contracts.mautic_exports import bundle_of
from tests.contracts.mautic_reader import Imported, read
from tests.contracts.verdicts.mautic import problems

from playbook_compiler.export.bundle import Entry, ExportBundle
from playbook_compiler.targets.mautic.schedule import Window, hours_of
from playbook_compiler.targets.mautic.target import IMPORT_FILE
from playbook_compiler.units import TimeOfDay, TimeWindow

Json = Any
HEAD = """\
playbook: 1
name: leaf
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: Teeweg 1}
guardrails: {consent: {email: opt-in}, holdout: 10%, quiet_hours: {from: 21:00, to: 08:00}}
audiences: {core: orders >= 3}
messages:
  m1: {subject: Tea, body: Tea}
  m2: {subject: Tea, body: Tea}
  t: {kind: transactional, subject: Tea, body: Tea}
"""


def _export(tmp_path: Path, *flows: str, head: str = HEAD) -> ExportBundle:
    lines = "".join(f"  f{number or ''}: {flow}\n" for number, flow in enumerate(flows))
    (tmp_path / "playbook.yaml").write_text(f"{head}flows:\n{lines}", encoding="utf-8")
    bundle = bundle_of(tmp_path)
    assert problems(bundle) == []
    return bundle


def _campaign(bundle: ExportBundle) -> Imported:
    return read(bundle.files[IMPORT_FILE])[0]


def _events(bundle: ExportBundle) -> dict[str, Json]:
    events = _campaign(bundle).events.values()
    return {
        one["description"].partition("\n")[0].removeprefix("playbook: f/"): one for one in events
    }


def _above(bundle: ExportBundle, event: Json) -> str:
    """Return the id of the event that one hangs on."""
    above = _campaign(bundle).events[event["parent_id"]]
    return str(above["description"]).partition("\n")[0].removeprefix("playbook: f/")


def _said(bundle: ExportBundle, construct: str) -> Entry:
    (found,) = [one for one in bundle.lowering.entries if one.construct == construct]
    return found


def _filters(bundle: ExportBundle, name: str) -> list[tuple[str, str, Any]]:
    segments = _campaign(bundle).segments.values()
    (found,) = [one for one in segments if one["name"] == name]
    return [(one["field"], one["operator"], one["filter"]) for one in found["filters"]]


def _asked(bundle: ExportBundle, id_: str) -> list[tuple[str, str, Any]]:
    """Return the filters of the segment that a condition asks for."""
    campaign = _campaign(bundle)
    (number,) = _events(bundle)[id_]["properties"]["segments"]
    filters = campaign.segments[number]["filters"]
    return [(one["field"], one["operator"], one["filter"]) for one in filters]


# Who is there on the first day --------------------------------------------------------------------


@pytest.mark.parametrize("trigger", ["{enters: core}", "{points_reach: 500}"])
def test_who_is_there_on_the_first_day_is_left_out_by_a_field(tmp_path: Path, trigger: str) -> None:
    bundle = _export(tmp_path, f"{{trigger: {trigger}, steps: [{{send: m1}}]}}")
    assert ("pb_existing_f", "!=", "1") in _filters(bundle, "leaf: f")
    said = _said(bundle, "flow.existing")
    assert said.support == "approximated"
    assert "`pb_existing_f`" in said.how
    notes = {one.name: one.note for one in bundle.lookups if one.kind == "setting"}
    assert "before you publish" in notes["first day of f"]


def test_those_of_the_first_day_who_enter_over_a_time_are_not_left_out(tmp_path: Path) -> None:
    flow = "{trigger: {enters: core}, existing: {over: 14d}, steps: [{send: m1}]}"
    bundle = _export(tmp_path, flow)
    assert not [one for one in _filters(bundle, "leaf: f") if one[0].startswith("pb_existing")]
    assert "at once" in _said(bundle, "flow.existing").how


def test_who_came_to_an_inactivity_lately_enters_and_it_is_said(tmp_path: Path) -> None:
    bundle = _export(tmp_path, "{trigger: {inactive_for: 90d}, steps: [{send: m1}]}")
    said = _said(bundle, "flow.existing")
    assert said.support == "approximated"
    assert "last 1 days" in said.how


def test_a_segment_that_the_shop_fills_holds_nobody_on_the_first_day(tmp_path: Path) -> None:
    flow = "{trigger: sign_up, existing: skip, steps: [{send: m1}]}"
    assert _said(_export(tmp_path, flow), "flow.existing").support == "exact"


# Whom marketing goes to ---------------------------------------------------------------------------


def test_marketing_e_mails_want_a_version_that_keeps_do_not_contact(tmp_path: Path) -> None:
    """Until 7.2, what may go out more than once went to those on Do Not Contact, too."""

    def version(message: str) -> list[str]:
        flow = f"{{trigger: sign_up, steps: [{{send: {message}}}]}}"
        lookups = _export(tmp_path, flow).lookups
        return [one.note for one in lookups if one.name == "version of Mautic"]

    (said,) = version("m1")
    assert said.startswith("7.2 or later")
    assert version("t") == []


# What ends a run ----------------------------------------------------------------------------------


def test_exits_of_an_inactivity_other_than_orders_are_filters_too(tmp_path: Path) -> None:
    flow = (
        "{trigger: {inactive_for: 90d}, exit_on: [order_placed, link_clicked, unsubscribed], "
        "steps: [{wait: 3d}, {send: m1}]}"
    )
    filters = _filters(_export(tmp_path, flow), "leaf: f")
    for field in ("pb_on_link_clicked", "pb_on_unsubscribed"):
        assert (field, "lt", "-4 days") in filters
        assert (field, "empty", None) in filters
    # An order makes the last order young: that alone takes the contact out.
    assert {one for one in filters if one[0] == "pb_last_order"} == {
        ("pb_last_order", "lte", "-90 days"),
        ("pb_last_order", "gte", "-94 days"),
    }


def test_exit_when_is_asked_before_every_rung(tmp_path: Path) -> None:
    flow = (
        "{trigger: sign_up, exit_when: orders > 5, "
        "steps: [{send: [m1, m2], reached: opened within 1d}]}"
    )
    bundle = _export(tmp_path, flow)
    events = _events(bundle)
    second = events["send-m1-or-m2~m2"]
    assert _above(bundle, second) == "send-m1-or-m2~m2~exit-when"
    assert second["decisionPath"] == "no"


# Waits --------------------------------------------------------------------------------------------


def test_an_event_counts_since_the_action_before_the_wait(tmp_path: Path) -> None:
    flow = (
        "{trigger: sign_up, steps: [{send: m1}, {wait: 2d}, {id: w, wait: {until: link_clicked, "
        "at_most: 5d}, timed_out: [{send: m2}]}]}"
    )
    bundle = _export(tmp_path, flow)
    assert ("pb_on_link_clicked", "gte", "-7 days") in _asked(bundle, "w")
    assert _events(bundle)["w"]["trigger_interval"] == 7
    assert "last 7d" in _said(bundle, "step.wait.event").how


def test_an_event_counts_since_entry_where_the_wait_says_so(tmp_path: Path) -> None:
    flow = (
        "{trigger: sign_up, steps: [{wait: 3d}, {send: m1}, {wait: 2d}, "
        "{id: w, wait: {until: link_clicked, at_most: 5d}, since: entry, timed_out: [{send: m2}]}]}"
    )
    assert ("pb_on_link_clicked", "gte", "-10 days") in _asked(_export(tmp_path, flow), "w")


def test_the_longest_way_to_a_wait_is_counted_and_it_is_said(tmp_path: Path) -> None:
    flow = (
        "{trigger: sign_up, steps: [{send: m1}, {if: orders > 1, then: [{wait: 4d}]}, "
        "{id: w, wait: {until: link_clicked, at_most: 5d}, timed_out: [{send: m2}]}]}"
    )
    bundle = _export(tmp_path, flow)
    assert ("pb_on_link_clicked", "gte", "-9 days") in _asked(bundle, "w")
    assert "longest way" in _said(bundle, "step.wait.event").how


def test_the_event_that_starts_a_flow_is_not_the_one_it_waits_for(tmp_path: Path) -> None:
    flow = (
        "{trigger: order_placed, steps: [{wait: 2d}, {id: w, wait: {until: order_placed, "
        "at_most: 5d}, timed_out: [{send: m2}]}]}"
    )
    assert ("pb_last_order", "gte", "-6 days") in _asked(_export(tmp_path, flow), "w")


@pytest.mark.parametrize("step", ["wait", "exit"])
def test_it_is_said_that_any_orders_delivery_counts(tmp_path: Path, step: str) -> None:
    waiting = "{wait: {until: order_delivered, at_most: 5d}, timed_out: [{send: m2}]}"
    steps = waiting if step == "wait" else "{wait: 1d}, {send: m1}"
    exits = "exit_on: order_returned, " if step == "exit" else ""
    bundle = _export(tmp_path, f"{{trigger: order_placed, {exits}steps: [{steps}]}}")
    said = _said(bundle, "step.wait.event" if step == "wait" else "flow.exit_on")
    assert "of any order" in said.how


@pytest.mark.parametrize(
    ("trigger", "construct", "words"),
    [
        ("{date: birthday, after: 36h}", "trigger.date.after", "2 whole days"),
        ("{date: birthday, before: 1mo}", "trigger.date.before", "30 whole days"),
        ("{inactive_for: 6mo}", "trigger.inactive_for", "183 whole days"),
    ],
)
def test_whole_days_are_said(tmp_path: Path, trigger: str, construct: str, words: str) -> None:
    bundle = _export(tmp_path, f"{{trigger: {trigger}, steps: [{{send: m1}}]}}")
    assert words in _said(bundle, construct).how


# Entry --------------------------------------------------------------------------------------------


def test_a_second_event_during_a_run_starts_nothing_and_it_is_said(tmp_path: Path) -> None:
    bundle = _export(tmp_path, "{trigger: order_placed, steps: [{wait: 3d}, {send: m1}]}")
    said = _said(bundle, "flow.entry")
    assert said.support == "approximated"
    assert "starts nothing" in said.how


def test_a_started_flow_asks_its_where_too_and_it_is_said(tmp_path: Path) -> None:
    bundle = _export(
        tmp_path,
        "{trigger: sign_up, steps: [{send: m1}, {start: f1}]}",
        "{trigger: {event: order_placed, where: orders > 3}, steps: [{send: m2}]}",
    )
    assert "asked of those started, too" in _said(bundle, "step.start").how


# Hours --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "quiet", "hours"),
    [
        ((20, 22), (21, 8), (20, 21)),
        ((7, 10), (21, 8), (8, 10)),
        ((9, 10), (21, 8), (9, 10)),
        ((9, 11), (12, 14), (9, 11)),
        ((11, 15), (12, 14), (11, 12)),
        ((20, 2), (21, 8), (20, 21)),
    ],
)
def test_hours_are_those_outside_the_quiet_ones(
    at: tuple[int, int], quiet: tuple[int, int], hours: tuple[int, int]
) -> None:
    def time(hour: int) -> TimeOfDay:
        return TimeOfDay(hour * 60)

    found = hours_of(
        TimeWindow(time(at[0]), time(at[1])), TimeWindow(time(quiet[0]), time(quiet[1]))
    )
    assert found == Window(time(hours[0]), time(hours[1]))


@pytest.mark.parametrize(
    ("at", "start", "stop", "words"),
    [
        ("20:00-22:00", "20:00:00", "21:00:00", "outside the quiet hours"),
        ("22:00-23:00", "08:00:00", "08:01:00", "the end of the quiet hours"),
    ],
)
def test_a_message_keeps_out_of_the_quiet_hours(
    tmp_path: Path, at: str, start: str, stop: str, words: str
) -> None:
    bundle = _export(tmp_path, f"{{trigger: sign_up, steps: [{{send: m1, at: '{at}'}}]}}")
    sends = _events(bundle)["send-m1"]
    assert sends["triggerRestrictedStartHour"] == start
    assert sends["triggerRestrictedStopHour"] == stop
    assert words in _said(bundle, "step.send.at").how


# The holdout --------------------------------------------------------------------------------------


def test_gifts_and_tasks_are_held_back_and_updates_are_not(tmp_path: Path) -> None:
    flow = (
        "{trigger: sign_up, steps: [{update: {tag: new}}, {id: g, grant: {points: 5}}, "
        "{id: k, task: Call}, {send: t}]}"
    )
    bundle = _export(tmp_path, flow)
    events = _events(bundle)
    held = [key for key, one in events.items() if key.endswith("~holdout")]
    assert held == ["g~holdout", "k~holdout"]
    assert _above(bundle, events["g"]) == "g~holdout"


def test_a_flow_of_gifts_alone_asks_for_the_holdout_once(tmp_path: Path) -> None:
    events = _events(_export(tmp_path, "{trigger: sign_up, steps: [{grant: {points: 5}}]}"))
    assert [key for key in events if "holdout" in key or key == "may-enter"] == ["may-enter"]


def test_a_day_that_the_shop_watches_is_not_rounded(tmp_path: Path) -> None:
    flow = "{trigger: {date: birthday, after: 36h}, steps: [{wait: 60d}, {send: m1}]}"
    assert "whole days" not in _said(_export(tmp_path, flow), "trigger.date.after").how
