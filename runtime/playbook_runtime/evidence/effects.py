"""Effects as priors: an author's or the library's, on the scale that draws are made on."""

from __future__ import annotations

import math
from collections.abc import Mapping

from playbook_compiler.effects import DEFAULT_WINDOW, Effect
from playbook_compiler.units import Range
from playbook_compiler.values import dataclass
from playbook_runtime.evidence import library
from playbook_runtime.evidence.beta import beta_quantile
from playbook_runtime.evidence.model import (
    UNPROVEN,
    Beta,
    Evidence,
    Form,
    Grade,
    Normal,
    Scale,
    nine_digits,
)
from playbook_runtime.evidence.rates import as_rate

# An 80% interval reaches this many standard deviations to either side.
WIDTH_80 = 1.2815515655
LARGEST = "largest"


@dataclass(frozen=True, slots=True)
class EffectPrior:
    """What is believed of one effect of a send or flow before the simulation draws it.

    `mean` and `sd` are of a normal on the form's scale: log for ratios, logit for probabilities,
    natural (orders per 1,000) for added orders. A point has sd 0; a probability of exactly 0 has
    mean -inf. `evidence_id` is empty for figures of the playbook's own that name no source: they
    share no draw with any other.
    """

    evidence_id: str
    form: Form
    mean: float
    sd: float
    window_days: float
    grade: Grade
    source: str
    overlap: str = LARGEST

    @property
    def changes_nothing(self) -> bool:
        """Whether every draw is the neutral value."""
        return self.sd == 0 and self.mean == self.form.neutral

    @property
    def in_headline(self) -> bool:
        """Whether the headline counts it: unproven gains are out, harms and costs are in.

        A prior that is centred on no effect is not a harm, so an unproven one is out too.
        """
        return self.grade not in UNPROVEN or self.form.gains * (self.mean - self.form.neutral) < 0

    def value(self, deviation: float) -> float:
        """Return the effect at so many standard deviations: a ratio, a share, orders per 1,000."""
        return natural(self, self.mean + self.sd * deviation if self.sd else self.mean)

    @property
    def interval(self) -> tuple[float, float, float]:
        """The 10%, 50% and 90% quantiles, as `value` gives them."""
        return self.value(-WIDTH_80), self.value(0.0), self.value(WIDTH_80)


def natural(prior: EffectPrior, scaled: float) -> float:
    """Return a value on the prior's scale as what it means, at 9 significant digits."""
    match prior.form.scale:
        case Scale.LOG:
            return nine_digits(math.exp(scaled))
        case Scale.LOGIT:
            return nine_digits(logistic(scaled))
        case _:
            return nine_digits(scaled)


def logistic(logit: float) -> float:
    """Return 1 / (1 + e^-logit), without overflow; 0 at -inf and 1 at inf."""
    if logit < 0:
        odds = math.exp(logit)
        return odds / (1 + odds)
    return 1 / (1 + math.exp(-logit))


def authored(
    effect: Effect, rows: Mapping[str, Evidence] = library.BY_ID
) -> tuple[EffectPrior, ...]:
    """Return what an `expect:` means: one prior for each figure in it, in the model's order.

    The library's where it names one, from `rows` (with the shop's experiments in). ValueError for
    what `findings` refuses: an unknown id, and a range that touches a bound of its scale.
    """
    if effect.source:
        found = rows.get(effect.source)
        if found is None or not found.is_effect:
            raise ValueError(f"no effect of the library: {effect.source!r}")
        # Where the author names no window, the study's own stands.
        days = found.window_days if effect.within is None else float(effect.within.nominal_days)
        return (from_library(found, days, effect.overlap),)
    return tuple(
        _own(form, interval, effect) for form, interval in figures(effect) if interval is not None
    )


def figures(effect: Effect) -> tuple[tuple[Form, Range | None], ...]:
    """Return the ranges of an `expect:` by form; None for what it leaves out."""
    added = effect.added_orders
    return (
        (Form.PURCHASE_RATE, effect.purchase_rate),
        (Form.ADDED_ORDERS, added.per_thousand if added is not None else None),
        (Form.DROPOUT, effect.dropout),
        (Form.REVIVE, effect.revive),
        (Form.BASKET, effect.basket),
        (Form.REPAID, effect.repaid),
        (Form.REDEMPTION, effect.redemption),
    )


def _own(form: Form, interval: Range, effect: Effect) -> EffectPrior:
    low, high = (_scaled(form.scale, float(end)) for end in (interval.low, interval.high))
    return EffectPrior(
        evidence_id=effect.evidence,
        form=form,
        mean=low if low == high else nine_digits((low + high) / 2),
        sd=0.0 if low == high else nine_digits((high - low) / (2 * WIDTH_80)),
        window_days=float((effect.within or DEFAULT_WINDOW).nominal_days),
        grade=Grade.OWN,
        source=effect.evidence or "the playbook",
        overlap=effect.overlap,
    )


def _scaled(scale: Scale, value: float) -> float:
    match scale:
        case Scale.LOG:
            return math.log(value) if value > 0 else -math.inf
        case Scale.LOGIT:
            if value in (0, 1):
                return math.inf if value else -math.inf
            return math.log(value / (1 - value))
        case _:
            return value


def out_of_bounds(form: Form, interval: Range) -> str:
    """Return in words why a range cannot be read on its form's scale; empty where it can."""
    low, high = interval.low, interval.high
    if form.scale is Scale.LOG and (low < 0 or (low == 0 and high > 0)):
        return "a factor is above 0: write for example 0.8..1.1"
    if form.scale is Scale.LOGIT:
        if low < 0 or high > 1:
            return "a share is between 0% and 100%"
        if low != high and (low == 0 or high == 1):
            return "a range of shares ends before 0% and 100%: write for example 0.1%..10%"
    return ""


def from_library(
    found: Evidence, window_days: float | None = None, overlap: str = LARGEST
) -> EffectPrior:
    """Return the prior of an entry of the library; a Beta prior as the logit-normal like it, a
    ratio of purchase probabilities as one of rates.

    ValueError for an entry that is no such number (a claim, a check, the fatigue multipliers).
    """
    found = as_rate(found)
    match found.prior:
        case Normal(mean, sd):
            pass
        case Beta(a, b):
            # Mean and variance of the logit of a Beta variable.
            mean = nine_digits(_digamma(a) - _digamma(b))
            sd = nine_digits(math.sqrt(_trigamma(a) + _trigamma(b)))
        case _:
            raise ValueError(f"{found.id} is no effect")
    return EffectPrior(
        evidence_id=found.id,
        form=found.form,
        mean=mean,
        sd=sd,
        window_days=found.window_days if window_days is None else window_days,
        grade=found.grade,
        source=found.source,
        overlap=overlap,
    )


def drawn_interval(found: Evidence) -> tuple[float, float, float]:
    """Return the 10%, 50% and 90% quantiles of an entry as it is drawn: the chance to unsubscribe
    from its Beta, an effect from the logit-normal like its own."""
    if found.form is Form.UNSUBSCRIBE and isinstance(found.prior, Beta):
        low, middle, high = (beta_quantile(found.prior, share) for share in (0.1, 0.5, 0.9))
        return low, middle, high
    return from_library(found).interval


def default_redemption() -> EffectPrior:
    """Return what is assumed of an offer's redemption where the playbook says nothing."""
    return from_library(library.entry(library.REDEMPTION_ID))


def _digamma(x: float) -> float:
    """Return the digamma function of x > 0 (Abramowitz & Stegun 6.3.5 and 6.3.18)."""
    below = 0.0
    while x < 10:
        below += 1 / x
        x += 1
    square = 1 / (x * x)
    return math.log(x) - 0.5 / x - square * (1 / 12 - square * (1 / 120 - square / 252)) - below


def _trigamma(x: float) -> float:
    """Return the trigamma function of x > 0 (Abramowitz & Stegun 6.4.6 and 6.4.12)."""
    below = 0.0
    while x < 10:
        below += 1 / (x * x)
        x += 1
    square = 1 / (x * x)
    series = 1 + square * (1 / 6 - square * (1 / 30 - square / 42))
    return below + series / x + 0.5 * square
