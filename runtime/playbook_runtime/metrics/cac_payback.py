"""How many months it takes until customers have brought in what it cost to win them.

In months of 30.4375 days: the first month in which the lifetime value, as contribution, reaches
`economics.acquisition.cost_per_customer`. No row where it has not yet, or where the cost of a
customer is not known. Old and new customers count alike; what the first ones cost may have been
less.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.customer_counts import CustomerCounts, Ratio
from playbook_runtime.metrics import lifetime_value

UNIT: Final = "count"


def table(counts: CustomerCounts) -> dict[str, Ratio]:
    """Return the months under `months`, or no row."""
    cost = counts.acquisition_cost
    for month, brought in lifetime_value.table(counts).items():
        if cost and brought.value >= cost:
            return {"months": Ratio(int(month), 1)}
    return {}
