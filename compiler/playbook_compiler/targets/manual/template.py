"""How the checklist writes the texts of messages: marks in brackets, for people to replace."""

from __future__ import annotations

from typing import Final

from playbook_compiler.export.dialect import (
    Dialect,
    Filled,
    IfTags,
    Place,
    Reading,
    Said,
    Tag,
    default_in,
    inert_tags,
    inert_tags_html,
)
from playbook_compiler.spoken.lengths import length


def _value(name: str, reading: Reading) -> Said | None:
    """Return the mark of a value that the engine fills in; every value has one."""
    offer = reading.offer
    if name == "offer.code" and offer is not None:
        return Tag(f"[code of the offer {offer.id}]")
    if name == "offer.valid_until" and offer is not None and offer.valid is not None:
        return Tag(f"[the day {length(offer.valid)} after sending]")
    return Filled(_words(name))


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", " ")


def _variable(expression: str, default: str, place: Place) -> str:
    return f"[{expression}, or: {default_in(place, default)}]" if default else f"[{expression}]"


def _condition(expression: str) -> IfTags:
    return IfTags(f"[if there is a {expression}:]", "[if there is none:]", "[end of if]")


DIALECT: Final = Dialect(
    value=_value,
    variable=_variable,
    condition=_condition,
    inert=inert_tags,
    inert_html=inert_tags_html,
    unsubscribe_url="[unsubscribe link]",
    address="[postal address of the account]",
)
