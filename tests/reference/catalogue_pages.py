"""docs/reference/facts.md and events.md, made from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from tests.reference.event_defaults import of_event
from tests.reference.prose import paragraph

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.countries import COUNTRIES
from playbook_compiler.facts import Event, Fact, IdKind, Nature, RunKey, ValueType, Where

TYPES = {
    ValueType.INTEGER: ("a whole number", "`3`"),
    ValueType.NUMBER: ("a number", "`2.5`"),
    ValueType.MONEY: ("an amount in the playbook's currency", "`20.50`"),
    ValueType.DAYS: ("full days", "`120`, `120d`, `2w`"),
    ValueType.SHARE: ("a percentage", "`20%`"),
    ValueType.BOOLEAN: ("true or false", "`true`, or the fact alone"),
    ValueType.TEXT: ("text", '`google`, `"google ads"`'),
    ValueType.ENUM: ("one name of a list; declared as a list: `[f, m, x]`", "`champion`"),
    ValueType.SET: ("a set of names", "`vip`, after `has`"),
    ValueType.DATE: ("a day", "`2026-12-01`"),
    ValueType.YEARLY_DATE: ("a day of every year", "`12-01`"),
}
IDS = {
    IdKind.TIER: "the levels of `programmes.tiers`",
    IdKind.MESSAGE: "ids of messages",
    IdKind.CHANNEL: "[channels](language.md#channels)",
    IdKind.OFFER: "ids of offers",
    IdKind.PRODUCT: "keys of products",
    IdKind.CATEGORY: "categories of products",
}
NATURES = {
    Nature.SIGN_UP: ("Before the first order", "A person becomes known to the shop."),
    Nature.BEFORE_ORDER: (
        "On the way to an order",
        "Interest that has not become an order. A flow that it starts ends with an order.",
    ),
    Nature.ORDER: ("Orders", "An order is placed: the event that everything else is measured by."),
    Nature.AFTER_ORDER: ("After an order", "What follows an order that has been placed."),
    Nature.AFTER_MESSAGE: ("After a message", "What a customer does with a message."),
    Nature.PROGRAMME: ("Offers and programmes", "What happens in programmes and with offers."),
    Nature.OTHER: ("Service", "What happens elsewhere in the shop."),
}
KEYS = {
    RunKey.NONE: "customer",
    RunKey.ORDER: "order",
    RunKey.CART: "cart",
    RunKey.PRODUCT: "product",
}


def facts_page() -> str:
    """Return the page on what conditions and messages can read."""
    facts = list(BUILT_IN.facts.values())
    shop = [one for one in facts if one.where is Where.SHOP]
    customer = [one for one in facts if one.where is Where.CUSTOMER]
    changing = [one for one in customer if not one.static]
    lines = [
        "# Facts",
        "",
        *paragraph(
            "What [conditions](conditions.md) and messages can read. A comparison with a value",
            "that is missing is neither true nor false, so that the customer is left out; the last",
            "column says for whom a value is missing. Your own facts are declared under",
            "[`facts`](language.md#facts). Made from the catalogue that the compiler reads by.",
        ),
        "## What customers do",
        "",
        *_facts(changing),
        "",
        "## Who customers are",
        "",
        "These do not change within a simulation.",
        "",
        *_facts([one for one in customer if one.static]),
        "",
        "## The shop",
        "",
        "For `enter` of a [stage](language.md#stages) only.",
        "",
        *_facts(shop),
        "",
        "## Lines of an order",
        "",
        "After `order has`, and in the `products` of a subscription.",
        "",
        *_facts(BUILT_IN.lines.values()),
        "",
        "## In messages",
        "",
        *paragraph(
            "Written in double braces, as in `{{ order.id }}`. The facts of customers can be read",
            "too, as `{{ customer.orders }}`.",
            '`{{ customer.first_name | default: "there" }}` says what to write where nothing is',
            "known. What belongs to an order, product, cart or offer is known only in flows whose",
            "trigger, or whose message, has one: events that bring it; `replenishment` the order",
            "and the product that is used up; `inactive_for` the last order. The fields of every",
            "trigger, such as `{{ trigger.points }}` with `points_expiring` or",
            "`{{ trigger.tier }}` with `tier_changed`, are [those that conditions",
            "read](conditions.md). Whether an engine can quote them, its export tells at the line",
            "of the message.",
        ),
        *_facts(BUILT_IN.variables.values()),
        "",
        "## Types",
        "",
        "For your own facts, write the name of the type, or a list of the values.",
        "",
        "| type | what it is | how a value is written |",
        "|---|---|---|",
        *(f"| {_type_name(kind)} | {TYPES[kind][0]} | {TYPES[kind][1]} |" for kind in ValueType),
    ]
    return "\n".join(lines) + "\n"


def _facts(facts: Iterable[Fact]) -> list[str]:
    lines = ["| fact | meaning | type | values | missing for |", "|---|---|---|---|---|"]
    for one in facts:
        name = f"{one.name}(90d)" if one.takes_duration else one.name
        lines.append(
            f"| `{name}` | {one.documentation} | {_type(one)} | {_values(one)} |"
            f" {one.missing_for} |"
        )
    return lines


def _values(one: Fact) -> str:
    """Return which values a fact can have: a list, a family of ids, or a unit and its bounds."""
    if one.members == COUNTRIES:
        return "`DE`, `FR`, ... (ISO 3166-1)"
    if one.members:
        return ", ".join(f"`{member}`" for member in one.members)
    if one.ids is not None:
        return IDS[one.ids]
    if one.type is ValueType.SHARE:
        return "0% to 100%"
    return one.unit


def events_page() -> str:
    """Return the page on events and what they tell."""
    lines = [
        "# Events",
        "",
        *paragraph(
            "What can start a flow (`trigger: sign_up`), end a run (`exit_on`), end a wait",
            "(`until`), earn points, or be asked for in a condition",
            "(`event(order_returned) within 90d`). Your own events are declared under",
            "[`events`](language.md#events). Made from the catalogue that the compiler reads by.",
        ),
        *paragraph(
            "One run of a flow is about one *order*, *cart* or *product* where the event has one,",
            "else about the customer: a second event of the same one during the run is ignored.",
            "The last two columns hold where a flow has no `entry` and no `exit_on`.",
        )[:-1],
    ]
    for nature, (title, words) in NATURES.items():
        events = [one for one in BUILT_IN.events.values() if one.nature is nature]
        lines += ["", f"## {title}", "", words, "", *_events(events)]
    lines += [
        "",
        "## What events tell",
        "",
        *paragraph(
            "Read as `trigger.score` in conditions of a flow that the event starts. The values are",
            "those of the moment of the event, however late they are read.",
        ),
        *_told(BUILT_IN.events.values()),
    ]
    lines += [
        "",
        "## What other triggers tell",
        "",
        "| trigger | field | meaning | type | values | missing for |",
        "|---|---|---|---|---|---|",
    ]
    for name, fields in BUILT_IN.triggers.items():
        lines += [_field(f"`{name.rstrip(':')}`", one) for one in fields]
    return "\n".join(lines) + "\n"


def _events(events: Iterable[Event]) -> list[str]:
    lines = [
        "| event | what happens | by | a run is about | a customer enters | a run ends on |",
        "|---|---|---|---|---|---|",
    ]
    for one in events:
        entry, exits = of_event(one.name)
        by = "a person" if one.human else "the system"
        lines.append(
            f"| `{one.name}` | {one.documentation} | {by} | {KEYS[one.key]} | {entry} | {exits} |"
        )
    return lines


def _told(events: Iterable[Event]) -> list[str]:
    """Return the table of fields, each once with the events that tell it."""
    fields: dict[tuple[str, str], tuple[Fact, list[str]]] = {}
    for event in events:
        for one in event.fields:
            fields.setdefault((one.name, one.documentation), (one, []))[1].append(event.name)
    lines = [
        "| field | meaning | type | values | missing for | told by |",
        "|---|---|---|---|---|---|",
    ]
    for one, names in fields.values():
        told = ", ".join(f"`{name}`" for name in names)
        lines.append(
            f"| `{one.name}` | {one.documentation} | {_type(one)} | {_values(one)} |"
            f" {one.missing_for} | {told} |"
        )
    return lines


def _type(one: Fact) -> str:
    return "name" if one.type is ValueType.ENUM else one.type.value


def _type_name(kind: ValueType) -> str:
    return "name" if kind is ValueType.ENUM else f"`{kind}`"


def _field(where: str, one: Fact) -> str:
    return (
        f"| {where} | `{one.name}` | {one.documentation} | {_type(one)} | {_values(one)} |"
        f" {one.missing_for} |"
    )
