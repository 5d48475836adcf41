"""The kernel against closed forms: how many orders, for how much, and what effects add.

Every comparison is of a mean over draws that differ in chance alone; it must lie within 4 standard
errors. Seeds are fixed, so that a test that passes once passes always.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from tests.properties.simulated import (
    DAY,
    WITH,
    WITHOUT,
    Setting,
    authored,
    chosen,
    fixed_draws,
    flow_counts,
    profit_micro,
    setting,
    world_counts,
)
from tests.runtime.behaviour.cdnow import calibration
from tests.statistics.worlds import World, small_world

from playbook_compiler.values import replace
from playbook_runtime.behaviour.expectations import (
    conditional_expected_purchases,
    expected_purchases,
)
from playbook_runtime.behaviour.likelihood import Rows
from playbook_runtime.behaviour.model import FAMILIES, BehaviourParameters
from playbook_runtime.kernel.layout import PerFlow
from playbook_runtime.kernel.tables import HISTORY, NEVER, NEWCOMER, People
from playbook_runtime.launch import Slot

MOST = 4.0
WEEKS = 39
# Published fits of the CDNOW sample, time in weeks; spend in dollars.
BEHAVIOUR = {
    "bg-nbd": (0.2426, 4.4136, 0.7929, 2.4259),
    "mbg-nbd": (0.5248, 6.1831, 0.8914, 1.6140),
}
SPEND = (6.2496, 3.7442, 15.4435)
NO_FLOW = "guardrails: {consent: {email: opt-in, sms: opt-in}}\n"
ONE_MESSAGE = """\
guardrails: {consent: {email: opt-in, sms: opt-in}}
flows:
  back:
    trigger: {inactive_for: 1d}
    existing: {over: 1d}
    entry: once
    exit_on: []
    steps: [{send: hello}]
"""


def z_score(found: np.ndarray, expected: float) -> float:
    """Return how many standard errors the mean over draws is away from what is expected."""
    return float((found.mean() - expected) / (found.std(ddof=1) / np.sqrt(len(found))))


def people_of(
    x: np.ndarray, t_x: np.ndarray, T: np.ndarray, value: np.ndarray, start: int
) -> People:
    """Return customers of a history who consent to everything and bought some days ago."""
    n = len(x)
    zeros = np.zeros(n, dtype=np.int64)
    first = start - np.ceil(T * DAY).astype(np.int64) - 2 * DAY
    return People(
        key=np.arange(n, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15),
        kind=np.full(n, HISTORY, dtype=np.int8),
        x=x.astype(np.int64),
        t_x=t_x.astype(np.float64),
        T=T.astype(np.float64),
        repeat_value=value.astype(np.int64),
        orders=x.astype(np.int64) + 1,
        revenue=value.astype(np.int64),
        first_order=first,
        last_order=first + np.floor(t_x * DAY).astype(np.int64),
        zone=zeros,
        consent=np.ones((n, 2), dtype=np.int8),
        base=np.ones(n, dtype=np.int8),
        month=zeros,
        index=zeros,
        birthday=zeros,
        cohort=zeros - 1,
        basis=zeros,
        basis_at=zeros,
        static=np.zeros((n, 0), dtype=np.int8),
        last_event=np.full((n, 1), NEVER),
        latest_mark=np.full(n, -1),
        mark_orders=np.zeros((n, 0), dtype=np.int64),
        mark_moment=np.zeros((n, 0), dtype=np.int64),
    )


@cache
def cdnow(family: str, folder: Path) -> tuple[Setting, BehaviourParameters, Rows]:
    """Return CDNOW's customers over 39 weeks, with no flow and the published parameters."""
    history = calibration("sample")
    r, alpha, a, b = BEHAVIOUR[family]
    m = FAMILIES.index(family)  # type: ignore[arg-type]
    graph = authored(folder, NO_FLOW)
    launch = small_world(graph, 1, 1, 1, days=7 * WEEKS).launch
    parameters = BehaviourParameters(family, 1, m, r, 7 * alpha, a, b, 1.0)  # type: ignore[arg-type]
    p, q, gamma = SPEND
    draws = fixed_draws(
        200, behaviour=parameters.values, m=m, spend=(p, q, 100 * gamma),
        newcomers=(0,) * len(launch.month_start),
    )  # fmt: skip
    x, t_x, T = history.x, history.t_x, history.T
    people = people_of(x, t_x, T, history.repeat_value_minor, launch.start)
    rows = Rows(x, t_x.astype(float), T.astype(float), np.ones(len(x)))
    return setting(graph, World(launch, people, draws)), parameters, rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("closed-form")


@pytest.mark.parametrize("family", FAMILIES)
def test_orders_of_cdnow_are_the_conditional_expectation(family: str, folder: Path) -> None:
    one, parameters, rows = cdnow(family, folder)
    expected = conditional_expected_purchases(parameters, rows, 7.0 * WEEKS)
    for low, high in ((0, 1000), (0, 0), (1, 1), (2, 3), (4, 8), (9, 1000)):
        group = np.flatnonzero((rows.x >= low) & (rows.x <= high))
        part = one.with_people(chosen(one.world.people, group))
        counts = part.counts()
        orders = np.array(world_counts(counts, WITHOUT)["ORDERS"])
        assert abs(z_score(orders, float(expected[group].sum()))) < MOST, (low, high)
        assert world_counts(counts, WITH)["ORDERS"] == orders.tolist()


@pytest.mark.parametrize("family", FAMILIES)
def test_what_cdnow_spends_is_the_gamma_gamma_expectation(family: str, folder: Path) -> None:
    one, parameters, rows = cdnow(family, folder)
    p, q, gamma = SPEND
    value = one.world.people.repeat_value
    mean_value = p * (100 * gamma + value) / (q + p * rows.x - 1)
    orders = conditional_expected_purchases(parameters, rows, 7.0 * WEEKS)
    revenue = np.array(world_counts(one.counts(), WITHOUT)["REVENUE"], dtype=float)
    assert abs(z_score(revenue, float(orders @ mean_value))) < MOST


@pytest.mark.parametrize("family", FAMILIES)
def test_newcomers_buy_as_expected_of_newcomers(family: str, folder: Path) -> None:
    one, parameters, _ = cdnow(family, folder)
    launch = one.world.launch
    month, number = 3, 1500
    people = people_of(*(np.zeros(number) for _ in range(4)), launch.start)
    people = people._replace(
        key=people.key + np.uint64(77),
        kind=np.full(number, NEWCOMER, dtype=np.int8),
        month=np.full(number, month),
        index=np.arange(number),
        orders=np.zeros(number, dtype=np.int64),
        first_order=np.full(number, NEVER),
        last_order=np.full(number, NEVER),
    )
    arriving = np.zeros_like(one.world.draws.newcomers)
    arriving[:, month] = number
    counts = one.with_people(people).with_draws(newcomers=arriving).counts()
    begin = (launch.end - launch.month_start[month]) / DAY
    days = begin - (np.arange(2000) + 0.5) / 2000 * launch.month_length[month] / DAY
    repeat = float(expected_purchases(parameters, days).mean())
    orders = np.array(world_counts(counts, WITHOUT)["ORDERS"])
    assert abs(z_score(orders, number * (1 + repeat))) < MOST
    assert world_counts(counts, WITHOUT)["NEWCOMERS"] == [number] * len(orders)


ALIVE, GONE = (1.2, 60.0, 1e-9, 1.0), (1.2, 60.0, 1e9, 1.0)
PERSONS, DRAWS, WINDOW = 400, 200, 14


def after_one_message(
    folder: Path, form: str, amount: float, behaviour: tuple[float, float, float, float]
) -> tuple[Setting, np.ndarray]:
    """Return a world in which everybody gets one message, and each person's expected lambda."""
    graph = authored(folder, ONE_MESSAGE)
    launch = small_world(graph, 2, 1, 1, days=90).launch
    slot = Slot("back", "send-hello", form, WINDOW * DAY, False)
    launch = replace(launch, slots=(slot,))
    x = np.arange(PERSONS) % 7
    T = 100.0 + np.arange(PERSONS) % 300
    draws = fixed_draws(
        DRAWS, behaviour=behaviour, m=0, effects=(amount,), sends=1,
        newcomers=(0,) * len(launch.month_start),
    )  # fmt: skip
    if behaviour is GONE:
        x = x + 1
    t_x = np.where(x > 0, T * 0.6, 0.0)
    people = people_of(x, t_x, T, 3000 * x, launch.start)
    one = setting(graph, World(launch, people, draws))
    r, alpha = behaviour[:2]
    return one, np.stack((r + x, alpha + T))


def delivered(counts: np.ndarray) -> np.ndarray:
    sent = flow_counts(counts, 0, PerFlow.SENT)
    assert sent.tolist() == [PERSONS] * DRAWS  # everybody, once
    return sent


@pytest.mark.parametrize("behaviour", [ALIVE, GONE], ids=["alive", "gone"])
@pytest.mark.parametrize("added", [5.0, 40.0, 400.0])
def test_added_orders_come_per_thousand_messages_from_alive_and_gone_alike(
    behaviour: tuple[float, float, float, float], added: float, folder: Path
) -> None:
    one, _ = after_one_message(folder, "added", added, behaviour)
    counts = one.counts()
    sent = delivered(counts)
    extra = flow_counts(counts, 0, PerFlow.EXTRA_ORDERS)
    assert abs(z_score(extra, added / 1000 * float(sent[0]))) < MOST
    orders = np.array(world_counts(counts, WITH)["ORDERS"])
    assert (orders - world_counts(counts, WITHOUT)["ORDERS"] == extra).all()
    assert (world_counts(counts, WITHOUT)["ORDERS"] == [0] * DRAWS) == (behaviour is GONE)


@pytest.mark.parametrize("mu", [1.1, 1.6, 3.0])
def test_a_rate_adds_its_share_of_each_customers_own_rate(mu: float, folder: Path) -> None:
    one, rates = after_one_message(folder, "rate", mu, ALIVE)
    counts = one.counts()
    delivered(counts)
    expected = (mu - 1) * WINDOW * float((rates[0] / rates[1]).sum())
    assert abs(z_score(flow_counts(counts, 0, PerFlow.EXTRA_ORDERS), expected)) < MOST


def test_a_rate_does_nothing_for_those_who_are_gone(folder: Path) -> None:
    one, _ = after_one_message(folder, "rate", 3.0, GONE)
    counts = one.counts()
    delivered(counts)
    assert not flow_counts(counts, 0, PerFlow.EXTRA_ORDERS).any()


@pytest.mark.parametrize("mu", [0.0, 0.4, 0.9])
def test_a_harmful_rate_cancels_its_share_of_orders(mu: float, folder: Path) -> None:
    one, rates = after_one_message(folder, "rate", mu, ALIVE)
    counts = one.counts()
    delivered(counts)
    lost = np.array(world_counts(counts, WITHOUT)["ORDERS"]) - world_counts(counts, WITH)["ORDERS"]
    expected = (1 - mu) * WINDOW * float((rates[0] / rates[1]).sum())
    assert abs(z_score(lost, expected)) < MOST
    assert not flow_counts(counts, 0, PerFlow.EXTRA_ORDERS).any()


@pytest.mark.parametrize("added", [-20.0, -300.0])
def test_negative_added_orders_cancel_no_more_than_there_is(added: float, folder: Path) -> None:
    one, rates = after_one_message(folder, "added", added, ALIVE)
    counts = one.counts()
    delivered(counts)
    lost = np.array(world_counts(counts, WITHOUT)["ORDERS"]) - world_counts(counts, WITH)["ORDERS"]
    harm = -added / 1000 / WINDOW
    shape, rate = rates
    # E min(lambda, h) of a Gamma: its partial mean below h, and h above it.
    below = shape / rate * stats.gamma.cdf(harm, shape + 1, scale=1 / rate)
    above = harm * stats.gamma.sf(harm, shape, scale=1 / rate)
    assert abs(z_score(lost, WINDOW * float((below + above).sum()))) < MOST


def test_an_extra_order_is_worth_what_an_order_is(folder: Path) -> None:
    one, _ = after_one_message(folder, "added", 400.0, GONE)
    counts = one.counts()
    x = one.world.people.x
    p, q, gamma = 6.0, 4.0, 1750.0
    mean_value = p * (gamma + one.world.people.repeat_value) / (q + p * x - 1)
    revenue = np.array(world_counts(counts, WITH)["REVENUE"], dtype=float)
    assert abs(z_score(revenue, 0.4 * float(mean_value.sum()))) < MOST
    assert (profit_micro(counts, WITHOUT) == 0).all()
