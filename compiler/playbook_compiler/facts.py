"""What a condition and a message may read: the types of facts, events and channels.

The entries themselves are data in `catalogue.py`; a playbook adds its own under `facts:` and
`events:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from playbook_compiler.diagnostics import shown
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass, field, replace

_NAME = re.compile(r"[a-z][a-z0-9_.]{0,62}\Z")
# The words of the condition grammar, and the first parts of the names that the product gives.
RESERVED = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "is",
        "between",
        "has",
        "within",
        "top",
        "known",
        "unknown",
        "true",
        "false",
        "yes",
        "no",
        "order",
        "trigger",
        "customer",
        "product",
        "sender",
        "offer",
        "audience",
        "bought",
        "engaged",
        "event",
        "received",
        "in_flow",
        "entered",
        "holds",
        "unsubscribed",
        "category",
    ]
)


class ValueType(StrEnum):
    """The type of a fact: it decides which comparisons and which literals go with it."""

    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DAYS = "days"
    SHARE = "share"
    BOOLEAN = "boolean"
    TEXT = "text"
    ENUM = "enum"
    SET = "tags"
    DATE = "date"
    YEARLY_DATE = "yearly date"


NUMERIC_TYPES = (
    ValueType.INTEGER,
    ValueType.MONEY,
    ValueType.DAYS,
    ValueType.NUMBER,
    ValueType.SHARE,
)
ORDERED_TYPES = (*NUMERIC_TYPES, ValueType.DATE)


class Where(StrEnum):
    """Where a fact can be read."""

    CUSTOMER = "customer"
    SHOP = "shop"
    MESSAGE = "message"
    TRIGGER = "trigger"
    LINE = "order line"


class IdKind(StrEnum):
    """The families of names that a playbook declares and a condition refers to."""

    AUDIENCE = "audience"
    FLOW = "flow"
    MESSAGE = "message"
    OFFER = "offer"
    EVENT = "event"
    CHANNEL = "channel"
    PRODUCT = "product"
    CATEGORY = "category"
    TIER = "tier"


class Nature(StrEnum):
    """When an event can happen in a customer's life: what simulation and default exits go by."""

    SIGN_UP = "sign-up"
    BEFORE_ORDER = "before-order"
    ORDER = "order"
    AFTER_ORDER = "after-order"
    AFTER_MESSAGE = "after-message"
    PROGRAMME = "programme"
    OTHER = "other"


class RunKey(StrEnum):
    """What makes two runs of one flow for one customer different: the run's default key."""

    NONE = "none"
    ORDER = "order"
    CART = "cart"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Fact:
    """One readable value: a fact about a customer or shop, a message variable, an event's field.

    `unit` is in words and empty for what has none. `members` are an enum's values, `ids` the
    family of declared names that its values come from. `static` facts do not change within a
    simulation. `missing_for` says who has no value, in words; empty when everyone has one.
    `least` and `most` bound the values in the fact's own unit. `takes_duration` asks for an
    argument, as in `expected_orders(90d)`; the fact that was read then carries it in `over`.
    """

    name: str
    type: ValueType
    documentation: str
    where: Where = Where.CUSTOMER
    unit: str = ""
    members: tuple[str, ...] = ()
    ids: IdKind | None = None
    static: bool = False
    missing_for: str = ""
    least: int | None = None
    most: int | None = None
    takes_duration: bool = False
    over: Duration | None = None

    def __str__(self) -> str:
        return self.name if self.over is None else f"{self.name}({self.over})"

    @property
    def may_be_missing(self) -> bool:
        """Whether some customers have no value, so that a comparison can be unknown."""
        return bool(self.missing_for)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to a customer. `human` events need a person outside the system to
    act; the others are emitted by the system itself and can close a loop of flows. `fields` are
    read as `trigger.NAME` in a flow that the event starts."""

    name: str
    documentation: str
    nature: Nature
    human: bool = True
    key: RunKey = RunKey.NONE
    fields: tuple[Fact, ...] = ()
    custom: bool = False

    def field(self, name: str) -> Fact | None:
        """Return the field of that name, without `trigger.`, or None."""
        return next((found for found in self.fields if found.name == name), None)


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people. `message` channels carry messages to one person and need consent."""

    name: str
    documentation: str
    message: bool = True


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All facts, message variables, events and channels that a playbook can name, by name.

    `triggers` are the fields of triggers other than events, by kind and a colon: `replenishment:`.
    """

    facts: Mapping[str, Fact]
    variables: Mapping[str, Fact]
    lines: Mapping[str, Fact]
    events: Mapping[str, Event]
    channels: Mapping[str, Channel]
    triggers: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)

    def with_custom(
        self,
        facts: Iterable[Fact] = (),
        events: Iterable[Event] = (),
        channels: Iterable[Channel] = (),
    ) -> Catalogue:
        """Return the catalogue with a playbook's own entries; `consent` learns the channels."""
        all_channels = {**self.channels, **{one.name: one for one in channels}}
        all_facts = {**self.facts, **{one.name: one for one in facts}}
        consent = all_facts["consent"]
        reached = tuple(sorted(one.name for one in all_channels.values() if one.message))
        all_facts["consent"] = replace(consent, members=reached)
        all_events = {**self.events, **{one.name: one for one in events}}
        return replace(self, facts=all_facts, events=all_events, channels=all_channels)

    def message_variables(self, trigger: str | None = None) -> dict[str, Fact]:
        """Return what a message template may say: variables, `customer.*` and `trigger.*`.

        `trigger` is the event that starts the flow; without it there is no `trigger.*`.
        """
        customer = {
            f"customer.{name}": fact
            for name, fact in self.facts.items()
            if fact.where is Where.CUSTOMER and not fact.takes_duration
        }
        person = {
            f"customer.{name}": fact
            for name, fact in self.variables.items()
            if fact.where is Where.MESSAGE and "." not in name and fact.static
        }
        return {**self.variables, **customer, **person, **self.trigger_facts(trigger)}

    def trigger_facts(self, trigger: str | None) -> dict[str, Fact]:
        """Return a trigger's fields under the names by which a condition reads them.

        `trigger` is an event, or another kind of trigger and a colon.
        """
        if trigger is None:
            return {}
        event = self.events.get(trigger)
        fields = self.triggers.get(trigger, ()) if event is None else event.fields
        return {
            f"trigger.{one.name}": replace(one, name=f"trigger.{one.name}", where=Where.TRIGGER)
            for one in fields
        }


_CUSTOM_TYPES = {one.value: one for one in ValueType if one is not ValueType.ENUM}


def custom_fact(
    name: str, written: str | Sequence[str], where: Where = Where.CUSTOMER
) -> Fact | str:
    """Return a playbook's own fact, or a sentence on what was expected.

    `written` is a type name such as `boolean`, or a list of an enum's values.
    """
    if not _NAME.match(name):
        return "expected a name of small letters, digits, _ and dots such as has_account"
    if where is Where.CUSTOMER and name.partition(".")[0] in RESERVED:
        return f"`{name}` is a word of the condition language: choose another name"
    documentation = "A field of the shop's own."
    missing = "customers whose value the shop does not know"
    if not isinstance(written, str):
        members = tuple(written)
        if not members or len(set(members)) != len(members):
            return "expected a list of different values such as [f, m, x]"
        return Fact(
            name, ValueType.ENUM, documentation, where, members=members, missing_for=missing
        )
    kind = _CUSTOM_TYPES.get(written)
    if kind is None:
        names = ", ".join(sorted(_CUSTOM_TYPES))
        return f"`{shown(written)}` is not a type: expected {names}, or a list of values"
    return Fact(name, kind, documentation, where, missing_for=missing)


def custom_event(name: str, fields: Mapping[str, str | Sequence[str]]) -> Event | str:
    """Return a playbook's own event, or a sentence on what was expected.

    Its run key follows from its fields: an order, a cart or a product, in this order.
    """
    if not _NAME.match(name):
        return "expected a name of small letters, digits, _ and dots such as back_in_stock"
    read = []
    for field_name, written in fields.items():
        fact = custom_fact(field_name, written, Where.TRIGGER)
        if isinstance(fact, str):
            return f"field `{shown(field_name)}`: {fact}"
        read.append(fact)
    families = {one.name.partition(".")[0] for one in read}
    key = next(
        (key for key in (RunKey.ORDER, RunKey.CART, RunKey.PRODUCT) if key.value in families),
        RunKey.NONE,
    )
    return Event(
        name,
        "An event of the shop's own.",
        Nature.OTHER,
        key=key,
        fields=tuple(read),
        custom=True,
    )
