"""What a fit knows: parameters of purchasing and spending, how sure they are, what was noticed."""

from __future__ import annotations

from typing import Literal

from playbook_compiler.values import dataclass, replace

Family = Literal["bg-nbd", "mbg-nbd"]
FAMILIES: tuple[Family, ...] = ("bg-nbd", "mbg-nbd")
# Hidden phases that make a purchase: 1 is the classical model, more are for regular buyers.
KS: tuple[int, ...] = (1, 2, 3, 4)

Matrix = tuple[tuple[float, ...], ...]

# Standard deviation of a log-parameter (a factor of e) beyond which it counts as not identified.
UNKNOWN_SPREAD = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the data that whoever reads the numbers must know.

    The same three parts as a compiler diagnostic without a place: the command line puts it at the
    orders file. `is_error` means that there is no result.
    """

    rule: str
    message: str
    help: str = ""
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class BehaviourParameters:
    """Parameters of the (M)BG/CNBD-k purchase model.

    Purchase phases come at rate lambda ~ Gamma(r, rate alpha) per time unit of `time_unit_days`
    days; k phases make a purchase; after a purchase the customer is gone with probability
    p ~ Beta(a, b). m = 0: the coin is tossed after repeat purchases only (BG/NBD, Fader, Hardie &
    Lee 2005); m = 1: after the first one too (MBG/NBD, Batislam, Denizel & Filiztekin 2007).
    """

    family: Family
    k: int
    m: int
    r: float
    alpha: float
    a: float
    b: float
    time_unit_days: float

    def in_days(self) -> BehaviourParameters:
        """Return the same behaviour with a day as the time unit: only alpha changes."""
        return replace(self, alpha=self.alpha * self.time_unit_days, time_unit_days=1.0)

    def rounded(self) -> BehaviourParameters:
        """Return the parameters at 9 significant digits, as everything downstream uses them."""
        return replace(
            self,
            r=nine_digits(self.r),
            alpha=nine_digits(self.alpha),
            a=nine_digits(self.a),
            b=nine_digits(self.b),
        )

    @property
    def values(self) -> tuple[float, float, float, float]:
        """r, alpha, a, b: the order of every gradient, covariance and draw."""
        return self.r, self.alpha, self.a, self.b


@dataclass(frozen=True, slots=True)
class SpendParameters:
    """Parameters of the Gamma-Gamma spend model (Fader & Hardie, note 025).

    A customer's nu ~ Gamma(q, rate gamma); a purchase's value ~ Gamma(p, rate nu). gamma is in
    the currency's major unit. The mean purchase is p gamma / (q - 1), where q > 1.
    """

    p: float
    q: float
    gamma: float

    def in_minor(self, minor_per_unit: int) -> SpendParameters:
        """Return the same spend with gamma in minor units, as the kernel counts money."""
        return replace(self, gamma=nine_digits(self.gamma * minor_per_unit))

    @property
    def mean(self) -> float:
        """Mean purchase over customers, in the major unit; infinite where q <= 1."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else float("inf")


@dataclass(frozen=True, slots=True)
class FittedBehaviour:
    """A fitted purchase model.

    `parameters` are rounded to 9 digits. `log_likelihood` is that of the data alone, also with a
    prior. `covariance` is that of (ln r, ln alpha, ln a, ln b): the Laplace approximation from
    which `parameter_draws` draws. `with_prior` tells a posterior mode from maximum likelihood.
    """

    parameters: BehaviourParameters
    log_likelihood: float
    covariance: Matrix
    customers: int
    repeat_customers: int
    with_prior: bool
    findings: tuple[Finding, ...] = ()

    @property
    def aic(self) -> float:
        """Akaike's criterion: 2 * 4 parameters - 2 log-likelihood; smaller is better."""
        return 8.0 - 2.0 * self.log_likelihood


@dataclass(frozen=True, slots=True)
class FittedSpend:
    """A fitted spend model; `covariance` is that of (ln p, ln q, ln gamma).

    `log_likelihood` is in the currency's major unit, as published figures are.
    """

    parameters: SpendParameters
    log_likelihood: float
    covariance: Matrix
    repeat_customers: int
    with_prior: bool
    findings: tuple[Finding, ...] = ()


def nine_digits(value: float) -> float:
    """Return a number at 9 significant digits: last bits differ between machines, these don't."""
    return float(f"{value:.9g}")
