"""What it takes to prove a flow's profit: the size of a holdout test, its time, its assurance.

Two arms of customers who would be sent the flow, compared by their profit: n = (z_(1-alpha/2) +
z_power)^2 s^2 (1 - R^2) / (Delta^2 h (1 - h)) customers in all, h the holdout's share (Lehr 1992;
with a covariate that explains R^2 of the variance, Deng et al. 2013, WSDM). Assurance is the
chance that the test tells, over all that is unknown of the effect (O'Hagan, Stevens & Campbell
2005, Pharmaceutical Statistics 4(3)).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

from playbook_compiler.values import dataclass
from playbook_runtime.projection import Proof

ALPHA: Final = 0.05
POWER: Final = 0.8
SHARES: Final = (0.1, 0.2, 0.3, 0.5)
GOOD_MONTHS: Final = 12.0
MOST_MONTHS: Final = 36.0
LEAST_ARM: Final = 100  # customers in the smaller arm: fewer tell neither a mean nor its error
_STANDARD: Final = NormalDist()
_CRITICAL: Final = _STANDARD.inv_cdf(1 - ALPHA / 2)
_Z: Final = _CRITICAL + _STANDARD.inv_cdf(POWER)


@dataclass(frozen=True, slots=True)
class Recipients:
    """Customers who would be sent a flow in the horizon: how many, the variance of what one of
    them brings without it (minor units squared), and the share of it that is foreseen.

    `later` is the pace at which further ones come after the horizon, over the mean pace within: a
    flow that takes all who wait at its launch has few left to test on."""

    customers: float
    variance: float
    foreseen: float
    later: float = 1.0

    def within(self, months: float, horizon_months: float) -> float:
        """Return how many come in so many months."""
        rate = self.customers / horizon_months
        return rate * (min(months, horizon_months) + self.later * max(0.0, months - horizon_months))

    def months_for(self, customers: float, horizon_months: float) -> float:
        """Return in how many months so many come; infinite where they never do."""
        rate = self.customers / horizon_months
        rest = customers - self.customers
        if rest <= 0:
            return customers / rate
        if self.later <= 0 or not math.isfinite(rest):
            return math.inf
        return horizon_months + rest / (rate * self.later)


def needed(delta: float, variance: float, share: float, foreseen: float = 0.0) -> float:
    """Return how many customers, in both arms together, prove a difference of `delta` each."""
    if delta == 0:
        return math.inf
    return _Z**2 * variance * (1 - foreseen) / (delta**2 * share * (1 - share))


def standard_error(recipients: Recipients, customers: float, share: float) -> float:
    """Return the standard error of the difference per customer between the arms."""
    spread = recipients.variance * (1 - recipients.foreseen)
    return math.sqrt(spread / (customers * share * (1 - share)))


def assurance(deltas: Sequence[float], error: float) -> float:
    """Return the mean chance that a test of this standard error tells the mean's sign."""
    if error == 0:
        return 1.0
    sign = 1.0 if math.fsum(deltas) >= 0 else -1.0
    chances = [_STANDARD.cdf(sign * delta / error - _CRITICAL) for delta in deltas]
    return math.fsum(chances) / len(chances)


def proof_of(
    recipients: Recipients, profit: Sequence[float], horizon_months: float, own: float = 0.0
) -> Proof:
    """Return the test that proves a flow's last-in profit.

    `profit` are its draws over the horizon (minor units, expectations), `own` the share of the
    playbook's holdout, which is proposed where it suffices. Its months are those in which customers
    enter the test; it is read when as long as the horizon has passed since, because the profit is
    that of the horizon.
    """
    if recipients.customers <= 0 or recipients.variance <= 0:
        return Proof(None, None, recipients.customers, None, 0.0, 0.0)
    deltas = [value / recipients.customers for value in profit]
    delta = math.fsum(deltas) / len(deltas)

    def months(share: float) -> float:
        count = needed(delta, recipients.variance, share, recipients.foreseen)
        return recipients.months_for(max(count, LEAST_ARM / share), horizon_months)

    shares = sorted({*SHARES, *((own,) if 0 < own <= 0.5 else ())})
    chosen = next((share for share in shares if months(share) <= GOOD_MONTHS), None)
    if chosen is None and months(0.5) <= MOST_MONTHS:
        chosen = 0.5
    best = chosen if chosen is not None else 0.5
    # A test of a few days would see few of the weeks that customers differ in.
    length = max(1.0, months(best)) if chosen is not None else MOST_MONTHS
    tried = standard_error(recipients, recipients.within(length, horizon_months), best)
    year = standard_error(recipients, recipients.within(GOOD_MONTHS, horizon_months), 0.5)
    enough = recipients.within(MOST_MONTHS, horizon_months) * 0.5 >= LEAST_ARM
    count = needed(delta, recipients.variance, best, recipients.foreseen)
    return Proof(
        holdout=chosen,
        months=length if chosen is not None else None,
        customers=recipients.customers,
        needed=count if math.isfinite(count) else None,
        assurance=assurance(deltas, tried) if enough else 0.0,
        smallest=_Z * year,
    )
