"""Messages of Mautic: HTML and tokens as Markdown and variables, texts of SMS and push."""

from __future__ import annotations

import re
from functools import partial
from html import unescape
from typing import Final

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.facts import Where
from playbook_compiler.importing.engines.mautic.reading import Reading, Row, Said, by_number
from playbook_compiler.importing.engines.mautic.vocabulary import OURS
from playbook_compiler.importing.markdown import inert_line, inner, markdown_of
from playbook_compiler.importing.names import id_of
from playbook_compiler.importing.tags import Grammar, Told, marked
from playbook_compiler.values import dataclass

Sent = tuple[str, str]  # a message, and the offer that it carries or nothing
_SHORT = re.compile(r"\{([a-z_]+)(?:=([^{}|\n]*))?(?:\|([^{}|\n]*))?\}")
_PERSON: Final = {"firstname": "first_name", "lastname": "last_name", "email": "email"}
_FOOTER = re.compile(r'<p style="font-size:12px;color:#666">(.*?)</p>\s*\Z', re.DOTALL)
_NEVER = re.compile(r"(?!)(\d)")
_CODE, _UNTIL = "code_", "until_"
# What Mautic's sms and notification rows call a title and a text.
_TITLES, _TEXTS = ("heading", "subject"), ("message", "text")


def email_of(reading: Reading, data: Row, properties: Row, path: str) -> Sent:
    """Return the message that an action sends by e-mail, its texts kept in `reading`."""
    number = properties.get("email")
    email = by_number(data, "email", number)
    if email is None:
        reading.notes.left(path, "an e-mail", "it is not in the archive", "write it")
        return kept(reading, id_of(f"email-{number}", "message"), "", _empty("email", path))
    title = title_of(email)
    if title in reading.same and texts_of(reading.same[title]) == texts_of(email):
        message, _, offer = title.partition("+")
        return message, offer
    told, found = Told(), _Found()
    html = _as_tags(inner(str(email.get("custom_html") or "")))
    footer = _FOOTER.search(html)
    if footer is not None:
        first_line = re.sub(r"<[^>]*>|\{\{.*?\}\}", "", footer[1].partition("<br>")[0])
        reading.addresses.append(unescape(first_line).strip())
        html = f"{html[: footer.start()]}<hr />\n<p>{footer[1]}</p>\n"
    grammar = _grammar(reading, found)
    text = marked(html, grammar, told, html=True)
    body, same = markdown_of(text)
    if not same:
        reading.notes.changed(
            path, f"the design of the e-mail `{title}`",
            "a message is Markdown: its words are here, its columns and colours not",
            "compare it",
        )  # fmt: skip
    # Mautic's own "marketing" is not asked of ours: there it means once in a contact's life.
    is_marketing = "unsubscribe" in html or properties.get("email_type") != "transactional"
    lines = []
    for source in ("subject", "preheader_text"):
        raw = _as_tags(" ".join(str(email.get(source) or "").split()))
        line = marked(raw, grammar, told, html=False)
        lines.append(line.filled(inert_line(line.text))[:1_000])
    said = Said(
        "email",
        "marketing" if is_marketing else "transactional",
        lines[0],
        lines[1],
        text.filled(body).rstrip("\n"),
        path,
    )
    _note(reading, told, path)
    reading.senders.append(
        (str(email.get("from_address") or ""), str(email.get("from_name") or ""))
    )
    return _with_offer(reading, title, found, said)


def text_message(reading: Reading, data: Row, event: Row, channel: str, path: str) -> Sent:
    """Return the message of an action that sends a text or push message."""
    key = {"sms": "sms", "push": "notification"}[channel]
    properties = event.get("properties")
    number = properties.get(key) if isinstance(properties, dict) else None
    rows = {"sms": ("sms", "sms_messages"), "push": ("notification", "push_notifications")}[channel]
    row = next((one for name in rows if (one := by_number(data, name, number)) is not None), None)
    title = str(event.get("name") or channel)
    if str(event.get("description") or "").startswith(OURS):
        title = title.removeprefix(f"{channel} ")
    noted = in_own_words(reading, title)
    if row is None and noted is not None:
        return noted
    if row is None:
        reading.notes.left(
            path, f"the text of `{title}`", "an archive holds none for this channel", "write it"
        )
        name, _, offer = title.partition("+")
        carried = offer if offer in reading.offers else ""
        message = id_of(name if carried else title, "message")
        return kept(reading, message, carried, _empty(channel, path))
    told, found = Told(), _Found()
    grammar = _grammar(reading, found)
    texts = []
    for keys in (_TITLES if channel == "push" else (), _TEXTS):
        raw = next((str(row[one]) for one in keys if row.get(one)), "")
        line = marked(_as_tags(raw), grammar, told, html=False)
        texts.append(line.filled(inert_line(line.text)))
    _note(reading, told, path)
    said = Said(channel, "marketing", texts[0][:1_000], "", texts[1].strip(), path)
    return _with_offer(reading, str(row.get("name") or title), found, said)


@dataclass(slots=True)
class _Found:
    """The offer that a text shows the code of, and whether it shows its last day."""

    offer: str = ""
    until: bool = False


def in_own_words(reading: Reading, title: str) -> Sent | None:
    """Return a message, with its offer, of which the archive holds the author's words."""
    message, _, offer = title.partition("+")
    name = id_of(message, "message")
    return (name, id_of(offer, "offer") if offer else "") if name in reading.known else None


def kept(reading: Reading, name: str, offer: str, said: Said) -> Sent:
    """Keep the text of a message; another one of the same name gets a number."""
    base, number = name, 2
    while name in reading.known or reading.messages.get(name, {}).get(offer, said) != said:
        name = f"{base[:58]}-{number}"
        number += 1
    reading.messages.setdefault(name, {}).setdefault(offer, said)
    return name, offer


def texts_of(email: Row) -> tuple[str, ...]:
    """Return what an e-mail says."""
    return tuple(str(email.get(key)) for key in ("subject", "preheader_text", "custom_html"))


def title_of(email: Row) -> str:
    """Return the name of the message that an e-mail is: that of our own, else its name."""
    said = str(email.get("description") or "").partition("\n")[0]
    return said.removeprefix(OURS) if said.startswith(OURS) else str(email.get("name"))


def _empty(channel: str, path: str) -> Said:
    return Said(channel, "marketing", "", "", "", path)


def _with_offer(reading: Reading, title: str, found: _Found, said: Said) -> Sent:
    message, _, carried = title.partition("+")
    offer = id_of(found.offer, "offer") if found.offer else ""
    if offer:
        reading.offers[offer] = reading.offers.get(offer, False) or found.until
    return kept(
        reading, id_of(message if carried == found.offer else title, "message"), offer, said
    )


def _note(reading: Reading, told: Told, path: str) -> None:
    for what, why in told.left:
        reading.notes.left(path, f"`{what}` in the text", why, "write what should stand there")


def _grammar(reading: Reading, found: _Found) -> Grammar:
    name = partial(_variable, reading, found)
    return Grammar(name, lambda _: None, lambda words, _: None, _NEVER)


def _variable(reading: Reading, found: _Found, expression: str) -> str | None:
    alias = expression.removeprefix("contactfield.")
    own = reading.names.own(alias)
    for prefix, variable in ((_CODE, "offer.code"), (_UNTIL, "offer.valid_until")):
        if own.startswith(prefix) and found.offer in ("", own.removeprefix(prefix)):
            found.offer = own.removeprefix(prefix)  # of a tactic: with a slash
            found.until = found.until or prefix == _UNTIL
            return variable
    return variable_of(reading, expression)


def variable_of(reading: Reading, expression: str) -> str | None:
    """Return our variable of a token; None where there is none."""
    if expression == "unsubscribe_url":
        return "unsubscribe_url"
    if not expression.startswith("contactfield."):
        return None
    alias = expression.removeprefix("contactfield.")
    if alias in _PERSON:
        return f"customer.{_PERSON[alias]}"
    own = reading.names.own(alias)
    if own in BUILT_IN.variables:
        return own
    fact = reading.names.named(alias)
    if fact is None:
        return None
    known = BUILT_IN.facts.get(fact)
    return f"customer.{fact}" if known is None or known.where is Where.CUSTOMER else None


def _as_tags(text: str) -> str:
    """Return Mautic's `{contactfield=x|default}` as variables of Liquid."""

    def tag(found: re.Match[str]) -> str:
        kind, of = found[1], (found[2] or "").strip()
        if kind in ("contactfield", "leadfield") and re.fullmatch(r"[A-Za-z0-9_]+", of):
            name = f"contactfield.{of}"
        else:
            name = f"{kind} {of}".strip()
        if name == "unsubscribe_text":
            return '<a href="{{ unsubscribe_url }}">Unsubscribe</a>'
        default = (found[3] or "").replace("'", "’")
        return f"{{{{ {name} | default: '{default}' }}}}" if default else f"{{{{ {name} }}}}"

    return _SHORT.sub(tag, text)
