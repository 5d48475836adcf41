"""Levels of a tier programme, and what they give, as the rows that the kernel goes by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from playbook_compiler.model import Economics, Flow, Playbook
from playbook_compiler.programmes import Tiers
from playbook_compiler.rights import Right
from playbook_compiler.triggers import TierChanged
from playbook_runtime import program_rules as rules
from playbook_runtime.heard import MEMBERS, gift_send, gifts_of, level_names
from playbook_runtime.kernel import instructions as code
from playbook_runtime.launch import Launch

BASES = {"revenue": code.BY_REVENUE, "orders": code.BY_ORDERS, "points_earned": code.BY_POINTS}
ONCE = 1_000_000
FREE_SHIPPING = "free-shipping"


def thresholds(tiers: Tiers | None, decimals: int) -> list[int]:
    """Return where each level begins, in minor units for revenue, else as a number; the first is
    where everybody begins."""
    if tiers is None:
        return [0]
    unit = 10**decimals if tiers.basis.figure == "revenue" else 1
    begin = [math.ceil(tiers.levels[name] * unit) for name in tiers.in_order]
    return begin if begin[0] == 0 else [0, *begin]


def flow_rows(tiers: Tiers | None, flows: Sequence[Flow]) -> list[tuple[int, ...]]:
    """Return (flow, 1 up or 0 down, level or -1 for any) of the flows that a change starts."""
    if tiers is None:
        return []
    levels = level_names(tiers)
    return [
        (
            n,
            int(flow.trigger.tier_changed == "up"),
            levels.index(flow.trigger.to) if flow.trigger.to else -1,
        )
        for n, flow in enumerate(flows)
        if isinstance(flow.trigger, TierChanged)
    ]


def rights_of_levels(
    tiers: Tiers | None, economics: Economics | None, decimals: int
) -> list[tuple[int, ...]]:
    """Return the rights of each level, those of the levels below it included."""
    if tiers is None:
        return [rights((), economics, decimals)]  # of nobody's level
    rows: list[tuple[int, ...]] = []
    given: tuple[Right, ...] = ()
    for name in level_names(tiers):
        given = (*given, *tiers.rights.get(name or "", ()))
        rows.append(rights(given, economics, decimals))
    return rows


def rights(
    given: Sequence[Right], economics: Economics | None, decimals: int
) -> tuple[int, int, int]:
    """Return what rights come to at an order: points times so many millionths, a standing discount
    in millionths, and what its shipping costs."""
    times = max((int(one.points.times * ONCE) for one in given if one.points), default=ONCE)
    percent = max((one.percent_off.ppm for one in given if one.percent_off), default=0)
    free = any(one.right == FREE_SHIPPING for one in given)
    return times, percent, rules.shipping(economics).minor(decimals) if free else 0


def gift_rows(
    playbook: Playbook, launch: Launch, offers: Mapping[str, int]
) -> list[tuple[int, ...]]:
    """Return (level, offer, send) of the offers that are given on reaching a level."""
    programmes = playbook.programmes
    tiers = programmes.tiers if programmes is not None else None
    levels = level_names(tiers) if tiers is not None else ()
    return [
        (
            levels.index(level) if level != MEMBERS else -1,
            offers[offer],
            launch.sends.index(gift_send(level, offer)),
        )
        for level, offer in gifts_of(playbook)
    ]
