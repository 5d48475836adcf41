"""The arrays that the kernel reads: people, draws, the flat program, and zones.

Named tuples of arrays, because that is what a compiled function can take apart. N people, D draws,
C channels, E events that matter, K marks of orders, Z conditions that cannot change, L effect
slots, M months.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int8]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]

NEVER = -(2**62)
LARGEST_VALUE = 1_000_000_000  # of an order, minor units
HISTORY, NEWCOMER, PROSPECT = 0, 1, 2
REFERRED = 3  # in no population: somebody whom a customer has recommended
NO, YES, UNKNOWN = 0, 1, 2
# What is assumed of programmes: the columns of Draws.programme, by name.
# `join` is on the logit scale, less what a customer's own saving adds to it.
PROGRAMME_DRAWS = ("participation", "redemption", "join", "renew", "referred", "anyway")
NO_PROGRAMME = np.zeros((0, len(PROGRAMME_DRAWS)))


class People(NamedTuple):
    """Whom the simulation runs over; one row a person, every row independent of the others.

    Moments are UTC seconds, NEVER where there is none; values are minor units; x, t_x and T as in
    the (M)BG/NBD literature, in days.
    """

    key: U64
    kind: I8
    x: I64
    t_x: F64
    T: F64
    repeat_value: I64
    orders: I64
    revenue: I64
    first_order: I64
    last_order: I64
    zone: I64
    consent: I8  # (N, C): 1, 0, -1 unknown
    base: I8
    month: I64
    index: I64  # type: ignore[assignment]  # newcomers are told apart by month and index
    birthday: I64  # month * 100 + day, 0 unknown
    cohort: I64  # number of the month of the first order, -1: counted in none
    basis: I64  # what counts for the level on day one, at once as of ...
    basis_at: I64
    static: I8  # (N, Z): NO, YES, UNKNOWN
    last_event: I64  # (N, E)
    latest_mark: I64  # of the latest order, or -1
    mark_orders: I64  # (N, K) orders of the history by mark
    mark_moment: I64  # (N, K) the latest of them, or NEVER


class Draws(NamedTuple):
    """What is uncertain, one row a draw. `number` is the draw's number in the generator's key, so
    that any subset of draws gives the same integers."""

    number: U64
    behaviour: F64  # (D, 4): r, alpha, a, b in days
    k: I64  # phases of a gap between two orders
    m: I64
    spend: F64  # (D, 3): p, q, gamma in minor units
    drift: F64
    unsubscribe: F64
    fatigue: F64  # (D, 5)
    effect: F64  # (D, L): mu, or orders per 1,000
    redemption: F64  # (D, S): by send
    newcomers: I64  # (D, M)
    prospects: I64  # (D, M)
    programme: F64 = NO_PROGRAMME  # (D, len(PROGRAMME_DRAWS)); no rows: all 0


class Zones(NamedTuple):
    """Offset changes of every zone, one after the other; zone 0 is the shop's."""

    first: I64  # (zones + 1,): where a zone's changes begin
    moment: I64
    offset: I64


def nobody(people: People, kind: int) -> People:
    """Return one row of a kind of which nothing is known, as wide as those of people."""
    zero, never = np.zeros(1, dtype=np.int64), np.full(1, NEVER)
    return People(
        key=np.zeros(1, dtype=np.uint64),
        kind=np.full(1, kind, dtype=np.int8),
        x=zero,
        t_x=np.zeros(1),
        T=np.zeros(1),
        repeat_value=zero,
        orders=zero,
        revenue=zero,
        first_order=never,
        last_order=never,
        zone=np.full(1, -1),
        consent=np.full((1, people.consent.shape[1]), -1, dtype=np.int8),
        base=np.zeros(1, dtype=np.int8),
        month=zero,
        index=zero,
        birthday=zero,
        cohort=np.full(1, -1),
        basis=zero,
        basis_at=never,
        static=np.full((1, people.static.shape[1]), UNKNOWN, dtype=np.int8),
        last_event=np.full((1, people.last_event.shape[1]), NEVER),
        latest_mark=np.full(1, -1),
        mark_orders=np.zeros((1, people.mark_orders.shape[1]), dtype=np.int64),
        mark_moment=np.full((1, people.mark_moment.shape[1]), NEVER),
    )


def rows(people: People, start: int, stop: int) -> People:
    """Return the people [start, stop)."""
    columns: list[Any] = [column[start:stop] for column in people]
    return People(*columns)


def some_draws(draws: Draws, start: int, stop: int) -> Draws:
    """Return the draws [start, stop)."""
    columns: list[Any] = [column[start:stop] for column in draws]
    return Draws(*columns)


def joined(parts: list[People]) -> People:
    """Return people one after the other."""
    columns: list[Any] = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return People(*columns)
