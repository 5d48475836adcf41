"""How Dittofeed writes the texts of messages: Liquid, with the customer's properties as `user`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

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
from playbook_compiler.targets.dittofeed import segment_tests, terms
from playbook_compiler.targets.dittofeed.starts import starts_by_event

UNSUBSCRIBE_URL: Final = "{% unsubscribe_url %}"
_LATER: Final = "{{{{ 'now' | date: '%s' | plus: {seconds} | date: '%Y-%m-%d' }}}}"
# What a user property reads: a trait, the code of an offer, a property of the run's event.
TRAIT, CODE, EVENT = "trait", "code", "event"
# Returns the name of the user property of (kind, name), "" where there can be none. Of an event,
# the name is the variable that quotes it.
Property: TypeAlias = Callable[[str, str, Reading], str]


def property_name(kind: str, name: str) -> str:
    """Return the name of the user property that reads a trait, a code or an event."""
    # Ids of offers have hyphens and no underscores, so that none is lost by this.
    plain = terms.identifier(name.replace("-", "_") if kind == CODE else name)
    return {TRAIT: plain, CODE: f"offer_{plain}_code", EVENT: f"trigger_{plain}"}[kind]


def dialect(property_: Property) -> Dialect:
    """Return the dialect; `property_` names user properties, and may note that they are needed."""

    def value(name: str, reading: Reading) -> Said | None:
        offer = reading.offer
        if name in terms.PERSON:
            return Filled(f"user.{terms.PERSON[name]}")
        if name.startswith("customer."):
            return Filled(f"user.{property_(TRAIT, name.removeprefix('customer.'), reading)}")
        if name == "offer.code" and offer is not None:
            return Filled(f"user.{property_(CODE, offer.id, reading)}")
        if name == "offer.valid_until" and offer is not None and offer.valid is not None:
            return Tag(_LATER.format(seconds=segment_tests.seconds(offer.valid)))
        if name.startswith("offer."):
            return None
        quoted_property = property_(EVENT, name, reading)
        return Filled(f"user.{quoted_property}") if quoted_property else None

    return Dialect(
        value=value,
        variable=_variable,
        condition=_condition,
        inert=inert_tags,
        inert_html=inert_tags_html,
        unsubscribe_url=UNSUBSCRIBE_URL,
        unsubscribe_html="{% unsubscribe_link %}",
        carries=starts_by_event,
    )


def quoted(text: str) -> str:
    """Return a text as a literal of Liquid that cannot end early."""
    return "'" + text.replace("\\", "").replace("'", "’").replace("}", "").replace("{", "") + "'"


def _variable(expression: str, default: str, place: Place) -> str:
    """Return a variable with its default, without which Dittofeed refuses to send where there is
    no value. The engine escapes it where it stands in a page, the default once."""
    escaped = "" if place is Place.TEXT else " | escape_once"
    return f"{{{{ {expression} | default: {quoted(default_in(place, default))}{escaped} }}}}"


def _condition(expression: str) -> IfTags:
    return IfTags(f"{{% if {expression} and {expression} != '' %}}", "{% else %}", "{% endif %}")


DIALECT: Final = dialect(lambda kind, name, _reading: property_name(kind, name))
