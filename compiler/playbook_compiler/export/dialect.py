"""How one engine writes the texts of messages: its variables, its `if`, its links, its escapes.

A target declares one `Dialect`; export/wording.py does the rest with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from html import escape
from typing import TypeAlias

from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.quoting import Unquoted, carries_all
from playbook_compiler.model import Message, Offer, Playbook
from playbook_compiler.triggers import Trigger
from playbook_compiler.values import dataclass, field


class Place(StrEnum):
    """Where a value stands: in a plain text, between the tags of a page, or in an attribute."""

    TEXT = "text"
    HTML = "html"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that is known now; empty where it is known that there is none."""

    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A value that the engine fills in for each customer and that may be missing.

    `expression` is what the engine calls it, without its braces: `person.first_name`.
    """

    expression: str


@dataclass(frozen=True, slots=True)
class Tag:
    """The engine's own tag, which always has a value: a coupon's code, the account's address.

    It takes no default, and an `if` about it always holds.
    """

    text: str


Said: TypeAlias = Fixed | Filled | Tag


@dataclass(frozen=True, slots=True)
class Reading:
    """What a value may depend on: the message with the offer that it carries.

    `unquoted` tells why one of `order.*`, `product.*`, `cart.*`, `trigger.*` has no value in a flow
    that sends it.
    """

    playbook: Playbook
    lowering: Lowering
    message: Message
    offer: Offer | None
    unquoted: Unquoted


@dataclass(frozen=True, slots=True)
class IfTags:
    """The engine's tags around the two texts of an `if`."""

    begin: str
    otherwise: str
    end: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine writes what a message says.

    `value` answers for what the playbook does not know itself: `first_name`, `last_name`, `email`,
    `customer.NAME` for other facts, `order.*`, `product.*`, `cart.*`, `trigger.NAME`, `offer.code`
    (one code for each customer) and `offer.valid_until`. None: the engine has no such value.
    Names of the sender, shared codes and what a message without an offer says never get there.

    `variable` writes an expression with its default, "" for none, for the place where it stands;
    `condition` writes the tags of an `if` about an expression, None: the engine has no `if`.
    `inert` makes data harmless as plain text, `inert_html` the same of escaped HTML.
    `unsubscribe_url` is the tag of the link; `unsubscribe_html` what stands in the footer of a
    page, by default a link to it. `address` is the tag of the account's postal address, used
    where the playbook has none. `adds` names what the engine puts under every marketing mail by
    itself: "unsubscribe", "address". `carries` says of a trigger that is no event whether texts can
    quote what it is about: from an event that the shop sends, or from fields that it fills.
    """

    value: Callable[[str, Reading], Said | None]
    variable: Callable[[str, str, Place], str]
    condition: Callable[[str], IfTags] | None
    inert: Callable[[str], str]
    inert_html: Callable[[str], str]
    unsubscribe_url: str
    unsubscribe_html: str = ""
    address: str = ""
    adds: frozenset[str] = field(default=frozenset())
    carries: Callable[[Trigger], bool] = carries_all


_TAG_BEGINS = re.compile(r"\{(?=[{%#]|\Z)")


def inert_tags(text: str) -> str:
    """Return plain text without `{{`, `{%` and `{#`: of Liquid, Django and the like. A space is
    all that shows. A brace at the end counts, too: another may follow it."""
    return _TAG_BEGINS.sub("{ ", text)


def inert_tags_html(html: str) -> str:
    """Return escaped HTML without `{{`, `{%` and `{#`; nothing shows."""
    return _TAG_BEGINS.sub("&#123;", html)


def default_in(place: Place, default: str) -> str:
    """Return a default as it may stand in a place: escaped for HTML, as it is in plain text.

    For engines that print a default as it stands; the others escape it themselves.
    """
    return default if place is Place.TEXT else escape(default)
