"""The two tables of a projection: the worlds with their difference, and the flows."""

from __future__ import annotations

from typing import Final

from playbook_compiler.values import dataclass
from playbook_runtime.estimate import Estimate
from playbook_runtime.output.figures import (
    chance,
    figure,
    half_width,
    interval,
    places_for,
    scaled,
    signed,
    width,
)
from playbook_runtime.output.projection_rows import Row
from playbook_runtime.profit_parts import ACQUISITION
from playbook_runtime.projection import FlowProjection, Projection

COST: Final = "retention_cost"
_WHOLE_FROM: Final = 1_000  # money from here on is told in whole units
_WHOLE_FLOWS_FROM: Final = 20  # ... and a flow's, where the widest interval is so wide
_LONGEST_FLOW: Final = 28
_NOTHING: Final = Estimate.exactly(0.0)


@dataclass(frozen=True, slots=True)
class _Worlds:
    """One metric without, with, and the difference."""

    without: Estimate
    with_playbook: Estimate
    difference: Estimate

    def times(self, factor: float) -> _Worlds:
        return _Worlds(
            scaled(self.without, factor),
            scaled(self.with_playbook, factor),
            scaled(self.difference, factor),
        )

    def cells(self, label: str, places: int, unit: str = "", step: str = "") -> tuple[str, ...]:
        """Return the cells of a row; `unit` stands behind levels, `step` behind the difference."""
        return (
            label,
            figure(self.without.mean, places) + unit,
            figure(self.with_playbook.mean, places) + unit,
            signed(self.difference.mean, places) + step,
            interval(self.difference, places),
        )


def worlds_table(projection: Projection) -> list[Row]:
    """Return the header and a row for each headline metric, money in major units."""
    unit = 10.0**-projection.decimals
    rate = _worlds(projection, "repeat_purchase_rate").times(100)
    orders = _worlds(projection, "orders")
    contribution = _worlds(projection, "contribution").times(unit)
    cost = _worlds(projection, COST).times(-unit)
    profit = _worlds(projection, "profit").times(unit)
    # One width for all money rows: so they are rounded alike and add up.
    widest = max(width(one.difference) for one in (contribution, cost, profit))

    def places(one: _Worlds) -> int:
        return _money_places(one, widest, projection.decimals)

    rows = [
        Row(("", "without", "with playbook", "difference", "80% interval"), strong=True),
        Row(rate.cells("repeat purchase", _share_places(rate.difference), " %", " pt")),
        Row(orders.cells("orders", _count_places(orders.difference))),
        Row(contribution.cells("contribution", places(contribution))),
        Row(cost.cells("messages & rewards", places(cost))),
        *_acquisition(projection, unit),
        Row(profit.cells("profit", places(profit)), _chance(projection), strong=True),
    ]
    if projection.difference_unproven["profit"] != projection.difference["profit"]:
        more = _Worlds(
            projection.without["profit"],
            projection.with_unproven["profit"],
            projection.difference_unproven["profit"],
        ).times(unit)
        label, _, *rest = more.cells("  with unproven effects", places(more))
        rows.append(Row((label, "", *rest)))
    return rows


def _acquisition(projection: Projection, unit: float) -> list[Row]:
    """Return the row of what winning customers costs, the same in both worlds; none without."""
    spent = [part for part in projection.money if part.name == ACQUISITION]
    return [
        Row(
            _Worlds(part.without, part.with_playbook, part.difference)
            .times(-unit)
            .cells("winning customers", 0)
        )
        for part in spent
    ]


def flows_table(projection: Projection) -> list[Row]:
    """Return the header and a row for each flow; an id that is too long has a line of its own."""
    rows = [
        Row(("flow", "entered", "sent", "held back", "extra orders", "profit"), strong=True),
    ]
    unit = 10.0**-projection.decimals
    widest = max((unit * width(flow.profit) for flow in projection.flows), default=0.0)
    for flow in projection.flows:
        name = flow.flow
        if len(name) > _LONGEST_FLOW:
            rows.append(Row((name,)))
            name = ""
        rows.append(Row((name, *_flow_cells(flow, unit, widest, projection.decimals))))
    return rows


def _worlds(projection: Projection, metric: str) -> _Worlds:
    return _Worlds(
        projection.without[metric],
        projection.with_playbook[metric],
        projection.difference[metric],
    )


def _flow_cells(flow: FlowProjection, unit: float, widest: float, decimals: int) -> tuple[str, ...]:
    profit = scaled(flow.profit, unit)
    half = width(profit) / 2
    # A small amount of cents is told where it is all there is, not beside larger flows.
    whole = widest >= _WHOLE_FLOWS_FROM and (half >= 0.5 or half == 0)
    places = places_for(widest, profit.mean, 0 if whole else decimals)
    spread = f" +- {figure(half, places)}" if half else ""
    return (
        *(f"{one.mean:,.0f}" for one in (flow.entered, flow.sent, flow.held_back)),
        half_width(flow.orders, _count_places(flow.orders)),
        signed(profit.mean, places) + spread,
    )


def _chance(projection: Projection) -> str:
    """Return the chance that profit grows; nothing where the worlds are the same."""
    if projection.difference["profit"] == _NOTHING:
        return ""
    return f"P(>0) = {chance(projection.probability_profit_positive)}"


def _share_places(difference: Estimate) -> int:
    """Return the places of a percentage: tenths, hundredths where the difference is that small."""
    small = 0 < max(abs(difference.mean), width(difference)) < 1
    return 2 if small else 1


def _count_places(difference: Estimate) -> int:
    """Return the places of a count that is a mean: whole, tenths where it is a few only."""
    small = 0 < max(abs(difference.mean), width(difference)) < 10
    return places_for(width(difference), difference.mean, 1 if small else 0)


def _money_places(one: _Worlds, widest: float, decimals: int) -> int:
    level = max(abs(one.without.mean), abs(one.with_playbook.mean), widest)
    whole = level >= _WHOLE_FROM and not 0 < abs(one.difference.mean) < 1
    return places_for(widest, one.difference.mean, 0 if whole else decimals)
