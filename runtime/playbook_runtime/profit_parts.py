"""The parts that profit is the sum of, declared once: a new kind of money is one line here.

The kernel counts a part in each world as an integer, in minor units or in ten-thousandths of one;
`WorldCounts` has a field of the same name. Profit is exactly the signed sum of the parts, in every
draw and in both worlds (docs/decisions/0005-counting-money.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playbook_compiler.values import dataclass
from playbook_runtime.kernel.layout import World

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Part:
    """One part of profit: the column it is counted in (None: not counted, so 0), whether it is
    gained or spent (1 or -1), and what the report calls it."""

    name: str
    column: World | None
    sign: int
    label: str
    micro: bool = False


ACQUISITION: Final = "acquisition_cost"  # the same in both worlds, from the plan, not counted
PARTS: Final = (
    Part("contribution", World.CONTRIBUTION_MICRO, 1, "contribution of orders", micro=True),
    Part("membership_fees", World.FEES, 1, "membership fees"),
    Part("offer_cost", World.OFFER_COST, -1, "offers: discounts, shipping, gifts, points"),
    Part("liability_change", World.LIABILITY, -1, "points owed, change"),
    Part(
        "repayment", World.REPAYMENT_MICRO, -1, "orders only brought forward, pending", micro=True
    ),
    Part("message_cost", World.MESSAGE_COST_MICRO, -1, "messages and tasks", micro=True),
    Part("programme_cost", None, -1, "fees of programmes"),
    Part(ACQUISITION, None, -1, "acquisition"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that is counted as a piece of a part, which it is in already."""

    name: str
    within: str
    column: World
    label: str


# The other offers (discounts, shipping, gifts) are counted as one.
PIECES: Final = (
    Piece("points_redeemed", "offer_cost", World.POINTS_COST, "points redeemed"),
    Piece("rights", "offer_cost", World.RIGHTS_COST, "rights of levels and members"),
)
