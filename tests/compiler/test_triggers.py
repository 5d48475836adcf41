"""Triggers are typed: what each reads as, and what a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, MESSAGES, flow, read, told

from playbook_compiler.calendar_units import CalendarDay, YearlyDay
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.encode import encode
from playbook_compiler.recurrence import Recurrence
from playbook_compiler.triggers import DateTrigger, EventTrigger, Replenishment, Schedule
from playbook_compiler.units import Duration, TimeOfDay

FACTS = "facts: {renewal: date, name_day: yearly date, gender: [f, m], has_account: boolean}\n"
TIERS = "programmes: {tiers: {basis: orders, keep: 12mo, levels: {leaf: 0, bud: 3}}}\n"


def only(path: Path, trigger: str, more: str = "") -> Diagnostic:
    """Return the one finding in a playbook with this trigger."""
    text = f"{HEAD}{MESSAGES}{more}flows:\n  it: {{trigger: {trigger}, steps: [send: hello]}}\n"
    loaded = read(path, text)
    assert len(loaded.diagnostics) == 1, told(loaded)
    return loaded.diagnostics[0]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("typical interval", "typical interval"),
        ("product", "product"),
        ("30d", Duration(days=30)),
        ("6w", Duration(days=42)),
    ],
)
def test_what_is_used_up_is_a_word_or_a_duration(
    tmp_path: Path, written: str, value: object
) -> None:
    trigger = flow(tmp_path, f"{{replenishment: {written}}}").trigger
    assert isinstance(trigger, Replenishment)
    assert trigger.replenishment == value
    assert encode(trigger) == {"replenishment": str(value)}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("birthday", "birthday"),
        ("first_order", "first_order"),
        ("renewal", "renewal"),
        ("name_day", "name_day"),
        ("12-01", YearlyDay(12, 1)),
        ("02-29", YearlyDay(2, 29)),
        ("2026-12-01", CalendarDay("2026-12-01")),
    ],
)
def test_a_date_is_a_fact_a_day_of_every_year_or_one_day(
    tmp_path: Path, written: str, value: object
) -> None:
    trigger = flow(tmp_path, f"{{date: {written}, before: 7d}}", more=FACTS).trigger
    assert isinstance(trigger, DateTrigger)
    assert (trigger.date, trigger.before, trigger.after) == (value, Duration(days=7), None)
    assert encode(trigger) == {"date": written, "before": "7d"}


def test_a_schedule_is_printed_whole(tmp_path: Path) -> None:
    trigger = flow(tmp_path, "{every: 2w on tue}").trigger
    assert isinstance(trigger, Schedule)
    assert trigger.every == Recurrence(2, "week", 1, TimeOfDay(540))
    assert encode(trigger) == {"every": "2w on tue at 09:00"}


def test_events_are_counted_within_a_time(tmp_path: Path) -> None:
    trigger = flow(tmp_path, "{event: product_browsed, at_least: 3, within: 2d}").trigger
    assert isinstance(trigger, EventTrigger)
    assert (trigger.at_least, trigger.within) == (3, Duration(days=2))


def test_a_tier_is_one_of_the_programme(tmp_path: Path) -> None:
    trigger = flow(tmp_path, "{tier_changed: up, to: bud}", more=TIERS).trigger
    assert encode(trigger) == {"tier_changed": "up", "to": "bud"}


@pytest.mark.parametrize(
    ("trigger", "rule", "advice"),
    [
        ("{date: 02-30}", "bad-day", ""),
        ("{date: 13-01}", "bad-day", "write `01-13`"),
        ("{date: 1 December}", "bad-day", "write `12-01`"),
        ("{date: birthdy}", "bad-day", "did you mean `birthday`?"),
        ("{date: renewl}", "bad-day", "did you mean `renewal`?"),
        ("{date: wedding}", "bad-day", "declare it: `facts: {renewal: date}`"),
        (
            "{date: gender}",
            "bad-day",
            "facts that are dates: birthday, first_order, name_day, renewal",
        ),
        ("{date: birthday, before: 7d, after: 1d}", "before-and-after", None),
        ("{every: every tuesday}", "bad-schedule", "write `week on tue at 09:00`"),
        ("{every: 9}", "bad-schedule", ""),
        ("{replenishment: typical}", "unknown-word", "did you mean `typical interval`?"),
        ("{replenishment: 30 days}", "bad-duration", "write `30d`"),
        ("{replenishment: 0d}", "no-time", None),
        ("{inactive_for: 0d}", "no-time", None),
        ("{tier_changed: upp}", "unknown-word", "did you mean `up`?"),
        ("{tier_changed: up, to: gold}", "unknown-tier",
         "define it under `programmes.tiers.levels`"),
        ("{event: sign_up, at_least: 2}", "at-least-within", "write `within: 7d` beside it"),
        ("{event: sign_up, within: 2d}", "at-least-within",
         "write `at_least: 2` beside it, or remove it"),
        ("{event: sign_up, at_least: 1, within: 2d}", "at-least-within", None),
        ("{points_reach: 0}", "out-of-range", None),
        ("{inactive_for: 90d, within: 2d}", "unknown-key",
         "keys that may stand here: where, inactive_for"),
    ],
)  # fmt: skip
def test_a_wrong_trigger_is_told_what_to_write(
    tmp_path: Path, trigger: str, rule: str, advice: str | None
) -> None:
    found = only(tmp_path, trigger, FACTS)
    assert found.rule == rule
    if advice is not None:
        assert found.help == advice


@pytest.mark.parametrize(
    ("trigger", "entry", "exits"),
    [
        ("sign_up", "once", ()),
        ("order_placed", "always", ()),
        ("order_delivered", "always", ()),
        ("{date: birthday}", "always", ()),
        ("{every: week}", "always", ()),
        ("{replenishment: 30d}", "30d", ("order_placed",)),
        ("{inactive_for: 90d}", "30d", ("order_placed",)),
        ("cart_abandoned", "30d", ("order_placed",)),
        ("product_browsed", "30d", ("order_placed",)),
        ("wish_listed", "30d", ("order_placed",)),
        ("{enters: core}", "30d", ()),
        ("{offer_expiring: 2d}", "30d", ()),
        ("{points_reach: 5}", "30d", ()),
        ("{tier_changed: up}", "30d", ()),
        ("link_clicked", "30d", ()),
    ],
)
def test_how_often_one_enters_and_what_ends_a_run(
    tmp_path: Path, trigger: str, entry: str, exits: tuple[str, ...]
) -> None:
    found = flow(tmp_path, trigger, more="audiences: {core: orders > 3}\n")
    assert found.entry is not None
    assert str(found.entry.again_after or found.entry.rule) == entry
    assert found.exit_on == exits
    assert found.existing is not None
    assert found.existing.rule == "skip"
