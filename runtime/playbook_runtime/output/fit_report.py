"""The fit of purchase and spend model, as JSON and as a table that says what the numbers mean."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Sequence
from datetime import date

from playbook_compiler.values import dataclass
from playbook_runtime.behaviour.fit import akaike_weights
from playbook_runtime.behaviour.model import (
    UNKNOWN_SPREAD,
    BehaviourParameters,
    Family,
    FittedBehaviour,
    FittedSpend,
)
from playbook_runtime.behaviour.season import Season
from playbook_runtime.counted import count_of
from playbook_runtime.orders.currency import NO_CURRENCY

JSON_VERSION = 1
FAMILY_NAMES: dict[Family, str] = {"bg-nbd": "BG/NBD", "mbg-nbd": "MBG/NBD"}
_COIN = {
    "bg-nbd": "customers may leave after a repeat purchase",
    "mbg-nbd": "customers may leave after any purchase, the first one included",
}
_WIDTH = 100
_MOST_OTHERS = 3  # models that the text names beside the best
_ALIKE = 0.0005  # of log-likelihood: nothing at the digits that are shown
_BAND = 1.2816  # standard deviations on each side of an 80% interval


@dataclass(frozen=True, slots=True)
class FitReport:
    """What `playbook fit` has to say.

    `fits` has each model that was fitted, best first. `probably_alive` and `expected_year` are the
    sum of P(alive) and the sum of expected purchases within 365 days, over all customers. `told`
    are sentences on what was done with season and last month.
    """

    sanity_line: str
    until: date
    currency: str
    fits: tuple[FittedBehaviour, ...]
    spend: FittedSpend | None
    probably_alive: float
    expected_year: float
    newcomer_year: float
    season: Season | None
    told: tuple[str, ...]


def model_name(parameters: BehaviourParameters) -> str:
    """Return what the literature calls a model: MBG/NBD, or MBG/CNBD-2 where k is 2."""
    name = FAMILY_NAMES[parameters.family]
    return name if parameters.k == 1 else f"{name.replace('NBD', 'CNBD')}-{parameters.k}"


def fit_json(report: FitReport) -> str:
    """Return the versioned JSON of a fit; `spend` is null where no spend model could be fitted."""
    best, spend = report.fits[0], report.spend
    parameters = best.parameters
    fields = {
        "version": JSON_VERSION,
        "family": parameters.family,
        "k": parameters.k,
        "m": parameters.m,
        "parameters": {
            "r": parameters.r,
            "alpha": parameters.alpha,
            "a": parameters.a,
            "b": parameters.b,
        },
        "log_likelihood": round(best.log_likelihood, 6),
        "customers": best.customers,
        "repeat_customers": best.repeat_customers,
        "spend": None
        if spend is None
        else {
            "p": spend.parameters.p,
            "q": spend.parameters.q,
            "gamma": spend.parameters.gamma,
            "log_likelihood": round(spend.log_likelihood, 6),
        },
        "season": None
        if report.season is None
        else {"source": report.season.source, "index": list(report.season.index)},
        "models": [
            {
                "family": one.parameters.family,
                "k": one.parameters.k,
                "m": one.parameters.m,
                "aic": round(one.aic, 6),
                "weight": weight,
            }
            for one, weight in zip(report.fits, akaike_weights(report.fits), strict=True)
        ],
    }
    return json.dumps(fields, indent=2, allow_nan=False) + "\n"


def fit_text(report: FitReport) -> str:
    """Return the fit as text: models, parameters with 80% intervals, and what follows from them."""
    best = report.fits[0]
    unit = "weeks" if best.parameters.time_unit_days == 7 else "days"
    time = f"Time in {unit}" + (" of the season's pace." if report.season is not None else ".")
    lines = [
        report.sanity_line,
        f"Seen until {report.until}: {_people(best)}. {time}",
        *(line for one in report.told for line in textwrap.wrap(one, _WIDTH)),
        "",
        *_purchases(report.fits, unit),
        "",
        *_spend(report.spend, report.currency),
        "",
        *_meaning(report, best),
    ]
    return "\n".join(lines) + "\n"


def _people(best: FittedBehaviour) -> str:
    share = best.repeat_customers / best.customers
    return (
        f"{count_of(best.customers, 'customer')}, {best.repeat_customers:,} of them bought on"
        f" two days or more ({share:.1%})"
    )


def _purchases(fits: Sequence[FittedBehaviour], unit: str) -> list[str]:
    """Return the table of the purchase model."""
    best = fits[0]
    parameters = best.parameters
    rate = parameters.r / parameters.alpha / parameters.k
    per = "r/alpha" if parameters.k == 1 else f"r/alpha/{parameters.k}"
    leave = f"a/(a+b) = {parameters.a / (parameters.a + parameters.b):.1%}"
    meanings = (
        "purchase rates: small = customers differ a lot",
        f"purchase rates: {per} = {rate:.3g} purchases per {unit[:-1]} on average, while they stay",
        f"drop-out: {leave} leave after a purchase",
        "drop-out: small a + b = customers differ a lot",
    )
    lines = [
        f"Purchases: {model_name(parameters)}, {_COIN[parameters.family]}",
        *_regular(parameters.k),
        _header(),
        *_rows(("r", "alpha", "a", "b"), parameters.values, best, meanings),
        f"  log-likelihood {best.log_likelihood:,.3f}",
    ]
    for other in fits[1 : 1 + _MOST_OTHERS]:
        behind = best.log_likelihood - other.log_likelihood
        how = f"less well by {behind:,.3f}" if behind >= _ALIKE else "as well"
        lines.append(f"  {model_name(other.parameters)} fits {how}")
    left = len(fits) - 1 - _MOST_OTHERS
    if left > 0:
        lines.append(f"  {left} more fit still less well")
    if len(fits) > 1:
        lines.append("  projections mix the models by how well they fit")
    return lines


def _regular(k: int) -> list[str]:
    """Return what k > 1 says of the customers."""
    if k == 1:
        return []
    return [f"  They buy more evenly than by chance (k = {k}): who is overdue is sooner gone"]


def _spend(spend: FittedSpend | None, currency: str) -> list[str]:
    """Return the table of the spend model."""
    if spend is None:
        return ["Spend: no model, too few repeat purchases with a value"]
    one = spend.parameters
    unit = "" if currency == NO_CURRENCY else f" {currency}"
    mean = f"{one.mean:,.2f}{unit}" if math.isfinite(one.mean) else "without limit"
    return [
        (
            "Spend: Gamma-Gamma, on the repeat purchases of"
            f" {count_of(spend.repeat_customers, 'customer')}"
        ),
        _header(),
        *_rows(
            ("p", "q", "gamma"),
            (one.p, one.q, one.gamma),
            spend,
            (
                "large = a customer's purchases are worth nearly the same",
                "large = customers spend alike; at 2 or less a few dominate",
                f"scale: a purchase is worth {mean} on average",
            ),
        ),
        f"  log-likelihood {spend.log_likelihood:,.3f}",
    ]


def _meaning(report: FitReport, best: FittedBehaviour) -> list[str]:
    return [
        "What follows, if nothing changes:",
        (
            f"  about {report.probably_alive:,.0f} of {count_of(best.customers, 'customer')} would"
            " still buy"
        ),
        (
            f"  these customers make about {count_of(round(report.expected_year), 'purchase')} in"
            " the next 365 days"
        ),
        f"  a new customer makes {report.newcomer_year:.2f} repeat purchases in the first 365 days",
        "These are point estimates; `playbook simulate` gives them with their uncertainty.",
    ]


def _header() -> str:
    return f"  {'':<7}{'estimate':>10}   {'80% interval':<22} meaning"


def _rows(
    names: Sequence[str],
    values: Sequence[float],
    fitted: FittedBehaviour | FittedSpend,
    meanings: Sequence[str],
) -> list[str]:
    """Return a line a parameter, with its 80% interval (Laplace's, in logs)."""
    lines = []
    for index, (name, value, meaning) in enumerate(zip(names, values, meanings, strict=True)):
        spread = math.sqrt(fitted.covariance[index][index])
        factor = math.exp(_BAND * spread)
        band = f"{_figure(value / factor)} ... {_figure(value * factor)}"
        if spread > UNKNOWN_SPREAD:
            band = "not identified"
        lines.append(f"  {name:<7}{_figure(value):>10}   {band:<22} {meaning}")
    return lines


def _figure(value: float) -> str:
    """Return a number as published tables print it: four decimals, or three digits when extreme."""
    return f"{value:.4f}" if 0.001 <= value < 10_000 else f"{value:.3g}"
