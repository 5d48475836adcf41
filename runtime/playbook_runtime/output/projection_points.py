"""The points ledger month by month: what was promised, kept, lapsed, and is still owed."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_runtime.output.figures import (
    chance,
    figure,
    interval_of_level,
    places_for,
    scaled,
    width,
)
from playbook_runtime.output.projection_rows import Row
from playbook_runtime.projection import PointsMonth, Projection


def points_table(projection: Projection) -> list[Row]:
    """Return a row for each month and one for all of them; nothing without a points programme."""
    ledger = projection.points
    if ledger is None:
        return []
    unit = 10.0**-projection.decimals
    widest = unit * max(width(one.liability) for one in (*ledger.months, ledger.whole))
    places = places_for(widest, 0.0, 0 if widest >= 20 else projection.decimals)
    head = ("points", "earned", "redeemed", "lapsed", "outstanding", "owed for them", "80% of it")
    rows = [Row(head, strong=True)]
    if len(ledger.months) > 1:
        rows += [Row(_cells(one.month, one, unit, places)) for one in ledger.months]
    rows.append(Row(_cells("in all", ledger.whole, unit, places), strong=True))
    return rows


def points_reading(projection: Projection) -> Iterator[str]:
    """Yield what the ledger counts, and what is never redeemed."""
    ledger = projection.points
    if ledger is None:
        return
    yield (
        "Points: earned = redeemed + lapsed + outstanding at the end. Owed is what the outstanding"
        " ones will cost, as their holders go on buying until the points lapse; profit pays for"
        " points when they are redeemed, and for what is owed at the end."
    )
    if ledger.whole.outstanding.mean >= 1:
        never = scaled(ledger.breakage, 100)
        yield (
            f"    Of the outstanding points {never.mean:.0f} % will never be redeemed (80 %:"
            f" {never.p10:.0f} ... {never.p90:.0f} %)."
        )
    if ledger.reserve is not None:
        aside = scaled(ledger.reserve.amount, 10.0**-projection.decimals)
        places = places_for(width(aside), 0.0, 0 if abs(aside.mean) >= 20 else projection.decimals)
        yield (
            f"    Reserve: {ledger.reserve.rule} sets aside {figure(aside.mean, places)}. Chance"
            f" that it covers what is owed at the end: {chance(ledger.reserve.enough)}."
        )


def _cells(name: str, one: PointsMonth, unit: float, places: int) -> tuple[str, ...]:
    owed = scaled(one.liability, unit)
    counts = (one.earned, one.redeemed, one.expired, one.outstanding)
    return (
        name,
        *(figure(count.mean, 0) for count in counts),
        figure(owed.mean, places),
        interval_of_level(owed, places),
    )
