"""What an `expect:` means as a prior, and what the headline counts."""

from __future__ import annotations

import math

import pytest
from authored_effect import read_effect
from scipy import stats

from playbook_runtime.evidence import library
from playbook_runtime.evidence.effects import (
    EffectPrior,
    authored,
    default_redemption,
    from_library,
)
from playbook_runtime.evidence.model import Beta, Form, Grade
from playbook_runtime.evidence.rates import rate_ratio


def test_a_range_is_an_80_percent_interval_of_a_lognormal_ratio() -> None:
    (prior,) = authored(read_effect("{purchase_rate: 1.05..1.25, within: 10d}"))
    low, middle, high = prior.interval
    assert (low, high) == pytest.approx((1.05, 1.25), rel=1e-8)
    assert middle == pytest.approx(math.sqrt(1.05 * 1.25), rel=1e-8)
    assert (prior.form, prior.grade, prior.window_days) == (Form.PURCHASE_RATE, Grade.OWN, 10)


def test_added_orders_are_normal_per_thousand_and_may_be_negative() -> None:
    (prior,) = authored(read_effect("{added_orders: -1..5 per 1000, within: 14d}"))
    assert prior.interval == pytest.approx((-1, 2, 5), rel=1e-8)
    assert prior.sd == pytest.approx(3 / 1.2815515655, rel=1e-8)


def test_a_share_is_logit_normal() -> None:
    (prior,) = authored(read_effect("{redemption: 10%..30%}"))
    low, _, high = prior.interval
    assert (low, high) == pytest.approx((0.1, 0.3), rel=1e-8)
    assert prior.mean == pytest.approx((math.log(1 / 9) + math.log(3 / 7)) / 2, rel=1e-8)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{purchase_rate: 1}", 1.0),
        ("{purchase_rate: 1.2}", 1.2),
        ("{added_orders: 0 per 1000}", 0.0),
        ("{redemption: 0%}", 0.0),
        ("{redemption: 100%}", 1.0),
        ("{redemption: 20%}", 0.2),
    ],
)
def test_a_single_number_is_certain(written: str, value: float) -> None:
    (prior,) = authored(read_effect(written))
    assert prior.interval == (value, value, value)


@pytest.mark.parametrize(
    "written", ["{purchase_rate: 1}", "{added_orders: 0 per 1000}", "{redemption: 0%}"]
)
def test_no_effect_is_recognised(written: str) -> None:
    (prior,) = authored(read_effect(written))
    assert prior.changes_nothing


def test_several_figures_are_several_effects() -> None:
    priors = authored(
        read_effect("{purchase_rate: 1.0..1.2, redemption: 10%..20%, overlap: add, evidence: ours}")
    )
    assert [prior.form for prior in priors] == [Form.PURCHASE_RATE, Form.REDEMPTION]
    assert {prior.overlap for prior in priors} == {"add"}
    assert {prior.evidence_id for prior in priors} == {"ours"}


def test_an_id_takes_the_librarys_effect() -> None:
    (prior,) = authored(read_effect("email.lapsed"))
    assert prior == from_library(library.entry("email.lapsed"))
    assert (prior.mean, prior.sd, prior.grade, prior.window_days) == (3.3, 2.6, Grade.A, 14)


def test_an_id_with_a_window_keeps_the_window() -> None:
    (prior,) = authored(read_effect("{library: coupon.email, within: 7d}"))
    assert prior.window_days == 7


def test_an_empty_expectation_changes_nothing() -> None:
    assert authored(read_effect("{within: 7d}")) == ()


def test_a_ratio_of_probabilities_becomes_one_of_rates() -> None:
    assert rate_ratio(1.865, 0.00573) == pytest.approx(
        math.log(1 - 0.00573 * 1.865) / math.log(1 - 0.00573), rel=1e-12
    )
    # Rare purchases: nearly the same; common ones: the rate must rise more than the probability.
    assert rate_ratio(1.865, 0.00573) == pytest.approx(1.8696, abs=1e-4)
    assert rate_ratio(1.5, 0.5) == pytest.approx(2.0, rel=1e-12)
    assert rate_ratio(1.0, 0.3) == pytest.approx(1.0, rel=1e-12)
    assert math.isfinite(rate_ratio(50.0, 0.3))
    prior = from_library(library.entry("email.broadcast.rate"))
    assert prior.value(0.0) == pytest.approx(rate_ratio(math.exp(0.45), 0.00573), rel=1e-8)


def test_a_beta_prior_becomes_the_logit_normal_of_equal_mean_and_variance() -> None:
    found = library.entry("repayment.best")
    assert isinstance(found.prior, Beta)
    prior = from_library(found)
    logits = stats.beta(8, 2).expect(lambda p: math.log(p / (1 - p)))
    squares = stats.beta(8, 2).expect(lambda p: math.log(p / (1 - p)) ** 2)
    assert prior.mean == pytest.approx(logits, rel=1e-6)
    assert prior.sd == pytest.approx(math.sqrt(squares - logits**2), rel=1e-6)


def test_an_offers_redemption_is_assumed_at_a_fifth() -> None:
    prior = default_redemption()
    low, middle, high = prior.interval
    assert middle == pytest.approx(0.2, rel=1e-8)
    assert 0.1 < low < middle < high < 0.4
    assert prior.grade is Grade.NONE


def _prior(form: Form, mean: float, grade: Grade) -> EffectPrior:
    return EffectPrior("some", form, mean, 0.1, 14.0, grade, "some study")


@pytest.mark.parametrize(
    ("form", "mean", "grade", "counted"),
    [
        (Form.PURCHASE_RATE, 0.2, Grade.A, True),
        (Form.PURCHASE_RATE, 0.2, Grade.C, True),
        (Form.PURCHASE_RATE, 0.2, Grade.OWN, True),
        (Form.PURCHASE_RATE, 0.2, Grade.D, False),
        (Form.PURCHASE_RATE, 0.2, Grade.NONE, False),
        (Form.PURCHASE_RATE, 0.0, Grade.NONE, False),
        (Form.PURCHASE_RATE, -0.2, Grade.D, True),
        (Form.ADDED_ORDERS, 3.0, Grade.NONE, False),
        (Form.ADDED_ORDERS, -3.0, Grade.NONE, True),
        (Form.DROPOUT, -0.2, Grade.NONE, False),
        (Form.DROPOUT, 0.2, Grade.NONE, True),
        (Form.REVIVE, -3.0, Grade.D, False),
        (Form.UNSUBSCRIBE, -6.0, Grade.D, True),
        (Form.REDEMPTION, -1.4, Grade.NONE, True),
    ],
)
def test_unproven_gains_stay_out_of_the_headline_and_harms_stay_in(
    form: Form, mean: float, grade: Grade, counted: bool
) -> None:
    assert _prior(form, mean, grade).in_headline is counted


def test_of_the_library_the_proven_and_the_costs_are_in_the_headline() -> None:
    counted = {
        found.id for found in library.LIBRARY if found.is_effect and from_library(found).in_headline
    }
    assert {"email.lapsed", "email.broadcast.added", "cart.reminder.late", "coupon.email",
            "loyalty.member", "offer.redemption"} <= counted  # fmt: skip
    assert not {"welcome", "post-purchase", "replenishment", "vip", "referral"} & counted
