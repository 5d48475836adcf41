"""Waiting: what an engine asks for, in both forms; what is waited without; and its limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_runtime.push.adapter import all_adapters
from playbook_runtime.push.calls import Answer
from playbook_runtime.push.rates import Past, Rate, Rates, Window, past_bytes, read_past
from playbook_runtime.push.waits import LONGEST, backoff, retry_after

NOW = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "Fri, 15 Jan 2027 08:00:30 GMT"}, 31.0),
        # Its clock is an hour ahead of ours: the date counts from its own.
        (
            {
                "retry-after": "Fri, 15 Jan 2027 09:00:30 GMT",
                "date": "Fri, 15 Jan 2027 09:00:00 GMT",
            },
            31.0,
        ),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(Answer(429, headers), NOW) == seconds


def test_backoff_doubles_up_to_a_minute_and_is_the_same_each_time() -> None:
    waits = [backoff(attempt, "flow.welcome") for attempt in range(1, 12)]
    assert waits == [backoff(attempt, "flow.welcome") for attempt in range(1, 12)]
    for attempt, wait in enumerate(waits, 1):
        whole = min(LONGEST, 2.0 ** (attempt - 1))
        assert whole / 2 <= wait <= whole
    assert waits != [backoff(attempt, "flow.cart") for attempt in range(1, 12)]


RATES = (Rate("POST", "/api/flows", (Window(1, 1), Window(15, 60), Window(100, 86_400))),)


@settings(max_examples=30)
@given(st.lists(st.floats(0.0, 20.0), min_size=1, max_size=130))
def test_whoever_waits_as_told_never_exceeds_a_window(pauses: list[float]) -> None:
    rates = Rates(RATES, lambda past: None)
    now, sent = NOW, []
    for pause in pauses:
        now += pause
        now += rates.wait("POST", "/api/flows", now)
        rates.note("POST", "/api/flows", now)
        sent.append(now)
    for window in RATES[0].windows:
        for start in sent:
            inside = [at for at in sent if start <= at < start + window.seconds]
            assert len(inside) <= window.calls


def test_a_day_that_is_used_up_says_so_in_the_wait() -> None:
    rates = Rates(RATES, lambda past: None)
    for n in range(100):
        rates.note("POST", "/api/flows", NOW + 10 * n)
    assert rates.wait("POST", "/api/flows", NOW + 2_000) == pytest.approx(86_400 - 2_000, abs=1)
    assert rates.wait("GET", "/api/flows", NOW + 2_000) == 0.0


def test_the_calls_of_late_are_known_to_the_next_push(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    rates = Rates(RATES, lambda past: path.write_bytes(past_bytes(past)) and None)
    rates.note("POST", "/api/flows", NOW)
    rates.close("POST", "/api/flows", NOW + 40)
    next_push = Rates(RATES, lambda past: None, read_past(path))
    assert next_push.wait("POST", "/api/flows", NOW + 10) == 30.0
    path.write_text("{")
    assert read_past(path) == Past()


def test_klaviyos_limits_are_those_of_its_specification() -> None:
    """x-klaviyo-ratelimit of create_flow: 1/s, 15/m, 100/d; of create_coupon: 3/s, 60/m."""
    rates = {one.name: one.windows for one in all_adapters()["klaviyo"].rates}
    few = (Window(1, 1), Window(15, 60), Window(100, 86_400))
    assert rates["POST /api/flows"] == rates["POST /api/segments"] == few
    assert rates["POST /api/coupons"] == (Window(3, 1), Window(60, 60))
