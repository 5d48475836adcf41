"""What `playbook diagnose` finds in a shop's past orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from playbook_compiler.values import dataclass
from playbook_runtime.diagnose.curve import Verdict
from playbook_runtime.diagnose.groups import Group
from playbook_runtime.diagnose.intervals import Reading
from playbook_runtime.lifecycle import Silence
from playbook_runtime.projection import DataAccount

Readings = Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class StageFound:
    """The stage of the business, by rules of the playbook or built-in ones.

    `orders_per_month` is the mean of the last three full months, None where there are not as many.
    `rule` is that of the stage (empty for the first), `next_stage` and `next_rule` what comes after
    it, empty after the last. `stated` is what the playbook says, `auto` where it leaves it open.
    `since` is the full month after which the stage was entered, empty for the first stage.
    """

    stage: str
    rule: str
    since: str
    orders_per_month: float | None
    customers: int
    next_stage: str
    next_rule: str
    stated: str
    own_rules: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One shop or category in the product matrix; None where it cannot be told.

    `frequency` are purchases in a year for each customer who bought, `order_value` minor units.
    """

    name: str
    customers: int
    purchases: int
    frequency: float
    order_value: float
    frequent: bool | None
    valuable: bool | None


@dataclass(frozen=True, slots=True)
class MatrixFound:
    """The product matrix (F3) of the last `months` full months, and where it is cut.

    `frequent` in purchases a year, `valuable` in minor units, None where nothing says it; `own` is
    which of the two the playbook says.
    """

    frequent: float
    valuable: int | None
    own: tuple[str, ...]
    months: int
    shop: Place
    categories: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class MonthFound:
    """One full month: its metrics, and the repurchase of those who bought in it."""

    month: str
    metrics: Readings
    repurchase: Readings


@dataclass(frozen=True, slots=True)
class CohortFound:
    """Those who first bought in a month: metrics of their life so far, curve by age, value."""

    cohort: str
    customers: int
    metrics: Readings
    curve: Readings
    lifetime_value: Readings


@dataclass(frozen=True, slots=True)
class ChannelFound:
    """Those who came by a channel: metrics of their life so far, and who was soon back."""

    channel: str
    customers: int
    metrics: Readings
    day_n: Readings


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that these files cannot tell, and what to bring so that they can."""

    id: str
    what: str
    bring: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A shop's past orders, read. Money in minor units, shares as fractions.

    `period` are the metrics of the last `period_months` full months. `partial` is the month that
    the log ends in, which is in no table of months; empty where it ends with one.
    `lifecycle_before` is a year earlier, by the same marks; empty where the log is younger.
    `value_of` says what lifetime value is made of: contribution or revenue. `payback_months` is
    None where it is not reached yet, or nothing says what a customer costs (`acquisition_cost` is
    0).
    """

    playbook: str
    as_of: date
    currency: str
    decimals: int
    data: DataAccount
    purchases: int
    first_month: str
    last_month: str
    full_months: int
    partial: str
    stage: StageFound
    matrix: MatrixFound | None
    period_months: int
    period: Readings
    curve: Readings
    verdict: Verdict
    x_order: Readings
    repurchase: Readings
    rfm: tuple[Group, ...]
    lifecycle: tuple[Group, ...]
    lifecycle_before: Mapping[str, int]
    silence: Silence
    tiers: tuple[Group, ...]
    channels: tuple[ChannelFound, ...]
    months: tuple[MonthFound, ...]
    cohorts: tuple[CohortFound, ...]
    lifetime_value: Readings
    value_of: str
    acquisition_cost: int
    payback_months: int | None
    unknown: tuple[Unknown, ...]
