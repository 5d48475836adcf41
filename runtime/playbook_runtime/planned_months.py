"""What a projection says of its months beside their numbers: stage, budgets, newcomers."""

from __future__ import annotations

from playbook_compiler.values import dataclass
from playbook_runtime.estimate import Estimate


@dataclass(frozen=True, slots=True)
class PlannedMonth:
    """One month of the horizon, the first and the last of them perhaps in part.

    `orders` is the mean of the three full months before it on which its stage was read, None where
    it was not read. Budgets are in minor units, of the days in the horizon, None where no budget is
    stated; `acquisition_share` is the part of it for winning customers. `checklists` are those of
    the stage. `admitted` has the flows that the budget lets in only a share of.
    """

    month: str
    stage: str
    reason: str
    orders: float | None
    acquisition_share: float
    acquisition: int | None
    retention: int | None
    newcomers: Estimate
    checklists: tuple[str, ...]
    admitted: tuple[tuple[str, float], ...] = ()
    spent: float | None = None


@dataclass(frozen=True, slots=True)
class BudgetShift:
    """What it brings to spend other than in the past on winning customers, in both worlds alike.

    `budget` is that of the horizon and `usual` what the past's budget would come to, in minor
    units; `newcomers` and `profit` (after the cost) are differences to the past's budget.
    """

    budget: int
    usual: int
    newcomers: Estimate
    profit: Estimate
