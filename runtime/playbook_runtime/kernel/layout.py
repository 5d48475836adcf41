"""What a simulation counts: the columns of its integer accumulators, one row a draw.

First the world without, then the world with, each WORLD columns; then each flow, in order of ids,
FLOW columns. Behind them, by calendar month of the horizon: both worlds, then the flows; then the
cohorts by month, and how many customers have ordered how often. All are exact integers that add up
over customers, chunks and machines. To add a column is to add a line to one of these lists.
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import NamedTuple


@unique
class World(IntEnum):
    """Counted in each world. Money in minor units, `_micro` in ten-thousandths of one."""

    ORDERS = 0
    REVENUE = 1  # what customers pay, after discounts
    CONTRIBUTION_MICRO = 2
    MESSAGE_COST_MICRO = 3  # messages and tasks
    OFFER_COST = 4
    ACTIVE_CUSTOMERS = 5  # people with an order in the horizon
    RETAINED_CUSTOMERS = 6  # ... who also bought in the horizon's length before the start
    CUSTOMERS = 7  # people with an order ever, at the end
    REPEAT_CUSTOMERS = 8  # people with more than one order ever, at the end
    MESSAGES = 9  # marketing messages sent to people who have bought
    NEWCOMERS = 10  # newcomers that arrived before the end
    OVERLAP_SECONDS = 11  # customer-seconds with two or more effects at work
    REPAYMENTS = 12  # orders that extra ones will still cost after the end
    REPAYMENT_MICRO = 13  # ... and what they would have contributed
    POINTS_EARNED = 14  # earned = redeemed + expired + outstanding
    POINTS_REDEEMED = 15
    POINTS_EXPIRED = 16
    POINTS_OUTSTANDING = 17  # at the end, those that cannot be redeemed yet included
    POINTS_COST = 18  # what was redeemed for them: part of the offer cost
    POINTS_LATER = 19  # of the outstanding ones, redeemed in the run-out after the end
    LIABILITY = 20  # what that will cost
    RIGHTS_COST = 21  # shipping and discounts by level and membership: part of the offer cost
    JOINED = 22  # the paid membership
    LEFT = 23
    FEES = 24  # of the membership, for the time until the end
    FEES_PAID = 25  # those for the time after the end included
    REFERRED = 26  # people who came because somebody recommended the shop
    REFERRED_ANYWAY = 27  # newcomers of both worlds who were recommended, too
    REFERRAL_COST = 28  # what both sides get for it: part of the offer cost


@unique
class PerFlow(IntEnum):
    """Counted for each flow, in the world with."""

    ENTERED = 0
    SENT = 1
    HELD_HOLDOUT = 2
    HELD_CONSENT = 3
    HELD_SUPPRESSED = 4
    HELD_OFFER = 5
    HELD_ZONE = 6
    HELD_CAP = 7
    DELAYED = 8  # times a message was moved by quiet hours or a cap
    TASKS = 9
    OFFERS_ISSUED = 10
    OFFERS_USED = 11
    SUBSIDISED = 12  # baseline orders that used an offer of the flow
    EXTRA_ORDERS = 13  # accepted candidates of the flow's own effects
    UPDATED = 14  # tags, fields and suppressions that were changed
    LISTED = 15  # times somebody was put into a list kept outside, or taken out
    CALLED = 16  # calls of other systems
    HELD_MARKETPLACE = 17
    HELD_BUDGET = 18  # entries that the budget of the month did not admit


@unique
class PerMonth(IntEnum):
    """Counted in each world and each month of the horizon. Money as in World."""

    ORDERS = 0
    REVENUE = 1
    CONTRIBUTION_MICRO = 2
    MESSAGE_COST_MICRO = 3  # messages and tasks
    OFFER_COST = 4  # when the offers are used
    ACTIVE_CUSTOMERS = 5  # people with an order in the month
    ACTIVE_AGAIN = 6  # ... who also had one in the month of the horizon before it
    FIRST_ORDERS = 7  # people whose first order ever it is
    MESSAGES = 8  # marketing messages sent to people who have bought
    NEWCOMERS = 9
    POINTS_EARNED = 10
    POINTS_REDEEMED = 11
    POINTS_EXPIRED = 12
    POINTS_OUTSTANDING = 13  # at the end of the month
    LIABILITY = 14  # what those will cost, as of the end of the month
    FEES = 15  # of the membership, for the month


@unique
class PerFlowMonth(IntEnum):
    """Counted for each flow in each month of the horizon, in the world with."""

    ENTERED = 0
    SENT = 1
    MESSAGE_COST_MICRO = 2  # messages and tasks
    OFFER_COST = 3  # when the offers are used


@unique
class PerCohort(IntEnum):
    """Counted for each cohort in each month of the horizon, in each world."""

    ACTIVE_CUSTOMERS = 0
    ORDERS = 1
    REVENUE = 2


WORLD = len(World)
FLOW = len(PerFlow)
MONTH = len(PerMonth)
FLOW_MONTH = len(PerFlowMonth)
COHORT = len(PerCohort)
# Customers by the number of their orders ever, at the end: 1, 2 ... and this many or more.
MOST_ORDERS_COUNTED = 10
WITHOUT, WITH = 0, 1
# Flows a word of bits, where each person is counted apart.
FLAGS = 62


def world_column(world: int, what: World) -> int:
    """Return the column of a world's count."""
    return world * WORLD + int(what)


def flow_column(flow: int, what: PerFlow) -> int:
    """Return the column of a flow's count."""
    return 2 * WORLD + flow * FLOW + int(what)


def flag_words(flows: int) -> int:
    """Return how many words the bits of so many flows take."""
    return -(-flows // FLAGS)


def each_width(flows: int) -> int:
    """Return the columns of one person's own counts: both worlds, flows entered, flows that sent
    something."""
    return 2 * WORLD + 2 * flag_words(flows)


class Layout(NamedTuple):
    """Where the columns by month and cohort stand: they depend on how many flows, months of the
    horizon and cohorts there are."""

    flows: int
    months: int
    cohorts: int

    @property
    def by_month(self) -> int:
        """The first column by month: the world without, then the world with, month after month."""
        return 2 * WORLD + self.flows * FLOW

    @property
    def by_flow_month(self) -> int:
        """The first column by month and flow."""
        return self.by_month + self.months * 2 * MONTH

    @property
    def by_cohort(self) -> int:
        """The first column by cohort, month and world."""
        return self.by_flow_month + self.months * self.flows * FLOW_MONTH

    @property
    def by_orders(self) -> int:
        """The first column by number of orders: the world without, then the world with."""
        return self.by_cohort + self.cohorts * self.months * 2 * COHORT

    @property
    def width(self) -> int:
        """The number of all columns."""
        return self.by_orders + 2 * MOST_ORDERS_COUNTED

    def world_columns(self, world: int) -> list[int]:
        """Return all columns of a world, in the same order for both."""
        months, cohorts = range(self.months), range(self.cohorts)
        return [
            *(world_column(world, what) for what in World),
            *(self.month_column(month, world, what) for month in months for what in PerMonth),
            *(
                self.cohort_column(cohort, month, world, what)
                for cohort in cohorts
                for month in months
                for what in PerCohort
            ),
            *(self.orders_column(world, n) for n in range(1, MOST_ORDERS_COUNTED + 1)),
        ]

    def month_column(self, month: int, world: int, what: PerMonth) -> int:
        """Return the column of a world's count in a month."""
        return self.by_month + (2 * month + world) * MONTH + int(what)

    def flow_month_column(self, flow: int, month: int, what: PerFlowMonth) -> int:
        """Return the column of a flow's count in a month."""
        return self.by_flow_month + (month * self.flows + flow) * FLOW_MONTH + int(what)

    def cohort_column(self, cohort: int, month: int, world: int, what: PerCohort) -> int:
        """Return the column of a cohort's count in a month."""
        row = (cohort * self.months + month) * 2 + world
        return self.by_cohort + row * COHORT + int(what)

    def orders_column(self, world: int, orders: int) -> int:
        """Return the column of the people with so many orders ever (10: or more)."""
        place = min(orders, MOST_ORDERS_COUNTED) - 1
        return self.by_orders + world * MOST_ORDERS_COUNTED + place
