"""Generative recovery, small: k = 1..3, m = 0/1; the large one is `tests.statistics.recovery`."""

from __future__ import annotations

import pytest
from tests.statistics.recovery import TRUTHS, recovery

from playbook_runtime.behaviour.model import BehaviourParameters


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda one: f"{one.family}, k = {one.k}")
def test_truth_lies_where_the_posterior_predicts(truth: BehaviourParameters) -> None:
    """All eight models fitted and mixed: the right k is found, and no bucket misses by 4 sd."""
    found = recovery(truth, 3_000, seed=1, draws=60)
    assert sum(
        weight
        for fitted, weight in zip(found.fits, found.weights, strict=True)
        if fitted.parameters.k == truth.k
    ) == pytest.approx(1)
    assert len(found.buckets) >= 9
    assert found.worst < 4
