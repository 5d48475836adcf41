"""A customer as Klaviyo sees him, and what Klaviyo's filters say of him: written from its words
("at least once in the last 30 days"), not from the exporter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from playbook_compiler.condition_evaluation import Observed
from playbook_compiler.conditions import Value
from playbook_compiler.facts import Fact, IdKind
from playbook_compiler.units import Duration, Money, Share


@dataclass(frozen=True)
class Profile:
    """Orders and clicks as (age in days, amount); properties as the shop set them."""

    orders: tuple[tuple[float, int], ...] = ()
    clicks: tuple[float, ...] = ()
    properties: Mapping[str, bool | str | int | frozenset[str]] | None = None
    subscribed: bool = False
    unsubscribed: bool = False
    core: bool = False

    def value(self, fact: Fact) -> Observed:
        """Return our fact about this customer."""
        ages = [age for age, _ in self.orders]
        amounts = [amount for _, amount in self.orders]
        match fact.name:
            case "orders":
                return len(ages)
            case "revenue":
                return Money(Decimal(sum(amounts)))
            case "aov":
                return Money(Decimal(sum(amounts)) / len(ages)) if ages else None
            case "days_since_last_order":
                return int(min(ages)) if ages else None
            case "days_since_first_order":
                return int(max(ages)) if ages else None
            case "consent":
                return frozenset({"email"} if self.subscribed else set())
            case "tags":
                tags = (self.properties or {}).get("tags", frozenset())
                assert isinstance(tags, frozenset)
                return tags
            case name:
                found: Any = (self.properties or {}).get(name)
                return found

    def engaged(self, channel: str, within: Duration) -> bool | None:
        return any(age < within.days for age in self.clicks)

    def happened(self, event: str, within: Duration | None) -> bool | None:
        return any(within is None or age < within.days for age in self.clicks)

    def in_audience(self, audience: str) -> bool:
        return self.core

    def unsubscribed_from(self) -> bool:
        return self.unsubscribed

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


def passes(profile: Profile, groups: Sequence[Sequence[dict[str, Any]]]) -> bool:
    """Return whether a profile passes a filter: in every group, some condition holds."""
    return all(any(_holds(profile, one) for one in group) for group in groups)


def _holds(profile: Profile, one: dict[str, Any]) -> bool:
    match one["type"]:
        case "profile-metric":
            return _metric(profile, one)
        case "profile-property":
            name = one["property"].removeprefix("properties['").removesuffix("']")
            return _property((profile.properties or {}).get(name), one["filter"])
        case "profile-group-membership":
            return profile.core is one["is_member"]
        case "profile-predictive-analytics":
            # Klaviyo keeps an average order value for those who ordered only; none compares false.
            amounts = [amount for _, amount in profile.orders]
            average = Decimal(sum(amounts)) / len(amounts) if amounts else None
            return average is not None and _compares(average, one["filter"])
        case "profile-marketing-consent":
            return _consent(profile, one["consent"])
    raise AssertionError(one["type"])


def _metric(profile: Profile, one: dict[str, Any]) -> bool:
    name = one["metric_id"].removeprefix("${lookup:metric.").removesuffix("}")
    if name == "Placed Order":
        records: Sequence[tuple[float, int]] = profile.orders
    else:
        assert name in ("Opened Email", "Clicked Email"), name
        records = [(age, 0) for age in profile.clicks if name == "Clicked Email"]
    frame = one["timeframe_filter"]
    match frame["operator"]:
        case "in-the-last":
            assert frame["unit"] == "day"
            records = [record for record in records if record[0] < frame["quantity"]]
        case "at-least":
            records = [record for record in records if record[0] >= frame["quantity"]]
        case operator:
            assert operator == "alltime"
    total = len(records) if one["measurement"] == "count" else sum(amount for _, amount in records)
    return _compares(Decimal(total), one["measurement_filter"])


def _property(value: Any, filter_: dict[str, Any]) -> bool:
    operator = filter_["operator"]
    if operator in ("is-set", "not-set"):
        return (value is not None) is (operator == "is-set")
    if value is None:
        return False  # the pessimistic reading: without a value no comparison holds
    match filter_["type"]:
        case "list":
            assert isinstance(value, AbstractSet)
            return (filter_["value"] in value) is (operator == "contains")
        case "string" | "boolean":
            return (value == filter_["value"]) is (operator == "equals")
    return _compares(Decimal(value), filter_)


def _compares(value: Decimal, filter_: dict[str, Any]) -> bool:
    other = Decimal(str(filter_["value"]))
    return {
        "equals": value == other,
        "not-equals": value != other,
        "greater-than": value > other,
        "greater-than-or-equal": value >= other,
        "less-than": value < other,
        "less-than-or-equal": value <= other,
    }[filter_["operator"]]


def _consent(profile: Profile, consent: dict[str, Any]) -> bool:
    can = not profile.unsubscribed
    if consent["can_receive_marketing"] is not can:
        return False
    status = "never_subscribed"
    if profile.unsubscribed:
        status = "unsubscribed"
    elif profile.subscribed:
        status = "subscribed"
    return consent["consent_status"]["subscription"] in ("any", status)
