"""Who buys again, and what becomes of the customers of each time: history and both worlds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from playbook_runtime.output.figures import figure, interval, scaled, signed, width
from playbook_runtime.output.projection_rows import Row
from playbook_runtime.projection import Compared, Projection

_AGES: Final = ("1", "2", "3", "6", "12", "24")
_ORDERS: Final = ("1", "2", "3")
_HEAD: Final = ("so far", "without", "with", "difference", "80% interval")


def again_table(projection: Projection) -> list[Row]:
    """Return the rows of the metrics that are tables: the next month, the months after the first
    order, the next order; nothing where none is counted."""
    told = list(_named(projection))
    if not told:
        return []
    places = _places([one for _, one in told])
    rows = [Row(("who buys again", *_HEAD), strong=True)]
    rows += [Row((label, *_cells(one, places))) for label, one in told]
    return rows


def cohorts_table(projection: Projection) -> list[Row]:
    """Return a row for the customers of each quarter or year: the share that buys in a month."""
    told = projection.cohort_groups
    if not told:
        return []
    places = _places([one.share for one in told])
    rows = [Row(("first order in", "customers", *_HEAD), strong=True)]
    rows += [Row((one.name, figure(one.customers, 0), *_cells(one.share, places))) for one in told]
    return rows


def cohorts_reading(projection: Projection) -> Iterator[str]:
    """Yield what the shares are of."""
    if any(projection.again.values()):
        yield (
            "Who buys again: the same formulas for the orders so far and for both worlds; months"
            " are calendar months. A customer whose latest order is of yesterday counts as not"
            " having placed the next one yet."
        )
    if projection.cohort_groups:
        yield (
            "First order in: of the customers who came then, the share that buys in a month, on"
            " average; so far: in the last 12 full months. It falls as a cohort grows older."
        )


def _named(projection: Projection) -> Iterator[tuple[str, Compared]]:
    """Yield the rows that are shown, with what they are called."""
    again = projection.again
    for one in again.get("repurchase_rate", ()):
        yield "of a month's buyers, in the next month", one
    curve = {one.name: one for one in again.get("retention_curve", ())}
    for age in _AGES:
        if age in curve:
            yield f"in the {_nth(int(age))} month after the first order", curve[age]
    following = {one.name: one for one in again.get("x_order_repurchase", ())}
    for count in _ORDERS:
        if count in following:
            had = "1 order" if count == "1" else f"{count} orders"
            yield f"who had {had}: the {_nth(int(count) + 1)}", following[count]


def _nth(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{endings.get(number % 10 if number % 100 // 10 != 1 else 0, 'th')}"


def _places(told: Sequence[Compared]) -> int:
    """Return the places of differences in per cent: tenths, hundredths where all are that small."""
    largest = max(max(abs(one.difference.mean), width(one.difference)) for one in told)
    return 2 if 0 < 100 * largest < 1 else 1


def _cells(one: Compared, places: int) -> tuple[str, ...]:
    difference = scaled(one.difference, 100)
    return (
        "" if one.past is None else f"{100 * one.past:.1f} %",
        f"{100 * one.without.mean:.{places}f} %",
        f"{100 * one.with_playbook.mean:.{places}f} %",
        f"{signed(difference.mean, places)} pt",
        interval(difference, places),
    )
