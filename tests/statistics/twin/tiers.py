"""Levels in the plain-Python life: what counts for them, when they change, what they give."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from tests.statistics.twin.state import Happening, Issued

from playbook_compiler.programmes import Tiers
from playbook_compiler.rights import Right
from playbook_compiler.triggers import TierChanged
from playbook_runtime.kernel.layout import World

if TYPE_CHECKING:
    from tests.statistics.twin.life import Life


def programme(life: Life) -> Tiers | None:
    programmes = life.rules.playbook.programmes
    return programmes.tiers if programmes is not None else None


def _levels(tiers: Tiers) -> list[str | None]:
    """Return the levels from the lowest; nobody is below the first one that begins at 0."""
    names: list[str | None] = sorted(tiers.levels, key=lambda one: (tiers.levels[one], one))  # type: ignore[index,arg-type]
    return names if tiers.levels[str(names[0])] == 0 else [None, *names]


def _reached(life: Life, tiers: Tiers, moment: int) -> int:
    """Return the place of the highest level that what counts reaches."""
    log, over = life.standing.log, tiers.basis.over
    while over is not None and log and life.clock.add(log[0][0], over) <= moment:
        log.pop(0)
    counted = Decimal(sum(amount for _, amount in log))
    if tiers.basis.figure == "revenue":
        counted /= 10**life.rules.decimals
    names = _levels(tiers)
    return max(
        place
        for place, name in enumerate(names)
        if place == 0 or (name is not None and tiers.levels[name] <= counted)
    )


def enrol(life: Life) -> None:
    """Put everybody on the level that the orders before the start give."""
    tiers = programme(life)
    if tiers is None:
        return
    if life.loyalty.takes_part:
        if life.person.basis > 0:
            life.standing.log.append((life.person.basis_at, life.person.basis))
        life.standing.level = _reached(life, tiers, life.who.arrival)
        if life.standing.level > 0:
            _keep(life, tiers, life.who.arrival)
    _tell(life, tiers)


def _tell(life: Life, tiers: Tiers) -> None:
    name = _levels(tiers)[life.standing.level]
    if name is not None:
        life.changed["field", "tier"] = name
    else:
        life.changed.pop(("field", "tier"), None)


def qualify(life: Life, figure: str, amount: int) -> None:
    """Count an amount of a figure, if the level goes by it."""
    tiers = programme(life)
    if tiers is not None and life.loyalty.takes_part and tiers.basis.figure == figure:
        life.standing.log.append((life.now, amount))
        _review(life, tiers)


def _review(life: Life, tiers: Tiers) -> None:
    standing = life.standing
    level, old = _reached(life, tiers, life.now), standing.level
    if level < old and tiers.keep is not None and life.now < standing.kept_until:
        return
    if level != old:
        standing.level = level
        _tell(life, tiers)
        life.at(life.now, 1, partial(_changed, life, tiers, old, level))
    _keep(life, tiers, life.now)


def _keep(life: Life, tiers: Tiers, moment: int) -> None:
    standing = life.standing
    standing.ticket += 1
    ticket = standing.ticket
    if tiers.keep is not None:
        standing.kept_until = life.clock.add(moment, tiers.keep)
    if standing.level == 0 or tiers.basis.over is None:
        return
    due = standing.kept_until
    if tiers.keep is None:
        due = life.clock.add(standing.log[0][0], tiers.basis.over)

    def look() -> None:
        if standing.ticket == ticket:
            _review(life, tiers)

    life.at(due, 2, look)


def _changed(life: Life, tiers: Tiers, old: int, level: int) -> None:
    names = _levels(tiers)
    given = sorted(
        {
            (place, name, right.offer)
            for place, name in enumerate(names)
            if name is not None and old < place <= level
            for right in tiers.rights.get(name, ())
            if right.offer
        },
        key=lambda one: (one[1], one[2]),
    )
    for _, name, offer in given:
        give(life, str(name), offer)
    if "tier_changed" in life.launch.events:
        life.event(Happening("tier_changed"))
    for flow in life.rules.flows:
        trigger = flow.trigger
        if not isinstance(trigger, TierChanged) or trigger.to not in ("", names[level]):
            continue
        if trigger.tier_changed == ("up" if level > old else "down"):
            life.try_entry(flow, None)


def give(life: Life, level: str, name: str) -> None:
    """Give the offer of a level."""
    if life.holds(name):
        return
    offer, send = life.rules.playbook.offers[name], f"(programmes)/{level}-{name}"
    issued = life.offers.setdefault(name, Issued())
    redemption = life.draw.redemption[life.launch.sends.index(send)]
    issued.times += 1
    issued.will_use = life.who.randomness.uniform(f"redemption/{send}", 0) < redemption
    issued.flow = ""
    issued.end = float("inf")
    if offer.valid is not None:
        issued.end = life.clock.day_end(life.clock.add(life.now, offer.valid))


def _rights(life: Life) -> list[Right]:
    """Return the rights that the person has now."""
    found: list[Right] = []
    tiers, programmes = programme(life), life.rules.playbook.programmes
    if tiers is not None and life.loyalty.takes_part:
        for name in _levels(tiers)[: life.standing.level + 1]:
            found += tiers.rights.get(name or "", ())
    if life.is_member:
        assert programmes is not None and programmes.membership is not None
        found += programmes.membership.rights
    return found


def multiplied(life: Life, points: int) -> int:
    """Return what points come to with the rights to more of them."""
    times = max((right.points.times for right in _rights(life) if right.points), default=Decimal(1))
    return int(points * times)


def use_rights(life: Life, value: int, discounts: int, *, alone: bool) -> tuple[int, int]:
    """Return (discount, cost) of the rights at an order."""
    given = _rights(life)
    shipping = life.rules.money.shipping if any(r.right == "free-shipping" for r in given) else 0
    off = 0
    if alone or life.rules.stackable:
        share = max((right.percent_off.ppm for right in given if right.percent_off), default=0)
        off = min((value * share + 500_000) // 1_000_000, value - discounts)
    life.count(World.RIGHTS_COST, shipping + off)
    return off, shipping + off
