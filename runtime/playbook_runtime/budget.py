"""The marketing budget by month, and whom it admits to which flow.

The budget of a month is divided by its stage's split. What is for retention pays for messages,
tasks and offers; flows are admitted in order of priority, each whole while the money lasts, the
one at which it ends in part, those behind it not at all. Admission is a share of customers by a
hash of its own, read when a customer would enter.

What a month's entrants cost falls partly into later months, so that spending misses the budget
where shares change: `corrected` mends it once, with what was spent. It is a target, not a purse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

import numpy as np

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook, Stage
from playbook_compiler.steps import Send
from playbook_compiler.values import dataclass
from playbook_runtime.kernel.tables import F64, I64
from playbook_runtime.stages import built_in_stages

WHOLE: Final = 1_000_000  # everybody is admitted, in parts per million
TOLERANCE: Final = 0.02  # spending that misses the budget by more is mended


@dataclass(frozen=True, slots=True)
class MonthBudget:
    """What one month may cost, in minor units: of the days in the horizon, and of it whole."""

    acquisition: int
    retention: int
    whole_acquisition: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What a flow is before the budget: its place among all flows, its priority, and whether it is
    always admitted (it sends what must be sent, such as a receipt)."""

    flow: str
    place: int
    priority: int
    exempt: bool


def month_budgets(
    whole: int, shares: Sequence[Decimal], parts: Sequence[tuple[int, int]]
) -> tuple[MonthBudget, ...]:
    """Return the budget of each month, of `whole` minor units a month and shares for winning.

    `parts` are (days in the horizon, days of the month). Halves of a minor unit go to the even.
    """
    found = []
    for winning, (days, of) in zip(shares, parts, strict=True):
        total = _rounded(Decimal(whole) * days / of)
        acquisition = _rounded(Decimal(whole) * days / of * winning)
        found.append(MonthBudget(acquisition, total - acquisition, _rounded(whole * winning)))
    return tuple(found)


def monthly_budget(playbook: Playbook) -> int | None:
    """Return what a playbook may spend in a month, in minor units; None where it does not say."""
    economics = playbook.economics
    if economics is None or economics.monthly_budget is None:
        return None
    return economics.monthly_budget.minor(playbook.decimals)


def acquisition_share(stages: Mapping[str, Stage], name: str) -> Decimal:
    """Return the share for winning customers in a stage; the built-in one where none is stated."""
    stage = stages.get(name)
    if stage is not None and stage.split is not None:
        return stage.split.acquisition.fraction
    built_in = built_in_stages()[name].split
    assert built_in is not None, "every built-in stage has a split"
    return built_in.acquisition.fraction


def claims_of(graph: TriggerGraph) -> tuple[Claim, ...]:
    """Return the flows that are on, those served first first: by priority, then id."""
    playbook = graph.playbook
    transactional = {
        node.flow
        for node in graph.nodes.values()
        if isinstance(node.what, Send)
        and any(playbook.messages[name].kind == "transactional" for name in node.what.send.messages)
    }
    claims = [
        Claim(flow, place, playbook.flows[flow].priority, flow in transactional)
        for place, flow in enumerate(sorted(playbook.flows))
        if playbook.flows[flow].enabled
    ]
    return tuple(sorted(claims, key=lambda one: (not one.exempt, -one.priority, one.flow)))


def admission_shares(demand: F64, budget: F64, claims: Sequence[Claim]) -> I64:
    """Return the share of customers admitted by flow and month, ppm, int64 (F, M).

    `demand` (F, M) is what a flow would cost in a month if everybody were admitted, averaged over
    draws; `budget` (M,). A month with room for all admits all, and a flow that costs nothing is
    always admitted.
    """
    shares = np.full(demand.shape, WHOLE, dtype=np.int64)
    left = np.array(budget, dtype=np.float64)
    for claim in claims:
        wanted = demand[claim.place]
        if not claim.exempt:
            # Sums are cut off before they are divided: a demand may be next to nothing.
            part = np.minimum(left, wanted) / np.where(wanted > 0, wanted, 1.0)
            shares[claim.place] = np.where(wanted > 0, np.floor(part * WHOLE), WHOLE)
        left = np.maximum(left - wanted, 0.0)
    return shares


def misses(spent: F64, budget: F64, shares: I64, claims: Sequence[Claim]) -> bool:
    """Return whether spending calls for one more pass: it is above the budget by more than 2% in
    all, or below it while somebody is kept out."""
    cut = np.zeros(len(budget), dtype=np.bool_)
    for claim in claims:
        cut |= shares[claim.place] < WHOLE
    total, bound = float(spent[:, cut].sum()), float(budget[cut].sum())
    return abs(total - bound) > TOLERANCE * bound if cut.any() else False


def corrected(demand: F64, spent: F64, budget: F64, shares: I64, claims: Sequence[Claim]) -> I64:
    """Return shares anew, from what was spent under `shares`: the budget of each month in which
    somebody is kept out is scaled by budget / spending, and flows are admitted by it."""
    total = spent.sum(axis=0)
    kept_out = (shares < WHOLE).any(axis=0)
    factor = np.where(kept_out & (total > 0), budget / np.maximum(total, 1e-9), 1.0)
    return admission_shares(demand, budget * factor, claims)


def _rounded(amount: Decimal | int) -> int:
    return int(Decimal(amount).to_integral_value(ROUND_HALF_EVEN))
