"""Draws of effects: one number per outer draw, common to all customers.

Draw d depends on the seed, its stream and d alone, never on how many draws are taken, nor on other
flows: a counter-based generator (Philox 4x64, Salmon et al. 2011) is keyed by a stable hash of seed
and ids, and its counter is d. Logarithms and exponentials are Python's `math`, never NumPy's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from hashlib import blake2b
from statistics import NormalDist

import numpy as np

from playbook_runtime.evidence.beta import beta_quantile
from playbook_runtime.evidence.effects import WIDTH_80, EffectPrior
from playbook_runtime.evidence.model import Beta, nine_digits
from playbook_runtime.evidence.named_priors import fatigue_prior, unsubscribe_prior

# Of the variance of an effect, so much is the study's (one draw per evidence id, common to the
# flows that rest on it); the rest is each flow's own.
COMMON_VARIANCE = 0.7
# A quarter of a normal lies more than this many standard deviations below its mean.
QUARTILE = 0.67448975
_STANDARD = NormalDist()
_WORDS = 4  # Philox 4x64 gives four words a counter: one block is one draw


def effect_draws(prior: EffectPrior, flow: str, step: str, seed: int, draws: int) -> list[float]:
    """Return draws of an effect at a step of a flow (`step` empty: the flow's own `expect`).

    Values as `EffectPrior.value` gives them: ratios of the purchase rate, shares, orders per 1,000.
    Two steps with the same evidence id are correlated by 0.7 on the prior's scale.
    """
    place = f"{flow}/{step}"
    if prior.sd == 0:
        return [prior.value(0.0)] * draws
    own = normal_draws(seed, "effect", place, prior.form, count=draws)
    if not prior.evidence_id:
        return [prior.value(deviation) for deviation in own]
    common = normal_draws(seed, "evidence", prior.evidence_id, prior.form, count=draws)
    shared, rest = math.sqrt(COMMON_VARIANCE), math.sqrt(1 - COMMON_VARIANCE)
    return [prior.value(shared * a + rest * b) for a, b in zip(common, own, strict=True)]


def headline_draws(prior: EffectPrior, flow: str, step: str, seed: int, draws: int) -> list[float]:
    """Return the draws that the headline counts: no effect where the effect is unproven."""
    if prior.in_headline:
        return effect_draws(prior, flow, step, seed, draws)
    return [_no_effect(prior)] * draws


def conservative_draws(prior: EffectPrior, draws: int, *, proven: bool = True) -> list[float]:
    """Return an effect held at its worse quartile, the same in every draw, for `--conservative`.

    Gains at their 25% quantile, what costs or harms (drop-out, repayment, redemption,
    unsubscribing) at its 75% quantile. With `proven`, unproven gains as in the headline: none.
    """
    if proven and not prior.in_headline:
        return [_no_effect(prior)] * draws
    worse = -QUARTILE if prior.form.gains > 0 else QUARTILE
    return [prior.value(worse)] * draws


def conservative_unsubscribe(draws: int) -> list[float]:
    """Return the chance to unsubscribe at its 75% quantile."""
    return [beta_quantile(unsubscribe_prior(), 0.75)] * draws


def conservative_fatigue(draws: int) -> list[tuple[float, ...]]:
    """Return what is left of the gain of the 1st, 2nd, ... message, each at its 25% quantile."""
    prior = fatigue_prior()
    relative = prior.spread / WIDTH_80
    later = [nine_digits(value * (1 - relative * QUARTILE)) for value in prior.values[1:]]
    return [(1.0, *later)] * draws


def unsubscribe_draws(seed: int, draws: int) -> list[float]:
    """Return draws of the chance to unsubscribe per marketing message, one for all flows."""
    prior = unsubscribe_prior()
    return [_beta(prior, _uniforms_of(seed, "unsubscribe", draw=draw)) for draw in range(draws)]


def fatigue_draws(seed: int, draws: int) -> list[tuple[float, ...]]:
    """Return draws of what is left of the gain of the 1st, 2nd, ... message of a week.

    The first is 1; each is within [0, 1] and none is larger than the one before it.
    """
    prior = fatigue_prior()
    columns = [
        normal_draws(seed, "fatigue", str(nth), count=draws) for nth in range(len(prior.values))
    ]
    relative = prior.spread / WIDTH_80
    drawn = []
    for row in zip(*columns, strict=True):
        left, largest = [1.0], 1.0
        for value, deviation in zip(prior.values[1:], row[1:], strict=True):
            largest = min(largest, max(0.0, nine_digits(value * (1 + relative * deviation))))
            left.append(largest)
        drawn.append(tuple(left))
    return drawn


def normal_draws(seed: int, *ids: str, count: int) -> list[float]:
    """Return standard normals 0, 1, ... of the stream that the ids name, by inversion."""
    raw = np.random.Philox(key=_key(seed, ids)).random_raw(_WORDS * count)
    return [_STANDARD.inv_cdf(_uniform(int(word))) for word in raw[::_WORDS]]


def _uniforms_of(seed: int, *ids: str, draw: int) -> Iterator[float]:
    """Yield uniforms of one draw without end, for what needs an unknown number of them."""
    counter = np.array([0, 0, 0, draw], dtype=np.uint64)
    philox = np.random.Philox(key=_key(seed, ids), counter=counter)
    while True:
        yield from (_uniform(int(word)) for word in philox.random_raw(2 * _WORDS))


def _uniform(word: int) -> float:
    """Return a uniform strictly between 0 and 1 from the upper 52 bits of a word."""
    return ((word >> 12) + 0.5) * 2.0**-52


def _key(seed: int, ids: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return Philox's key: a hash of seed and ids that is the same on every machine and run."""
    text = "\x1f".join((str(seed), *ids))
    digest = blake2b(text.encode(), digest_size=16).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def _no_effect(prior: EffectPrior) -> float:
    neutral = EffectPrior("", prior.form, prior.form.neutral, 0.0, 0.0, prior.grade, prior.source)
    return neutral.value(0.0)


def _beta(prior: Beta, uniforms: Iterator[float]) -> float:
    first, second = _gamma(prior.a, uniforms), _gamma(prior.b, uniforms)
    return nine_digits(first / (first + second))


def _gamma(shape: float, uniforms: Iterator[float]) -> float:
    """Return a Gamma(shape, 1) draw, shape >= 1 (Marsaglia & Tsang 2000, ACM TOMS 26(3))."""
    third = shape - 1 / 3
    narrow = 1 / math.sqrt(9 * third)
    while True:
        deviation = _STANDARD.inv_cdf(next(uniforms))
        volume = (1 + narrow * deviation) ** 3
        uniform = next(uniforms)
        if volume > 0 and math.log(uniform) < (
            0.5 * deviation * deviation + third * (1 - volume + math.log(volume))
        ):
            return third * volume
