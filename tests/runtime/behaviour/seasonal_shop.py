"""A shop with a strong season, generated order by order in calendar time by thinning."""

from __future__ import annotations

import numpy as np

# Days since 1970-01-01 of 1 January 2022.
FIRST_DAY = 18_993


def strength(day: np.ndarray) -> np.ndarray:
    """Return the true index of each day: a wave, a peak in late November, a quiet summer.

    Written by day, not by week, and not by the code under test.
    """
    of_year = (day - FIRST_DAY) % 365.25
    wave = 1 - 0.55 * np.cos(2 * np.pi * (of_year - 15) / 365.25 + np.pi)
    return wave + 1.4 * ((of_year > 322) & (of_year < 357))


def seasonal_orders(
    customers: int, days: int, seed: int, *, seasonal: bool = True, gap: float = 150.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (days, customer numbers, values in cents) of customers who come evenly over the time.

    `gap`: alpha in days. MBG/NBD in a rate that follows the season: candidates come at the largest
    rate, and each is kept with the chance that its day has.
    """
    random = np.random.default_rng(seed)
    mean = strength(np.arange(FIRST_DAY, FIRST_DAY + 1461)).mean()
    top = strength(np.arange(FIRST_DAY, FIRST_DAY + 1461)).max() / mean
    rate = random.gamma(1.2, 1 / gap, customers)
    drop_out = random.beta(1.0, 3.0, customers)
    now = FIRST_DAY + random.uniform(0, days, customers)
    who = np.arange(customers)
    found_days, found_who = [np.floor(now)], [who]
    alive = random.random(customers) >= drop_out
    while alive.any():
        now[alive] += random.exponential(1 / (rate[alive] * (top if seasonal else 1.0)))
        alive &= now < FIRST_DAY + days
        kept = alive.copy()
        if seasonal:
            chance = strength(np.floor(now)) / mean / top
            kept &= random.random(customers) < chance
        found_days.append(np.floor(now[kept]))
        found_who.append(who[kept])
        alive &= ~(kept & (random.random(customers) < drop_out))
    day = np.concatenate(found_days).astype(np.int32)
    customer = np.concatenate(found_who).astype(np.uint64)
    return day, customer, np.full(len(day), 3_000)
