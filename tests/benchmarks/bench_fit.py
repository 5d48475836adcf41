"""Summary against Polars, DuckDB and pandas, and fit against lifetimes: the same data, one run."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from tests.benchmarks.rows import Row, best
from tests.benchmarks.synthetic import customers

from playbook_runtime.behaviour.fit import fit, fit_rows
from playbook_runtime.behaviour.likelihood import grouped
from playbook_runtime.history import history_of

MILLION = 1_000_000


def order_rows(count: int, seed: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (days, customer hashes, values in cents) of unsorted order rows over three years."""
    random = np.random.default_rng(seed)
    names = random.integers(0, 2**64, count // 4, dtype=np.uint64)
    chosen = (random.random(count) ** 2 * len(names)).astype(np.int64)
    days = random.integers(19_000, 20_095, count).astype(np.int32)
    return days, names[chosen], random.integers(100, 20_000, count)


def fit_many(count: int) -> Row:
    from lifetimes import BetaGeoFitter

    x, t_x, T = customers(count)
    ours = best(lambda: fit_rows(grouped(x, t_x, T, 7.0), "bg-nbd", 7.0), 3)
    theirs = best(lambda: BetaGeoFitter().fit(x, t_x / 7, T / 7), 1)
    return Row(f"fit {count:,} customers (BG/NBD)", ours, "lifetimes", theirs.wall, 30)


def fit_cdnow() -> list[Row]:
    from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter
    from tests.runtime.behaviour.cdnow import calibration

    history = calibration("sample")
    x, t_x, T = history.x, history.t_x / 7, history.T / 7
    result = []
    for family, peer in (("bg-nbd", BetaGeoFitter), ("mbg-nbd", ModifiedBetaGeoFitter)):

        def ours(family: Any = family) -> None:
            fit(history, family)

        def theirs(peer: Any = peer) -> None:
            peer().fit(x, t_x, T)

        time, other = best(ours, 31, warm_up=True), best(theirs, 7, warm_up=True)
        result.append(Row(f"fit CDNOW sample ({family})", time, "lifetimes", other.wall, 10))
    return result


def summaries(count: int) -> list[Row]:
    """Rows for x, t_x, T and spend by customer of so many order rows, in memory on all sides."""
    import duckdb
    import pandas
    import polars

    days, names, values = order_rows(count)
    frame = pandas.DataFrame({"customer": names, "day": days, "value": values})
    table = polars.DataFrame({"customer": names, "day": days, "value": values})

    def by_pandas() -> int:
        purchases = frame.groupby(["customer", "day"], as_index=False)["value"].sum()
        summary = purchases.groupby("customer").agg(
            first=("day", "min"),
            last=("day", "max"),
            purchases=("day", "size"),
            value=("value", "sum"),
            first_value=("value", "first"),
        )
        return len(summary)

    def by_polars() -> int:
        column = polars.col
        lazy = (
            table.lazy()
            .group_by("customer", "day")
            .agg(column("value").sum())
            .group_by("customer")
            .agg(
                first=column("day").min(),
                last=column("day").max(),
                purchases=polars.len(),
                total=column("value").sum(),
                first_value=column("value").sort_by("day").first(),
            )
            .sort("customer")
        )
        return lazy.collect().height

    connection = duckdb.connect()
    connection.execute("CREATE TABLE raw AS SELECT * FROM frame")

    def by_duckdb() -> int:
        return len(
            connection.execute(
                "SELECT customer, min(day), max(day), count(*), sum(v), arg_min(v, day) FROM"
                " (SELECT customer, day, sum(value) AS v FROM raw GROUP BY ALL)"
                " GROUP BY customer ORDER BY customer"
            ).fetchnumpy()["customer"]
        )

    peers = {"Polars": by_polars, "DuckDB": by_duckdb, "pandas": by_pandas}
    assert {len(history_of(days, names, values))} == {peer() for peer in peers.values()}
    repeats = 2 if count > MILLION else 5
    ours = best(lambda: history_of(days, names, values), repeats)
    task = f"summary of {count // MILLION}M order rows"
    return [Row(task, ours, name, best(peer, 2).wall, 1) for name, peer in peers.items()]


def main(quick: bool) -> list[Row]:
    """Return the comparisons; quick fits a tenth of the customers, where lifetimes takes long, and
    leaves the ten million rows out."""
    warnings.simplefilter("ignore")
    many = fit_many(MILLION // 10 if quick else MILLION)
    sizes = (MILLION,) if quick else (MILLION, 10 * MILLION)
    return [*(row for size in sizes for row in summaries(size)), *fit_cdnow(), many]
