"""The exact posterior sampler and the closed forms, against each other and against the truth."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import beta
from tests.runtime.behaviour.cdnow import HOLDOUT_WEEKS, WEEK, calibration
from tests.runtime.behaviour.generate import Generated, generate, parameters

from playbook_runtime.behaviour.expectations import (
    conditional_expected_purchases,
    expected_purchases,
    probability_alive,
)
from playbook_runtime.behaviour.fit import fit
from playbook_runtime.behaviour.likelihood import Rows, ungrouped
from playbook_runtime.behaviour.model import BehaviourParameters
from playbook_runtime.behaviour.posterior import posterior_draw, purchases_within

LATER = 180.0
TRUTHS = {
    "bg-nbd": parameters("bg-nbd", r=0.6, alpha=30.0, a=0.9, b=2.2),
    "mbg-nbd": parameters("mbg-nbd", r=0.6, alpha=30.0, a=0.9, b=2.2),
    "mbg-nbd, k = 2": parameters("mbg-nbd", k=2, r=0.9, alpha=20.0, a=0.9, b=2.2),
}


def sampled(
    truth: BehaviourParameters, rows: Rows, t: float, draws: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of each row's purchases within t, over posterior draws."""
    sums, squares = np.zeros(len(rows)), np.zeros(len(rows))
    for seed in range(draws):
        random = np.random.Generator(np.random.Philox(seed))
        count = purchases_within(posterior_draw(truth, rows, random), truth.k, t, random)
        sums += count
        squares += count.astype(float) ** 2
    mean = sums / draws
    return mean, squares / draws - mean**2


def test_sampler_against_the_closed_form_on_cdnow() -> None:
    """4,000 exact draws of the sample under BG/NBD; published: total 1653.41, z sd 1.005."""
    history = calibration("sample")
    fitted, _ = fit(history, "bg-nbd", WEEK)
    assert fitted is not None
    rows = ungrouped(history.x, history.t_x, history.T, WEEK)
    closed = conditional_expected_purchases(fitted.parameters, rows, HOLDOUT_WEEKS)
    assert closed.sum() == pytest.approx(1653.41, abs=0.006)
    mean, variance = sampled(fitted.parameters, rows, HOLDOUT_WEEKS, draws=4_000)
    error = np.sqrt(variance / 4_000)
    total_error = float(np.sqrt(np.sum(error**2)))
    assert total_error == pytest.approx(1.12, abs=0.06)
    assert abs(mean.sum() - closed.sum()) < 4 * total_error
    seen = error > 0  # of a few who are surely gone, no draw ever buys
    assert seen.sum() > 2_300
    z = (mean - closed)[seen] / error[seen]
    assert 0.95 < z.std() < 1.06


def test_share_of_draws_alive_is_the_probability_alive() -> None:
    history = calibration("sample")
    for family in ("bg-nbd", "mbg-nbd"):
        fitted, _ = fit(history, family, WEEK)
        assert fitted is not None
        rows = ungrouped(history.x, history.t_x, history.T, WEEK)
        chance = probability_alive(fitted.parameters, rows)
        alive = sum(
            posterior_draw(
                fitted.parameters, rows, np.random.Generator(np.random.Philox(seed))
            ).alive.sum()
            for seed in range(100)
        )
        error = np.sqrt(100 * np.sum(chance * (1 - chance)))
        assert abs(alive - 100 * chance.sum()) < 4 * error


def test_the_lapsed_are_alive_under_one_family_and_gone_under_the_other() -> None:
    """Why projections never choose one family: P(alive) of the lapsed, .84 against .38."""
    history = calibration("sample")
    rows = ungrouped(history.x, history.t_x, history.T, WEEK)
    lapsed = history.T - history.t_x > 120
    found = {}
    for family in ("bg-nbd", "mbg-nbd"):
        fitted, _ = fit(history, family, WEEK)
        assert fitted is not None
        found[family] = float(probability_alive(fitted.parameters, rows)[lapsed].mean())
    assert found["bg-nbd"] == pytest.approx(0.84, abs=0.006)
    assert found["mbg-nbd"] == pytest.approx(0.38, abs=0.006)


@pytest.fixture(scope="module", params=TRUTHS)
def generated(request) -> tuple[BehaviourParameters, Generated]:
    truth = TRUTHS[request.param]
    return truth, generate(truth, 12_000, seed=20, later_days=LATER)


def buckets(rows: Rows) -> dict[str, np.ndarray]:
    silent = rows.T - rows.t_x
    result = {}
    for x_name, of_x in (
        ("x = 0", rows.x == 0),
        ("x = 1", rows.x == 1),
        ("x = 2, 3", (rows.x >= 2) & (rows.x <= 3)),
        ("x >= 4", rows.x >= 4),
    ):
        for s_name, of_silence in (
            ("silent < 60 d", silent < 60),
            ("60..180 d", (silent >= 60) & (silent < 180)),
            ("180 d and more", silent >= 180),
        ):
            if (of_x & of_silence).sum() >= 30:
                result[f"{x_name}, {s_name}"] = of_x & of_silence
    return result


def test_buckets_hold_what_the_posterior_predicts(generated) -> None:
    """By purchases and silence: those truly alive, and what they truly bought later, |z| < 4."""
    truth, people = generated
    chance = probability_alive(truth, people.rows)
    mean, variance = sampled(truth, people.rows, LATER, draws=60)
    found = buckets(people.rows)
    assert len(found) >= 9
    for name, members in found.items():
        alive_error = np.sqrt(np.sum((chance * (1 - chance))[members])) or 1.0
        z_alive = (people.alive[members].sum() - chance[members].sum()) / alive_error
        error = np.sqrt(variance[members].sum() * (1 + 1 / 60)) or 1.0
        z_later = (people.later[members].sum() - mean[members].sum()) / error
        assert abs(z_alive) < 4, name
        assert abs(z_later) < 4, name


def test_closed_form_predicts_the_generated_total(generated) -> None:
    truth, people = generated
    closed = conditional_expected_purchases(truth, people.rows, LATER)
    error = np.sqrt(np.sum((people.later - closed) ** 2))
    assert abs(people.later.sum() - closed.sum()) < 4 * error
    newcomers = expected_purchases(truth, people.rows.T)
    error = np.sqrt(np.sum((people.rows.x - newcomers) ** 2))
    assert abs(people.rows.x.sum() - newcomers.sum()) < 4 * error


@pytest.mark.parametrize("a", [0.3, 0.9999, 1.0, 1.00005, 4.0])
@pytest.mark.parametrize("x", [0, 3, 150])
def test_closed_form_is_its_integral(a: float, x: int) -> None:
    """E = integral over p of (1 - (E/(E + p t))^R) / p; also through its removable pole a = 1."""
    truth = parameters("bg-nbd", r=0.5, alpha=20.0, a=a, b=1.5)
    row = ungrouped(np.array([x]), [300.0 * (x > 0)], [320.0], 1.0)
    rate, shape, t = 20.0 + 320.0, 0.5 + x, 365.0

    power = min(a, 1.0)  # p = u^(1/power) takes the density's pole at p = 0 away

    def at(u: float) -> float:
        p = u ** (1 / power)
        density = p ** (a - power) * (1 - p) ** (0.5 + x) / (power * beta(a, 1.5 + x))
        return -math.expm1(-shape * math.log1p(p * t / rate)) / p * density

    edges = [0.0, *(2.0**-halving for halving in range(40, -1, -1))]
    alive = sum(quad(at, low, high)[0] for low, high in pairwise(edges))
    expected = alive * float(probability_alive(truth, row)[0])
    found = float(conditional_expected_purchases(truth, row, t)[0])
    assert found == pytest.approx(expected, rel=1e-7)


def test_numerical_integral_takes_over_where_the_series_ends() -> None:
    """On either side of the change of method the expectation is the same."""
    row = ungrouped(np.array([4]), [200.0], [320.0], 1.0)
    below, above = (
        float(
            conditional_expected_purchases(
                parameters("bg-nbd", r=0.5, alpha=20.0, a=0.8, b=b), row, 365.0
            )[0]
        )
        for b in (9_990.0, 9_999.0)
    )
    assert above == pytest.approx(below, rel=1e-4)
