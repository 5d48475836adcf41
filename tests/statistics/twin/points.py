"""Points in the plain-Python life: earned, credited, redeemed, lapsed, and what is owed."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from tests.statistics.twin import tiers
from tests.statistics.twin.behaviour import gap
from tests.statistics.twin.clock import Clock
from tests.statistics.twin.effects import begun
from tests.statistics.twin.state import Account, Happening

from playbook_compiler.programmes import Earn, Points, Redeem
from playbook_compiler.triggers import PointsExpiring, PointsReach
from playbook_compiler.units import DAY_SECONDS, Duration, Money
from playbook_runtime.kernel.layout import WITH, PerMonth, World
from playbook_runtime.launch import PROGRAMMES

if TYPE_CHECKING:
    from tests.statistics.twin.life import Life

NOTICE = Duration(days=30)
YEARS_50 = 50 * 365 * DAY_SECONDS
PPM = 1_000_000


def programme(life: Life) -> Points | None:
    programmes = life.rules.playbook.programmes
    return programmes.points if programmes is not None else None


def enrol(life: Life) -> None:
    """Decide whether the person takes part, and begin what that does to his buying."""
    if programme(life) is None and tiers.programme(life) is None:
        return
    if not life.has_programmes:
        return
    account, chance = life.loyalty, life.who.randomness
    account.takes_part = chance.uniform("loyalty/member") < life.draw.programme["participation"]
    if not account.takes_part:
        return
    account.redeems = chance.uniform("points/redeemer") < life.draw.programme["redemption"]
    belong(life, life.who.arrival)


def belong(life: Life, moment: int) -> None:
    """Let what belonging to a programme does to buying begin."""
    for slot, amount in zip(life.launch.slots, life.draw.effect, strict=True):
        if slot.flow == PROGRAMMES:
            effect = begun(slot, amount, 0, moment, 1.0)
            if effect.peak != 0.0:
                life.effects.append(effect)
                if effect.size > 0.0:
                    life.next_candidate(effect, 0)


def leave(life: Life) -> None:
    """Let it end."""
    for effect in life.effects:
        if effect.slot.flow == PROGRAMMES:
            effect.end = min(effect.end, life.now)


def earn(life: Life, happening: Happening) -> None:
    """Earn what an event brings."""
    points = programme(life)
    if points is None or not life.loyalty.takes_part:
        return
    for place, way in enumerate(points.earn):
        if way.event != happening.event:
            continue
        amount = tiers.multiplied(life, _amount(life, way, happening))
        is_meant = amount > 0 and (way.where is None or life.meets(way.where))
        if is_meant and _is_open(life, place, way, happening):
            award(life, amount, way.pending or Duration())


def _amount(life: Life, way: Earn, happening: Happening) -> int:
    if not way.points.currency:
        return int(way.points.points)
    if happening.key is None or happening.key[0] != "order":
        return 0
    paid = life.made[happening.key[1]]["trigger.order.total"]
    share = Fraction(way.points.points) / Fraction(way.points.per) / 10**life.rules.decimals
    return math.floor(paid * share)


def _is_open(life: Life, place: int, way: Earn, happening: Happening) -> bool:
    """Return whether a way to earn may be taken once more, and note it."""
    if way.at_most is None:
        return True
    taken = life.loyalty.taken.setdefault(place, [])
    most, span = int(way.at_most.count), way.at_most.per
    full = len(taken) >= most
    if isinstance(span, Duration):
        if full and life.clock.add(taken[-most], span) > life.now:
            return False
        taken.append(life.now)
    else:
        number = -1 if happening.key is None else happening.key[1]
        if full and taken[-most] == number:
            return False
        taken.append(number)
    return True


def award(life: Life, points: int, pending: Duration) -> None:
    """Give points, to be redeemed when they are pending no longer."""
    if not life.loyalty.takes_part:
        return
    life.count(World.POINTS_EARNED, points)
    life.count_month(PerMonth.POINTS_EARNED, points)
    life.loyalty.pending += points
    due = life.now if pending.is_zero else life.clock.add(life.now, pending)
    life.at(due, 1, partial(_credit, life, points))
    tiers.qualify(life, "points_earned", points)


def _life_of(life: Life) -> tuple[Duration | None, str]:
    points = programme(life)
    if points is None or points.expire is None:
        return None, ""
    return points.expire.after, points.expire.since


def _credit(life: Life, points: int) -> None:
    account = life.loyalty
    length, _ = _life_of(life)
    before = account.balance
    account.pending -= points
    end = math.inf if length is None else life.clock.add(life.now, length)
    account.lots.append([end, points])
    stir(life)
    if "points_earned" in life.launch.events:
        life.event(Happening("points_earned"))
    for flow in life.rules.flows:
        trigger = flow.trigger
        if isinstance(trigger, PointsReach) and before < trigger.points_reach <= before + points:
            life.try_entry(flow, None)


def stir(life: Life) -> None:
    """Something was ordered, credited or redeemed."""
    if life.loyalty.takes_part:
        life.loyalty.active = life.now
        _set_timer(life)


def _set_timer(life: Life) -> None:
    account = life.loyalty
    length, since = _life_of(life)
    due: float | None = None
    if account.balance > 0 and length is not None:
        if since == "earning":
            oldest = next(end for end, left in account.lots if left > 0)
            due = max(life.now, oldest)
        else:
            due = life.clock.add(account.active, length)
    if due == account.lapses:
        return
    account.lapses = due
    account.ticket += 1
    if due is None:
        return
    ticket, moment = account.ticket, int(due)
    life.at(moment, 2, partial(_lapse, life, ticket))
    if "points_expiring" in life.launch.events:
        early = _before(life.clock, moment, NOTICE)
        event = partial(life.event, Happening("points_expiring"))
        life.at(max(life.now, early), 2, partial(_if_still, account, ticket, event))
    for flow in life.rules.flows:
        if isinstance(flow.trigger, PointsExpiring):
            early = _before(life.clock, moment, flow.trigger.points_expiring)
            enter = partial(life.try_entry, flow, None)
            life.at(max(life.now, early), 2, partial(_if_still, account, ticket, enter))


def _before(clock: Clock, moment: int, length: Duration) -> int:
    return clock.add(moment, Duration(-length.months, -length.days, -length.seconds))


def _if_still(account: Account, ticket: int, action: partial[None]) -> None:
    if account.ticket == ticket:
        action()


def _lapse(life: Life, ticket: int) -> None:
    account = life.loyalty
    if account.ticket != ticket:
        return
    if _life_of(life)[1] == "earning":
        lot = next(lot for lot in account.lots if lot[1] > 0)
        life.count(World.POINTS_EXPIRED, int(lot[1]))
        life.count_month(PerMonth.POINTS_EXPIRED, int(lot[1]))
        lot[1] = 0
    else:
        life.count(World.POINTS_EXPIRED, account.balance)
        life.count_month(PerMonth.POINTS_EXPIRED, account.balance)
        account.lots.clear()
    account.lapses = None
    _set_timer(life)


def _dearest(points: Points, balance: int) -> Redeem | None:
    can = [one for one in points.redeem if one.points <= balance]
    return max(can, key=lambda one: one.points, default=None)


def _take(lots: list[list[float]], points: int) -> None:
    for lot in lots:
        taken = min(points, int(lot[1]))
        lot[1] -= taken
        points -= taken
    assert points == 0


def cost_of(life: Life, redeem: Redeem, value: int, discounts: int) -> tuple[int, int]:
    """Return (cost, discount) of a redemption at an order with that value and those discounts."""
    rules, reward = life.rules, redeem.reward
    found: list[tuple[int, bool]] = []
    for thing in [reward] if not reward.choice else reward.choice:
        offer = rules.playbook.offers.get(thing) if isinstance(thing, str) else thing
        if offer is None:
            assert isinstance(thing, str)
            found.append((_goods(life, thing), False))
        else:
            lowers = bool(offer.percent_off or offer.amount_off or offer.credit)
            cost = rules.benefit(offer, value)  # type: ignore[arg-type]  # a reward reads like one
            found.append((min(cost, value - discounts) if lowers else cost, lowers))
    cost, lowers = max(found, key=lambda one: one[0])
    plus = rules.minor(redeem.plus)
    return max(0, cost - plus), cost if lowers else 0


def _goods(life: Life, name: str) -> int:
    product, economics = life.rules.playbook.products[name], life.rules.playbook.economics
    own = product.margin or (economics.gross_margin.default if economics else None)
    margin = own.fraction if own else Decimal(0)
    price = product.price.amount if product.price else Decimal(0)
    return Money(price * (1 - margin)).minor(life.rules.decimals)


def redeem(life: Life, value: int, discounts: int) -> tuple[int, int] | None:
    """Redeem points at an order; return (discount, cost), None where none are."""
    points, account = programme(life), life.loyalty
    if points is None or not account.redeems:
        return None
    step = _dearest(points, account.balance)
    if step is None:
        return None
    cost, off = cost_of(life, step, value, discounts)
    _take(account.lots, step.points)
    life.count(World.POINTS_REDEEMED, step.points)
    life.count_month(PerMonth.POINTS_REDEEMED, step.points)
    life.count(World.POINTS_COST, cost)
    if "points_redeemed" in life.launch.events:
        life.schedule_event(Happening("points_redeemed"), Duration())
    return off, cost


def settle(life: Life) -> None:
    """Count what is outstanding and owed at the end."""
    points, account = programme(life), life.loyalty
    if points is None:
        return
    owed_until(life, life.launch.end - 1)
    life.count(World.POINTS_OUTSTANDING, account.balance + account.pending)
    later, cost = _owed(life, life.launch.end)
    life.count(World.POINTS_LATER, later)
    life.count(World.LIABILITY, cost)


def owed_until(life: Life, moment: int) -> None:
    """Count what is owed at the end of each month that is over at a moment."""
    starts, account = life.launch.month_start, life.loyalty
    if programme(life) is None or not account.takes_part:
        return
    while account.month + 1 < len(starts) and starts[account.month + 1] <= moment:
        if starts[account.month + 1] > life.who.arrival:
            _owed(life, starts[account.month + 1])
        account.month += 1


def _owed(life: Life, moment: int) -> tuple[int, int]:
    """Count what is owed at the end of a month; return (points that are redeemed, their cost)."""
    account = life.loyalty
    later, cost = _run_out(life, moment)
    held = account.balance + account.pending
    layout = life.layout()
    for what, amount in ((PerMonth.POINTS_OUTSTANDING, held), (PerMonth.LIABILITY, cost)):
        life.counts[layout.month_column(account.month, WITH, what)] += amount
    return later, cost


def _run_out(life: Life, now: int) -> tuple[int, int]:
    """Let the person go on buying from a moment, without new points."""
    points, account = programme(life), life.loyalty
    assert points is not None
    later = total = 0
    if not account.redeems:
        return later, total
    length, since = _life_of(life)
    active = now if account.pending else account.active
    lots = [list(lot) for lot in account.lots]
    if account.pending:
        end = math.inf if length is None else life.clock.add(now, length)
        lots.append([end, account.pending])
    n, passed = account.month * 2**20, 0.0
    while life.alive and _dearest(points, int(sum(left for _, left in lots))):
        passed += gap(life.who.randomness, "points/gap", n, life.who.rate)
        if passed >= YEARS_50:
            break
        moment = now + math.floor(passed)
        if length is not None and since == "earning":
            while lots and lots[0][0] <= moment:
                lots.pop(0)
        elif length is not None and moment >= life.clock.add(active, length):
            break
        step = _dearest(points, int(sum(left for _, left in lots)))
        if step is None:
            break
        _take(lots, step.points)
        lots = [lot for lot in lots if lot[1] > 0]
        later += step.points
        total += cost_of(life, step, life.who.value("points/value", n), 0)[0]
        active = moment
        if life.who.randomness.uniform("points/coin", n) < life.who.dropout:
            break
        n += 1
    return later, total
