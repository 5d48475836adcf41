"""What a simulation counts: the columns of its integer accumulators, one row a draw.

First the world without, then the world with, each WORLD columns; then each flow, in order of ids,
FLOW columns. All are exact integers that add up over customers, chunks and machines.
"""

from __future__ import annotations

from enum import IntEnum


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


WORLD = len(World)
FLOW = len(PerFlow)
WITHOUT, WITH = 0, 1


def width(flows: int) -> int:
    """Return the number of columns for so many flows."""
    return 2 * WORLD + flows * FLOW


def world_column(world: int, what: World) -> int:
    """Return the column of a world's count."""
    return world * WORLD + int(what)


def flow_column(flow: int, what: PerFlow) -> int:
    """Return the column of a flow's count."""
    return 2 * WORLD + flow * FLOW + int(what)
