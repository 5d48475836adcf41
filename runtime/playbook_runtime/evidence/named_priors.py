"""What the library knows besides the effects of messages, each by a function of its name.

The effects among them take `rows`, the library with the shop's own experiments in
(`updating.shop_rows`).
"""

from __future__ import annotations

from collections.abc import Mapping

from playbook_runtime.evidence import library
from playbook_runtime.evidence.effects import EffectPrior, from_library
from playbook_runtime.evidence.model import Beta, Evidence, Multipliers

MEMBER_ID = "loyalty.member"


def member_effect(rows: Mapping[str, Evidence] = library.BY_ID) -> EffectPrior:
    """Return the factor on the rate of buying of a member of any loyalty programme.

    One effect a member, not one each for points, tiers and membership: the studies behind it are of
    programmes as they come, most of them with several of these.
    """
    return from_library(rows[MEMBER_ID])


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
