"""A smoke test of calibration: 20 worlds whose truth is drawn, and how often the band holds it.

In each world parameters and the effect are drawn from priors, customers are generated event by
event without any code of the product (`generate`), and so is what they go on to buy; a message to
each adds Poisson orders at the true effect. The product fits the past, draws parameters and effect,
and runs the kernel; its 90% band must hold the orders of the world with the playbook.

Of 20 worlds a true 90% band holds Binomial(20, 0.9). P(at most 12) = 0.0004 and P(at most 13) =
0.0024: at 0.1% the test accepts 13 to 20. The campaign of 1,000 worlds tells much more.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from scipy import stats
from tests.properties.simulated import DAY, WITH, authored, setting, world_counts
from tests.properties.test_simulation_closed_form import ONE_MESSAGE, people_of
from tests.runtime.behaviour.generate import generate, in_whole_days, parameters
from tests.statistics.worlds import World, small_world

from playbook_compiler.values import replace
from playbook_runtime.behaviour.draws import model_draws
from playbook_runtime.behaviour.fit import fit_families
from playbook_runtime.behaviour.model import FAMILIES
from playbook_runtime.evidence.draws import effect_draws
from playbook_runtime.evidence.effects import EffectPrior
from playbook_runtime.evidence.model import Form, Grade
from playbook_runtime.history import History
from playbook_runtime.kernel.tables import PROGRAMME_DRAWS, Draws
from playbook_runtime.launch import Slot

WORLDS, CUSTOMERS, DRAWS, DAYS = 20, 400, 200, 180
LEAST = 13
PRIOR = EffectPrior("", Form.ADDED_ORDERS, 60.0, 40.0, 14.0, Grade.OWN, "the test")


def history(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> History:
    """Return the history of customers who spent 30.00 each time."""
    n = len(x)
    first = 20_000 - T
    return History(
        20_000, np.arange(n, dtype=np.uint64), first.astype(np.int32),
        (first + t_x).astype(np.int32), x + 1, x + 1, 3000 * (x + 1), np.full(n, 3000),
    )  # fmt: skip


def place_of_truth(seed: int, folder: Path) -> float:
    """Return which share of the draws lies below what really came."""
    random = np.random.default_rng(seed)
    r, alpha, a, b = np.exp(
        random.normal(np.log([0.8, 60.0, 0.8, 2.5]), [0.25, 0.25, 0.2, 0.2])
    ).tolist()
    truth = parameters(FAMILIES[seed % 2], r=r, alpha=alpha, a=a, b=b)
    lived = generate(truth, CUSTOMERS, seed + 1000, later_days=DAYS)
    added = PRIOR.value(random.normal())
    actual = int(lived.later.sum())
    # Below zero a message cancels orders: a little of what would have come in its 14 days.
    actual += random.poisson(CUSTOMERS * added / 1000) if added > 0 else 0
    x, t_x, T = in_whole_days(lived)
    past = history(x, t_x, T)
    fits, _ = fit_families(past, FAMILIES, with_weak_prior=True)
    behaviour = model_draws(fits, seed, DRAWS)
    graph = authored(folder, ONE_MESSAGE)
    launch = small_world(graph, seed + 1, 1, 1, days=DAYS).launch
    launch = replace(launch, slots=(Slot("back", "send-hello", "added", 14 * DAY, False),))
    months = len(launch.month_start)
    draws = Draws(
        number=np.arange(DRAWS, dtype=np.uint64),
        behaviour=behaviour.values,
        k=behaviour.k,
        m=behaviour.m,
        spend=np.tile([6.0, 4.0, 1750.0], (DRAWS, 1)),
        drift=np.ones(DRAWS),
        unsubscribe=np.zeros(DRAWS),
        fatigue=np.ones((DRAWS, 5)),
        programme=np.zeros((DRAWS, len(PROGRAMME_DRAWS))),
        effect=np.array([effect_draws(PRIOR, "back", "send-hello", seed, DRAWS)]).T,
        redemption=np.zeros((DRAWS, 1)),
        newcomers=np.zeros((DRAWS, months), dtype=np.int64),
        prospects=np.zeros((DRAWS, months), dtype=np.int64),
    )
    people = people_of(x, t_x, T, 3000 * x, launch.start)
    counts = setting(graph, World(launch, people, draws)).counts()
    orders = np.array(world_counts(counts, WITH)["ORDERS"])
    return float((orders < actual).mean() + 0.5 * (orders == actual).mean())


def test_ninety_per_cent_bands_hold_about_ninety_per_cent_of_truths(tmp_path: Path) -> None:
    assert stats.binom.cdf(LEAST - 1, WORLDS, 0.9) < 0.001 <= stats.binom.cdf(LEAST, WORLDS, 0.9)
    places = [place_of_truth(seed, tmp_path) for seed in range(WORLDS)]
    assert sum(0.05 <= place <= 0.95 for place in places) >= LEAST
    # Places of the truth are uniform: their mean is 0.5 with standard error 1 / sqrt(12 n).
    assert abs(np.mean(places) - 0.5) < 3.29 / math.sqrt(12 * WORLDS)
    assert stats.kstest(places, "uniform").pvalue > 0.001
