"""A customer as Voucherify keeps him, and whether a segment's filter lets him in: written from the
words of the vendor's documentation ("is less than", "has any value"), not from the exporter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from playbook_compiler.condition_evaluation import Observed
from playbook_compiler.conditions import Value
from playbook_compiler.facts import Fact, IdKind
from playbook_compiler.units import Duration, Money, Share


@dataclass(frozen=True)
class Customer:
    """Orders as (age in days, amount in cents); own facts as the shop keeps them in metadata.

    `passes_unset` and `whole_days` are what the vendor does not say: whether `is not` holds of a
    missing value, and whether the days since a moment are counted whole. Moments lie half a day
    more back than their whole days.
    """

    orders: tuple[tuple[int, int], ...] = ()
    known_for: int = 0
    quizzes: int | None = None
    country: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    tags: AbstractSet[str] = frozenset()
    passes_unset: bool = False
    whole_days: bool = False

    # What our conditions read

    def value(self, fact: Fact) -> Observed:
        """Return our fact about this customer."""
        ages = [age for age, _ in self.orders]
        cents = sum(amount for _, amount in self.orders)
        match fact.name:
            case "orders":
                return len(ages)
            case "revenue":
                return Money(Decimal(cents) / 100)
            case "aov":
                return Money(Decimal(cents) / 100 / len(ages)) if ages else None
            case "days_since_last_order":
                return min(ages) if ages else None
            case "days_as_customer":
                return self.known_for
            case "country":
                return self.country
            case "tags":
                return self.tags
            case name:
                found: Observed = self.facts.get(name)
                return found

    def happened(self, event: str, within: Duration | None) -> bool | None:
        return bool(self.orders) if event == "order_placed" else bool(self.quizzes)

    def in_audience(self, audience: str) -> bool:
        raise NotImplementedError

    def engaged(self, channel: str, within: Duration) -> bool | None:
        raise NotImplementedError

    def unsubscribed(self, channel: str) -> bool | None:
        raise NotImplementedError

    def in_top(self, fact: Fact, share: Share) -> bool | None:
        raise NotImplementedError

    def order_lines(self) -> Sequence[Mapping[str, Value]] | None:
        raise NotImplementedError

    def bought(self, kind: IdKind, name: str, within: Duration | None) -> bool | None:
        raise NotImplementedError

    def received(self, kind: IdKind, name: str, within: Duration | None) -> bool | None:
        raise NotImplementedError

    def in_flow(self, flow: str) -> bool | None:
        raise NotImplementedError

    def entered(self, flow: str, within: Duration | None) -> bool | None:
        raise NotImplementedError

    def holds(self, offer: str) -> bool | None:
        raise NotImplementedError

    # What Voucherify keeps

    def kept(self, name: str) -> Any:
        """Return a field of the customer in Voucherify; of moments, how many days ago."""
        part = 0.0 if self.whole_days else 0.5
        ages = [age + part for age, _ in self.orders]
        cents = sum(amount for _, amount in self.orders)
        if name.startswith("metadata."):
            return self._metadata(name.removeprefix("metadata."))
        return {
            "summary.orders.total_count": len(ages),
            "summary.orders.total_amount": cents,
            "summary.orders.average_amount": Decimal(cents) / len(ages) if ages else 0,
            "summary.orders.last_order_date": min(ages, default=None),
            "created_at": self.known_for + part,
            "address.country": self.country,
            "events.quiz_done.count": self.quizzes,
        }[name]

    def _metadata(self, name: str) -> Any:
        if name.startswith("tags_"):
            return True if name.removeprefix("tags_") in self.tags else None
        found = self.facts.get(name)
        return int(found.amount * 100) if isinstance(found, Money) else found


def is_in(customer: Customer, filter_: Mapping[str, Any]) -> bool:
    """Return whether a segment's filter lets a customer in."""
    found = [
        all(
            _holds(customer, operator, values, customer.kept(name))
            for operator, values in said["conditions"].items()
        )
        for name, said in filter_.items()
        if name != "junction"
    ]
    return all(found) if filter_["junction"] == "and" else any(found)


def _holds(customer: Customer, operator: str, values: Any, kept: Any) -> bool:
    if operator == "$has_value":
        return kept is not None
    if operator == "$is_unknown":
        return kept is None
    if kept is None:
        return operator in ("$is_not", "$not_in") and customer.passes_unset
    match operator:
        case "$is" | "$in":
            return kept in values
        case "$is_not" | "$not_in":
            return kept not in values
        case "$less_than" | "$before" | "$less_than_ago":
            return bool(kept < values[0])
        case "$more_than" | "$after" | "$more_than_ago":
            return bool(kept > values[0])
    raise AssertionError(operator)
