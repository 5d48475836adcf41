"""What each flow does and is worth, as the report tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from playbook_runtime.attribution import FlowWorlds, FlowWorth, Future, mean_draws
from playbook_runtime.estimate import Estimate
from playbook_runtime.kernel.layout import PerFlow, flow_column
from playbook_runtime.kernel.tables import I64
from playbook_runtime.projection import NO_INCREMENT, BreakEven, FlowProjection, Proof

HELD = {
    "holdout": PerFlow.HELD_HOLDOUT,
    "consent": PerFlow.HELD_CONSENT,
    "suppressed": PerFlow.HELD_SUPPRESSED,
    "offer": PerFlow.HELD_OFFER,
    "zone": PerFlow.HELD_ZONE,
    "cap": PerFlow.HELD_CAP,
    "marketplace": PerFlow.HELD_MARKETPLACE,
    "budget": PerFlow.HELD_BUDGET,
}


def flow_projection(
    flow: str,
    strategy: str,
    number: int,
    counts: I64,
    worth: FlowWorth | None,
    pays_if: BreakEven | None,
    proof: Proof | None,
) -> FlowProjection:
    """Return a flow's row from the headline's counts; it is worth nothing where it is off."""
    held = held_back(counts, number)
    mean = worth.mean if worth is not None else NO_INCREMENT
    return FlowProjection(
        flow=flow,
        strategy=strategy,
        entered=_told(counts, number, PerFlow.ENTERED),
        sent=_told(counts, number, PerFlow.SENT),
        held_back=Estimate.of(np.sum(list(held.values()), axis=0).tolist()),
        held_back_by={name: Estimate.of(values.tolist()) for name, values in held.items()},
        delayed=_told(counts, number, PerFlow.DELAYED),
        offers_used=_told(counts, number, PerFlow.OFFERS_USED),
        subsidised=_told(counts, number, PerFlow.SUBSIDISED),
        orders=mean.orders,
        profit=mean.profit,
        last_in=worth.last_in if worth is not None else NO_INCREMENT,
        first_in=worth.first_in if worth is not None else NO_INCREMENT,
        pays_if=pays_if,
        proof=proof,
    )


def flow_draws_of(
    counts: I64, number: int, futures: Sequence[Future], worlds: FlowWorlds | None
) -> Mapping[str, list[float]]:
    """Return the draws of what `require:` may say of a flow; orders and profit are its worth."""
    held: I64 = np.sum(list(held_back(counts, number).values()), axis=0)
    zeros = [0.0]
    orders, profit = mean_draws(futures, worlds) if worlds is not None else (zeros, zeros)
    return {
        "entered": counts[:, flow_column(number, PerFlow.ENTERED)].astype(float).tolist(),
        "sent": counts[:, flow_column(number, PerFlow.SENT)].astype(float).tolist(),
        "held_back": held.astype(float).tolist(),
        "orders": orders,
        "profit": profit,
    }


def held_back(counts: I64, number: int) -> Mapping[str, I64]:
    """Return how many messages of a flow did not go out, by reason and draw."""
    return {name: counts[:, flow_column(number, what)] for name, what in HELD.items()}


def _told(counts: I64, number: int, what: PerFlow) -> Estimate:
    return Estimate.of(counts[:, flow_column(number, what)].tolist())
