"""What a holdout test takes: the published e-mail test recomputed, and simulated tests."""

from __future__ import annotations

import math
import random
from statistics import NormalDist, fmean, variance

import pytest

from playbook_runtime.provable import MOST_MONTHS, Recipients, assurance, needed, proof_of
from playbook_runtime.sent import pace_after

# Standard deviation of what a customer spent in two weeks: Hillstrom e-mail test 2008, n = 64,000.
SPEND_SD = 15.036


@pytest.mark.parametrize(("share", "in_all"), [(0.5, 2 * 39_000), (0.1, 219_000)])
def test_thirty_cents_a_mail_take_these_many_customers(share: float, in_all: int) -> None:
    assert needed(0.30, SPEND_SD**2, share) == pytest.approx(in_all, rel=0.02)


def test_a_covariate_that_foresees_half_saves_half() -> None:
    assert needed(0.3, 100.0, 0.1, foreseen=0.5) == pytest.approx(needed(0.3, 100.0, 0.1) / 2)


def test_of_simulated_tests_of_that_size_four_in_five_tell() -> None:
    draw = random.Random(4)
    delta, sd, share = 1.0, 4.0, 0.2
    size = math.ceil(needed(delta, sd**2, share))
    held = round(size * share)
    critical = NormalDist().inv_cdf(0.975)
    told = 0
    for _ in range(600):
        sent = [draw.gauss(delta, sd) for _ in range(size - held)]
        out = [draw.gauss(0.0, sd) for _ in range(held)]
        error = math.sqrt(variance(sent) / len(sent) + variance(out) / len(out))
        told += abs(fmean(sent) - fmean(out)) / error > critical
    assert abs(told / 600 - 0.8) < 4 * math.sqrt(0.8 * 0.2 / 600)


def test_assurance_of_a_certain_effect_is_the_power() -> None:
    error = 1.0
    sure = NormalDist().inv_cdf(0.8) + NormalDist().inv_cdf(0.975)
    assert assurance([sure], error) == pytest.approx(0.8)
    assert assurance([-sure], error) == pytest.approx(0.8)  # a loss can be proved as well
    spread = [sure * factor for factor in (0.0, 1.0, 2.0)]
    assert assurance(spread, error) < 0.8


def test_the_smallest_holdout_that_tells_within_a_year_is_proposed() -> None:
    recipients = Recipients(customers=1_200.0, variance=10_000.0, foreseen=0.0)
    year = {
        share: math.sqrt(needed(1.0, recipients.variance, share) / recipients.customers)
        for share in (0.1, 0.2, 0.5)
    }
    at_ten = proof_of(recipients, [1_200 * year[0.1] * 1.01], 12.0)
    at_twenty = proof_of(recipients, [1_200 * year[0.2] * 1.01], 12.0)
    assert (at_ten.holdout, at_twenty.holdout) == (0.1, 0.2)
    assert at_ten.months == pytest.approx(12 / 1.01**2)
    assert proof_of(recipients, [1_200 * year[0.1] * 1.01], 12.0, own=0.05).holdout == 0.1
    # A twentieth of 1,200 is too small an arm, whatever the effect; of 12,000 it is not.
    assert proof_of(recipients, [12_000 * year[0.1]], 12.0, own=0.05).holdout == 0.1
    many = Recipients(customers=12_000.0, variance=10_000.0, foreseen=0.0)
    assert proof_of(many, [120_000 * year[0.1]], 12.0, own=0.05).holdout == 0.05


def test_arms_of_a_few_customers_prove_nothing() -> None:
    """A flow that reaches 30 customers a year loses what its messages cost, for sure; no test of
    so few tells it."""
    few = Recipients(customers=30.0, variance=0.001, foreseen=0.0)
    proof = proof_of(few, [-1.0], 12.0)
    assert (proof.holdout, proof.months, proof.assurance) == (None, None, 0.0)


def test_what_takes_longer_than_three_years_cannot_be_proved_here() -> None:
    recipients = Recipients(customers=1_200.0, variance=10_000.0, foreseen=0.0)
    least = proof_of(recipients, [1.0], 12.0).smallest
    slow = proof_of(recipients, [1_200 * least * math.sqrt(12 / MOST_MONTHS) * 1.01], 12.0)
    assert slow.holdout == 0.5 and slow.months is not None and 12 < slow.months < MOST_MONTHS
    never = proof_of(recipients, [1_200 * least * math.sqrt(12 / MOST_MONTHS) * 0.99], 12.0)
    assert never.holdout is None and never.months is None
    assert never.needed is not None and 0 < never.assurance < 0.8


def test_nothing_to_prove_and_nobody_to_prove_it_on() -> None:
    nothing = proof_of(Recipients(1_200.0, 10_000.0, 0.0), [0.0, 0.0], 12.0)
    assert nothing.holdout is None and nothing.needed is None
    nobody = proof_of(Recipients(0.0, 0.0, 0.0), [0.0], 12.0)
    assert (nobody.holdout, nobody.customers, nobody.assurance) == (None, 0.0, 0.0)


def test_whoever_waits_at_launch_is_there_once() -> None:
    """A mailing to a base of 3,000 has no 3,000 more in the next year: it cannot be proved on
    customers who will not come."""
    once = Recipients(3_000.0, 10_000.0 / 12, 0.0, later=0.0)
    again = Recipients(3_000.0, 10_000.0 / 12, 0.0, later=1.0)
    enough = needed(1.0, once.variance, 0.5) / 3_000.0
    profit = [3_000.0 * math.sqrt(enough / 1.5)]  # half as many again would prove it
    assert proof_of(once, profit, 12.0).holdout is None
    assert proof_of(again, profit, 12.0).months == pytest.approx(18.0)
    slower = Recipients(3_000.0, 10_000.0 / 12, 0.0, later=0.5)
    assert proof_of(slower, profit, 12.0).months == pytest.approx(24.0)
    assert proof_of(once, [3_000.0 * math.sqrt(enough) * 1.01], 12.0).holdout == 0.5


def test_the_pace_after_the_horizon_is_that_of_its_last_third() -> None:
    assert pace_after([300.0, 0.0, 0.0], [30, 30, 30]) == 0.0
    assert pace_after([10.0] * 12, [30] * 12) == pytest.approx(1.0)
    assert pace_after([60.0, 30.0, 15.0], [30, 30, 30]) == pytest.approx(15 / 35)
    assert pace_after([10.0, 20.0, 60.0], [30, 30, 30]) == 1.0  # growth is not carried on
    assert pace_after([0.0, 0.0], [30, 30]) == 0.0
