"""History: orders become x, t_x, T and spend, whatever their order in the file."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_runtime.history import History, history_of

ANY_HASH = st.one_of(
    st.integers(0, 7),
    st.integers(0, 2**64 - 1),
    # the same high bits: packed keys of these collide and must be told apart all the same
    st.integers(0, 3).map(lambda low: 2**63 + low),
)
ORDERS = st.lists(
    st.tuples(st.integers(-40, 30_000), ANY_HASH, st.integers(-500, 10_000)),
    min_size=1,
    max_size=60,
)
COLUMNS = (
    "customer_hash",
    "first_day",
    "last_day",
    "orders",
    "purchases",
    "value_minor",
    "first_value_minor",
)


def of_rows(rows: list[tuple[int, int, int]], until: int | None = None) -> History:
    return history_of(
        np.array([row[0] for row in rows], dtype=np.int32),
        np.array([row[1] for row in rows], dtype=np.uint64),
        np.array([row[2] for row in rows], dtype=np.int64),
        until,
    )


def as_rows(history: History) -> list[tuple[int, ...]]:
    columns = (getattr(history, name).tolist() for name in COLUMNS)
    return list(zip(*columns, strict=True))


def by_hand(rows: list[tuple[int, int, int]], until: int) -> list[tuple[int, ...]]:
    """The definition, as plain as it can be said."""
    result = []
    for customer in sorted({row[1] for row in rows if row[0] <= until}):
        mine = [(day, value) for day, who, value in rows if who == customer and day <= until]
        days = sorted({day for day, _ in mine})
        first = sum(value for day, value in mine if day == days[0])
        total = sum(value for _, value in mine)
        result.append((customer, days[0], days[-1], len(mine), len(days), total, first))
    return result


def test_one_customer() -> None:
    """Two orders on day 3 are one purchase; the order after `until_day` is not seen."""
    rows = [(10, 7, 500), (3, 7, 100), (3, 7, 250), (24, 7, 300), (31, 7, 999)]
    history = of_rows(rows, until=30)
    assert len(history) == 1
    assert (history.x[0], history.t_x[0], history.T[0]) == (2, 21, 27)
    assert (history.orders[0], history.purchases[0]) == (4, 3)
    assert (history.value_minor[0], history.repeat_value_minor[0]) == (1150, 800)


@given(ORDERS, st.integers(-50, 30_000))
def test_history_is_its_definition(rows: list[tuple[int, int, int]], until: int) -> None:
    assert as_rows(of_rows(rows, until)) == by_hand(rows, until)


@given(ORDERS, st.randoms(use_true_random=False))
def test_order_of_the_rows_does_not_matter(rows, random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert as_rows(of_rows(shuffled)) == as_rows(of_rows(rows))


@given(ORDERS, st.integers(2, 4))
def test_partitions_by_customer_add_up(rows, parts: int) -> None:
    until = max(row[0] for row in rows)
    pieces = [[row for row in rows if row[1] % parts == part] for part in range(parts)]
    together = [row for piece in pieces for row in as_rows(of_rows(piece, until))]
    assert sorted(together) == as_rows(of_rows(rows, until))


def test_large_random_history_agrees_with_one_column_at_a_time() -> None:
    random = np.random.default_rng(5)
    customers = random.integers(0, 2**64, 4_000, dtype=np.uint64)[random.integers(0, 4_000, 50_000)]
    days = random.integers(19_000, 19_900, 50_000).astype(np.int32)
    values = random.integers(1, 10_000, 50_000)
    history = history_of(days, customers, values)
    unique, orders = np.unique(customers, return_counts=True)
    assert (history.customer_hash == unique).all()
    assert (history.orders == orders).all()
    assert history.value_minor.sum() == values.sum()
    customer_days = set(zip(customers.tolist(), days.tolist(), strict=True))
    assert history.purchases.sum() == len(customer_days)


def test_nobody_before_the_first_order() -> None:
    history = of_rows([(10, 1, 5)], until=9)
    assert len(history) == 0
    assert history.repeat_customers == 0
    assert history.T.tolist() == []


def test_columns_of_different_length_are_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="equally long"):
        history_of(
            np.zeros(2, np.int32), np.zeros(1, np.uint64), np.zeros(2, np.int64), until_day=5
        )


@pytest.mark.parametrize("piece", [1, 700, 6_000, 30_000])
def test_sorted_in_pieces_it_is_the_same(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(6)
    customers = random.integers(0, 2**64, 2_000, dtype=np.uint64)[random.integers(0, 2_000, 20_000)]
    customers[:500] = 2**63 + np.arange(500, dtype=np.uint64) % 3  # of the same first bits
    days = random.integers(19_000, 19_900, 20_000).astype(np.int32)
    values = random.integers(1, 10_000, 20_000)
    whole = history_of(days, customers, values)
    monkeypatch.setattr("playbook_runtime.history.PIECE", piece)
    parts = history_of(days, customers, values)
    for name in (*COLUMNS, "purchase_day"):
        column = getattr(whole, name)
        assert np.array_equal(getattr(parts, name), column)
        assert getattr(parts, name).dtype == column.dtype
