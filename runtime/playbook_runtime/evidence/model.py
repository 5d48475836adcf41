"""What the evidence library is made of: forms of effect, priors and grades."""

from __future__ import annotations

from enum import StrEnum

from playbook_compiler.values import dataclass


class Grade(StrEnum):
    """How far a figure can be trusted."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    NONE = "none"
    OWN = "own"
    OWN_A = "own + A"
    OWN_B = "own + B"
    OWN_C = "own + C"


GRADES = {
    Grade.A: "randomised experiment, recomputed from its data",
    Grade.B: "randomised experiment, as published",
    Grade.C: "meta-analysis or observational study",
    Grade.D: "claim of a vendor, without a method",
    Grade.NONE: "no evidence found",
    Grade.OWN: "the playbook's own figure or experiment",
    Grade.OWN_A: "the shop's own experiment, together with evidence of grade A",
    Grade.OWN_B: "the shop's own experiment, together with evidence of grade B",
    Grade.OWN_C: "the shop's own experiment, together with evidence of grade C",
}
# Gains of these stay out of the headline; what they cost or harm stays in.
UNPROVEN = frozenset({Grade.D, Grade.NONE})


class Scale(StrEnum):
    """The scale on which a form's prior is normal."""

    LOG = "log"
    LOGIT = "logit"
    NATURAL = "natural"


class Form(StrEnum):
    """What a figure is a figure of; the first eight can be said in `expect:`."""

    PURCHASE_RATE = "purchase_rate"
    PURCHASE_PROBABILITY = "purchase_probability"
    ADDED_ORDERS = "added_orders"
    BASKET = "basket"
    DROPOUT = "dropout"
    REVIVE = "revive"
    REPAID = "repaid"
    REDEMPTION = "redemption"
    UNSUBSCRIBE = "unsubscribe"
    FATIGUE = "fatigue"
    VISITS = "visits"
    ELASTICITY = "elasticity"
    CHECK = "check"
    CLAIM = "claim"

    @property
    def scale(self) -> Scale:
        """Ratios are lognormal, probabilities logit-normal, counts normal and not truncated."""
        return _SCALES.get(self, Scale.NATURAL)

    @property
    def neutral(self) -> float:
        """The value that changes nothing, on the form's scale; -inf is a probability of 0."""
        return float("-inf") if self.scale is Scale.LOGIT else 0.0

    @property
    def gains(self) -> int:
        """1 where a larger value earns more, -1 where it costs, 0 where it is no effect."""
        return _GAINS.get(self, 0)


_SCALES = {
    Form.PURCHASE_RATE: Scale.LOG,
    Form.PURCHASE_PROBABILITY: Scale.LOG,
    Form.BASKET: Scale.LOG,
    Form.DROPOUT: Scale.LOG,
    Form.VISITS: Scale.LOG,
    Form.REVIVE: Scale.LOGIT,
    Form.REPAID: Scale.LOGIT,
    Form.REDEMPTION: Scale.LOGIT,
    Form.UNSUBSCRIBE: Scale.LOGIT,
}
_GAINS = {
    Form.PURCHASE_RATE: 1,
    Form.PURCHASE_PROBABILITY: 1,
    Form.ADDED_ORDERS: 1,
    Form.BASKET: 1,
    Form.REVIVE: 1,
    Form.DROPOUT: -1,
    Form.REPAID: -1,
    Form.REDEMPTION: -1,
    Form.UNSUBSCRIBE: -1,
}
SAYABLE = frozenset(
    {
        Form.PURCHASE_RATE,
        Form.PURCHASE_PROBABILITY,
        Form.ADDED_ORDERS,
        Form.BASKET,
        Form.DROPOUT,
        Form.REVIVE,
        Form.REPAID,
        Form.REDEMPTION,
    }
)


def nine_digits(value: float) -> float:
    """Return a number at 9 significant digits, which machines agree on."""
    return float(f"{value:.9g}")


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal prior on the form's scale: N(mean, sd), a lognormal one where that is the log."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Beta:
    """A Beta(a, b) prior of a probability, mean a / (a + b)."""

    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Multipliers:
    """What is left of the 1st, 2nd, ... message's gain; `spread` is each one's 80% half-width."""

    values: tuple[float, ...]
    spread: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of the library: an effect, what is believed of it in another shop, and the source.

    `prior` is None for what is no number: a rule that a check holds to, or a claim that is quoted
    only. `in_sample` is what the study itself found. `control_probability` is the chance to buy
    within `window_days` of those who got nothing, by which a ratio of probabilities becomes one of
    rates.
    """

    id: str
    effect: str
    form: Form
    prior: Normal | Beta | Multipliers | None
    source: str
    grade: Grade
    window_days: float = 14.0
    in_sample: str = ""
    control_probability: float = 0.0

    @property
    def claim_only(self) -> bool:
        """Whether it is quoted, and never used as an effect."""
        return self.form is Form.CLAIM

    @property
    def is_effect(self) -> bool:
        """Whether a step or flow may take it by its id."""
        return self.form in SAYABLE and self.prior is not None
