"""A sweep as text for a terminal: a table of the values, then what can be told of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from textwrap import wrap
from typing import Final

from playbook_runtime.counted import count_of
from playbook_runtime.estimate import Estimate
from playbook_runtime.output.cells import escaped
from playbook_runtime.output.figures import figure, interval_of_level, places_for, scaled, width
from playbook_runtime.output.projection_rows import Row, table_lines
from playbook_runtime.sweep import Sweep, SweepPoint
from playbook_runtime.sweep_request import BUDGET, HOLDOUT, SPLIT

WIDEST: Final = 100
_NAMES: Final = {SPLIT: "winning/keeping", BUDGET: "a month", HOLDOUT: "holdout"}
_TITLES: Final = {SPLIT: "split", BUDGET: "monthly budget", HOLDOUT: "holdout"}


def sweep_text(sweep: Sweep, columns: int = WIDEST, encoding: str = "utf-8") -> str:
    """Return a sweep as lines of at most `columns`; names that `encoding` lacks are escaped."""
    title = (
        f"{sweep.playbook}: profit by {_TITLES[sweep.parameter]}, the"
        f" {count_of(sweep.horizon_days, 'day')}"
        f" after {sweep.as_of}, money in {sweep.currency}"
    )
    rows = table_lines([_header(sweep), *(_row(sweep, point) for point in sweep.points)])
    ends = ["", *(_behind(sweep, place) for place in range(len(sweep.points)))]
    table = [f" {line}   {end}".rstrip() for line, end in zip(rows, ends, strict=True)]
    told = [line for text in reading(sweep) for line in _wrapped(text, columns, encoding)]
    return "\n".join((*_wrapped(title, columns, encoding), "", *table, "", *told)) + "\n"


def reading(sweep: Sweep) -> Iterator[str]:
    """Yield what the table tells and what it does not."""
    best = sweep.points[sweep.best]
    alike = [
        named(sweep.parameter, point.value)
        for place, point in enumerate(sweep.points)
        if place != sweep.best and not point.told_apart
    ]
    name = named(sweep.parameter, best.value)
    yield f"Best: {name}, by the mean profit of the world with the playbook."
    if alike:
        yield (
            f"Cannot be told apart from it: {', '.join(alike)}. The 80 % interval of what they lie"
            " behind the best, draw by draw, holds zero."
        )
    yield (
        f"{count_of(sweep.draws, 'draw')} (seed {sweep.seed}); every value has the same"
        " customers and the same"
        " luck. The interval of the profit is that of its level, wider than what tells two values"
        " apart."
    )
    if sweep.parameter in (SPLIT, BUDGET):
        yield (
            f"Profit ends after {count_of(sweep.horizon_days, 'day')}. Customers won late"
            " still buy after that,"
            " and whom messages keep does, too: neither is in it. A longer --horizon counts more of"
            " both, and mostly moves the best towards winning customers. Customer value is what one"
            " who bought paid in this time."
        )
        yield (
            "What a budget for keeping customers is not spent on stays in the shop and counts as"
            " profit; what is for winning them is spent whole."
        )
        yield (
            "What a newcomer costs at another budget is your `acquisition`, not measured here: its"
            " saturation decides much of this table."
        )


def named(parameter: str, value: Decimal) -> str:
    """Return a value as it is spoken of: `40/60`, `6,000`, `10 %`."""
    if parameter == SPLIT:
        return f"{_plain(value)}/{_plain(100 - value)}"
    return f"{_plain(value)} %" if parameter == HOLDOUT else f"{value:,f}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _header(sweep: Sweep) -> Row:
    return Row(
        (
            _NAMES[sweep.parameter],
            "newcomers",
            "customer value",
            "profit",
            "80% interval",
            "behind the best",
        ),
        strong=True,
    )


def _row(sweep: Sweep, point: SweepPoint) -> Row:
    unit = 10.0**-sweep.decimals
    profit, behind = scaled(point.profit, unit), scaled(point.behind, unit)
    places = places_for(width(profit), profit.mean, 0)
    is_best = point is sweep.points[sweep.best]
    return Row(
        (
            named(sweep.parameter, point.value),
            f"{point.newcomers.mean:,.0f}",
            figure(point.customer_value.mean * unit, min(2, sweep.decimals)),
            figure(profit.mean, places),
            interval_of_level(profit, places),
            "" if is_best else _apart(behind),
        )
    )


def _apart(behind: Estimate) -> str:
    places = places_for(width(behind), behind.mean, 0)
    return f"{figure(behind.mean, places)} ({interval_of_level(behind, places)})"


def _behind(sweep: Sweep, place: int) -> str:
    marks = (*(("best",) if place == sweep.best else ()), *sweep.points[place].marks)
    return f"<- {', '.join(marks)}" if marks else ""


def _wrapped(text: str, columns: int, encoding: str) -> list[str]:
    return wrap(
        escaped(text, encoding),
        columns,
        initial_indent=" ",
        subsequent_indent="   ",
        break_on_hyphens=False,
    )
