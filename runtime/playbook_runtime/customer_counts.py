"""What is counted of customers one by one, for the metrics that are tables: a row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from playbook_compiler.values import dataclass, field


class Ratio(NamedTuple):
    """A row of a table: a part of a whole, so that its interval can be told.

    `whole` is a number of customers, or all of the money; `part` customers, money or orders.
    """

    part: float
    whole: float

    @property
    def value(self) -> float:
        """Part / whole; 0 where whole is 0."""
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class CustomerCounts:
    """Counts of a group of customers at one moment. All are empty where they were not counted.

    A purchase is a day with an order. Those who could not be watched long enough are left out of
    whole and part alike: nobody counts as gone because the file ends.

    - `with_purchases[n]`: customers with more than n purchases, so that [0] is all of them.
    - `watched[n]`, `again[n]`: customers watched for n full days after their first purchase, and
      those of them who bought again within these days; by number of days.
    - `month_buyers[n]`, `month_buyers_again[n]`: customers who bought in a month that n full months
      follow, and those of them who bought in one of the n; by n, summed over the months.
    - `age_customers[k]`, `age_buyers[k]`: customers whose k-th calendar month after that of the
      first purchase is over, and those of them who bought in it; by k from 1.
    - `life_customers[k]`, `life_value[k]`: customers watched for k months of 30.4375 days, and what
      they had brought by then, discounted to the first purchase, in minor units; by k from 1.
    - `acquisition_cost`: of one customer, in minor units; 0 where it is not known.
    - `lifecycle`, `segments`, `channels`: customers by stage of life, RFM segment, channel of
      acquisition ('' where it is not known).
    - `tier_value`: what the customers of a value tier have paid, in minor units.
    """

    with_purchases: tuple[int, ...] = ()
    watched: Mapping[int, int] = field(default_factory=dict)
    again: Mapping[int, int] = field(default_factory=dict)
    month_buyers: Mapping[int, int] = field(default_factory=dict)
    month_buyers_again: Mapping[int, int] = field(default_factory=dict)
    age_customers: tuple[int, ...] = ()
    age_buyers: tuple[int, ...] = ()
    life_customers: tuple[int, ...] = ()
    life_value: tuple[float, ...] = ()
    acquisition_cost: int = 0
    lifecycle: Mapping[str, int] = field(default_factory=dict)
    segments: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)
    tier_value: Mapping[str, int] = field(default_factory=dict)
