"""A condition in words, as a person who builds it in an engine's editor needs it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from playbook_compiler import conditions
from playbook_compiler.conditions import Condition, Value
from playbook_compiler.facts import Fact, ValueType, Where
from playbook_compiler.spoken.lengths import length
from playbook_compiler.units import Duration, Money, plain

_OPERATORS: Final = {
    "=": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_DATES: Final = {
    **_OPERATORS,
    "<": "is before",
    "<=": "is on or before",
    ">": "is after",
    ">=": "is on or after",
}
_FACTS: Final = {
    "orders": "the number of orders",
    "revenue": "the sum of all orders",
    "aov": "the average order value",
    "days_since_first_order": "the number of days since the first order",
    "days_since_last_order": "the number of days since the latest order",
    "days_as_customer": "the number of days as a customer",
    "probability_alive": "the probability that the customer has not left for good",
    "rfm": "the RFM segment",
    "rfm.r": "the recency score (1 to 5)",
    "rfm.f": "the frequency score (1 to 5)",
    "rfm.m": "the monetary score (1 to 5)",
    "consent": "the channels with consent",
    "points": "the points balance",
}


def fact_words(fact: Fact) -> str:
    """Return what a fact is called; own fields keep their name, under which they are looked up."""
    if fact.where is Where.TRIGGER:
        return f'"{fact.name.removeprefix("trigger.")}" of the event'
    if fact.where is Where.LINE:
        return f'"{fact.name}"'
    if fact.over is not None:
        return f"the {fact.name.replace('_', ' ')} within {length(fact.over)}"
    return _FACTS.get(fact.name, f'"{fact.name}"')


def condition_words(condition: Condition, currency: str) -> str:
    """Return a condition in words, in parentheses where two readings would be possible."""
    match condition:
        case conditions.Compare(fact, operator, value):
            dates = fact.type in (ValueType.DATE, ValueType.YEARLY_DATE)
            verb = (_DATES if dates else _OPERATORS)[operator]
            return f"{fact_words(fact)} {verb} {_value(fact, value, currency)}"
        case conditions.InSet(fact, values):
            several = ", ".join(_value(fact, one, currency) for one in values)
            return f"{fact_words(fact)} is one of: {several}"
        case conditions.Between(fact, low, high):
            ends = f"{_value(fact, low, currency)} and {_value(fact, high, currency)}"
            return f"{fact_words(fact)} is between {ends} (both included)"
        case conditions.IsKnown(fact, known):
            return f"{fact_words(fact)} is {'known' if known else 'unknown'}"
        case conditions.Has(fact, value):
            return f'{fact_words(fact)} contains "{value}"'
        case conditions.InTop(fact, share):
            return f"{fact_words(fact)} is among the highest {share} of all customers"
        case conditions.OrderHas(test):
            return f"the order has a line of which {condition_words(test, currency)}"
        case conditions.Bought(kind, name, within):
            return f'the customer bought the {kind} "{name}"{_time(within)}'
        case conditions.Engaged(channel, within):
            return f'the customer opened or clicked a message of "{channel}"{_time(within)}'
        case conditions.Happened(event, within):
            return f'the event "{event}" happened{_time(within)}'
        case conditions.Received(kind, name, within):
            what = f'the message "{name}"' if kind == "message" else f'a message of "{name}"'
            return f"the customer received {what}{_time(within)}"
        case conditions.InFlow(flow):
            return f'the customer is in the flow "{flow}"'
        case conditions.Entered(flow, within):
            return f'the customer entered the flow "{flow}"{_time(within)}'
        case conditions.Holds(offer):
            return f'the customer has an unused, valid code of the offer "{offer}"'
        case conditions.InAudience(audience):
            return f'the customer belongs to the audience "{audience}"'
        case conditions.Unsubscribed(channel):
            return f'the customer has unsubscribed from "{channel}"'
        case conditions.Not(part):
            return f"it is not so that ({condition_words(part, currency)})"
        case conditions.And(parts):
            return " and ".join(_grouped(part, currency) for part in parts)
        case conditions.Or(parts):
            return " or ".join(_grouped(part, currency) for part in parts)


def _grouped(part: Condition, currency: str) -> str:
    words = condition_words(part, currency)
    return f"({words})" if isinstance(part, conditions.And | conditions.Or) else words


def _time(within: Duration | None) -> str:
    return " at any time" if within is None else f" within the last {length(within)}"


def _value(fact: Fact, value: Value, currency: str) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Money():
            return f"{value} {currency}"
        case str() if fact.type not in (ValueType.DATE, ValueType.YEARLY_DATE):
            return f'"{value}"'
        case _ if fact.type is ValueType.DAYS:
            return f"{value} {'day' if value == 1 else 'days'}"
        case Decimal():
            return plain(value)
        case _:
            return str(value)
