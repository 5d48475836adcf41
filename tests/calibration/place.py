"""Where the truth of a world lies among the product's draws.

The truth of a difference is the one of docs/decisions/0020-expected-difference.md: its expectation
at the world's own parameters, for the customers of the history, as the mean of many futures. Its
effects are a draw from the priors that the product draws from. The truth of the orders is what the
generator went on to make of the same customers, without any code of the product.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from tests.calibration.made import AS_OF, HORIZON_DAYS, Truth, made
from tests.statistics.worlds import graph_of

from playbook_compiler.units import Duration
from playbook_compiler.values import replace
from playbook_runtime.behaviour.backtest import backtest
from playbook_runtime.behaviour.fit import fit_families
from playbook_runtime.behaviour.model import FAMILIES, KS
from playbook_runtime.behaviour.seasonality import seasonality_of
from playbook_runtime.behaviour.spend import fit_spend
from playbook_runtime.expected import SECOND_FUTURES, expected_draws, second_futures
from playbook_runtime.fitted import Fitted
from playbook_runtime.kernel.layout import WITHOUT, World, world_column
from playbook_runtime.kernel.tables import HISTORY, NEWCOMER, Draws, People, joined
from playbook_runtime.launching import Launched, launched
from playbook_runtime.observed import Observed
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.outcomes import gain
from playbook_runtime.population import people_to_come
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings
from playbook_runtime.world_runs import WorldRuns

PLAYBOOK = Path(__file__).with_name("playbook.yaml")
# Seeds of the product's own draws and of the truth's, far from each other.
OTHER = 1_000_003
FUTURES = 2**33  # draw numbers that neither first nor second futures have


class Place(NamedTuple):
    """The share of the draws below the truth, for the difference of profit and for orders."""

    profit: float
    orders: float


class Size(NamedTuple):
    """How large a world is, how many draws are taken, and how many futures make the truth."""

    customers: int = 300
    draws: int = 300
    futures: int = 200


def place_of(seed: int, folder: Path, size: Size, *, drifting: bool = False) -> Place:
    """Return where the truth of a world lies. `drifting`: the level of a world drifts, and the
    product reckons with it; else neither."""
    world = made(folder, seed, size.customers, drifting=drifting)
    graph = graph_of(PLAYBOOK)
    data, found = read_data(
        graph.playbook, world.orders, OrderInput(OrderOptions(), None, None), AS_OF.date()
    )
    assert data is not None, found
    settings = Settings(Duration(days=HORIZON_DAYS), size.draws, seed, AS_OF.date(), threads=1)
    known = None if drifting else _untested(data, settings)
    ready, found = launched(graph, data, settings, known)
    assert ready is not None, found
    draws = ready.prepared.headline
    if not drifting:
        draws = draws._replace(drift=np.ones(size.draws))
    runs = WorldRuns(ready.program, ready.prepared, 1, None)
    counts = runs.run(draws)
    again = runs.run(second_futures(draws, min(SECOND_FUTURES, size.draws)))
    difference = expected_draws(gain(counts).tolist(), gain(again).tolist())
    other = replace(settings, seed=seed + OTHER, draws=1)
    one, _ = launched(graph, data, other, ready.fitted)
    assert one is not None
    true_draws = _true_draws(one, other.seed, world.truth, size.futures)
    enough = replace(ready.prepared, people=_people(ready, true_draws))
    true_gain = float(gain(WorldRuns(ready.program, enough, 1, None).run(true_draws)).mean())
    orders = counts[:, world_column(WITHOUT, World.ORDERS)]
    return Place(
        float(np.mean(np.array(difference) < true_gain)),
        float(np.mean(orders < world.later) + 0.5 * np.mean(orders == world.later)),
    )


def _people(ready: Launched, draws: Draws) -> People:
    """Return the people of a launch, with as many newcomers as these draws have."""
    people = ready.prepared.people
    known = People(*(column[people.kind == HISTORY] for column in people))
    names = tuple(name for name, _, _ in ready.days.months())
    to_come = people_to_come(NEWCOMER, names, draws.newcomers.max(axis=0), ready.prepared.launch)
    return joined([known, to_come])


def _untested(data: Observed, settings: Settings) -> Fitted:
    """Return the models without a backtest: where no level drifts, none is asked how far it may."""
    fits, _ = fit_families(data.history, FAMILIES, with_weak_prior=True, ks=KS)
    spend, _ = fit_spend(data.history, 100, with_weak_prior=True)
    assert spend is not None
    nothing, _ = backtest(
        data.day,
        data.customer_hash,
        data.value_minor,
        until_day=data.as_of_day,
        origins=(),
        horizon_days=HORIZON_DAYS,
        seed=settings.seed,
    )
    return Fitted(fits, spend, seasonality_of(data.history, settings.season), nothing, ())


def _true_draws(one: Launched, seed: int, truth: Truth, futures: int) -> Draws:
    """Return draws that all have the world's own parameters, and effects that are drawn once, each
    with luck of its own. Newcomers come by the world's own rate."""
    drawn = one.prepared.headline
    months = np.array(one.prepared.launch.month_length) / 86_400
    random = np.random.default_rng([seed, 7])
    newcomers = random.poisson(truth.newcomers_per_day * months)
    columns = drawn._asdict() | {
        "behaviour": np.array([truth.behaviour]),
        "k": np.array([truth.k]),
        "m": np.array([truth.m]),
        "spend": np.array([truth.spend]),
        "drift": np.array([truth.drift]),
        "newcomers": newcomers[None, :],
    }
    alike = {
        name: np.repeat(column, futures, axis=0)
        for name, column in columns.items()
        if name in drawn._fields
    }
    alike["number"] = np.arange(futures, dtype=np.uint64) + np.uint64(FUTURES)
    return Draws(**alike)
