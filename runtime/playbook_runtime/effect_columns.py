"""The columns of effects in a draw, changed: scaled by a factor, or taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from playbook_runtime.kernel.tables import F64, Draws
from playbook_runtime.launch import ADDED, BASKET, DROPOUT, RATE, REPAID, REVIVE, Slot

# The value that changes nothing, by form.
NEUTRAL: Final = {RATE: 1.0, ADDED: 0.0, DROPOUT: 1.0, REVIVE: 0.0, BASKET: 1.0, REPAID: 0.0}
# What a flow without an effect is scaled from: 1 % more purchases, 1 order per 1,000 messages.
UNIT: Final = {RATE: 0.01, ADDED: 1.0}
# Forms whose values may be below 0: fewer orders than without.
_SIGNED: Final = (ADDED,)


def columns_of(slots: Sequence[Slot], flow: str) -> list[int]:
    """Return the columns of a flow's own effects; what is paid back later is none."""
    return [n for n, slot in enumerate(slots) if slot.flow == flow and slot.form != REPAID]


def neutral_of(slots: Sequence[Slot], columns: Iterable[int]) -> F64:
    """Return the values at which these columns change nothing."""
    return np.array([NEUTRAL[slots[column].form] for column in columns], dtype=np.float64)


def scaled(
    draws: Draws, slots: Sequence[Slot], columns: Sequence[int], base: F64, scale: float
) -> Draws:
    """Return draws in which the effects of these columns are `base` (by draw and column) times
    `scale`, both as distances from what changes nothing."""
    effect = draws.effect.copy()
    for place, column in enumerate(columns):
        form = slots[column].form
        moved = NEUTRAL[form] + scale * base[:, place]
        effect[:, column] = moved if form in _SIGNED else np.maximum(0.0, moved)
    return draws._replace(effect=effect)


def distances(draws: Draws, slots: Sequence[Slot], columns: Sequence[int]) -> F64:
    """Return how far the effects of these columns are from what changes nothing, by draw."""
    found: F64 = draws.effect[:, columns] - neutral_of(slots, columns)
    return found


def without_effects(draws: Draws, slots: Sequence[Slot], columns: Sequence[int]) -> Draws:
    """Return draws in which these columns change nothing."""
    effect = draws.effect.copy()
    effect[:, columns] = neutral_of(slots, columns)
    return draws._replace(effect=effect)
