"""Card definitions of API v2: what points are kept on, when they count and when they lapse."""

from __future__ import annotations

from typing import Any

from playbook_compiler.export.capability import Support
from playbook_compiler.programme_units import Expiry
from playbook_compiler.programmes import Points
from playbook_compiler.targets.voucherify import naming, periods
from playbook_compiler.targets.voucherify.state import Export
from playbook_compiler.units import Duration

POINTS, TIERS = "points", "tiers"
DRAFT = "DRAFT"


def points_card(export: Export, points: Points) -> str:
    """Make the card of a points programme and return its placeholder."""
    payload = _card(export, POINTS, points.name or "points")
    payload["points_expiration"] = _expiration(export, points)
    pending = _pending(export, points)
    if pending is not None:
        payload["pending_points"] = {
            "type": "PERIOD_BASED",
            "period_based": {"period": pending},
        }
    if points.reserve is not None:
        payload["metadata"]["playbook_reserve"] = str(points.reserve)
    return export.make("card-definition", POINTS, payload)


def tiers_card(export: Export, label: str) -> str:
    """Make the card that only counts towards levels: nothing is spent from it or lapses."""
    return export.make("card-definition", TIERS, _card(export, TIERS, label))


def _card(export: Export, name: str, label: str) -> dict[str, Any]:
    return {
        "name": export.title(naming.inert(label)),
        "type": "INDIVIDUAL",
        "status": DRAFT,
        "points_expiration": {"type": "NO_EXPIRATION"},
        "metadata": export.identity("card-definition", name),
    }


def _expiration(export: Export, points: Points) -> dict[str, Any]:
    expiry = points.expire or Expiry()
    if expiry.after is None:
        return {"type": "NO_EXPIRATION"}
    sliding = expiry.since == "last activity"
    most = periods.SLIDING if sliding else periods.ROLLING
    found = periods.period(expiry.after, most)
    span = points.origin.key_span("expire")
    if found is None:
        found = periods.longer(expiry.after, most)
        export.lowering.note(
            "programme.points.expire",
            "points",
            span,
            f"points lapse after at most {periods.in_words(most)}, in one unit",
            Support.REFUSED,
            f"they lapse after {periods.spoken(found)}",
        )
    elif sliding:
        how = (
            "sliding expiration: points that are earned or spent count as activity, an order alone"
        )
        export.lowering.note(
            "programme.points.expire", "points", span, f"{how} does not", Support.APPROXIMATED
        )
    else:
        export.lowering.note("programme.points.expire", "points", span, "rolling expiration")
    if sliding:
        activity = {"earning_activity": True, "spending_activity": True, "custom_activity": False}
        return {"type": "SLIDING_EXPIRATION", "sliding_expiration": {**activity, "period": found}}
    return {"type": "ROLLING_EXPIRATION", "rolling_expiration": {"period": found}}


def _pending(export: Export, points: Points) -> dict[str, Any] | None:
    """Return how long points of the card wait: one time for all of them, the longest."""
    told = [earn.pending for earn in points.earn if earn.pending and not earn.pending.is_zero]
    if not told:
        return None
    longest = max(told, key=lambda one: (one.nominal_days, str(one)))
    found = periods.period(longest, periods.PENDING)
    lossy = periods.longer(longest, periods.PENDING) if found is None else found
    for earn in points.earn:
        written = earn.origin.has("pending")
        span = earn.origin.key_span("pending") if written else earn.origin.span()
        construct, name = "programme.points.earn.pending", "points"
        if found is None and earn.pending == longest:
            export.lowering.note(
                construct,
                name,
                span,
                f"points wait at most {periods.in_words(periods.PENDING)}, in one unit",
                Support.REFUSED,
                f"all points wait {periods.spoken(lossy)}",
            )
        elif _differs(earn.pending, longest):
            how = f"a card has one time for all its points: these wait {longest}, too"
            export.lowering.note(construct, name, span, how, Support.APPROXIMATED)
        else:
            export.lowering.note(construct, name, span)
    return lossy


def _differs(pending: Duration | None, longest: Duration) -> bool:
    return (pending or Duration()) != longest
