"""Estimate: mean and quantiles of draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_runtime.estimate import Estimate

DRAWS = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50)


@given(DRAWS)
def test_quantiles_are_numpys_linear_ones(draws: list[float]) -> None:
    found = Estimate.of(draws)
    expected = np.quantile(draws, [0.1, 0.5, 0.9])
    assert (found.p10, found.p50, found.p90) == pytest.approx(tuple(expected), rel=1e-9, abs=1e-6)
    assert found.mean == pytest.approx(float(np.mean(draws)), rel=1e-9, abs=1e-6)


@given(DRAWS)
def test_order_of_the_draws_does_not_matter(draws: list[float]) -> None:
    assert Estimate.of(draws) == Estimate.of(reversed(draws))


def test_band_includes_its_ends() -> None:
    found = Estimate.of(range(11))
    assert found == Estimate(5, 1, 5, 9)
    assert found.covers(1)
    assert not found.covers(9.01)


def test_known_number() -> None:
    assert Estimate.exactly(3.0) == Estimate(3.0, 3.0, 3.0, 3.0)


def test_no_draws() -> None:
    with pytest.raises(ValueError, match="at least one draw"):
        Estimate.of([])
