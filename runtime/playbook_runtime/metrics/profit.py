"""What is left of the contribution after the playbook is paid: messages, offers, programmes.

In minor units, exact: every cent of it is in one of its parts. Fees of a membership come in, points
that are owed to customers and not yet redeemed go out. Fixed costs of the shop are not in it.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.projection import WorldCounts

UNIT: Final = "money"
READS: Final = (
    "contribution",
    "membership_fees",
    "offer_cost",
    "liability_change",
    "repayment",
    "message_cost",
    "programme_cost",
    "acquisition_cost",
)


def value(counts: WorldCounts) -> float:
    """Return the profit of the horizon in minor units."""
    return float(
        counts.contribution
        + counts.membership_fees
        - counts.offer_cost
        - counts.liability_change
        - counts.repayment
        - counts.message_cost
        - counts.programme_cost
        - counts.acquisition_cost
    )
