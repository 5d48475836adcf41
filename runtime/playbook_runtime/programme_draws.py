"""What is assumed of programmes, draw by draw: who takes part, who redeems.

No study says how many customers of a small shop take part in its programmes, and no order file
tells it. These are judgements of grade "none"; each is a line of the projection's assumptions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from playbook_compiler.model import Playbook
from playbook_compiler.programmes import Subscription, Uptake
from playbook_compiler.units import Range
from playbook_compiler.values import dataclass
from playbook_runtime.evidence.draws import effect_draws
from playbook_runtime.evidence.effects import WIDTH_80, EffectPrior
from playbook_runtime.evidence.model import Form, Grade
from playbook_runtime.evidence.reference import interval_text
from playbook_runtime.heard import (
    has_membership,
    has_points,
    has_referral,
    has_tiers,
    subscription_of,
)
from playbook_runtime.kernel.tables import PROGRAMME_DRAWS
from playbook_runtime.launch import PROGRAMMES
from playbook_runtime.projection import Assumption

JUDGED: Final = "a judgement: no study of it was found"


@dataclass(frozen=True, slots=True)
class Judged:
    """A share that nobody has measured: its column of the draws, and what it is in words."""

    column: str
    means: str
    prior: EffectPrior


def _share(low: float, high: float, grade: Grade = Grade.NONE, source: str = JUDGED) -> EffectPrior:
    """Return a share with its 80% interval: a judgement unless the playbook says it."""
    ends = [math.log(end / (1 - end)) for end in (low, high)]
    mean, sd = (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / (2 * WIDTH_80)
    return EffectPrior("", Form.REDEMPTION, mean, sd, 365.0, grade, source)


PARTICIPATION: Final = Judged(
    "participation", "customers who take part in points and levels", _share(0.3, 0.7)
)
REDEMPTION: Final = Judged(
    "redemption", "of those, members who redeem their points once they can", _share(0.4, 0.8)
)


JOIN: Final = Judged("join", "buyers of a year who join the paid membership", _share(0.01, 0.06))
RENEW: Final = Judged("renew", "members who pay again when their time is over", _share(0.5, 0.85))
REFERRED: Final = Judged(
    "referred", "orders that bring a friend's first order", _share(0.005, 0.03)
)
ANYWAY: Final = Judged(
    "anyway", "of those friends, newcomers who would have come anyway", _share(0.3, 0.7)
)
SUBSCRIBE: Final = Judged("subscribe", "buyers of a year who subscribe", _share(0.005, 0.03))
STAY: Final = Judged("stay", "subscribers who stay from one delivery to the next", _share(0.7, 0.9))
# Fader & Hardie (2007) call it polarization: 0 all alike, 1 some leave at once and others never.
UNLIKE: Final = Judged("unlike", "how unlike subscribers are in staying", _share(0.15, 0.4))
MAY: Final = {
    "skip": Judged("skips", "deliveries that a subscriber skips", _share(0.03, 0.15)),
    "pause": Judged("pauses", "deliveries at which a subscriber pauses", _share(0.01, 0.05)),
    "change": Judged("changes", "deliveries at which the rhythm is changed", _share(0.01, 0.04)),
}
SURE: Final = 1e-6
NOBODY: Final = -500.0  # log odds at which nobody joins, whatever he would save
_OF_SUBSCRIBERS: Final = (SUBSCRIBE, STAY, UNLIKE, *MAY.values())
_PLAIN: Final = (PARTICIPATION, REDEMPTION, RENEW, REFERRED, *_OF_SUBSCRIBERS)
SHARES: Final = {one.column: one.means for one in _PLAIN}


def has_members(playbook: Playbook) -> bool:
    """Return whether a playbook has a programme that one belongs to."""
    return has_points(playbook) or has_tiers(playbook) or has_membership(playbook)


def judged(playbook: Playbook, referred: Judged = REFERRED) -> tuple[Judged, ...]:
    """Return what has to be judged for the programmes of a playbook; `referred` is what is known of
    the friends whom orders bring."""
    found: list[Judged] = []
    if has_points(playbook) or has_tiers(playbook):
        found.append(PARTICIPATION)
    if has_points(playbook):
        found.append(REDEMPTION)
    if has_membership(playbook):
        found += _membership(playbook)
    subscription = subscription_of(playbook)
    if subscription is not None:
        found += _subscription(subscription)
    if has_referral(playbook):
        found += [referred, ANYWAY]
    return tuple(found)


def _membership(playbook: Playbook) -> Iterator[Judged]:
    """Yield who joins and who renews, as `expect` says or a judgement."""
    programmes = playbook.programmes
    assert programmes is not None and programmes.membership is not None
    yield from _uptake(programmes.membership.expect, JOIN, RENEW, "programmes.membership.expect")


def _subscription(subscription: Subscription) -> Iterator[Judged]:
    """Yield who subscribes and stays, as `expect` says or a judgement, and what they do."""
    yield from _uptake(subscription.expect, SUBSCRIBE, STAY, "programmes.subscription.expect")
    yield UNLIKE
    yield from (one for deed, one in MAY.items() if deed in subscription.may)


def _uptake(expect: Uptake | None, join: Judged, renew: Judged, source: str) -> Iterator[Judged]:
    """Yield two shares, as `expect` says or a judgement."""
    for judgement, said in (
        (join, expect.join if expect is not None else None),
        (renew, expect.renew if expect is not None else None),
    ):
        if said is None:
            yield judgement
        else:
            yield Judged(judgement.column, judgement.means, _said(said, source))


def _said(said: Range, source: str) -> EffectPrior:
    """Return a share of the playbook's own; what is said to be certain is nearly so."""
    low, high = (min(1 - SURE, max(SURE, float(end))) for end in (said.low, said.high))
    return _share(low, high, Grade.OWN, source)


def known_share(share: float, source: str) -> EffectPrior:
    """Return a share that is told, without an interval."""
    certain = min(1 - SURE, max(SURE, share))
    return _share(certain, certain, Grade.OWN, source)


def programme_draws(
    playbook: Playbook, seed: int, draws: int, referred: Judged = REFERRED
) -> npt.NDArray[np.float64]:
    """Return the columns of Draws.programme, shape (draws, columns); 0 where nothing asks."""
    found = {
        one.column: effect_draws(one.prior, PROGRAMMES, one.column, seed, draws)
        for one in judged(playbook, referred)
    }
    columns = [found.get(name, [0.0] * draws) for name in PROGRAMME_DRAWS]
    return np.array(columns, dtype=np.float64).reshape(len(columns), draws).T


def proven_only(playbook: Playbook, programme: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the columns of the headline: what nobody has proved is no gain.

    All friends would have come anyway; their rewards are a cost all the same. Nobody joins a
    membership or subscribes, unless the playbook says how many do.
    """
    found = programme.copy()
    for one in judged(playbook):
        column = PROGRAMME_DRAWS.index(one.column)
        if one.column == ANYWAY.column:
            found[:, column] = 1.0
        elif one in (JOIN, SUBSCRIBE):
            found[:, column] = NOBODY if one is JOIN else 0.0
    return found


def programme_assumptions(playbook: Playbook, referred: Judged = REFERRED) -> Iterator[Assumption]:
    """Yield a line for each judgement."""
    for one in judged(playbook, referred):
        yield Assumption(
            id=f"programmes.{one.column}",
            effect=one.means,
            source=one.prior.source,
            grade=str(one.prior.grade),
            value=interval_text(one.prior),
            in_headline=one not in (ANYWAY, JOIN, SUBSCRIBE),
            used_by=("programmes",),
        )
