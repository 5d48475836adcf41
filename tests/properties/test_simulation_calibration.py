"""A smoke test of calibration: 20 worlds with a known truth, and how often the band holds it.

Of 20 worlds a true 90% band holds Binomial(20, 0.9). P(at most 12) = 0.0004 and P(at most 13) =
0.0024: at 0.1% the test accepts 13 to 20. The campaign, `python -m tests.calibration`, tells much
more: docs/calibration.md.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from tests.calibration.__main__ import HIGH, LOW, accepted
from tests.calibration.place import Place, Size, place_of

WORLDS, LEAST = 20, 13
SIZE = Size(customers=250, draws=200, futures=120)
FIRST_SEED = 5_001  # none of the campaign's


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> list[Place]:
    folder = tmp_path_factory.mktemp("worlds")
    return [place_of(seed, folder, SIZE) for seed in range(FIRST_SEED, FIRST_SEED + WORLDS)]


@pytest.mark.parametrize("quantity", ["profit", "orders"])
def test_ninety_per_cent_bands_hold_about_ninety_per_cent_of_truths(
    places: list[Place], quantity: str
) -> None:
    assert stats.binom.cdf(LEAST - 1, WORLDS, 0.9) < 0.001 <= stats.binom.cdf(LEAST, WORLDS, 0.9)
    found = [getattr(place, quantity) for place in places]
    assert sum(LOW <= place <= HIGH for place in found) >= LEAST
    # Places of the truth are uniform: their mean is 0.5 with standard error 1 / sqrt(12 n).
    assert abs(np.mean(found) - 0.5) < 3.29 / math.sqrt(12 * WORLDS)
    assert stats.kstest(found, "uniform").pvalue > 0.001


def test_the_campaign_finds_a_band_of_85_per_cent_out() -> None:
    least, most = accepted(1_000, drifting=False)
    for true, low, high in ((0.9, 0.998, 1.0), (0.85, 0.0, 0.05), (0.95, 0.0, 0.05)):
        held = stats.binom.cdf(most, 1_000, true) - stats.binom.cdf(least - 1, 1_000, true)
        assert low <= held <= high
