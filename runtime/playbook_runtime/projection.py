"""What a simulation says: every number with its interval, every assumption with its grade."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from playbook_compiler.values import dataclass, field
from playbook_runtime.estimate import Estimate
from playbook_runtime.planned_months import BudgetShift, PlannedMonth


@dataclass(frozen=True, slots=True)
class WorldCounts:
    """What was counted in one world of one draw. Money in minor units.

    `customers` and `repeat_customers` are people with at least one, more than one order ever, at
    the end; `active_customers` those with an order in the horizon, `retained_customers` those of
    them who also bought in a stretch as long as the horizon before the start: `base_customers`
    are all who did. `orders` and money are of the horizon. The last ones are None where they are
    not counted: their metrics are then left out. Parts of the profit are 0 without a programme.
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
    membership_fees: int = 0
    programme_cost: int = 0
    liability_change: int = 0
    acquisition_cost: int = 0
    repayment: int = 0
    visits: int | None = None
    points_liability: int | None = None


Estimates = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Increment:
    """What something adds to orders and profit, as an expectation for these customers."""

    orders: Estimate
    profit: Estimate


NO_INCREMENT: Final = Increment(Estimate.exactly(0.0), Estimate.exactly(0.0))


class Pays(StrEnum):
    """When a flow pays: above an effect, whatever its effect, whatever happens not, or nobody can
    tell, because nothing of it is an effect."""

    ABOVE = "above"
    ALWAYS = "always"
    NEVER = "never"
    NO_EFFECT = "no-effect"


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where a flow's mean last-in profit is nothing.

    `scale` is the factor on its effects there, `error` its standard error by the number of draws;
    `form` and `low`..`high` say the same as effects of its messages (a factor on the rate of
    buying less 1, orders per 1,000). All are 0 unless `pays` is ABOVE.
    """

    pays: Pays
    scale: float = 0.0
    error: float = 0.0
    form: str = ""
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Proof:
    """What it takes to prove a flow's profit by a holdout: 80% power, two-sided 5%.

    `holdout` is a share and `months` how long it takes; both None: cannot be proved here.
    `customers` are those who would be sent it in the horizon, `needed` how many of them the test
    takes at that share (at 50% where none is enough), `assurance` the chance that it tells, over
    all that is unknown of the effect. `smallest` is the least profit per customer (minor units)
    that a year at 50% could tell.
    """

    holdout: float | None
    months: float | None
    customers: float
    needed: float | None
    assurance: float
    smallest: float


@dataclass(frozen=True, slots=True)
class FlowProjection:
    """What one flow does.

    `orders` and `profit` are the mean of `first_in` (it alone against none) and `last_in` (all
    flows against all but it). `held_back_by` counts messages that did not go out, by reason;
    `delayed` those that were moved. `subsidised` are orders that would have come anyway and used
    an offer of the flow. `pays_if` and `proof` are None where the flow is off.
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
    last_in: Increment = NO_INCREMENT
    first_in: Increment = NO_INCREMENT
    pays_if: BreakEven | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class MoneyPart:
    """One part of profit in both worlds, in minor units: the steps from without to with.

    `sign` is 1 for what is gained and -1 for what is spent; the signed parts add up to profit. With
    `within` it is no part of its own, but a piece of the part of that name.
    """

    name: str
    label: str
    sign: int
    without: Estimate
    with_playbook: Estimate
    difference: Estimate
    within: str = ""


@dataclass(frozen=True, slots=True)
class Swing:
    """One bar of the tornado: the mean profit difference, in minor units, where one assumption is
    at its 10% and at its 90% quantile and the others are as drawn.

    `error` is the standard error of how far they are apart that comes from the number of draws.
    `guessed` marks an assumption that has no interval, moved by a tenth of itself each way.
    """

    id: str
    label: str
    grade: str
    low: str
    high: str
    profit_low: float
    profit_high: float
    error: float
    guessed: bool

    @property
    def size(self) -> float:
        """How far the profit moves between the ends."""
        return abs(self.profit_high - self.profit_low)


@dataclass(frozen=True, slots=True)
class GradeShare:
    """What rests on the effects of one grade of evidence: the profit that is lost without them, in
    minor units, and its share of what is lost so over all grades (None where that is no gain)."""

    grade: str
    profit: Estimate
    share: float | None


class Verdict(StrEnum):
    """What a requirement comes to: `undecided` is within the error of the number of draws."""

    MET = "met"
    NOT_MET = "not met"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Judged:
    """One line of `require:`: what was found, between which bounds the draws leave it, and the
    verdict. `value`, bounds and `limit` are in `unit` (count, money in minor units, share), None
    where nothing is projected; where the limit is a part of another metric (`of`), they are what is
    left when that part is taken off, and the limit is 0."""

    text: str
    file: str
    line: int
    verdict: Verdict
    unit: str
    value: float | None
    low: float | None
    high: float | None
    limit: float | None
    why: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """What one calendar month brings: levels of both worlds and the expected difference. Money in
    minor units, by metric name."""

    month: str
    without: Estimates
    with_playbook: Estimates
    difference: Estimates


@dataclass(frozen=True, slots=True)
class PointsMonth:
    """The points ledger of a month, in the world with: points, and `liability` in minor units.

    What was outstanding before, and earned, is redeemed, has expired or is `outstanding` at the end
    of the month; so over all months earned = redeemed + expired + outstanding, as nobody has points
    on day one. `liability` is what those outstanding will cost.
    """

    month: str
    earned: Estimate
    redeemed: Estimate
    expired: Estimate
    outstanding: Estimate
    liability: Estimate


@dataclass(frozen=True, slots=True)
class Reserve:
    """What `reserve:` sets aside for points (`rule` such as 2% of profit): the amount in minor
    units, and the chance that it is enough for what is owed at the end."""

    rule: str
    amount: Estimate
    enough: float


@dataclass(frozen=True, slots=True)
class PointsLedger:
    """The ledger by month and over the horizon. `breakage` is the share of the points outstanding
    at the end that nobody will ever redeem, by a run-out of those who hold them."""

    months: tuple[PointsMonth, ...]
    whole: PointsMonth
    breakage: Estimate
    reserve: Reserve | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """One number in both worlds, and the expected difference; `past` is the same of the history,
    None where that cannot tell."""

    name: str
    past: float | None
    without: Estimate
    with_playbook: Estimate
    difference: Estimate


@dataclass(frozen=True, slots=True)
class PastMonth:
    """What a cohort did in a calendar month of the history: customers who bought, and orders
    (those of one day as one)."""

    month: str
    active_customers: int
    orders: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers by the month of their first order, such as 2026-03.

    `customers` is how many there are: a number that is known before the horizon, one of draws in
    it. `months` are those of the horizon since, with `active_customers` and `orders`.
    """

    cohort: str
    customers: Estimate
    past: tuple[PastMonth, ...]
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeCount:
    """What is counted of a programme over the horizon, in the headline and with unproven effects:
    levels, with the luck of their futures."""

    name: str
    label: str
    with_playbook: Estimate
    with_unproven: Estimate


@dataclass(frozen=True, slots=True)
class CohortGroup:
    """Cohorts taken together: the share of them that buys in a month, on average, after the month
    of the first order. `past` is that of the last months before the horizon."""

    name: str
    customers: float
    share: Compared


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
class Precision:
    """How well the ends of the interval of the profit difference are known: two standard errors by
    the number of draws, as a part of the interval's width; asked for, and reached."""

    asked: float
    reached: float


@dataclass(frozen=True, slots=True)
class Projection:
    """The worlds without and with the playbook, and their difference, over one horizon.

    `without` ... `difference_unproven` map metric names to estimates over draws; money in minor
    units. Levels are futures, with their luck; differences are expectations, and `luck` is the
    part of the variance of the profit difference that was luck and is not in its interval.
    `rest` is what the flows' worths leave of the total. `contact` maps what the playbook does to
    customers, such as messages a month. `again` maps the metrics that are tables to their rows.
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
    luck: float = 0.0
    conservative: bool = False
    rest: Increment = NO_INCREMENT
    money: tuple[MoneyPart, ...] = ()
    tornado: tuple[Swing, ...] = ()
    grades: tuple[GradeShare, ...] = ()
    requirements: tuple[Judged, ...] = ()
    months: tuple[Month, ...] = ()
    points: PointsLedger | None = None
    programmes: tuple[ProgrammeCount, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    cohort_groups: tuple[CohortGroup, ...] = ()
    again: Mapping[str, tuple[Compared, ...]] = field(default_factory=dict)
    stages: tuple[PlannedMonth, ...] = ()
    shift: BudgetShift | None = None
    precision: Precision | None = None
