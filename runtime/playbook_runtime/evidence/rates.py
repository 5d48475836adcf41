"""From the chance to buy within a time to the rate of buying, which the model works with.

Whoever buys at rate l buys within a time t with probability P = 1 - e^(-l t), so that two groups
with chances P1 and P0 buy at rates whose ratio is ln(1 - P1) / ln(1 - P0).
"""

from __future__ import annotations

import math

from playbook_compiler.values import replace
from playbook_runtime.evidence.model import Evidence, Form, Normal, nine_digits

# A ratio that would make the chance pass 1 is cut just below.
ALMOST_SURE = 1 - 2.0**-20


def rate_ratio(probability_ratio: float, control_probability: float) -> float:
    """Return the ratio of rates that a ratio of purchase probabilities means.

    Without a control probability the ratio itself, which it is for rare purchases.
    """
    if not 0 < control_probability < 1:
        return probability_ratio
    treated = min(probability_ratio * control_probability, ALMOST_SURE)
    return math.log1p(-treated) / math.log1p(-control_probability)


def log_rate_variance(probability: float, customers: float) -> float:
    """Return the variance of ln(-ln(1 - P)) where a share P of so many customers bought.

    By the delta method: P / ((1 - P) n ln(1 - P)^2), the variance of the complementary log-log.
    """
    log_none = math.log1p(-probability)
    return probability / ((1 - probability) * customers * log_none * log_none)


def as_rate(found: Evidence) -> Evidence:
    """Return an entry on purchase probabilities as one on rates; any other as it is.

    The normal on the log ratio of probabilities becomes the one on the log ratio of rates: its mean
    is converted, its width multiplied by the slope of the conversion there.
    """
    if found.form is not Form.PURCHASE_PROBABILITY or not isinstance(found.prior, Normal):
        return found
    ratio = math.exp(found.prior.mean)
    slope = 1.0
    if 0 < found.control_probability < 1:
        treated = min(ratio * found.control_probability, ALMOST_SURE)
        slope = treated / ((1 - treated) * -math.log1p(-treated))
    mean = math.log(rate_ratio(ratio, found.control_probability))
    return replace(
        found,
        form=Form.PURCHASE_RATE,
        prior=Normal(nine_digits(mean), nine_digits(found.prior.sd * slope)),
        control_probability=0.0,
    )
