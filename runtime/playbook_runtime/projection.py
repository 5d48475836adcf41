"""What a simulation says: every number with its interval, every assumption with its grade."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from playbook_compiler.values import dataclass
from playbook_runtime.estimate import Estimate


@dataclass(frozen=True, slots=True)
class WorldCounts:
    """What was counted in one world of one draw. Money in minor units.

    `customers` and `repeat_customers` are people with at least one, more than one order ever, at
    the end; `active_customers` those with an order in the horizon, `retained_customers` those of
    them who also bought in a stretch as long as the horizon before the start: `base_customers`
    are all who did. `orders` and money are of the horizon.
    """

    orders: int
    revenue: int
    contribution: int
    message_cost: int
    offer_cost: int
    active_customers: int
    retained_customers: int
    base_customers: int
    customers: int
    repeat_customers: int
    newcomers: int
    messages: int
    horizon_days: int


Estimates = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class FlowProjection:
    """What one flow does.

    `orders` and `profit` are increments by leave-one-out: all flows against all but this one.
    `held_back_by` counts messages that did not go out, by reason; `delayed` those that were moved.
    `subsidised` are orders that would have come anyway and used an offer of the flow.
    """

    flow: str
    strategy: str
    entered: Estimate
    sent: Estimate
    held_back: Estimate
    held_back_by: Estimates
    delayed: Estimate
    offers_used: Estimate
    subsidised: Estimate
    orders: Estimate
    profit: Estimate


@dataclass(frozen=True, slots=True)
class Check:
    """One origin of the backtest: what would have been predicted, and what came."""

    origin: date
    horizon_days: int
    predicted: Estimate
    actual: int
    naive: float
    inside: bool


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something the numbers rest on that the files do not tell.

    `in_headline` is false for gains that nothing proves: they appear only in the line with
    unproven effects. `used_by` names flows or what else rests on it.
    """

    id: str
    effect: str
    source: str
    grade: str
    value: str
    in_headline: bool
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataAccount:
    """Where the numbers come from. `rows`, `quarantined` and `details` are of the whole file;
    `orders` and `customers` are those up to `last_day`, `later_orders` what the as-of date leaves
    out."""

    file: str
    sha256: str
    rows: int
    orders: int
    customers: int
    quarantined: int
    later_orders: int
    sanity_line: str
    details: tuple[str, ...]
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Projection:
    """The worlds without and with the playbook, and their difference, over one horizon.

    `without` ... `difference_unproven` map metric names to estimates over draws; money in minor
    units. `contact` maps what the playbook does to customers, such as messages a month.
    `monte_carlo_error` is the standard error of the 10% quantile of the profit difference that
    comes from the number of draws alone. `notes` are sentences that the reader needs.
    """

    playbook: str
    digest: str
    seed: int
    as_of: date
    horizon_days: int
    draws: int
    flow_draws: int
    currency: str
    decimals: int
    family: str
    without: Estimates
    with_playbook: Estimates
    difference: Estimates
    with_unproven: Estimates
    difference_unproven: Estimates
    probability_profit_positive: float
    monte_carlo_error: float
    contact: Estimates
    flows: tuple[FlowProjection, ...]
    backtest: tuple[Check, ...]
    assumptions: tuple[Assumption, ...]
    data: DataAccount
    notes: tuple[str, ...]
