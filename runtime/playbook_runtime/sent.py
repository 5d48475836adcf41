"""Customers who would be sent a flow, and how much they differ in what they bring anyway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playbook_runtime.kernel.tables import F64, I64
from playbook_runtime.outcomes import MICRO
from playbook_runtime.provable import Recipients


class Sent(NamedTuple):
    """Sums over persons and draws in which they were sent something by a flow.

    `cells` counts them, `persons` whom they belong to; `total` and `squares` are sums of y and y^2,
    y being the contribution in the world without (minor units); `by_person` sums, over persons,
    the square of the sum of their y over the number of their draws.
    """

    cells: float
    persons: float
    total: float
    squares: float
    by_person: float


def no_one_sent() -> Sent:
    """Return the sums of nobody."""
    return Sent(0.0, 0.0, 0.0, 0.0, 0.0)


def sent_of(mask: NDArray[np.bool_], contribution: I64) -> Sent:
    """Return the sums of some persons, (N, D) each: whether they were sent something, and their
    contribution without, in ten-thousandths of a minor unit."""
    times = mask.sum(axis=1)
    some = times > 0
    if not some.any():
        return no_one_sent()
    y: F64 = np.where(mask, contribution, 0) / MICRO
    sums = y.sum(axis=1)[some]
    return Sent(
        float(times.sum()),
        float(some.sum()),
        float(sums.sum()),
        float((y * y).sum()),
        float((sums * sums / times[some]).sum()),
    )


def sent_together(parts: Sequence[Sent]) -> Sent:
    """Return the sums of several groups, added in their order."""
    return Sent(*(float(sum(column)) for column in zip(*parts, strict=True)))


def pace_after(entered: Sequence[float], days: Sequence[int]) -> float:
    """Return the pace at which customers will enter after the horizon, over the mean pace within:
    that of its last third of months, no more than 1. `entered` and `days` are by month."""
    last = max(1, len(days) // 3)
    whole = sum(entered) / sum(days)
    return min(1.0, sum(entered[-last:]) / sum(days[-last:]) / whole) if whole > 0 else 0.0


def recipients(sent: Sent, draws: float, holdout: float, later: float = 1.0) -> Recipients:
    """Return customers a draw, the variance of y, and the share of it that is foreseen; with those
    whom the playbook's holdout leaves out, who are like the others.

    One-way analysis of variance: what differs between the draws of one person is what nobody
    foresees; 1 - MS within / MS total is the R^2 of the posterior expectation as a covariate.
    """
    customers = sent.cells / draws / (1 - holdout)
    if sent.cells < 2:
        return Recipients(customers, 0.0, 0.0, later)
    variance = max(0.0, sent.squares - sent.total**2 / sent.cells) / (sent.cells - 1)
    free = sent.cells - sent.persons
    within = max(0.0, sent.squares - sent.by_person) / free if free > 0 else variance
    foreseen = 1 - within / variance if variance > 0 else 0.0
    return Recipients(customers, variance, min(1.0, max(0.0, foreseen)), later)
