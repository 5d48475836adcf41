"""What stands above and below the tables of a projection: how their numbers are meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from playbook_runtime.counted import count_of
from playbook_runtime.estimate import Estimate
from playbook_runtime.output.figures import (
    figure,
    interval_of_level,
    places_for,
    scaled,
    signed,
    width,
)
from playbook_runtime.projection import Estimates, Precision, Projection

_REASONS: Final = {
    "budget": "not admitted by the budget",
    "cap": "frequency cap",
    "consent": "no consent",
    "holdout": "holdout group",
    "offer": "offer not to be had again",
    "suppressed": "unsubscribed",
    "zone": "time zone unknown",
}
# From this part of the interval on, the error of few draws is worth more of them.
_LARGE_ERROR: Final = 0.1


def title(projection: Projection) -> str:
    """Return what is projected: `leaf-and-steam, 365 days from 2026-11-16, money in EUR`."""
    return (
        f"{projection.playbook}: the {count_of(projection.horizon_days, 'day')} after"
        f" {projection.as_of},"
        f" money in {projection.currency}"
    )


def worlds_reading(projection: Projection) -> Iterator[str]:
    """Yield how to read the difference, how sure it is, and the levels' own uncertainty."""
    unit = 10.0**-projection.decimals
    level = scaled(projection.without["profit"], unit)
    if _is_nothing(projection.difference):
        yield (
            "No difference: nothing in this playbook changes an order or costs money."
            if _is_nothing(projection.difference_unproven)
            else "No difference: what this playbook is expected to do is unproven, and left out."
        )
        return
    yield (
        "Interval: where the expected difference lies in 80 % of all cases, by what is unknown of"
        f" effects and of the shop. The luck of who answers{_luck(projection)} is not in it; the"
        " read-out of a real holdout test scatters by its own error on top."
    )
    yield "P(>0): the chance that the playbook brings in more than it costs."
    yield (
        "Level: less certain than the difference. Profit without the playbook:"
        f" {interval_of_level(level, _level_places(projection))} (80 %)."
    )
    yield _monte_carlo(projection, unit)
    if projection.precision is not None:
        yield _precision(projection.precision)


def flows_reading(projection: Projection) -> Iterator[str]:
    """Yield what the columns of the flows mean, what held messages back, and who used offers."""
    if not projection.flows:
        return
    yield (
        "Flows: extra orders and profit are expectations, never the orders after a message"
        f" ({count_of(projection.flow_draws, 'draw')}, two futures each), +- half the 80 %"
        " interval."
    )
    pressure = projection.contact["messages_per_customer_month"]
    yield (
        f"Contact: {pressure.mean:.2f} marketing messages a month to each who has bought,"
        " on average."
    )
    reasons: dict[str, float] = {}
    for flow in projection.flows:
        for reason, count in flow.held_back_by.items():
            reasons[reason] = reasons.get(reason, 0.0) + count.mean
    told = [
        f"{_REASONS.get(reason, reason.replace('_', ' '))} {count:,.0f}"
        for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        if round(count)
    ]
    if told:
        yield f"Held back: {', '.join(told)}."
    used = sum(flow.offers_used.mean for flow in projection.flows)
    if used >= 0.5:
        anyway = sum(flow.subsidised.mean for flow in projection.flows)
        yield (
            f"Offers: {used:,.0f} used, of them {anyway:,.0f} on orders that would have come"
            " anyway; what those cost is in the profit."
        )


def _luck(projection: Projection) -> str:
    """Return ` (37 % of the draws' variance)`, nothing where none could be told."""
    if projection.luck < 0.005:
        return ""
    return f" ({100 * projection.luck:.0f} % of the variance between the draws)"


def _monte_carlo(projection: Projection, unit: float) -> str:
    """Return in words how much the number of draws blurs the low end of the profit."""
    gain = scaled(projection.difference["profit"], unit)
    error = projection.monte_carlo_error * unit
    places = places_for(error * 10, error, 0 if error >= 1 else projection.decimals)
    end = places_for(width(gain), gain.mean, 0 if abs(gain.p10) >= 100 else projection.decimals)
    words = (
        f"Draws: with {projection.draws:,} of them, luck alone moves the low end of the profit"
        f" interval ({signed(gain.p10, end)}) by about {figure(error, places)} either way."
    )
    if error > _LARGE_ERROR * width(gain):
        words += f" That is a lot; --draws {4 * projection.draws} halves it."
    return words


def _precision(one: Precision) -> str:
    """Return how well the interval's ends are known, beside what was asked."""
    words = (
        f"Precision: each end of that interval is known to within {100 * one.reached:.1f} % of its"
        f" width, for two standard errors; {100 * one.asked:g} % was asked."
    )
    if one.reached > one.asked:
        words += " More draws than these are not taken by --precision."
    return words


def _is_nothing(difference: Estimates) -> bool:
    """Return whether two worlds are the same in every metric."""
    return all(one == Estimate.exactly(0.0) for one in difference.values())


def _level_places(projection: Projection) -> int:
    level = scaled(projection.without["profit"], 10.0**-projection.decimals)
    most = 0 if abs(level.mean) >= 1_000 else projection.decimals
    return places_for(width(level), level.mean, most)
