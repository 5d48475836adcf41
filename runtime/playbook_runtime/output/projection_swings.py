"""What the profit depends on most: the largest bars of the tornado, and the grades of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from playbook_runtime.output.figures import figure, places_for, signed
from playbook_runtime.output.projection_rows import Row
from playbook_runtime.projection import Projection, Swing

_MOST: Final = 6
_LONGEST: Final = 44  # a longer name stands on a line of its own
_WIDEST: Final = 98
_ERRORS: Final = 2.0


def swings_table(projection: Projection) -> list[Row]:
    """Return the largest bars that are more than chance, each with the profit at both ends."""
    shown = [one for one in projection.tornado if one.size > _ERRORS * one.error][:_MOST]
    if not shown:
        return []
    unit = 10.0**-projection.decimals
    largest = unit * max(one.size for one in shown)
    places = places_for(largest, 0.0, 0 if largest >= 20 else projection.decimals)
    rows = [Row(("what the profit depends on", "low", "profit", "high", "profit"), "", True)]
    for one in shown:
        label = f"{one.label} *" if one.guessed else one.label
        if len(label) > _LONGEST:
            rows.append(Row((_shortened(label),)))
            label = ""
        rows.append(
            Row(
                (
                    label,
                    one.low,
                    signed(one.profit_low * unit, places),
                    one.high,
                    signed(one.profit_high * unit, places),
                )
            )
        )
    return rows


def swings_reading(projection: Projection) -> Iterator[str]:
    """Yield how the bars are meant, and on which evidence the profit rests."""
    if swings_table(projection):
        yield (
            "Depends on: one thing at a time at its 10 % and its 90 % point, the rest as drawn; the"
            " profit is the mean difference. Marked *: no interval is known, so a tenth less and a"
            " tenth more."
        )
    shares = [one for one in projection.grades if one.share is not None]
    if shares:
        told = ", ".join(f"{one.grade} {100 * (one.share or 0.0):.0f} %" for one in shares)
        yield f"Gain by grade of evidence: {told}."
    losses = [one for one in projection.grades if one.profit.mean < 0]
    unit = 10.0**-projection.decimals
    for one in losses:
        yield (
            f"    Effects of grade {one.grade} cost {figure(-one.profit.mean * unit, 0)} as they"
            " are projected."
        )


def largest(projection: Projection) -> Swing | None:
    """Return the bar that moves the profit most, None where nothing does."""
    shown = [one for one in projection.tornado if one.size > _ERRORS * one.error]
    return shown[0] if shown else None


def _shortened(label: str) -> str:
    return label if len(label) <= _WIDEST else f"{label[: _WIDEST - 3].rstrip()}..."
