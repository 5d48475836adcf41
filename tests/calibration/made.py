"""A shop whose parameters are drawn, lived through event by event, and written as an orders file.

Nothing of the product is used: customers wait, buy, toss their coin; where the level drifts, all
rates are multiplied by a factor of their half-year. The orders up to the as-of day are what the
product is given; those of the horizon are what really came.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

AS_OF = datetime(2025, 6, 30, tzinfo=UTC)
PAST_DAYS, HORIZON_DAYS = 540, 180
START = AS_OF + timedelta(days=1)
# Medians of the parameters (days, minor units) and the spread of their logarithms.
BEHAVIOUR = ((0.8, 60.0, 0.8, 2.5), (0.25, 0.25, 0.2, 0.2))
SPEND = ((6.0, 4.5, 1600.0), (0.15, 0.1, 0.15))
DRIFT = 0.12


@dataclass(frozen=True)
class Truth:
    """What a world is: k, m, (r, alpha, a, b), (p, q, gamma), newcomers a day, and the factor on
    all rates in the horizon."""

    k: int
    m: int
    behaviour: tuple[float, float, float, float]
    spend: tuple[float, float, float]
    newcomers_per_day: float
    drift: float


@dataclass(frozen=True)
class Made:
    """A world's truth, its orders file, and the orders of the horizon: of customers that were
    known at its start, and of all."""

    truth: Truth
    orders: Path
    later_of_known: int
    later: int


def made(folder: Path, seed: int, customers: int, *, drifting: bool = False) -> Made:
    """Return the world of a seed: about so many customers in one and a half years."""
    random = np.random.default_rng([seed, 20_261_122])

    def around(medians: tuple[float, ...], spread: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(np.exp(random.normal(np.log(medians), spread)).tolist())

    k, m = 1 + (seed % 8 == 0), seed % 2
    r, alpha, a, b = around(*BEHAVIOUR)
    p, q, gamma = around(*SPEND)
    levels = [math.exp(DRIFT * z) if drifting else 1.0 for z in random.normal(size=4)]
    per_day = customers / PAST_DAYS
    truth = Truth(k, m, (r, alpha / k, a, b), (p, q, gamma), per_day, levels[-1])
    path = folder / f"orders-{seed}.csv"
    known = everyone = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["order_id", "customer_id", "order_date", "total"])
        written = 0
        for customer in range(random.poisson(per_day * (PAST_DAYS + HORIZON_DAYS))):
            first = random.uniform(-PAST_DAYS, HORIZON_DAYS)
            spend = random.gamma(q) / gamma
            for day in _days(truth, levels, first, random):
                if day >= 0:
                    everyone += 1
                    known += first < 0
                    continue
                written += 1
                value = max(1, round(random.gamma(p) / spend))
                moment = START + timedelta(days=day)
                out.writerow(
                    [written, f"c{customer}", moment.isoformat()[:19], f"{value / 100:.2f}"]
                )
    return Made(truth, path, known, everyone)


def _days(
    truth: Truth, levels: list[float], first: float, random: np.random.Generator
) -> list[float]:
    """Return the days of a customer's orders, counted from the start of the horizon."""
    r, alpha, a, b = truth.behaviour
    rate, drop_out = random.gamma(r) / alpha, random.beta(a, b)
    days = [first]
    if truth.m and random.random() < drop_out:
        return days
    now = _own_time(first, levels)
    while rate > 0:
        now += sum(random.exponential(1 / rate) for _ in range(truth.k))
        day = _day(now, levels)
        if day >= HORIZON_DAYS:
            break
        days.append(day)
        if random.random() < drop_out:
            break
    return days


def _own_time(day: float, levels: list[float]) -> float:
    """Return the integral of the level from the beginning, half-year by half-year."""
    left, total = day + PAST_DAYS, 0.0
    for level in levels:
        total += level * min(left, HORIZON_DAYS)
        left = max(0.0, left - HORIZON_DAYS)
    return total


def _day(own_time: float, levels: list[float]) -> float:
    """Return the day at which the integral of the level is reached."""
    day = float(-PAST_DAYS)
    for level in levels:
        if own_time <= level * HORIZON_DAYS:
            return day + own_time / level
        own_time -= level * HORIZON_DAYS
        day += HORIZON_DAYS
    return math.inf
