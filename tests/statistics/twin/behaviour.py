"""Who a person is in one draw, and the orders that he places if nobody writes to him."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate

from tests.statistics.twin.randomness import Randomness, sticky
from tests.statistics.twin.season import season

from playbook_compiler.units import DAY_SECONDS
from playbook_runtime.kernel.tables import (
    HISTORY,
    NEVER,
    NEWCOMER,
    PROGRAMME_DRAWS,
    PROSPECT,
    REFERRED,
    UNKNOWN,
    YES,
    Draws,
    People,
)
from playbook_runtime.launch import Launch

LARGEST_VALUE = 10**9


@dataclass(frozen=True, slots=True)
class Parameters:
    """One draw, as plain numbers."""

    number: int
    r: float
    alpha: float
    a: float
    b: float
    k: int
    m: int
    p: float
    q: float
    gamma: float
    drift: float
    unsubscribe: float
    fatigue: tuple[float, ...]
    effect: tuple[float, ...]
    redemption: tuple[float, ...]
    programme: dict[str, float]
    newcomers: tuple[int, ...]
    prospects: tuple[int, ...]


def parameters(draws: Draws, d: int) -> Parameters:
    """Return draw d."""
    r, alpha, a, b = (float(value) for value in draws.behaviour[d])
    p, q, gamma = (float(value) for value in draws.spend[d])
    return Parameters(
        number=int(draws.number[d]),
        r=r,
        alpha=alpha,
        a=a,
        b=b,
        k=int(draws.k[d]),
        m=int(draws.m[d]),
        p=p,
        q=q,
        gamma=gamma,
        drift=float(draws.drift[d]),
        unsubscribe=float(draws.unsubscribe[d]),
        fatigue=tuple(float(value) for value in draws.fatigue[d]),
        effect=tuple(float(value) for value in draws.effect[d]),
        programme=dict(zip(PROGRAMME_DRAWS, draws.programme[d].tolist(), strict=True)),
        redemption=tuple(float(value) for value in draws.redemption[d]),
        newcomers=tuple(int(value) for value in draws.newcomers[d]),
        prospects=tuple(int(value) for value in draws.prospects[d]),
    )


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the population, as plain numbers; None where there is nothing."""

    row: int
    key: int
    kind: int
    x: int
    t_x: float
    T: float
    repeat_value: int
    orders: int
    revenue: int
    first_order: int | None
    last_order: int | None
    zone: int
    consent: dict[str, int]
    base: bool
    month: int
    index: int
    birthday: int
    cohort: int
    basis: int
    basis_at: int
    static: dict[str, bool | None]
    last_event: dict[str, int]
    latest_mark: int | None
    mark_orders: list[int]
    mark_moment: dict[int, int]


def person(people: People, launch: Launch, i: int) -> Person:
    """Return row i."""

    def moment(value: int) -> int | None:
        return None if value == NEVER else value

    def answer(value: int) -> bool | None:
        return None if value == UNKNOWN else value == YES

    events = {name: moment(int(people.last_event[i, e])) for e, name in enumerate(launch.events)}
    return Person(
        row=i,
        key=int(people.key[i]),
        kind=int(people.kind[i]),
        x=int(people.x[i]),
        t_x=float(people.t_x[i]),
        T=float(people.T[i]),
        repeat_value=int(people.repeat_value[i]),
        orders=int(people.orders[i]),
        revenue=int(people.revenue[i]),
        first_order=moment(int(people.first_order[i])),
        last_order=moment(int(people.last_order[i])),
        zone=int(people.zone[i]),
        consent={name: int(people.consent[i, c]) for c, name in enumerate(launch.channels)},
        base=bool(people.base[i]),
        month=int(people.month[i]),
        index=int(people.index[i]),
        birthday=int(people.birthday[i]),
        cohort=int(people.cohort[i]),
        basis=int(people.basis[i]),
        basis_at=int(people.basis_at[i]),
        static={name: answer(int(people.static[i, z])) for z, name in enumerate(launch.statics)},
        last_event={name: at for name, at in events.items() if at is not None},
        latest_mark=int(people.latest_mark[i]) if people.latest_mark[i] >= 0 else None,
        mark_orders=[int(orders) for orders in people.mark_orders[i]],
        mark_moment={mark: int(at) for mark, at in enumerate(people.mark_moment[i]) if at != NEVER},
    )


@dataclass(frozen=True, slots=True)
class BaselineOrder:
    """Order n of the baseline path; after the `last` the person is dead."""

    n: int
    moment: int
    tosses: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Buyer:
    """A person in a draw. `phase_rate` is lambda a day after drift, `rate` the orders a day while
    alive, `phase` that of the gap he is in at the start, `nu` the rate of his order values."""

    randomness: Randomness
    alive: bool
    phases: int
    phase: int
    phase_rate: float
    rate: float
    dropout: float
    nu: float
    value_shape: float
    arrival: int
    consents: frozenset[str]
    holdout: bool

    def gap(self, n: int, phase: int) -> float:
        """Return the seconds before order n, from the beginning of a phase of the gap."""
        if not self.phase_rate > 0.0:
            return math.inf
        passed = 0.0
        for i in range(phase, self.phases):
            passed += self.randomness.exponential("gap", n, i)
        return passed / self.phase_rate * DAY_SECONDS

    def value(self, stream: str, counter: int) -> int:
        """Return the value of an order in minor units."""
        drawn = self.randomness.gamma(stream, self.value_shape, counter)
        return in_bounds(drawn / self.nu if self.nu > 0.0 else math.inf)

    def expected_value(self) -> int:
        """Return what an order of his is worth on average."""
        return in_bounds(self.value_shape / self.nu if self.nu > 0.0 else math.inf)


def in_bounds(value: float) -> int:
    """Return a value in whole minor units, from 1 to the largest."""
    rounded = value + 0.5
    return max(1, math.floor(rounded)) if rounded < LARGEST_VALUE else LARGEST_VALUE


def order_mark(one: Person, who: Buyer, launch: Launch, stream: str, counter: int) -> int | None:
    """Return the mark of an order: that of one of the person's own, or of one of the shop's."""
    if not launch.orders.marks:
        return None
    u, place, shop, _ = who.randomness.uniforms(stream, counter)
    own = [mark for mark, orders in enumerate(one.mark_orders) for _ in range(orders)]
    if u < len(own) / (len(own) + launch.orders.strength):
        return own[math.floor(place * len(own))]
    return next(
        (mark for mark, share in enumerate(launch.orders.shares) if shop < share),
        len(launch.orders.marks) - 1,
    )


def buyer(one: Person, draw: Parameters, launch: Launch, comes: int | None = None) -> Buyer | None:
    """Return the person in the draw; None for one who does not come to be in it. `comes` is the
    moment at which somebody who was recommended arrives."""
    randomness = Randomness(launch.seed, draw.number, one.key)
    arrival = launch.start
    if comes is not None:
        arrival = comes
    elif one.kind != HISTORY:
        arriving = draw.newcomers if one.kind == NEWCOMER else draw.prospects
        if one.index >= arriving[one.month]:
            return None
        into = randomness.uniform("arrival") * launch.month_length[one.month]
        arrival = launch.month_start[one.month] + math.floor(into)
    if one.kind == HISTORY:
        alive, phase, rate, dropout, nu = _from_history(one, draw, randomness)
    else:
        alive, phase = one.kind in (NEWCOMER, REFERRED), 0
        rate = randomness.gamma("lambda", draw.r) / draw.alpha if alive else 0.0
        dropout = _beta(randomness, draw.a, draw.b) if alive else 0.0
        nu = randomness.gamma("spend", draw.q) / draw.gamma
    consents = {
        channel for channel in launch.channels if _consents(one, channel, randomness, launch)
    }
    return Buyer(
        randomness=randomness,
        alive=alive,
        phases=draw.k,
        phase=phase,
        phase_rate=rate * draw.drift,
        rate=rate * draw.drift / draw.k,
        dropout=dropout,
        nu=nu,
        value_shape=draw.p,
        arrival=arrival,
        consents=frozenset(consents),
        holdout=sticky(one.key).uniform("holdout") < float(launch.holdout),
    )


def _from_history(
    one: Person, draw: Parameters, randomness: Randomness
) -> tuple[bool, int, float, float, float]:
    """Return alive, phase, lambda, p and nu from their exact posterior."""
    past = draw.r + draw.k * one.x
    if one.x == 0 and draw.m == 0:
        weight = 0.0
    else:
        odds = (draw.alpha + one.T) / (draw.alpha + one.t_x)
        weight = draw.a / (draw.b + one.x + draw.m - 1) * math.exp(past * math.log(odds))
    # Each alive component over the one before it, the first being 1.
    in_phase = [1.0]
    for j in range(1, draw.k):
        share = (one.T - one.t_x) / (draw.alpha + one.T)
        in_phase.append(in_phase[-1] * (past + (j - 1)) * share / j)
    upto = list(accumulate(in_phase))
    alive = randomness.uniform("alive") < upto[-1] / (upto[-1] + weight)
    phase = 0
    if alive:
        chosen = randomness.uniform("phase") * upto[-1]
        phase = next((j for j, weights in enumerate(upto) if chosen < weights), draw.k - 1)
    shape = randomness.gamma("lambda", past + phase)
    if alive:
        rate = shape / (draw.alpha + one.T)
        dropout = _beta(randomness, draw.a, draw.b + one.x + draw.m)
    else:
        rate = shape / (draw.alpha + one.t_x)
        dropout = _beta(randomness, draw.a + 1.0, draw.b + one.x + draw.m - 1)
    nu = randomness.gamma("spend", draw.q + draw.p * one.x) / (draw.gamma + one.repeat_value)
    return alive, phase, rate, dropout, nu


def _beta(randomness: Randomness, a: float, b: float) -> float:
    first = randomness.gamma("dropout-a", a)
    second = randomness.gamma("dropout-b", b)
    # Both can be too small for a float where a and b are tiny: then their mean.
    return first / (first + second) if first + second > 0.0 else a / (a + b)


def _consents(one: Person, channel: str, randomness: Randomness, launch: Launch) -> bool:
    if one.consent[channel] >= 0:
        return one.consent[channel] == 1
    return randomness.uniform(f"consent/{channel}") < launch.consent_share.get(channel, 0.0)


def baseline(who: Buyer, kind: int, m: int, launch: Launch) -> list[BaselineOrder]:
    """Return the baseline path: the orders before the end, in both worlds the same draws."""
    if kind in (PROSPECT, REFERRED) or not who.alive:
        return []
    path: list[BaselineOrder] = []
    time = season(launch)
    clock, n = time.operational(float(who.arrival - launch.start)), 0
    while True:
        is_arrival = kind == NEWCOMER and n == 0
        if not is_arrival:
            clock += who.gap(n, who.phase if n == 0 else 0)
        moment = who.arrival if is_arrival else after(launch, time.elapsed(clock))
        if moment >= launch.end:
            return path
        tosses = not (is_arrival and m == 0)
        last = tosses and who.randomness.uniform("coin", n) < who.dropout
        path.append(BaselineOrder(n, moment, tosses, last))
        if last:
            return path
        n += 1


def after(launch: Launch, seconds: float) -> int:
    """Return the moment so many seconds after the start; the end for what never comes."""
    return launch.end if math.isinf(seconds) else launch.start + math.floor(seconds)


def gap(randomness: Randomness, stream: str, counter: int, per_day: float) -> float:
    """Return the seconds to the next event of a Poisson stream; for ever at rate 0."""
    exponential = randomness.exponential(stream, counter)
    return exponential / per_day * DAY_SECONDS if per_day > 0.0 else math.inf
