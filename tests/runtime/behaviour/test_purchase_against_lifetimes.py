"""The same data through `lifetimes`: parameters, likelihood and expectations agree with ours."""

from __future__ import annotations

import lifetimes
import numpy as np
import pytest
from tests.runtime.behaviour.cdnow import HOLDOUT_WEEKS, WEEK, calibration

from playbook_runtime.behaviour.expectations import (
    conditional_expected_purchases,
    expected_purchases,
    probability_alive,
)
from playbook_runtime.behaviour.fit import fit
from playbook_runtime.behaviour.likelihood import log_likelihood, rows_of, ungrouped
from playbook_runtime.behaviour.model import BehaviourParameters
from playbook_runtime.behaviour.spend import fit_spend

PEERS = {"bg-nbd": lifetimes.BetaGeoFitter, "mbg-nbd": lifetimes.ModifiedBetaGeoFitter}


@pytest.mark.parametrize("family", PEERS)
def test_purchase_model(family: str) -> None:
    history = calibration("sample")
    x, t_x, T = history.x, history.t_x / WEEK, history.T / WEEK
    peer = PEERS[family]().fit(x, t_x, T)
    ours, _ = fit(history, family, WEEK)
    assert ours is not None
    theirs = tuple(float(peer.params_[name]) for name in ("r", "alpha", "a", "b"))
    # lifetimes stops its search at 1e-7 of a mean log-likelihood: parameters to three digits.
    assert ours.parameters.values == pytest.approx(theirs, rel=2e-3)
    # Its stored likelihood is that of rescaled times; this is the one of the data.
    their_likelihood = -len(history) * float(
        peer._negative_log_likelihood(np.log(theirs), x, t_x, T, np.ones(len(x)), 0.0)
    )
    assert ours.log_likelihood == pytest.approx(their_likelihood, abs=2e-3)
    assert ours.log_likelihood >= their_likelihood - 1e-6

    at_theirs = BehaviourParameters(family, 1, ours.parameters.m, *theirs, WEEK)
    assert log_likelihood(at_theirs, rows_of(history, WEEK)) == pytest.approx(
        their_likelihood, abs=1e-6
    )
    rows = ungrouped(x, history.t_x, history.T, WEEK)
    np.testing.assert_allclose(
        conditional_expected_purchases(at_theirs, rows, HOLDOUT_WEEKS),
        peer.conditional_expected_number_of_purchases_up_to_time(HOLDOUT_WEEKS, x, t_x, T),
        rtol=1e-9,
    )
    np.testing.assert_allclose(
        probability_alive(at_theirs, rows),
        np.asarray(peer.conditional_probability_alive(x, t_x, T)),
        rtol=1e-9,
    )
    weeks = np.array([0.1429, 1, 32, 78])
    np.testing.assert_allclose(
        expected_purchases(at_theirs, weeks),
        peer.expected_number_of_purchases_up_to_time(weeks),
        rtol=1e-9,
    )


def test_spend_model() -> None:
    history = calibration("sample")
    repeaters = history.x > 0
    x = history.x[repeaters]
    peer = lifetimes.GammaGammaFitter().fit(x, history.repeat_value_minor[repeaters] / x / 100)
    ours, _ = fit_spend(history)
    assert ours is not None
    theirs = tuple(float(peer.params_[name]) for name in ("p", "q", "v"))
    spend = ours.parameters
    assert (spend.p, spend.q, spend.gamma) == pytest.approx(theirs, rel=2e-3)
    their_likelihood = -peer._negative_log_likelihood_ * len(x)
    assert ours.log_likelihood == pytest.approx(their_likelihood, abs=2e-3)
