"""Generative recovery of the purchase model: `python -m tests.statistics.recovery [CUSTOMERS]`.

Customers are generated event by event from known parameters, (M)BG/CNBD-k with k = 1..3 and
m = 0/1. All eight models are fitted to what was seen of them, mixed by Akaike weights as in a
projection, and the posterior's prediction is held against the truth in buckets by purchases and
silence: who is alive, and what they bought later. z is the miss over the standard deviation of the
prediction (parameters and chance); every |z| is to be below 4.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from tests.runtime.behaviour.generate import generate, parameters

from playbook_runtime.behaviour.draws import model_draws
from playbook_runtime.behaviour.fit import akaike_weights, fit_rows
from playbook_runtime.behaviour.likelihood import Rows
from playbook_runtime.behaviour.model import FAMILIES, KS, BehaviourParameters, FittedBehaviour
from playbook_runtime.behaviour.posterior import posterior_draw, purchases_within

LATER_DAYS = 180.0
SMALLEST_BUCKET = 30
TRUTHS = tuple(
    parameters(family, k=k, r=0.9, alpha=30.0 / k, a=0.9, b=2.2)
    for k in (1, 2, 3)
    for family in FAMILIES
)


@dataclass(frozen=True)
class Bucket:
    """Customers alike in purchases and silence: what was predicted of them, and what was true."""

    name: str
    customers: int
    alive: int
    alive_predicted: float
    z_alive: float
    later: int
    later_predicted: float
    z_later: float


@dataclass(frozen=True)
class Recovery:
    """The fits of one truth, best first, with their weights, and its buckets."""

    fits: tuple[FittedBehaviour, ...]
    weights: tuple[float, ...]
    buckets: tuple[Bucket, ...]

    @property
    def worst(self) -> float:
        """The largest |z|."""
        return max(max(abs(one.z_alive), abs(one.z_later)) for one in self.buckets)

    @property
    def z(self) -> list[float]:
        """All z."""
        return [z for one in self.buckets for z in (one.z_alive, one.z_later)]


def recovery(truth: BehaviourParameters, customers: int, seed: int, draws: int = 200) -> Recovery:
    """Return what eight models, mixed, recover of customers generated from one truth."""
    people = generate(truth, customers, seed, later_days=LATER_DAYS)
    rows = people.rows
    fits = [
        fit_rows(rows, family, 1.0, k=k, with_weak_prior=True) for k in KS for family in FAMILIES
    ]
    fits.sort(key=lambda one: one.aic)
    members = dict(_buckets(rows))
    drawn = model_draws(fits, seed, draws)
    alive, later = (np.zeros((draws, len(members))) for _ in range(2))
    for draw in range(draws):
        m, k = int(drawn.m[draw]), int(drawn.k[draw])
        chosen = BehaviourParameters(FAMILIES[m], k, m, *drawn.values[draw].tolist(), 1.0)
        random = np.random.Generator(np.random.Philox(key=[seed, draw]))
        posterior = posterior_draw(chosen, rows, random)
        bought = purchases_within(posterior, k, LATER_DAYS, random)
        for column, inside in enumerate(members.values()):
            alive[draw, column] = posterior.alive[inside].sum()
            later[draw, column] = bought[inside].sum()
    buckets = []
    for column, (name, inside) in enumerate(members.items()):
        true_alive, true_later = int(people.alive[inside].sum()), int(people.later[inside].sum())
        buckets.append(
            Bucket(
                name,
                int(inside.sum()),
                true_alive,
                float(alive[:, column].mean()),
                _z(true_alive, alive[:, column]),
                true_later,
                float(later[:, column].mean()),
                _z(true_later, later[:, column]),
            )
        )
    return Recovery(tuple(fits), akaike_weights(tuple(fits)), tuple(buckets))


def _z(truth: int, predicted: np.ndarray) -> float:
    """Return the miss over the prediction's standard deviation, at least half a customer."""
    return float((truth - predicted.mean()) / max(predicted.std(ddof=1), 0.5))


def _buckets(rows: Rows) -> Iterator[tuple[str, np.ndarray]]:
    silent = rows.T - rows.t_x
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
            if (of_x & of_silence).sum() >= SMALLEST_BUCKET:
                yield f"{x_name}, {s_name}", of_x & of_silence


def main(customers: int, seeds: tuple[int, ...] = (1, 2, 3)) -> int:
    """Print a line for each truth and seed; return 1 if some |z| is 4 or more."""
    print(f"{customers:,} customers each; seeds {', '.join(map(str, seeds))}")
    print("| truth | seed | model found | weight | buckets | z beyond 2 | largest z |")
    print("|---|---|---|---|---|---|---|")
    failed = False
    for truth in TRUTHS:
        for seed in seeds:
            found = recovery(truth, customers, seed)
            best = found.fits[0].parameters
            beyond = sum(abs(z) > 2 for z in found.z)
            failed |= found.worst >= 4
            print(
                f"| {truth.family}, k = {truth.k} | {seed} | {best.family}, k = {best.k} |"
                f" {found.weights[0]:.2f} | {len(found.buckets)} | {beyond} of {len(found.z)} |"
                f" {found.worst:.2f} |",
                flush=True,
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
