"""Profit part by part, from the world without to the world with: the waterfall as a table."""

from __future__ import annotations

from playbook_runtime.estimate import Estimate
from playbook_runtime.output.figures import figure, interval, places_for, scaled, signed, width
from playbook_runtime.output.projection_rows import Row
from playbook_runtime.projection import MoneyPart, Projection

_FEWEST = 3  # with fewer parts the first table has them all


def money_table(projection: Projection) -> list[Row]:
    """Return a row for each part of profit, what is spent with a minus, and their sum; below a part
    the pieces of it that are known."""
    unit = 10.0**-projection.decimals
    parts = [one for one in projection.money if _matters(one.without, one.with_playbook)]
    if len(parts) < _FEWEST and not any(one.within for one in parts):
        return []
    widest = max(unit * width(one.difference) for one in parts)
    rows = [
        Row(("profit, part by part", "without", "with", "difference", "80% interval"), "", True)
    ]
    for one in parts:
        rows.append(
            Row(
                _cells(
                    _label(one),
                    scaled(one.without, one.sign * unit),
                    scaled(one.with_playbook, one.sign * unit),
                    scaled(one.difference, one.sign * unit),
                    widest,
                    projection.decimals,
                )
            )
        )
    whole = (projection.without, projection.with_playbook, projection.difference)
    without, with_playbook, difference = (scaled(one["profit"], unit) for one in whole)
    cells = _cells("= profit", without, with_playbook, difference, widest, projection.decimals)
    rows.append(Row(cells, strong=True))
    return rows


def _cells(
    label: str,
    without: Estimate,
    with_playbook: Estimate,
    difference: Estimate,
    widest: float,
    decimals: int,
) -> tuple[str, ...]:
    places = places_for(widest, difference.mean, 0 if widest >= 20 else decimals)
    return (
        label,
        figure(without.mean, places),
        figure(with_playbook.mean, places),
        signed(difference.mean, places),
        interval(difference, places),
    )


def _label(one: MoneyPart) -> str:
    """Return a part with its sign; a piece of the part above it without one."""
    if one.within:
        return f"    of it {one.label}"
    return f"{'+' if one.sign > 0 else '-'} {one.label}"


def _matters(*levels: Estimate) -> bool:
    return any(one != Estimate.exactly(0.0) for one in levels)
