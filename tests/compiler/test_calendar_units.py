"""Days, moments and schedules: read, printed in one form, and mended where people say otherwise."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_compiler import calendar_spellings, recurrence
from playbook_compiler.calendar_units import (
    WEEKDAYS,
    CalendarDay,
    Weekday,
    YearlyDay,
    parse_day,
    parse_moment,
)
from playbook_compiler.recurrence import DAY, MONTH, WEEK, Recurrence, parse_recurrence
from playbook_compiler.units import TimeOfDay

NINE = TimeOfDay(540)
EXPECTED = "expected a schedule such as 2w on tue at 09:00, month on 1 at 09:00 or day at 09:00"


@pytest.mark.parametrize(
    ("written", "value", "canonical"),
    [
        ("2w on tue at 09:00", Recurrence(2, WEEK, 1, NINE), "2w on tue at 09:00"),
        ("month on 1 at 09:00", Recurrence(1, MONTH, 1, NINE), "month on 1 at 09:00"),
        ("day at 18:30", Recurrence(1, DAY, 0, TimeOfDay(1110)), "day at 18:30"),
        ("week on mon", Recurrence(1, WEEK, 0, NINE), "week on mon at 09:00"),
        ("week", Recurrence(1, WEEK, 0, NINE), "week on mon at 09:00"),
        ("1w on sun", Recurrence(1, WEEK, 6, NINE), "week on sun at 09:00"),
        ("3mo", Recurrence(3, MONTH, 1, NINE), "3mo on 1 at 09:00"),
        ("month on 31", Recurrence(1, MONTH, 31, NINE), "month on 31 at 09:00"),
        ("10d", Recurrence(10, DAY, 0, NINE), "10d at 09:00"),
        ("2w  on tue", Recurrence(2, WEEK, 1, NINE), "2w on tue at 09:00"),
    ],
)
def test_a_schedule_has_one_printed_form(written: str, value: Recurrence, canonical: str) -> None:
    assert parse_recurrence(written) == value
    assert str(value) == canonical


schedules = st.one_of(
    st.builds(Recurrence, st.integers(1, 366), st.just(DAY), st.just(0), st.just(NINE)),
    st.builds(Recurrence, st.integers(1, 52), st.just(WEEK), st.integers(0, 6), st.just(NINE)),
    st.builds(
        Recurrence,
        st.integers(1, 12),
        st.just(MONTH),
        st.integers(1, 31),
        st.builds(TimeOfDay, st.integers(0, 1439)),
    ),
)


@given(schedules)
def test_every_printed_schedule_reads_as_itself(schedule: Recurrence) -> None:
    assert parse_recurrence(str(schedule)) == schedule


@given(st.text(max_size=30))
def test_whatever_is_written_is_a_schedule_or_a_sentence(text: str) -> None:
    found = parse_recurrence(text)
    assert isinstance(found, Recurrence) or found
    spelled = calendar_spellings.recurrence(text)
    assert spelled is None or isinstance(parse_recurrence(spelled.text), Recurrence)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("every tuesday", "week on tue at 09:00"),
        ("Tuesdays at 9am", "week on tue at 09:00"),
        ("every 2 weeks on tuesday at 9", "2w on tue at 09:00"),
        ("every other friday", "2w on fri at 09:00"),
        ("weekly", "week on mon at 09:00"),
        ("daily at 18:00", "day at 18:00"),
        ("every 3 days", "3d at 09:00"),
        ("monthly", "month on 1 at 09:00"),
        ("month on 1st", "month on 1 at 09:00"),
        ("last day of the month", "month on 31 at 09:00"),
        ("week on tue at 9:00", "week on tue at 09:00"),
    ],
)
def test_a_schedule_in_words_is_spelled_as_one(said: str, meant: str) -> None:
    assert isinstance(parse_recurrence(said), str)
    spelled = calendar_spellings.recurrence(said)
    assert spelled is not None
    assert spelled.text == meant


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("every year", "what comes once a year is a date: write `trigger: {date: 12-01}`"),
        ("hourly", "a schedule comes at most once a day: expected day at 09:00"),
        (
            "mon and thu",
            "a schedule has one weekday: expected week on tue at 09:00, and a flow for each",
        ),
        ("400d", "a schedule comes at least once a year: at most 366 days"),
        ("day on tue", "`on` goes with weeks and months: expected day at 09:00"),
        ("month on 32", "expected on a day of the month from 1 to 31"),
        ("0w", EXPECTED),
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_told_why(said: str, sentence: str) -> None:
    assert parse_recurrence(said) == sentence
    assert calendar_spellings.recurrence(said) is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12-01", YearlyDay(12, 1)),
        ("02-29", YearlyDay(2, 29)),
        ("2026-12-01", CalendarDay("2026-12-01")),
        ("2028-02-29", CalendarDay("2028-02-29")),
    ],
)
def test_a_day_reads_and_prints(written: str, value: YearlyDay | CalendarDay) -> None:
    assert parse_day(written) == value
    assert str(value) == written


@pytest.mark.parametrize("written", ["02-30", "13-01", "00-10", "2026-02-29", "1-1", "12-1", "x"])
def test_a_day_that_is_none_is_refused(written: str) -> None:
    assert isinstance(parse_day(written), str)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("09:00", NINE),
        ("tue", Weekday("tue")),
        ("tue at 09:00", Weekday("tue", NINE)),
    ],
)
def test_a_moment_reads_and_prints(written: str, value: TimeOfDay | Weekday) -> None:
    assert parse_moment(written) == value
    assert str(value) == written


def test_weekdays_are_numbered_from_monday() -> None:
    assert [Weekday(day).number for day in WEEKDAYS] == list(range(7))


def test_the_examples_of_the_docstrings_hold() -> None:
    for module in (calendar_spellings, recurrence):
        assert doctest.testmod(module).failed == 0
