"""Referral before the simulation: how many friends an order brings, and whether that ends."""

from __future__ import annotations

import math

import numpy as np

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.model import Playbook
from playbook_compiler.values import replace
from playbook_runtime.assumed import friends_told
from playbook_runtime.behaviour.expectations import expected_purchases
from playbook_runtime.behaviour.fit import akaike_weights
from playbook_runtime.behaviour.model import FittedBehaviour
from playbook_runtime.heard import has_referral
from playbook_runtime.kernel.tables import F64, PROGRAMME_DRAWS
from playbook_runtime.observed import Observed
from playbook_runtime.programme_draws import REFERRED, Judged, known_share

RULE = "endless-referral"


def referred_by(playbook: Playbook, data: Observed) -> Judged:
    """Return how many friends an order brings: as the events file tells or `assume.referred`
    says, else a judgement."""
    told = friends_told(playbook, data) if has_referral(playbook) else None
    if told is None:
        return REFERRED
    share, source = told
    return replace(REFERRED, prior=known_share(share, source))


def reproduction(fits: tuple[FittedBehaviour, ...], programme: F64, days: int) -> float:
    """Return R: how many friends who would not have come anyway one newcomer brings within the
    horizon, phi (1 - iota) times his expected orders."""
    weights = akaike_weights(fits)
    orders = 1.0 + math.fsum(
        weight * float(expected_purchases(fitted.parameters, np.array([float(days)]))[0])
        for fitted, weight in zip(fits, weights, strict=True)
    )
    phi = programme[:, PROGRAMME_DRAWS.index("referred")]
    iota = programme[:, PROGRAMME_DRAWS.index("anyway")]
    return math.fsum((phi * (1.0 - iota)).tolist()) / len(programme) * orders


def endless(
    playbook: Playbook, fits: tuple[FittedBehaviour, ...], programme: F64, days: int
) -> list[Diagnostic]:
    """Return the error for friends who bring more friends than they are."""
    if not has_referral(playbook):
        return []
    friends = reproduction(fits, programme, days)
    return [] if friends < 1.0 else [endless_referral(playbook, f"{friends:.3g} further ones")]


def endless_referral(playbook: Playbook, many: str = "more than one further one") -> Diagnostic:
    """Return the error for recommendations without end."""
    assert playbook.programmes is not None and playbook.programmes.referral is not None
    said = playbook.origin.has("assume", "referred")
    place = playbook.programmes.referral.origin.span()
    return error(
        RULE,
        f"every customer who is recommended would bring {many}, so that the shop would grow"
        " without end",
        playbook.origin.key_span("assume", "referred") if said else place,
        caption="expected fewer than one",
        help="count again how many friends order: `assume: {referred: {rate: 4 per 1mo}}` says it",
    )
