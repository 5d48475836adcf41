"""Tier structures of API v2: levels by points, on the card that counts what the basis says."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from playbook_compiler.diagnostics import shown
from playbook_compiler.export.capability import Support
from playbook_compiler.programmes import Tiers
from playbook_compiler.rights import Right
from playbook_compiler.targets.voucherify import naming, periods
from playbook_compiler.targets.voucherify.cards import DRAFT, tiers_card
from playbook_compiler.targets.voucherify.earning import (
    earning_rule,
    fixed,
    has_room,
    proportional,
    trigger,
)
from playbook_compiler.targets.voucherify.state import Export

LEVELS_MOST: Final = 10
THRESHOLD_MOST: Final = 1_000_000_000
_OWNER: Final = "tiers"


def lower_tiers(export: Export, tiers: Tiers, points_card: str) -> tuple[str, bool] | None:
    """Make the structure and its tiers; return the card that counts, and whether all points that
    are earned are to be written on it, too. `points_card` is empty without a points programme.

    None where the levels cannot be said at all.
    """
    span = tiers.origin.key_span("basis")
    construct = "programme.tiers.basis"
    bounds = _bounds(export, tiers)
    if bounds is None:
        return None
    basis = tiers.basis
    label = f"{tiers.name or 'levels'} by {basis.figure.replace('_', ' ')}"
    also_points = False
    if basis.figure == "points_earned":
        if not points_card:
            why = "no points programme says how points are earned"
            export.lowering.note(construct, _OWNER, span, why, Support.REFUSED, _LEFT_OUT)
            _leave_out(export, why)
            return None
        # Points are spent from the card, so its balance tells nothing of all that was earned.
        also_points = basis.over is None
        card = tiers_card(export, naming.inert(label)) if also_points else points_card
    else:
        if not has_room(export, construct, span):
            _leave_out(export, "its earning rule is one too many")
            return None
        card = tiers_card(export, naming.inert(label))
    tracking = None if basis.over is None else periods.period(basis.over, periods.TRACKING)
    if basis.over is not None and tracking is None:
        tracking = periods.longer(basis.over, periods.TRACKING)
        why = "a level looks back 90 days, 52 weeks, 12 months or 5 years at most, in one unit"
        lossy = f"it looks back {periods.spoken(tracking)}"
        export.lowering.note(construct, _OWNER, span, why, Support.REFUSED, lossy)
    else:
        export.lowering.note(construct, _OWNER, span)
    structure = export.make(
        "tier-structure",
        "tiers",
        {
            "name": export.title(naming.inert(tiers.name or "levels")),
            **_counted(card, tracking),
            **_kept(export, tiers),
            "status": DRAFT,
            "metadata": export.identity("tier-structure", "tiers"),
        },
    )
    for level, (least, most) in bounds.items():
        rule: dict[str, Any] = {"min_value": least}
        if most is not None:
            rule["max_value"] = most
        metadata = export.identity("tier", level)
        words = [_word(right) for right in tiers.rights.get(level, ())]
        if words:
            metadata["playbook_rights"] = words
        export.make(
            "tier",
            level,
            {
                "name": level,  # customers see it
                "qualification_rules": {"type": "POINTS", "points": rule},
                "downgrade": {"type": "INHERIT"},
                "metadata": metadata,
            },
            inside=structure,
        )
    if basis.figure == "revenue":
        effect = proportional(export, card, Decimal(1), Decimal(1), paid=True)
        _basis_rule(export, effect, "a point for every minor unit of revenue")
    elif basis.figure == "orders":
        _basis_rule(export, fixed(card, 1), "a point for every order")
    return card, also_points


def _basis_rule(export: Export, effect: dict[str, Any], label: str) -> None:
    start = trigger(export, "order_paid")
    earning_rule(export, "programme.tiers", f"levels: {label}", start, [{"effects": [effect]}], {})


def _counted(card: str, tracking: dict[str, Any] | None) -> dict[str, Any]:
    if tracking is None:
        return {"type": "POINT_BALANCE", "point_balance": {"card_definition_id": card}}
    counted = {"card_definition_id": card, "period": tracking, "type": "IMMEDIATELY"}
    return {"type": "POINT_EARNED", "point_earned": counted}


def _kept(export: Export, tiers: Tiers) -> dict[str, Any]:
    """Return how long a level is kept, and that whoever loses it falls to the one that he has."""
    downgrade = {"type": "MULTI_LEVEL"}
    if tiers.keep is None or tiers.keep.is_zero:
        return {"expiration": {"type": "NO_RETENTION"}, "downgrade": downgrade}
    span = tiers.origin.key_span("keep")
    found = periods.period(tiers.keep, periods.KEEPING)
    if found is None:
        found = periods.longer(tiers.keep, periods.KEEPING)
        export.lowering.note(
            "programme.tiers.keep",
            _OWNER,
            span,
            "a level is kept for days, months or years, in one unit",
            Support.REFUSED,
            f"it is kept for {periods.spoken(found)}",
        )
    else:
        export.lowering.note("programme.tiers.keep", _OWNER, span)
    expiration = {"type": "FIXED_DURATION", "fixed_duration": {"period": found}}
    return {"expiration": expiration, "downgrade": downgrade}


def _bounds(export: Export, tiers: Tiers) -> dict[str, tuple[int, int | None]] | None:
    """Return each level's first and last point, from the lowest up; the highest has no last."""
    span = tiers.origin.key_span("levels")
    scale = export.decimals if tiers.basis.figure == "revenue" else 0
    names = tiers.in_order
    least = [
        int(tiers.levels[name].scaleb(scale).to_integral_value(ROUND_CEILING)) for name in names
    ]
    why = ""
    if len(names) > LEVELS_MOST:
        why = f"a tier structure takes {LEVELS_MOST} levels, here are {len(names)}"
    elif len(set(least)) < len(least):
        why = "two levels begin at the same value"
    elif least[-1] > THRESHOLD_MOST:
        why = f"the level `{shown(names[-1])}` begins above {THRESHOLD_MOST:,} points"
    if why:
        export.lowering.note(
            "programme.tiers.levels", _OWNER, span, why, Support.REFUSED, _LEFT_OUT
        )
        _leave_out(export, why)
        return None
    export.lowering.note("programme.tiers.levels", _OWNER, span)
    last: list[int | None] = [value - 1 for value in least[1:]]
    return dict(zip(names, zip(least, [*last, None], strict=True), strict=True))


def _word(right: Right) -> str:
    """Return a right as a word in a tier's metadata."""
    if right.points is not None:
        return f"points {right.points}"
    if right.percent_off is not None:
        return f"{right.percent_off} off"
    return naming.inert(right.right or right.offer or right.own)


_LEFT_OUT: Final = "the levels are left out, with their rights"


def _leave_out(export: Export, why: str) -> None:
    export.lowering.leave_out("programme.tiers", "tiers", why)
