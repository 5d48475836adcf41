"""The subscription in the plain-Python life: who subscribes, what is delivered, who leaves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.statistics.twin import referral
from tests.statistics.twin.clock import window_seconds
from tests.statistics.twin.state import Happening

from playbook_compiler.condition_evaluation import all_true, any_true, opposite, passes
from playbook_compiler.conditions import And, Between, Compare, Condition, InSet, IsKnown, Not, Or
from playbook_compiler.facts import Nature
from playbook_compiler.programmes import Subscription
from playbook_compiler.units import DAY_SECONDS, Duration
from playbook_runtime.kernel.layout import PerMonth, World

if TYPE_CHECKING:
    from tests.statistics.twin.life import Life

BEHIND_THE_PATH = 2**40  # numbers that no baseline order has


def programme(life: Life) -> Subscription | None:
    programmes = life.rules.playbook.programmes
    return programmes.subscription if programmes is not None else None


def _says(condition: Condition, category: str) -> bool | None:
    if isinstance(condition, And):
        return all_true(_says(part, category) for part in condition.parts)
    if isinstance(condition, Or):
        return any_true(_says(part, category) for part in condition.parts)
    if isinstance(condition, Not):
        return opposite(_says(condition.part, category))
    if not isinstance(condition, Compare | InSet | Between | IsKnown):
        return None
    if condition.fact.name != "category":
        return None
    if isinstance(condition, IsKnown):
        return (category != "") == condition.known
    return passes(condition, category) if category else None


def fits(life: Life, mark: int | None) -> bool:
    """Return whether an order is of the goods that are subscribed to."""
    subscription = programme(life)
    if subscription is None:
        return False
    if subscription.products is None:
        return True
    found = life.mark(mark)
    return found is not None and _says(subscription.products, found.category) is True


def replaces(life: Life, mark: int | None) -> bool:
    """Return whether an order does not come, since what it is of is delivered."""
    return life.subscribed is not None and fits(life, mark)


def consider(life: Life, value: int, mark: int | None) -> None:
    """Ask a buyer of such goods once, if he is not gone with this order."""
    if not life.has_programmes or life.was_offered or not life.alive or not fits(life, mark):
        return
    life.was_offered = True
    life.at(life.now, 1, partial(_ask, life, value, mark))


def _every(life: Life) -> list[Duration]:
    subscription = programme(life)
    assert subscription is not None
    return sorted(set(subscription.every), key=lambda one: (one.nominal_days, str(one)))


def _days(every: Duration) -> float:
    return window_seconds(every) / DAY_SECONDS


def _own_rate(life: Life) -> float:
    """Return the orders a day that fit, as far as the person's own and the shop's tell."""
    subscription, orders = programme(life), life.launch.orders
    assert subscription is not None
    if subscription.products is None:
        return life.who.rate
    fitting = [mark for mark in range(len(orders.marks)) if fits(life, mark)]
    own = sum(life.person.mark_orders[mark] for mark in fitting)
    shop = 0.0
    for mark in fitting:
        shop += orders.shares[mark] - (orders.shares[mark - 1] if mark else 0.0)
    every = sum(life.person.mark_orders) + orders.strength
    return life.who.rate * ((own + orders.strength * shop) / every)


def _need(life: Life, every: Duration) -> float:
    return min(1.0, _days(every) * _own_rate(life))


def _ask(life: Life, value: int, mark: int | None) -> None:
    subscription, chance = programme(life), life.who.randomness
    assert subscription is not None
    choices = _every(life)
    every = choices[-1]
    rate = _own_rate(life)
    if rate > 0.0:
        every = min(choices, key=lambda one: abs(_days(one) - 1.0 / rate))
    joins = life.draw.programme["subscribe"]
    if "skip" not in subscription.may:
        joins *= _need(life, every)
    if chance.uniform("subscription/join") >= joins:
        return
    life.subscribed = (value, mark)
    life.count(World.SUBSCRIBED)
    stay = life.draw.programme["stay"]
    weight = 1.0 / life.draw.programme["unlike"] - 1.0
    stays = chance.gamma("subscription/stay", stay * weight)
    leaves = chance.gamma("subscription/leave", (1.0 - stay) * weight)
    own = stays / (stays + leaves) if stays + leaves > 0.0 else stay
    _later(life, every, own, 0, 1)


def _later(life: Life, every: Duration, own: float, n: int, rhythms: int) -> None:
    due = life.now
    for _ in range(rhythms):
        due = life.clock.add(due, every)
    life.at(due, 0, partial(_due, life, every, own, n))


def _due(life: Life, every: Duration, own: float, n: int) -> None:
    subscription, chance, draw = programme(life), life.who.randomness, life.draw.programme
    assert subscription is not None
    pause, skip, change, _ = chance.uniforms("subscription/due", n)
    if "change" in subscription.may and change < draw["changes"]:
        choices = _every(life)
        every = choices[(choices.index(every) + 1) % len(choices)]
    if "pause" in subscription.may and pause < draw["pauses"]:
        _later(life, every, own, n + 1, 3 if pause < 0.5 * draw["pauses"] else 2)
    elif "skip" in subscription.may and skip >= _need(life, every) * (1.0 - draw["skips"]):
        _later(life, every, own, n + 1, 1)
    elif chance.uniform("subscription/renew", n) >= own:
        life.subscribed = None
        life.count(World.SUBSCRIPTIONS_ENDED)
        _tell(life, "subscription_cancelled")
    else:
        _later(life, every, own, n + 1, 1)
        _deliver(life, subscription, n)


def _deliver(life: Life, subscription: Subscription, n: int) -> None:
    assert life.subscribed is not None
    value, mark = life.subscribed
    ppm = subscription.discount.ppm if subscription.discount is not None else 0
    off = min(value, (value * ppm + 500_000) // 1_000_000)
    life.count(World.DELIVERIES)
    life.count(World.DELIVERY_DISCOUNTS, off)
    life.count(World.OFFER_COST, off)
    life.count_month(PerMonth.OFFER_COST, off)
    key = life.book(value, off, mark)
    life.event(Happening("order_placed", key))
    for occurrence in life.occurrences(Nature.AFTER_ORDER):
        drawn = life.who.randomness.uniform(f"event/{occurrence.event}", BEHIND_THE_PATH + n)
        if drawn < occurrence.rate:
            life.schedule_event(Happening(occurrence.event, key), occurrence.lag)
    referral.recommend(life, key[1])
    _tell(life, "subscription_renewed")


def _tell(life: Life, event: str) -> None:
    if event in life.launch.events:
        life.event(Happening(event))
