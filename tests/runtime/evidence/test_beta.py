"""Quantiles of a Beta against SciPy's; what is shown of unsubscribing is what is drawn."""

from __future__ import annotations

import math

import pytest
from scipy.stats import beta

from playbook_runtime.evidence import library
from playbook_runtime.evidence.beta import beta_quantile
from playbook_runtime.evidence.draws import conservative_unsubscribe, unsubscribe_draws
from playbook_runtime.evidence.effects import drawn_interval
from playbook_runtime.evidence.model import Beta

SHARES = (0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999)


@pytest.mark.parametrize(
    ("a", "b"), [(1.25, 1000.0), (8.0, 2.0), (3.0, 5.0), (1.0, 1.0), (0.4, 0.6), (900.0, 1100.0)]
)
def test_quantiles_are_those_of_scipy(a: float, b: float) -> None:
    found = [beta_quantile(Beta(a, b), share) for share in SHARES]
    assert found == pytest.approx([float(beta.ppf(share, a, b)) for share in SHARES], rel=1e-7)


def test_the_interval_of_unsubscribing_holds_eight_draws_of_ten() -> None:
    low, middle, high = drawn_interval(library.entry(library.UNSUBSCRIBE_ID))
    drawn = unsubscribe_draws(7, 4_000)
    for end, share in ((low, 0.1), (middle, 0.5), (high, 0.9)):
        below = sum(one < end for one in drawn) / len(drawn)
        assert abs(below - share) < 4 * math.sqrt(share * (1 - share) / len(drawn))


def test_the_careful_chance_to_unsubscribe_is_the_worse_quartile_of_what_is_drawn() -> None:
    drawn = unsubscribe_draws(7, 4_000)
    (held,) = conservative_unsubscribe(1)
    below = sum(one < held for one in drawn) / len(drawn)
    assert abs(below - 0.75) < 4 * math.sqrt(0.75 * 0.25 / len(drawn))
