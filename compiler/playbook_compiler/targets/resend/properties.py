"""How the shop writes a fact into a property of the contact."""

from __future__ import annotations

from playbook_compiler.facts import NUMERIC_TYPES, Catalogue, Fact, ValueType

DATES = (ValueType.DATE, ValueType.YEARLY_DATE)


def kind_of(fact: Fact) -> str:
    """Return the type of a fact's property: string or number."""
    return "number" if fact.type in NUMERIC_TYPES or fact.type in DATES else "string"


def note_of(fact: Fact) -> str:
    """Return in which form the shop writes a fact, and what it is."""
    plain = "a number" if kind_of(fact) == "number" else "a text"
    how = {
        ValueType.DATE: "a number such as 20261201",
        ValueType.YEARLY_DATE: "a number, month and day: 1201",
        ValueType.BOOLEAN: "true or false, as a text",
        ValueType.SHARE: "a number: 0.3 is 30%",
    }.get(fact.type, plain)
    return f"{how}; {fact.documentation}"


def is_day(catalogue: Catalogue, name: str) -> bool:
    """Return whether what a text quotes of an event, such as `trigger.expires_on`, is a day."""
    fact = catalogue.variables.get(name) or next(
        (
            found[name]
            for source in (*catalogue.events, *catalogue.triggers)
            if name in (found := catalogue.trigger_facts(source))
        ),
        None,
    )
    return fact is not None and fact.type in DATES
