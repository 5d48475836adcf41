"""A condition as a typed tree: what it reads, how it is written, what it refers to.

The tree is closed: every phase and target handles exactly these nodes. `str(node)` is the canonical
text, which parses to an equal tree. Spans and nothing else are left out of comparison. One long
file, because the set of nodes is one thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias

from playbook_compiler.condition_tokens import written
from playbook_compiler.facts import Fact, IdKind, ValueType
from playbook_compiler.source import Span
from playbook_compiler.units import Duration, Money, Share, plain
from playbook_compiler.values import dataclass, field

# Dates are ISO texts: `2026-12-01`, and `12-01` for a day of every year.
Value: TypeAlias = bool | int | Decimal | str | Money | Share
Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
NOWHERE = Span.of_file("")


def print_value(fact: Fact, value: Value) -> str:
    """Return a value as it is written beside `fact`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, str) and fact.type not in (ValueType.DATE, ValueType.YEARLY_DATE):
        return written(value)
    return str(value)


def magnitude(value: Value) -> int | Decimal:
    """Return the number that a numeric value is compared by: an amount, a fraction, itself."""
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, Share):
        return value.fraction
    assert not isinstance(value, str), "dates are compared as ISO texts"
    return value


def precedes(one: Value, other: Value) -> bool:
    """Return whether a value comes before another of the same ordered type."""
    if isinstance(one, str) and isinstance(other, str):
        return one < other
    return magnitude(one) < magnitude(other)


@dataclass(frozen=True, slots=True)
class Compare:
    """A fact against a value: `orders >= 3`."""

    fact: Fact
    operator: Operator
    value: Value
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.fact} {self.operator} {print_value(self.fact, self.value)}"


@dataclass(frozen=True, slots=True)
class InSet:
    """A fact that has one of several values: `rfm in (champion, loyal)`."""

    fact: Fact
    values: tuple[Value, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.fact} in ({', '.join(print_value(self.fact, v) for v in self.values)})"


@dataclass(frozen=True, slots=True)
class Between:
    """A fact within two values, both included: `orders between 2 and 5`.

    A span of days of the year may run over its end: `birthday between 12-20 and 01-05`.
    """

    fact: Fact
    low: Value
    high: Value
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        low, high = print_value(self.fact, self.low), print_value(self.fact, self.high)
        return f"{self.fact} between {low} and {high}"


@dataclass(frozen=True, slots=True)
class IsKnown:
    """Whether a fact has a value; always true or false: `birthday is known`, `is unknown`."""

    fact: Fact
    known: bool = True
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.fact} is {'known' if self.known else 'unknown'}"


@dataclass(frozen=True, slots=True)
class Has:
    """Membership in a fact that is a set: `tags has vip`."""

    fact: Fact
    value: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.fact} has {written(self.value)}"


@dataclass(frozen=True, slots=True)
class InTop:
    """Among the customers with the highest values of a fact: `revenue in top 20%`."""

    fact: Fact
    share: Share
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.fact} in top {self.share}"


@dataclass(frozen=True, slots=True)
class OrderHas:
    """Some line of the order passes a test: `order has category = tea`.

    The order is the one of the run's trigger, else the customer's latest.
    """

    test: Compare | InSet | Between
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"order has {self.test}"


@dataclass(frozen=True, slots=True)
class Bought:
    """A product or category was bought: `bought(category tea) within 90d`; ever, without within."""

    kind: IdKind
    name: str
    within: Duration | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"bought({self.kind} {written(self.name)}){_within(self.within)}"


@dataclass(frozen=True, slots=True)
class Engaged:
    """A message of the channel was opened or clicked: `engaged(email) within 90d`."""

    channel: str
    within: Duration
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"engaged({self.channel}){_within(self.within)}"


@dataclass(frozen=True, slots=True)
class Happened:
    """An event happened: `event(product_browsed) within 14d`; ever, without within."""

    event: str
    within: Duration | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"event({self.event}){_within(self.within)}"


@dataclass(frozen=True, slots=True)
class Received:
    """A message, or any message of a channel, was delivered: `received(sms) within 7d`."""

    kind: IdKind
    name: str
    within: Duration | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"received({self.name}){_within(self.within)}"


@dataclass(frozen=True, slots=True)
class InFlow:
    """A run of the flow is going on: `in_flow(win-back)`."""

    flow: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"in_flow({self.flow})"


@dataclass(frozen=True, slots=True)
class Entered:
    """A run of the flow began: `entered(win-back) within 180d`; ever, without within."""

    flow: str
    within: Duration | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"entered({self.flow}){_within(self.within)}"


@dataclass(frozen=True, slots=True)
class Holds:
    """The customer has a live code of the offer: `holds(come-back)`."""

    offer: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"holds({self.offer})"


@dataclass(frozen=True, slots=True)
class InAudience:
    """The customer belongs to an audience; always true or false: `audience(core)`."""

    audience: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"audience({self.audience})"


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """The customer has left a channel: `unsubscribed(email)`."""

    channel: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"unsubscribed({self.channel})"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite: `not audience(core)`; unknown stays unknown."""

    part: Condition
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"not {_within_parentheses(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts, none of which is an And itself."""

    parts: tuple[Condition, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return " and ".join(_within_parentheses(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more parts, none of which is an Or itself."""

    parts: tuple[Condition, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return " or ".join(str(part) for part in self.parts)


FactTest: TypeAlias = Compare | InSet | Between | IsKnown | Has | InTop
Deed: TypeAlias = (
    Bought | Engaged | Happened | Received | InFlow | Entered | Holds | InAudience | Unsubscribed
)
Condition: TypeAlias = FactTest | OrderHas | Deed | Not | And | Or


def print_condition(condition: Condition) -> str:
    """Return the canonical text, which parses to an equal tree."""
    return str(condition)


def all_of(parts: Sequence[Condition], span: Span = NOWHERE) -> Condition:
    """Return the conjunction of one or more parts, nested conjunctions dissolved."""
    flat: list[Condition] = []
    for part in parts:
        if isinstance(part, And):
            flat.extend(part.parts)
        else:
            flat.append(part)
    return flat[0] if len(flat) == 1 else And(tuple(flat), span)


def any_of(parts: Sequence[Condition], span: Span = NOWHERE) -> Condition:
    """Return the disjunction of one or more parts, nested disjunctions dissolved."""
    flat: list[Condition] = []
    for part in parts:
        if isinstance(part, Or):
            flat.extend(part.parts)
        else:
            flat.append(part)
    return flat[0] if len(flat) == 1 else Or(tuple(flat), span)


def nodes(condition: Condition) -> Iterator[Condition]:
    """Return every node of the tree, a node before its parts, from left to right."""
    yield condition
    if isinstance(condition, And | Or):
        for part in condition.parts:
            yield from nodes(part)
    elif isinstance(condition, Not):
        yield from nodes(condition.part)


@dataclass(frozen=True, slots=True)
class FactRead:
    """A fact that a condition reads, and the test that reads it."""

    fact: Fact
    span: Span


def facts_read(condition: Condition) -> tuple[FactRead, ...]:
    """Return every reading of a fact, in the order of the text; order lines are not facts."""
    return tuple(
        FactRead(node.fact, node.span) for node in nodes(condition) if isinstance(node, FactTest)
    )


@dataclass(frozen=True, slots=True)
class Reference:
    """A declared name that a condition refers to, and where it says so."""

    kind: IdKind
    name: str
    span: Span


def references(condition: Condition) -> tuple[Reference, ...]:
    """Return every declared name that a condition refers to, in the order of the text."""
    return tuple(
        Reference(*reference) for node in nodes(condition) for reference in _references(node)
    )


def _references(node: Condition) -> list[tuple[IdKind, str, Span]]:
    match node:
        case Bought(kind, name) | Received(kind, name):
            return [(kind, name, node.name_span)]
        case Engaged(channel) | Unsubscribed(channel):
            return [(IdKind.CHANNEL, channel, node.name_span)]
        case Happened(event):
            return [(IdKind.EVENT, event, node.name_span)]
        case InFlow(flow) | Entered(flow):
            return [(IdKind.FLOW, flow, node.name_span)]
        case Holds(offer):
            return [(IdKind.OFFER, offer, node.name_span)]
        case InAudience(audience):
            return [(IdKind.AUDIENCE, audience, node.name_span)]
        case OrderHas(test):
            return [(*named, node.span) for named in _named_values(test)]
        case Compare() | InSet():
            return [(*named, node.span) for named in _named_values(node)]
        case _:
            return []


def _named_values(test: Compare | InSet | Between) -> list[tuple[IdKind, str]]:
    kind = test.fact.ids
    if kind is None or isinstance(test, Between):
        return []
    values = (test.value,) if isinstance(test, Compare) else test.values
    return [(kind, value) for value in values if isinstance(value, str)]


def _within(duration: Duration | None) -> str:
    return "" if duration is None else f" within {duration}"


def _within_parentheses(part: Condition) -> str:
    # A test of order lines needs none: `order has category = tea and ...` ends before the `and`.
    return f"({part})" if isinstance(part, And | Or) else str(part)
