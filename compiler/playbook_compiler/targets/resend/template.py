"""How Resend writes the texts of messages: `{{{KEY}}}`, each key declared with its fallback.

Resend does not escape what it fills in, and its templates know no `if`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any, Final, TypeAlias

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.export.dialect import (
    Dialect,
    Filled,
    Place,
    Reading,
    Said,
    Tag,
    default_in,
    inert_tags,
    inert_tags_html,
)
from playbook_compiler.export.offers import benefit
from playbook_compiler.export.wording import Wording, with_preview
from playbook_compiler.targets.resend import terms
from playbook_compiler.targets.resend.properties import is_day, kind_of, note_of

# Notes a property by name, kind and note, and returns how variables name it.
Keep: TypeAlias = Callable[[str, str, str], str]
_CODE: Final = "code"
_UNTIL: Final = "until"
_USED: Final = re.compile(r"\{\{\{([A-Za-z0-9_]+)\}\}\}")


def code_property(offer: str) -> str:
    """Return the property that holds a customer's own code of an offer."""
    return terms.key(f"{_CODE}_{offer}")


def until_property(offer: str) -> str:
    """Return the property that holds the last day of a customer's code of an offer."""
    return terms.key(f"{_UNTIL}_{offer}")


def _value(name: str, reading: Reading, keep: Keep) -> Said | None:
    """Return what Resend has for a variable, None where it has nothing."""
    offer = reading.offer
    if name in terms.PERSON:
        return Filled(f"contact.{name}")
    if name.startswith("customer."):
        own = name.removeprefix("customer.")
        catalogue = reading.playbook.catalogue
        fact = catalogue.facts.get(own) or BUILT_IN.variables.get(own)
        if fact is None:
            return Filled(keep(own, "string", "a text, quoted in messages"))
        return Filled(keep(own, kind_of(fact), note_of(fact)))
    if name == "offer.code" and offer is not None:
        note = f"the customer's own code: {benefit(reading.playbook, offer)}"
        return Tag(_mark(keep(code_property(offer.id), "string", note), ""))
    if name == "offer.valid_until" and offer is not None:
        note = f"as it should read in a letter: the last day of the customer's code for {offer.id}"
        return Tag(_mark(keep(until_property(offer.id), "string", note), ""))
    if name.startswith(("trigger.", "order.", "product.", "cart.")):
        own = name.removeprefix("trigger.")
        if is_day(reading.playbook.catalogue, name):
            own = terms.day_text(own)
        return Filled(terms.event_field(own))
    return None


def _mark(expression: str, default: str) -> str:
    return f"{{{{{{{variable_key(expression, default)}}}}}}}"


def variable_key(expression: str, default: str) -> str:
    """Return the key of a template's variable: one for each default that it falls back to.

    FIRST_NAME and the like are reserved, `CONTACT_FIRST_NAME` is not.
    """
    name = expression.replace("contact.properties.", "own_").replace(".", "_")
    more = f"_{hashlib.sha256(default.encode()).hexdigest()[:8]}" if default else ""
    plain = terms.key(name).upper()
    return plain[: terms.KEY_LIMIT - len(more)] + more.upper()


def _variable(expression: str, default: str, place: Place) -> str:
    return _mark(expression, default_in(place, default))


def declared(wording: Wording, offer: str) -> list[tuple[str, str, str]]:
    """Return (key, expression, fallback) of every variable that a message's texts use.

    `offer` is the offer that the message carries, "" for none.
    """
    said = {
        variable_key(expression, shown): (expression, shown)
        for expression, default in wording.filled
        for shown in (default, escape(default), "")
    }
    for own in (code_property(offer), until_property(offer)):
        expression = terms.property_field(own)
        said.setdefault(variable_key(expression, ""), (expression, ""))
    return [(key, *said[key]) for key in _used(wording)]


def _used(wording: Wording) -> Iterator[str]:
    text = "\n".join((wording.subject, wording.text, with_preview(wording)))
    ours = {found[1] for found in _USED.finditer(text)}
    yield from sorted(ours - {"RESEND_UNSUBSCRIBE_URL"})


def variables_of(wording: Wording, offer: str) -> list[dict[str, Any]]:
    """Return the declarations of a template's variables."""
    return [
        {"key": key, "type": "string", "fallback_value": fallback}
        for key, _, fallback in declared(wording, offer)
    ]


def filling(wording: Wording, offer: str) -> dict[str, Any]:
    """Return what a step fills a template's variables with."""
    return {key: {"var": expression} for key, expression, _ in declared(wording, offer)}


def dialect(keep: Keep) -> Dialect:
    """Return the dialect; properties of contacts that texts quote are kept."""
    return Dialect(
        value=lambda name, reading: _value(name, reading, keep),
        variable=_variable,
        condition=None,
        inert=inert_tags,
        inert_html=inert_tags_html,
        unsubscribe_url=terms.UNSUBSCRIBE_URL,
    )
