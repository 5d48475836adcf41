"""The points ledger by month: earned, redeemed, lapsed, outstanding, and what that will cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playbook_compiler.model import Playbook
from playbook_runtime.estimate import Estimate
from playbook_runtime.kernel.layout import WITH, Layout, PerMonth, World, world_column
from playbook_runtime.kernel.tables import I64
from playbook_runtime.projection import PointsLedger, PointsMonth, Reserve


def points_ledger(
    layout: Layout, names: Sequence[str], counts: I64, reserve: Reserve | None
) -> PointsLedger:
    """Return the ledger of the world with the playbook; `names` are those of the months."""

    def whole(what: World) -> Estimate:
        return _told(counts[:, world_column(WITH, what)])

    def month(place: int, what: PerMonth) -> Estimate:
        return _told(counts[:, layout.month_column(place, WITH, what)])

    return PointsLedger(
        tuple(
            PointsMonth(
                name,
                earned=month(place, PerMonth.POINTS_EARNED),
                redeemed=month(place, PerMonth.POINTS_REDEEMED),
                expired=month(place, PerMonth.POINTS_EXPIRED),
                outstanding=month(place, PerMonth.POINTS_OUTSTANDING),
                liability=month(place, PerMonth.LIABILITY),
            )
            for place, name in enumerate(names)
        ),
        PointsMonth(
            "",
            earned=whole(World.POINTS_EARNED),
            redeemed=whole(World.POINTS_REDEEMED),
            expired=whole(World.POINTS_EXPIRED),
            outstanding=whole(World.POINTS_OUTSTANDING),
            liability=whole(World.LIABILITY),
        ),
        Estimate.of(_breakage(counts)),
        reserve,
    )


def reserve_of(playbook: Playbook, metrics: Mapping[str, Sequence[float]]) -> Reserve | None:
    """Return what is set aside of the metrics of the world with, by draw; None where the playbook
    sets nothing aside, or a part of what is not projected."""
    points = playbook.programmes.points if playbook.programmes is not None else None
    rule = points.reserve if points is not None else None
    if rule is None or rule.of not in metrics:
        return None
    aside = [float(rule.share.fraction) * value for value in metrics[rule.of]]
    owed = metrics["points_liability"]
    enough = sum(a >= b for a, b in zip(aside, owed, strict=True)) / len(aside)
    return Reserve(str(rule), Estimate.of(aside), enough)


def _breakage(counts: I64) -> list[float]:
    """Return the share of the outstanding points that is never redeemed, by draw; 0 of none."""
    held = counts[:, world_column(WITH, World.POINTS_OUTSTANDING)].tolist()
    later = counts[:, world_column(WITH, World.POINTS_LATER)].tolist()
    return [1 - b / a if a else 0.0 for a, b in zip(held, later, strict=True)]


def _told(column: I64) -> Estimate:
    return Estimate.of(column.tolist())
