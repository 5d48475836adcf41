"""Speed of summary and fit against lifetimes, pandas and DuckDB, on the same data in one run.

python -m tests.benchmarks.bench_fit [--quick]      --quick leaves out lifetimes' minute on 1M
"""

from __future__ import annotations

import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from playbook_runtime.behaviour.fit import fit, fit_rows
from playbook_runtime.behaviour.likelihood import grouped
from playbook_runtime.history import history_of

MILLION = 1_000_000


@dataclass(frozen=True)
class Timing:
    """One comparison: seconds of ours and theirs, and the ratio to reach (None: just to know)."""

    task: str
    ours: float
    peer: str
    theirs: float
    to_reach: float | None

    def line(self) -> str:
        ratio = self.theirs / self.ours
        verdict = "" if self.to_reach is None else f"  (to reach: {self.to_reach:g}x)"
        ours, theirs = f"{self.ours * 1e3:,.1f} ms", f"{self.theirs * 1e3:,.1f} ms"
        return f"{self.task:<34}{ours:>13}   {self.peer:<12}{theirs:>13}{ratio:8.1f}x{verdict}"


def seconds(work: Callable[[], Any], repeats: int) -> float:
    """Return the median time of a piece of work, after one run to warm up if repeated."""
    if repeats > 1:
        work()
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def customers(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, t_x and T in days of BG/NBD customers with CDNOW's parameters, seen for 2 years."""
    random = np.random.default_rng(seed)
    rate = random.gamma(0.2426, 1 / (4.4136 * 7), count)
    drop_out = random.beta(0.7929, 2.4259, count)
    T = random.integers(1, 730, count)
    x, last = np.zeros(count, np.int64), np.zeros(count)
    open_ones = np.arange(count)
    now = np.zeros(count)
    while len(open_ones):
        now[open_ones] += random.exponential(1, len(open_ones)) / np.maximum(
            rate[open_ones], 1e-300
        )
        open_ones = open_ones[now[open_ones] <= T[open_ones]]
        x[open_ones] += 1
        last[open_ones] = now[open_ones]
        open_ones = open_ones[random.random(len(open_ones)) >= drop_out[open_ones]]
    return x, last.astype(np.int64), T


def order_rows(count: int, seed: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (days, customer hashes, values in cents) of unsorted order rows over three years."""
    random = np.random.default_rng(seed)
    names = random.integers(0, 2**64, count // 4, dtype=np.uint64)
    chosen = (random.random(count) ** 2 * len(names)).astype(np.int64)
    days = random.integers(19_000, 20_095, count).astype(np.int32)
    return days, names[chosen], random.integers(100, 20_000, count)


def fit_a_million(peers: bool) -> list[Timing]:
    x, t_x, T = customers(MILLION)
    ours = seconds(lambda: fit_rows(grouped(x, t_x, T, 7.0), "bg-nbd", 7.0), 3)
    if not peers:
        return [Timing("fit 1M customers (BG/NBD)", ours, "not run", float("nan"), 30)]
    from lifetimes import BetaGeoFitter

    theirs = seconds(lambda: BetaGeoFitter().fit(x, t_x / 7, T / 7), 1)
    return [Timing("fit 1M customers (BG/NBD)", ours, "lifetimes", theirs, 30)]


def fit_cdnow() -> list[Timing]:
    from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter
    from tests.runtime.behaviour.cdnow import calibration

    history = calibration("sample")
    x, t_x, T = history.x, history.t_x / 7, history.T / 7
    result = []
    for family, peer in (("bg-nbd", BetaGeoFitter), ("mbg-nbd", ModifiedBetaGeoFitter)):
        ours = seconds(lambda family=family: fit(history, family), 31)
        theirs = seconds(lambda peer=peer: peer().fit(x, t_x, T), 7)
        result.append(Timing(f"fit CDNOW sample ({family})", ours, "lifetimes", theirs, 10))
    return result


def summary_of_a_million() -> list[Timing]:
    import duckdb
    import pandas

    days, names, values = order_rows(MILLION)
    frame = pandas.DataFrame({"customer": names, "day": days, "value": values})

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

    assert len(history_of(days, names, values)) == by_pandas() == by_duckdb()
    ours = seconds(lambda: history_of(days, names, values), 5)
    return [
        Timing("summary of 1M order rows", ours, "pandas", seconds(by_pandas, 3), 1),
        Timing("summary of 1M order rows", ours, "DuckDB", seconds(by_duckdb, 3), 1),
    ]


def main(arguments: Sequence[str] = ()) -> None:
    """Run the comparisons and print a line for each."""
    warnings.simplefilter("ignore")
    for timing in (
        *summary_of_a_million(),
        *fit_cdnow(),
        *fit_a_million(peers="--quick" not in arguments),
    ):
        print(timing.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
