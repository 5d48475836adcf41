"""A customer as Dittofeed sees him, and what its segments say of him: written from its words
("performed at least twice in the last 86,400 seconds"), not from the exporter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from playbook_compiler.condition_evaluation import Observed
from playbook_compiler.conditions import Value
from playbook_compiler.facts import Fact, IdKind
from playbook_compiler.units import Duration, Money, Share

DAY = 86_400
CONSENT, LEFT = "Subscribe", "Unsubscribe"


@dataclass(frozen=True)
class User:
    """Orders and clicks as ages in days; traits as the shop sent them, with every call; what was
    last said of the e-mail group; and the properties of the event that started the run."""

    orders: tuple[float, ...] = ()
    clicks: tuple[float, ...] = ()
    traits: Mapping[str, bool | str | int | float] = field(default_factory=dict)
    said: str | None = None
    core: bool = False
    trigger: Mapping[str, str | int | float] = field(default_factory=dict)

    def value(self, fact: Fact) -> Observed:
        """Return our fact about this customer."""
        name = fact.name
        if name.startswith("trigger."):
            return _typed(fact, self.trigger.get(name.removeprefix("trigger.")))
        match name:
            case "orders":
                return len(self.orders)
            case "days_since_last_order":
                return int(min(self.orders)) if self.orders else None
            case "revenue":
                return _typed(fact, self.traits.get(name) if self.orders else 0)
            case "consent":
                return frozenset({"email"} if self.said == CONSENT else set())
            case "tags":
                return frozenset({"vip"} if self.traits.get("tag_vip") is True else set())
        return _typed(fact, self.traits.get(name))

    def engaged(self, channel: str, within: Duration) -> bool | None:
        return any(age < within.days for age in self.clicks)

    def happened(self, event: str, within: Duration | None) -> bool | None:
        return any(within is None or age < within.days for age in self.clicks)

    def in_audience(self, audience: str) -> bool:
        return self.traits.get("gender") == "f"

    def unsubscribed(self, channel: str) -> bool | None:
        return self.said == LEFT

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


def _typed(fact: Fact, value: Any) -> Observed:
    """Return a value of a fact as the language has it: an amount as money."""
    if value is None:
        return None
    return Money(Decimal(str(value))) if fact.type.value == "money" else value


def is_in(user: User, definition: Mapping[str, Any]) -> bool:
    """Return whether a customer belongs to a segment."""
    nodes = {node["id"]: node for node in definition["nodes"]}
    return _holds(user, definition["entryNode"], nodes)


def _holds(user: User, node: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> bool:
    match node["type"]:
        case "And":
            return all(_holds(user, nodes[child], nodes) for child in node["children"])
        case "Or":
            return any(_holds(user, nodes[child], nodes) for child in node["children"])
        case "Everyone":
            return True
        case "Trait":
            return _operates(node["operator"], user.traits.get(node["path"]))
        case "Performed":
            return _counts(node, _performed(user, node))
        case "KeyedPerformed":
            started = all(
                _operates(one["operator"], user.trigger.get(one["path"]))
                for one in node.get("properties", ())
            )
            return _counts(node, int(started))
        case "SubscriptionGroup":
            assert node["subscriptionGroupType"] == "OptIn"
            return user.said == CONSENT
        case "SubscriptionGroupUnsubscribed":
            return user.said == LEFT
    raise AssertionError(node["type"])


def _performed(user: User, node: Mapping[str, Any]) -> int:
    """Return how often an event was performed."""
    match node["event"]:
        case "order_placed":
            ages = user.orders
        case "DFEmailClicked" | "product_browsed":
            ages = user.clicks
        case "DFSubscriptionChange":
            assert [one["path"] for one in node["properties"]] == ["subscriptionId"]
            return int(user.said is not None)
        case event:
            assert event == "DFEmailOpened"
            ages = ()
    if "withinSeconds" in node:
        assert node["timeOperator"] == "Within"
        return sum(age * DAY < node["withinSeconds"] for age in ages)
    return len(ages)


def _counts(node: Mapping[str, Any], count: int) -> bool:
    return {">=": count >= node["times"], "<": count < node["times"]}[node["timesOperator"]]


def _operates(operator: Mapping[str, Any], value: Any) -> bool:
    """Return what an operator says of a value; Dittofeed compares texts, and numbers as floats."""
    told = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    match operator["type"]:
        case "Exists":
            return told != ""
        case "NotExists":
            return told == ""
        case "Equals":
            return told == str(operator["value"])
        case "NotEquals":
            return told != str(operator["value"])
        case "GreaterThanOrEqual":
            return value is not None and float(value) >= float(operator["value"])
        case "LessThan":
            return value is not None and float(value) < float(operator["value"])
        case "AbsoluteTimestamp":
            later = told >= operator["absoluteTimestamp"][:10]
            return value is not None and later is (operator["direction"] == "after")
    raise AssertionError(operator["type"])
