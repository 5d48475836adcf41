"""What a customer has brought within so many months of the first order, on average.

In minor units, by months of 30.4375 days, discounted to the day of the first order by the yearly
`economics.interest_rate`. With `economics` it is contribution (margin less order costs), without it
revenue. Only customers for whom as many months have passed are counted. It looks back: what they
will still bring is for `playbook simulate`.
"""

from __future__ import annotations

from typing import Final

from playbook_runtime.customer_counts import CustomerCounts, Ratio

UNIT: Final = "money"


def table(counts: CustomerCounts) -> dict[str, Ratio]:
    """Return the value per customer by months, from 1; no row where nobody was watched so long."""
    pairs = zip(counts.life_value, counts.life_customers, strict=True)
    return {str(month): Ratio(value, n) for month, (value, n) in enumerate(pairs, 1) if n}
