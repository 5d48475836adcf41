"""Programmes of API v2: the cards, earning rules and rewards that belong together, as a draft."""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.export.bundle import ref
from playbook_compiler.programmes import Programmes
from playbook_compiler.targets.voucherify import naming
from playbook_compiler.targets.voucherify.cards import DRAFT, points_card
from playbook_compiler.targets.voucherify.earning import lower_earn, multiples_of
from playbook_compiler.targets.voucherify.members import (
    holders,
    lower_gifts,
    lower_promotions,
    points_benefit,
)
from playbook_compiler.targets.voucherify.referral import lower_referral
from playbook_compiler.targets.voucherify.rewards import lower_redeem
from playbook_compiler.targets.voucherify.segments import need_membership
from playbook_compiler.targets.voucherify.state import Export
from playbook_compiler.targets.voucherify.tiers import lower_tiers

ASSIGNED_MOST: Final = 10
_TIERS_NOTE: Final = (
    "before you launch `{program}`: activate the tier structure, then assign it to the programme; "
    "Voucherify assigns active ones only"
)


def lower_programmes(export: Export, programmes: Programmes) -> None:
    """Make everything that a playbook's programmes are in Voucherify."""
    points, tiers = programmes.points, programmes.tiers
    card = points_card(export, points) if points is not None else ""
    cards = [card] if card else []
    with_tiers = False
    if tiers is not None:
        counted = lower_tiers(export, tiers, card)
        with_tiers = counted is not None
        if counted is not None and counted[0] not in cards:
            cards.append(counted[0])
        also_points = counted is not None and counted[1]
    rewards: list[dict[str, Any]] = []
    if points is not None:
        written_on = cards if tiers is not None and also_points else [card]
        lower_earn(export, points, written_on, multiples_of(export, programmes))
        rewards = lower_redeem(export, points, card)
        for offer in export.playbook.offers.values():
            if offer.points is not None:
                points_benefit(export, offer, card)
    if programmes.referral is not None:
        lower_referral(export, programmes.referral, card)
    if programmes.membership is not None:
        need_membership(export)
    several = [one for one in holders(programmes) if one.programme != "tiers" or with_tiers]
    lower_promotions(export, several)
    lower_gifts(export, several)
    if cards:
        _program(export, programmes, cards, rewards, with_tiers)


def _program(
    export: Export,
    programmes: Programmes,
    cards: list[str],
    rewards: list[dict[str, Any]],
    with_tiers: bool,
) -> None:
    name = "points" if programmes.points is not None else "tiers"
    chosen = programmes.points or programmes.tiers
    assert chosen is not None
    rules = [
        {"id": ref(one.kind, one.name)}
        for one in export.requests.values()
        if one.kind == "earning-rule"
    ]
    title = export.title(naming.inert(chosen.name or f"{name} programme"))
    payload: dict[str, Any] = {
        "name": title,
        "status": DRAFT,
        "metadata": export.identity("program", name),
        "card_definitions": [{"id": card} for card in cards],
    }
    if rules:
        payload["earning_rules"] = rules
    if rewards:
        payload["rewards"] = rewards[:ASSIGNED_MOST]
    program = export.make("program", name, payload)
    # A call takes ten rewards: the others are assigned afterwards.
    for start in range(ASSIGNED_MOST, len(rewards), ASSIGNED_MOST):
        further = f"{name}.{start // ASSIGNED_MOST + 1}"
        assigned = {"assign": rewards[start : start + ASSIGNED_MOST]}
        export.make("program-rewards", further, assigned, inside=program)
    if with_tiers:
        export.lowering.need("setting", "tier structure", _TIERS_NOTE.format(program=title))
