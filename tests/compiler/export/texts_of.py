"""One message of a small shop in the words of made-up engines, for the tests of texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.compiler.playbooks import playbook

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.export.bundle import Entry
from playbook_compiler.export.capability import Capability, Support
from playbook_compiler.export.constructs import constructs
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
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.quoting import Unquoted, everything
from playbook_compiler.export.wording import Wording, word
from playbook_compiler.model import Playbook
from playbook_compiler.values import replace

SHOP = """\
playbook: 1
name: leaf
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
facts: {favourite: text}
offers: {own: {percent_off: 10%, valid: 14d}, shared: {percent_off: 10%, code: TEA10}}
messages: {m: {subject: s, preview: p, body: b}}
flows: {f: {trigger: cart_abandoned, steps: [{send: m}]}}
"""
# What the made-up engines have no value for.
UNKNOWN = ("order.nth", "cart.id")


def _value(name: str, reading: Reading) -> Said | None:
    if name in UNKNOWN:
        return None
    return Tag(f"(({name}))") if name.startswith("offer.") else Filled(name)


def _variable(expression: str, default: str, place: Place) -> str:
    """Liquid: strings have no escapes, so the quote is one that the text has not."""
    said = default_in(place, default)
    quote = "'" if '"' in said else '"'
    escape = "" if place is Place.TEXT else " | escape"
    return f"{{{{ {expression} | default: {quote}{said.replace(quote, '’')}{quote}{escape} }}}}"


LIQUID = Dialect(
    value=_value,
    variable=_variable,
    condition=lambda one: IfTags(f"{{% if {one} %}}", "{% else %}", "{% endif %}"),
    inert=inert_tags,
    inert_html=inert_tags_html,
    unsubscribe_url="{% unsubscribe_url %}",
    address="{{ account.address }}",
)
# An engine that has tokens in braces, no `if`, and puts its own footer under mails.
TOKENS = replace(
    LIQUID,
    variable=lambda one, default, place: f"{{{one}|{default_in(place, default)}}}",
    condition=None,
    inert=lambda text: text.replace("{", "("),
    inert_html=lambda html: html.replace("{", "&#123;"),
    unsubscribe_url="{unsubscribe_url}",
    address="",
    adds=frozenset({"unsubscribe", "address"}),
)


@dataclass(frozen=True)
class Made:
    """A message's texts, and what the lowering says about it."""

    wording: Wording
    entries: tuple[Entry, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def refused(self) -> list[str]:
        """What could not be said, as sentences."""
        return [one.message for one in self.findings]


@cache
def shop(text: str = SHOP) -> Playbook:
    with TemporaryDirectory() as folder:
        return playbook(Path(folder), text)


def made(
    body: str = "b",
    *,
    subject: str = "s",
    preview: str = "",
    channel: str = "email",
    kind: str = "transactional",
    offer: str = "",
    dialect: Dialect = LIQUID,
    unquoted: Unquoted = everything,
    allow_lossy: bool = False,
    sender: dict[str, str] | None = None,
) -> Made:
    """Return a message as an engine takes it."""
    book = shop()
    if sender is not None and book.sender is not None:
        book = replace(book, sender=replace(book.sender, **sender))
    message = replace(
        book.messages["m"], body=body, subject=subject, preview=preview, channel=channel, kind=kind
    )
    rows = {one: Capability(one, Support.EXACT, "yes") for one in constructs()}
    lowering = Lowering("Liquid", rows, allow_lossy)
    wording = word(book, dialect, lowering, message, book.offers.get(offer), unquoted)
    return Made(wording, lowering.report().entries, tuple(lowering.findings))


def body_of(html: str) -> str:
    """Return what stands between the page's `<body>` tags."""
    return html.partition("<body")[2].partition(">\n")[2].partition("</body>")[0]


# What an engine runs: a variable or a tag.
RUN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def tags_of(html: str) -> list[tuple[str, dict[str, str]]]:
    """Return the tags of a page with their attributes, as a browser finds them after an engine
    has put a harmless value in place of each of its own tags."""
    found: list[tuple[str, dict[str, str]]] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, {name: value or "" for name, value in attrs}))

    parser = Tags()
    parser.feed(RUN.sub("v", html))
    parser.close()
    return found
