"""Draws of effects match their priors, and each draw stands for itself."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean, stdev

import pytest
from authored_effect import read_effect

from playbook_runtime.evidence import library
from playbook_runtime.evidence.draws import (
    conservative_draws,
    conservative_fatigue,
    effect_draws,
    fatigue_draws,
    headline_draws,
    normal_draws,
    unsubscribe_draws,
)
from playbook_runtime.evidence.effects import authored, default_redemption, from_library
from playbook_runtime.evidence.named_priors import member_effect

DRAWS = 20_000


def _matches(sample: list[float], mean: float, sd: float) -> None:
    """Assert mean and standard deviation of a normal sample, each within 4 standard errors."""
    root = math.sqrt(len(sample))
    assert abs(fmean(sample) - mean) < 4 * sd / root
    assert abs(stdev(sample) - sd) < 4 * sd / (root * math.sqrt(2))


@pytest.mark.parametrize("name", ["email.lapsed", "email.broadcast.added"])
def test_added_orders_are_drawn_from_their_normal_negative_ones_too(name: str) -> None:
    prior = from_library(library.entry(name))
    drawn = effect_draws(prior, "win-back", "send-best-sellers", 7, DRAWS)
    _matches(drawn, prior.mean, prior.sd)
    assert min(drawn) < 0


@pytest.mark.parametrize("name", ["welcome", "cart.reminder.late", "coupon.email"])
def test_ratios_are_drawn_from_their_lognormal(name: str) -> None:
    prior = from_library(library.entry(name))
    drawn = effect_draws(prior, "welcome", "send-hello", 7, DRAWS)
    _matches([math.log(ratio) for ratio in drawn], prior.mean, prior.sd)


def test_shares_are_drawn_from_their_logit_normal() -> None:
    prior = default_redemption()
    drawn = effect_draws(prior, "win-back", "send-come-back", 7, DRAWS)
    _matches([math.log(share / (1 - share)) for share in drawn], prior.mean, prior.sd)


def test_own_figures_without_a_source_are_drawn_from_their_interval() -> None:
    (prior,) = authored(read_effect("{purchase_rate: 1.05..1.25}"))
    drawn = sorted(effect_draws(prior, "a", "b", 7, DRAWS))
    below, above = (sum(one < end for one in drawn) / DRAWS for end in (1.05, 1.25))
    error = 4 * math.sqrt(0.1 * 0.9 / DRAWS)
    assert abs(below - 0.1) < error and abs(above - 0.9) < error


@pytest.mark.parametrize("count", [1, 3, 250])
def test_a_draw_does_not_depend_on_how_many_are_taken(count: int) -> None:
    prior = from_library(library.entry("email.lapsed"))
    assert effect_draws(prior, "f", "s", 7, 1000)[:count] == effect_draws(prior, "f", "s", 7, count)
    assert unsubscribe_draws(7, 300)[:count] == unsubscribe_draws(7, count)[:300]
    assert fatigue_draws(7, 1000)[:count] == fatigue_draws(7, count)


def _correlation(one: list[float], other: list[float]) -> float:
    first, second = fmean(one), fmean(other)
    products = fmean((a - first) * (b - second) for a, b in zip(one, other, strict=True))
    return products / (stdev(one) * stdev(other))


def test_two_flows_on_one_study_share_seventy_percent_of_the_variance() -> None:
    prior = from_library(library.entry("email.lapsed"))
    one = effect_draws(prior, "win-back", "send-coupon", 7, DRAWS)
    other = effect_draws(prior, "sleepers", "send-hello", 7, DRAWS)
    # Standard error of a correlation: (1 - .7^2) / sqrt(n).
    assert abs(_correlation(one, other) - 0.7) < 4 * (1 - 0.49) / math.sqrt(DRAWS)


def test_different_studies_and_own_figures_are_independent() -> None:
    lapsed = from_library(library.entry("email.lapsed"))
    broadcast = from_library(library.entry("email.broadcast.added"))
    (own,) = authored(read_effect("{added_orders: 1..6 per 1000}"))
    samples = [
        effect_draws(lapsed, "a", "s", 7, DRAWS),
        effect_draws(broadcast, "b", "s", 7, DRAWS),
        effect_draws(own, "c", "s", 7, DRAWS),
        effect_draws(own, "d", "s", 7, DRAWS),
    ]
    for index, one in enumerate(samples):
        for other in samples[index + 1 :]:
            assert abs(_correlation(one, other)) < 4 / math.sqrt(DRAWS)


def test_seeds_differ_and_the_same_seed_repeats() -> None:
    prior = from_library(library.entry("email.lapsed"))
    assert effect_draws(prior, "f", "s", 7, 50) == effect_draws(prior, "f", "s", 7, 50)
    assert effect_draws(prior, "f", "s", 7, 50) != effect_draws(prior, "f", "s", 8, 50)


def test_draws_are_the_same_on_every_run() -> None:
    # Frozen: the stream is part of "same seed, same bytes".
    drawn = normal_draws(7, "evidence", "email.lapsed", count=3)
    assert [round(one, 6) for one in drawn] == [0.755571, -0.950433, 0.566145]


def test_ids_are_kept_apart() -> None:
    assert normal_draws(7, "ab", "c", count=5) != normal_draws(7, "a", "bc", count=5)


def test_a_certain_effect_is_the_same_in_every_draw() -> None:
    (nothing,) = authored(read_effect("{purchase_rate: 1}"))
    assert effect_draws(nothing, "f", "s", 7, 5) == [1.0] * 5
    (never,) = authored(read_effect("{redemption: 0%}"))
    assert effect_draws(never, "f", "s", 7, 5) == [0.0] * 5


def test_the_headline_has_no_effect_where_it_is_unproven() -> None:
    welcome = from_library(library.entry("welcome"))
    assert headline_draws(welcome, "welcome", "send-hello", 7, 5) == [1.0] * 5
    lapsed = from_library(library.entry("email.lapsed"))
    place = ("win-back", "send-hello", 7, 5)
    assert headline_draws(lapsed, *place) == effect_draws(lapsed, *place)


def test_unsubscribing_is_drawn_from_its_beta() -> None:
    drawn = unsubscribe_draws(7, 5_000)
    total = 1.25 + 1000
    mean, sd = 1.25 / total, math.sqrt(1.25 * 1000 / (total**2 * (total + 1)))
    assert abs(fmean(drawn) - mean) < 4 * sd / math.sqrt(len(drawn))
    assert stdev(drawn) == pytest.approx(sd, rel=0.1)
    assert all(0 < one < 0.05 for one in drawn)


def test_fatigue_falls_from_one_and_stays_between_none_and_all() -> None:
    drawn = fatigue_draws(7, 5_000)
    for row in drawn:
        assert row[0] == 1.0 and len(row) == 5
        assert all(1 >= left >= right >= 0 for left, right in pairwise(row))
    spread = 0.30 / 1.2815515655
    for nth, value in ((1, 0.70), (2, 0.20), (3, 0.10)):
        column = [row[nth] for row in drawn]
        # Clipping and ordering move the mean a little: by less than a tenth of its spread.
        assert abs(fmean(column) - value) < 0.1 * value * spread + 4 * value * spread / 70
        assert stdev(column) == pytest.approx(value * spread, rel=0.1)


@pytest.mark.parametrize(
    ("written", "worse"),
    [
        ("{purchase_rate: 1.05..1.25}", 0.25),
        ("{added_orders: 1..6 per 1000}", 0.25),
        ("{revive: 0.2%..1%}", 0.25),
        ("{basket: 1.0..1.1}", 0.25),
        ("{purchase_rate: 0.8..0.9}", 0.25),
        ("{dropout: 0.85..1.0}", 0.75),
        ("{repaid: 30%..90%}", 0.75),
        ("{redemption: 10%..30%}", 0.75),
    ],
)
def test_a_careful_effect_is_held_at_its_worse_quartile(written: str, worse: float) -> None:
    (prior,) = authored(read_effect(written))
    held = conservative_draws(prior, 5)
    assert held == held[:1] * 5
    drawn = effect_draws(prior, "f", "s", 7, DRAWS)
    below = sum(one < held[0] for one in drawn) / DRAWS
    assert abs(below - worse) < 4 * math.sqrt(0.25 * 0.75 / DRAWS)


def test_a_careful_effect_that_nothing_proves_is_none() -> None:
    assert conservative_draws(from_library(library.entry("welcome")), 3) == [1.0] * 3


def test_carefully_later_messages_of_a_week_keep_less() -> None:
    careful, usual = conservative_fatigue(1)[0], (1.0, 0.70, 0.20, 0.10, 0.05)
    assert careful[0] == 1.0
    # A quarter of the draws is below: .674 of 1.2816 standard deviations of the 30% half-width.
    share = 1 - 0.30 * 0.67448975 / 1.2815515655
    assert careful[1:] == pytest.approx([share * value for value in usual[1:]], rel=1e-6)


def test_a_member_has_one_effect_whatever_the_programmes() -> None:
    drawn = effect_draws(member_effect(), "programmes", "member", 7, DRAWS)
    _matches([math.log(ratio) for ratio in drawn], 0.06, 0.08)
    assert member_effect().window_days == 365


def test_the_best_customers_repay_more_of_a_gain_than_others() -> None:
    best, others = (
        from_library(library.entry(one)) for one in ("repayment.best", "repayment.others")
    )
    for prior, (a, b) in ((best, (8, 2)), (others, (3, 5))):
        drawn = effect_draws(prior, "f", "s", 7, DRAWS)
        # The logit-normal stands for the Beta: its mean is a little off.
        assert fmean(drawn) == pytest.approx(a / (a + b), abs=0.02)
