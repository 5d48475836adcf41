"""How Mautic writes the texts of messages: tokens in single braces, without conditions."""

from __future__ import annotations

import re

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.export.dialect import (
    Dialect,
    Filled,
    Place,
    Reading,
    Said,
    Tag,
    default_in,
)
from playbook_compiler.facts import Fact
from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.fields import Fields, type_of
from playbook_compiler.targets.mautic.logic import DATE, TEXT

UNSUBSCRIBE_URL = "{unsubscribe_url}"
# Words that Mautic takes for a format where a default stands.
_FORMATS = ("true", "date", "time", "datetime", "label", "timestamp")
# A brace that may begin a token: one before a rule of a style sheet does not.
_BRACE = re.compile(r"\{(?=\w|\Z)(?!-?[a-z-]+\s*:)")
# Mautic reads tokens in addresses that a browser has encoded, too.
_ENCODED = re.compile(r"%7B", re.IGNORECASE)


def inert(text: str) -> str:
    """Return plain text in which no token can begin: a space after a brace is all that shows."""
    return _ENCODED.sub("%257B", _BRACE.sub("{ ", text))


def inert_html(html: str) -> str:
    """Return escaped HTML in which no token can begin; nothing shows."""
    return _ENCODED.sub("%257B", _BRACE.sub("&#123;", html))


def token(alias: str) -> str:
    """Return the token of a contact field."""
    return f"{{contactfield={alias}}}"


def dialect(fields: Fields) -> Dialect:
    """Return the dialect; contact fields that texts quote are added to `fields`."""

    def value(name: str, reading: Reading) -> Said | None:
        offer = reading.offer
        if name in terms.PERSON:
            return Filled(f"contactfield={terms.PERSON[name]}")
        if name == "offer.code" and offer is not None:
            note = f"the customer's own code for the offer {offer.id}, before he enters the flow"
            return Tag(token(fields.of(f"code_{offer.id}", TEXT, note)))
        if name == "offer.valid_until" and offer is not None:
            note = f"the last day of the customer's code for the offer {offer.id}"
            return Tag(token(fields.of(f"until_{offer.id}", DATE, note)))
        own = name.removeprefix("customer.").removeprefix("trigger.")
        fact = _fact(reading, own)
        type_ = TEXT if fact is None else type_of(fact)
        source = "of the latest event" if own == name or name.startswith("trigger.") else ""
        note = f"`{own}` {source}".strip() + ", kept up to date by the shop"
        return Filled(f"contactfield={fields.of(own, type_, note)}")

    return Dialect(
        value=value,
        variable=_variable,
        condition=None,
        inert=inert,
        inert_html=inert_html,
        unsubscribe_url=UNSUBSCRIBE_URL,
    )


def _fact(reading: Reading, name: str) -> Fact | None:
    return BUILT_IN.variables.get(name) or reading.playbook.catalogue.facts.get(name)


def _variable(expression: str, default: str, place: Place) -> str:
    """Return a token with its default, which Mautic prints as it stands.

    A default that Mautic would take for a format gets a mark that shows nothing.
    """
    text = default_in(place, re.sub(r"[{}|]", "", default))
    if text.strip().lower() in _FORMATS:
        text += "\u200b"
    return f"{{{expression}|{text}}}" if text else f"{{{expression}}}"
