"""A backtest as text: the table of its origins, and what it says in sentences."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from playbook_runtime.behaviour.backtest import BacktestOrigin
from playbook_runtime.counted import count_of
from playbook_runtime.output.backtest_report import BacktestReport

WIDTH = 100
_EPOCH = date(1970, 1, 1)
_T_80 = {4: 1.533, 5: 1.476, 6: 1.440, 7: 1.415}  # the 90% quantile of Student's t


def backtest_text(report: BacktestReport) -> str:
    """Return the backtest as lines of at most 100 columns."""
    origins = report.tested.origins
    lines = [report.sanity_line, *_wrapped(*report.told), ""]
    lines += _wrapped(
        "At each origin the model was fitted to the orders up to that day. What it predicted of"
        " those customers stands against the purchases (days with an order) that they made in the"
        " days after it."
    )
    lines += ["", *_totals(origins), "", *_errors(origins), "", *_wrapped(*_reading(report))]
    return "\n".join(lines) + "\n"


def _totals(origins: Sequence[BacktestOrigin]) -> list[str]:
    head = ("origin", "days", "customers", "predicted", "80% band", "actual", "", "naive", "recent")
    rows = [
        (
            f"{_EPOCH + timedelta(days=one.origin_day)}",
            f"{one.horizon_days}",
            f"{one.customers:,}",
            f"{one.predicted.mean:,.0f}",
            f"{one.predicted.p10:,.0f} ... {one.predicted.p90:,.0f}",
            f"{one.actual:,}",
            "inside" if one.inside else "outside",
            f"{one.naive:,.0f}",
            f"{one.recent:,}",
        )
        for one in origins
    ]
    return _table([head, *rows])


def _errors(origins: Sequence[BacktestOrigin]) -> list[str]:
    rows = [
        (
            f"{_EPOCH + timedelta(days=one.origin_day)}",
            f"{one.mae:.3f}",
            f"{one.naive_mae:.3f}",
            f"{one.recent_mae:.3f}",
            one.season,
        )
        for one in origins
    ]
    title = "Mean absolute error by customer, in purchases"
    return [title, *_table([("origin", "model", "naive", "recent", "season"), *rows])]


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  " + "  ".join(f"{cell:>{size}}" for cell, size in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _reading(report: BacktestReport) -> Iterator[str]:
    """Yield what the figures mean, and where a forecast without a model came nearer."""
    origins, drift = report.tested.origins, report.tested.drift
    inside = sum(one.inside for one in origins)
    yield (
        "naive: each customer's own past rate, carried forward. recent: the same customers'"
        " purchases in as many days up to the origin."
    )
    yield (
        f"The actual total lies inside the 80% band at {inside} of"
        f" {count_of(len(origins), 'origin')}."
    )
    nearer = sum(one.naive_wins for one in origins)
    if nearer:
        yield (
            f"The naive forecast came nearer to the total at {nearer} of them: trust the levels of"
            " a projection less than its differences."
        )
    worse = sum(one.mae > min(one.naive_mae, one.recent_mae) for one in origins)
    if worse:
        yield (
            f"For single customers a forecast without a model was nearer at {worse} of them: do not"
            " rank customers by this model alone."
        )
    shorter = [one for one in origins if one.horizon_days < report.horizon_days]
    if shorter:
        yield (
            f"The stretches are shorter than the horizon of {count_of(report.horizon_days, 'day')}:"
            " the orders do not reach far enough back to hold more of them out."
        )
    if any(one.season == "none" for one in origins) and any(
        one.season != "none" for one in origins
    ):
        yield (
            "Where the season is none, the orders up to that origin were too few to tell one; its"
            " miss counts in full."
        )
    off = math.expm1(drift.scale * _T_80.get(drift.degrees, max(_T_80.values())))
    yield (
        f"Drift: projections are widened as if levels wandered off the model by up to {off:.0%} in"
        f" {count_of(round(drift.horizon_days), 'day')} in 8 of 10 cases, and by the root of the"
        " time in longer ones."
    )


def _wrapped(*sentences: str) -> list[str]:
    return [line for one in sentences for line in textwrap.wrap(one, WIDTH)]
