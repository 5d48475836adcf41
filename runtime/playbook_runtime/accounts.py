"""Where a projection comes from: the data, the backtest and the model, as the report tells it."""

from __future__ import annotations

from datetime import timedelta

from playbook_runtime.behaviour.backtest import Backtest
from playbook_runtime.behaviour.fit import akaike_weights
from playbook_runtime.behaviour.model import FittedBehaviour
from playbook_runtime.observed import Observed
from playbook_runtime.projection import Check, DataAccount
from playbook_runtime.settings import EPOCH

# Of a model of less weight nobody would see a difference.
SMALLEST_WEIGHT = 0.005


def checks(tested: Backtest) -> tuple[Check, ...]:
    """Return the origins of a backtest."""
    return tuple(
        Check(
            origin=EPOCH + timedelta(days=one.origin_day),
            horizon_days=one.horizon_days,
            predicted=one.predicted,
            actual=int(one.actual),
            naive=one.naive,
            inside=one.inside,
        )
        for one in tested.origins
    )


def family_text(fits: tuple[FittedBehaviour, ...]) -> str:
    """Return the models that are mixed, with their weights."""
    weights = akaike_weights(fits)
    told = []
    for fitted, weight in zip(fits, weights, strict=True):
        k = f" (k = {fitted.parameters.k})" if fitted.parameters.k > 1 else ""
        if weight >= SMALLEST_WEIGHT:
            told.append(f"{fitted.parameters.family}{k} {weight:.0%}")
    return ", ".join(told)


def data_account(data: Observed) -> DataAccount:
    """Return the account of what was used: rows are of the whole file, orders and customers those
    up to the as-of date."""
    reading = data.orders.reading
    return DataAccount(
        file=reading.file,
        sha256=reading.digest,
        rows=reading.rows,
        orders=len(data.day),
        customers=len(data.history),
        quarantined=reading.quarantined,
        later_orders=int((data.orders.day > data.as_of_day).sum()),
        sanity_line=reading.sanity_line(),
        details=reading.details(),
        first_day=EPOCH + timedelta(days=reading.first_day),
        last_day=min(data.as_of, EPOCH + timedelta(days=reading.last_day)),
    )
