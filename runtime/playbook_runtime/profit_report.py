"""The parts of profit as a projection tells them, and what they are made of."""

from __future__ import annotations

import numpy as np

from playbook_runtime.estimate import Estimate
from playbook_runtime.expected import expected_draws
from playbook_runtime.kernel.layout import WITH, WITHOUT, world_column
from playbook_runtime.kernel.tables import I64
from playbook_runtime.outcomes import part_draws
from playbook_runtime.profit_parts import ACQUISITION, PARTS, PIECES
from playbook_runtime.projection import MoneyPart


def money_parts(counts: I64, again: I64, acquisition: int) -> tuple[MoneyPart, ...]:
    """Return the parts of profit in both worlds; those that nothing counts are left out. Both spend
    the same on acquisition. `again` are second futures of the first draws.

    Behind a part stand the pieces of it that are counted on their own, where there are any.
    """
    found = []
    for part in PARTS:
        if part.name == ACQUISITION and acquisition:
            spent, none = Estimate.exactly(float(acquisition)), Estimate.exactly(0.0)
            found.append(MoneyPart(part.name, part.label, part.sign, spent, spent, none))
        if part.column is None:
            continue
        futures = [
            part_draws(some, world, part) for some in (counts, again) for world in (WITHOUT, WITH)
        ]
        found.append(_told(part.name, part.label, part.sign, futures))
        for piece in PIECES:
            futures = [
                some[:, world_column(world, piece.column)]
                for some in (counts, again)
                for world in (WITHOUT, WITH)
            ]
            if piece.within == part.name and any(values.any() for values in futures):
                found.append(_told(piece.name, piece.label, part.sign, futures, piece.within))
    return tuple(found)


def _told(name: str, label: str, sign: int, futures: list[I64], within: str = "") -> MoneyPart:
    """Return a part from its draws: without, with, and both again in the second futures."""
    without, with_playbook, again_without, again_with = (_floats(values) for values in futures)
    apart = expected_draws(_less(with_playbook, without), _less(again_with, again_without))
    levels = (Estimate.of(without), Estimate.of(with_playbook))
    return MoneyPart(name, label, sign, *levels, Estimate.of(apart), within)


def _less(one: list[float], other: list[float]) -> list[float]:
    return [a - b for a, b in zip(one, other, strict=True)]


def _floats(values: I64) -> list[float]:
    found: list[float] = values.astype(np.float64).tolist()
    return found
