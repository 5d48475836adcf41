"""What the library knows besides the effects of messages, each by a function of its name.

The effects among them take `rows`, the library with the shop's own experiments in
(`updating.shop_rows`).
"""

from __future__ import annotations

from collections.abc import Mapping

from playbook_runtime.evidence import library
from playbook_runtime.evidence.effects import EffectPrior, from_library
from playbook_runtime.evidence.model import Beta, Evidence, Multipliers, Normal

MEMBER_ID = "loyalty.member"
BEST_ID, OTHERS_ID = "repayment.best", "repayment.others"
ELASTICITY_ID = "price.elasticity"
# Of the elasticity of one product so much is left where the whole store changes its prices.
STORE_WIDE = 0.4


def member_effect(rows: Mapping[str, Evidence] = library.BY_ID) -> EffectPrior:
    """Return the factor on the rate of buying of a member of any loyalty programme.

    One effect a member, not one each for points, tiers and membership: the studies behind it are of
    programmes as they come, most of them with several of these.
    """
    return from_library(rows[MEMBER_ID])


def repayment_prior(*, best: bool) -> EffectPrior:
    """Return the share of extra orders that customers repay later; `best`: of the best customers.

    The library's Beta as the logit-normal of the same mean and variance of the logit.
    """
    return from_library(library.entry(BEST_ID if best else OTHERS_ID))


def unsubscribe_prior() -> Beta:
    """Return the chance to unsubscribe, per marketing message."""
    prior = library.entry(library.UNSUBSCRIBE_ID).prior
    if not isinstance(prior, Beta):
        raise TypeError("the prior of unsubscribing is a Beta")
    return prior


def fatigue_prior() -> Multipliers:
    """Return what is left of the gain of the 1st, 2nd, ... message of a week."""
    prior = library.entry(library.FATIGUE_ID).prior
    if not isinstance(prior, Multipliers):
        raise TypeError("the prior of fatigue is a row of multipliers")
    return prior


def elasticity_prior(*, store_wide: bool) -> Normal:
    """Return the change of sales in percent per percent of price, of a product or of the store."""
    prior = library.entry(ELASTICITY_ID).prior
    if not isinstance(prior, Normal):
        raise TypeError("the prior of the elasticity is a normal")
    share = STORE_WIDE if store_wide else 1.0
    return Normal(prior.mean * share, prior.sd * share)
