"""Customers who behave exactly as the model says, generated event by event, with their truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from playbook_runtime.behaviour.likelihood import Rows
from playbook_runtime.behaviour.model import FAMILIES, BehaviourParameters


@dataclass(frozen=True)
class Generated:
    """Rows of the observed time, what came in the `later` time, and who was alive in between."""

    rows: Rows
    later: np.ndarray
    alive: np.ndarray


def parameters(
    family: str, *, k: int = 1, r: float, alpha: float, a: float, b: float
) -> BehaviourParameters:
    """Return parameters with a day as the time unit."""
    m = FAMILIES.index(family)
    return BehaviourParameters(family, k, m, r, alpha, a, b, 1.0)


def generate(
    truth: BehaviourParameters, customers: int, seed: int, *, later_days: float = 180.0
) -> Generated:
    """Return generated customers, first seen uniformly 60 to 600 days before the end.

    One purchase after the other, without any formula of the code under test: wait k exponential
    phases, then toss the coin (for m = 1 at the first purchase, too).
    """
    random = np.random.default_rng(seed)
    observed = random.uniform(60, 600, customers)
    x, last, later = np.zeros(customers, int), np.zeros(customers), np.zeros(customers, int)
    log_gaps = 0.0
    alive = np.zeros(customers, bool)
    for index in range(customers):
        rate = random.gamma(truth.r) / truth.alpha
        drop_out = random.beta(truth.a, truth.b)
        now, gone = 0.0, truth.m == 1 and random.random() < drop_out
        was_alive = not gone
        while not gone:
            now += sum(random.exponential(1 / rate) for _ in range(truth.k)) if rate > 0 else 1e9
            if now > observed[index] + later_days:
                break
            gone = random.random() < drop_out
            if now <= observed[index]:
                x[index] += 1
                log_gaps += math.log(now - last[index])
                last[index] = now
                was_alive = not gone
            else:
                later[index] += 1
        alive[index] = was_alive
    rows = Rows(x, last, observed, np.ones(customers), log_gaps=log_gaps)
    return Generated(rows, later, alive)


def in_whole_days(generated: Generated) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, t_x and T with times rounded down to days, as an orders file has them."""
    rows = generated.rows
    return rows.x, rows.t_x.astype(np.int64), rows.T.astype(np.int64)
