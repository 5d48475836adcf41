"""The history's counts are those that counting customer by customer gives."""

from __future__ import annotations

from collections import Counter
from datetime import date
from math import ceil
from pathlib import Path

import pytest
from tests.runtime.diagnose.logs import FIRST, Log, month_number, purchases_in, random_log, read

from playbook_runtime.diagnose.counting import Terms, customer_counts, stretch_counts
from playbook_runtime.diagnose.groups import lifecycle_groups, rfm_groups, silence_in, sizes
from playbook_runtime.diagnose.months import full_months
from playbook_runtime.diagnose.purchases import purchases_of
from playbook_runtime.lifecycle import lifecycle_of
from playbook_runtime.population import rfm_scores
from playbook_runtime.rfm import score, segment
from playbook_runtime.settings import EPOCH

UNTIL = date(2026, 1, 20)
SEEDS = range(3)


def number(day: date) -> int:
    return (day - EPOCH).days


def spent(log: Log, name: str, first: date, last: date) -> int:
    return sum(minor for day, minor in log[name] if first <= day <= last)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stretch_is_counted_as_one_counts_by_hand(seed: int, tmp_path: Path) -> None:
    log = random_log(seed)
    bought = purchases_in(log, UNTIL)
    purchases = purchases_of(read(tmp_path, log, UNTIL), None)
    first, last, base = date(2025, 7, 1), date(2025, 9, 30), date(2025, 4, 1)
    counts = stretch_counts(purchases, number(first), number(last), number(base))
    inside = {name: [d for d in days if first <= d <= last] for name, days in bought.items()}
    active = {name for name, days in inside.items() if days}
    before = {name for name, days in bought.items() if any(base <= d < first for d in days)}
    assert counts.orders == sum(map(len, inside.values()))
    assert counts.revenue == sum(spent(log, name, first, last) for name in bought)
    assert counts.active_customers == len(active)
    assert counts.base_customers == len(before)
    assert counts.retained_customers == len(active & before)
    assert counts.customers == sum(days[0] <= last for days in bought.values())
    assert counts.repeat_customers == sum(
        len([d for d in days if d <= last]) > 1 for days in bought.values()
    )
    assert counts.newcomers == sum(first <= days[0] <= last for days in bought.values())
    assert counts.horizon_days == 92


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_are_counted_as_one_counts_by_hand(seed: int, tmp_path: Path) -> None:
    log = random_log(seed)
    bought = purchases_in(log, UNTIL)
    full = full_months(number(FIRST), number(UNTIL))
    counts = customer_counts(
        purchases_of(read(tmp_path, log, UNTIL), None), full.last, Terms(), first_month=full.first
    )
    most = max(map(len, bought.values()))
    assert counts.with_purchases == tuple(
        sum(len(days) > n for days in bought.values()) for n in range(most)
    )
    for days in (1, 3, 7, 30):
        watched = [d for d in bought.values() if (UNTIL - d[0]).days >= days]
        assert counts.watched[days] == len(watched)
        assert counts.again[days] == sum(len(d) > 1 and (d[1] - d[0]).days <= days for d in watched)
    months = {name: {month_number(d) for d in days} for name, days in bought.items()}
    whole = range(full.first, full.last + 1)
    for ahead in (1, 2, 3):
        pairs = [
            (mine, month)
            for mine in months.values()
            for month in mine
            if month in whole and month + ahead in whole
        ]
        assert counts.month_buyers[ahead] == len(pairs)
        assert counts.month_buyers_again[ahead] == sum(
            bool(mine & set(range(month + 1, month + ahead + 1))) for mine, month in pairs
        )
    for age, (n, buyers) in enumerate(zip(counts.age_customers, counts.age_buyers, strict=True), 1):
        lived = {
            name: month_number(days[0]) + age
            for name, days in bought.items()
            if month_number(days[0]) + age <= full.last
        }
        assert n == len(lived)
        assert buyers == sum(month in months[name] for name, month in lived.items())


@pytest.mark.parametrize("seed", SEEDS)
def test_value_tiers_and_lifetimes_are_counted_as_by_hand(seed: int, tmp_path: Path) -> None:
    log = random_log(seed)
    bought = purchases_in(log, UNTIL)
    full = full_months(number(FIRST), number(UNTIL))
    counts = customer_counts(
        purchases_of(read(tmp_path, log, UNTIL), None), full.last, Terms(interest=0.08)
    )
    paid = sorted((spent(log, name, FIRST, UNTIL) for name in bought), reverse=True)
    core, mid = paid[ceil(len(paid) / 5) - 1], paid[ceil(len(paid) / 2) - 1]
    assert counts.tier_value == {
        "core": sum(one for one in paid if one >= core),
        "mid": sum(one for one in paid if mid <= one < core),
        "low": sum(one for one in paid if one < mid),
    }
    for month in (1, 4, 9):
        length = month * 30.4375
        watched = [name for name, days in bought.items() if (UNTIL - days[0]).days >= length]
        worth = sum(
            minor / 1.08 ** ((day - bought[name][0]).days / 365)
            for name in watched
            for day, minor in log[name]
            if (day - bought[name][0]).days <= length
        )
        assert counts.life_customers[month - 1] == len(watched)
        assert counts.life_value[month - 1] == pytest.approx(worth, rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_segments_and_stages_of_life_are_those_of_each_customer(seed: int, tmp_path: Path) -> None:
    log = random_log(seed)
    bought = purchases_in(log, UNTIL)
    data = read(tmp_path, log, UNTIL)
    purchases = purchases_of(data, None)
    silence = silence_in(purchases)
    assert silence.gaps == sum(len(days) - 1 for days in bought.values())
    stages = Counter(
        lifecycle_of(len(days), (UNTIL - days[-1]).days, silence) for days in bought.values()
    )
    found = sizes(lifecycle_groups(purchases, silence))
    assert {name: n for name, n in found.items() if n} == dict(stages)

    facts = {
        name: (number(days[-1]), len(days), spent(log, name, FIRST, UNTIL))
        for name, days in bought.items()
    }

    def scored(name: str) -> str:
        scores = [
            score(sum(other[n] < facts[name][n] for other in facts.values()), len(facts))
            for n in range(3)
        ]
        return segment(scores[0], scores[1], scores[2], len(bought[name]))

    by_hand = Counter(scored(name) for name in bought)
    groups = rfm_groups(purchases, rfm_scores(data))
    assert {group.name: group.customers for group in groups if group.customers} == dict(by_hand)
    assert sum(group.revenue for group in groups) == sum(fact[2] for fact in facts.values())


def test_on_a_log_of_one_day_nobody_is_lost(tmp_path: Path) -> None:
    log: Log = {name: [(FIRST, 1_000 + n)] for n, name in enumerate("abcdefghij")}
    data = read(tmp_path, log, FIRST)
    groups = rfm_groups(purchases_of(data, None), rfm_scores(data))
    assert {group.name: group.customers for group in groups if group.customers} == {"new": 10}


def test_stages_of_life_at_an_earlier_day_know_nothing_later(tmp_path: Path) -> None:
    log, then = random_log(3), date(2025, 8, 31)
    (tmp_path / "all").mkdir()
    (tmp_path / "then").mkdir()
    later = purchases_of(read(tmp_path / "all", log, UNTIL), None)
    at_the_time = purchases_of(read(tmp_path / "then", log, then), None)
    silence = silence_in(later)
    assert sizes(lifecycle_groups(later, silence, number(then))) == sizes(
        lifecycle_groups(at_the_time, silence)
    )


def test_some_customers_alone_are_counted_as_if_there_were_no_others(tmp_path: Path) -> None:
    log = random_log(1)
    some = {name: orders for name, orders in log.items() if int(name[1:]) % 3 == 0}
    (tmp_path / "all").mkdir()
    (tmp_path / "some").mkdir()
    everybody = read(tmp_path / "all", log, UNTIL)
    alone = read(tmp_path / "some", some, UNTIL)
    chosen = alone.order_rows(everybody.history.customer_hash) >= 0
    full = full_months(number(FIRST), number(UNTIL))
    assert customer_counts(
        purchases_of(everybody, None).of(chosen), full.last, Terms()
    ) == customer_counts(purchases_of(alone, None), full.last, Terms())


@pytest.mark.parametrize(
    ("begins", "ends", "first", "last", "partial"),
    [
        ("2025-01-01", "2025-12-31", "2025-01-15", "2025-12-15", None),
        ("2025-01-02", "2025-12-30", "2025-02-15", "2025-11-15", "2025-12-15"),
        ("2024-02-01", "2024-02-29", "2024-02-15", "2024-02-15", None),
        ("2024-02-10", "2024-02-20", "2024-03-15", "2024-01-15", "2024-02-15"),
    ],
)
def test_a_full_month_is_in_the_log_from_its_first_day_to_its_last(
    begins: str, ends: str, first: str, last: str, partial: str | None
) -> None:
    found = full_months(*(number(date.fromisoformat(day)) for day in (begins, ends)))
    assert found.first == month_number(date.fromisoformat(first))
    assert found.last == month_number(date.fromisoformat(last))
    told = month_number(date.fromisoformat(partial)) if partial is not None else None
    assert found.partial == told
