"""Dittofeed's templates as messages: Liquid of ours out of its Liquid, Markdown out of HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any, Final

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.importing.engines.dittofeed.words import Words
from playbook_compiler.importing.imported import Notes
from playbook_compiler.importing.markdown import (
    SIZE_LIMIT,
    inert_line,
    inner,
    markdown_of,
    markdown_of_text,
)
from playbook_compiler.importing.tags import Grammar, Told, marked
from playbook_compiler.model import BODY_LIMIT
from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.values import dataclass

CHANNELS: Final = {name: channel for channel, name in terms.CHANNELS.items()}
_UNTIL = re.compile(r"\{\{ 'now' \| date: '%s' \| plus: (\d{1,9}) \| date: '%Y-%m-%d' \}\}")
_PREVIEW = re.compile(
    r"\{% capture preview %\}(.*?)\{% endcapture %\}<div[^>]*>.*?</div>\s*", re.DOTALL
)
_FOOTER = re.compile(r'<p style="font-size:12px;color:#666">(.*?)</p>\s*\Z', re.DOTALL)
_USER = re.compile(r"user\.(\w+)\Z")
_ASKED = re.compile(r"user\.(\w+)(?: and user\.\1 != '')?\Z")
_CODE = re.compile(r"offer_(\w+)_code\Z")
_PERSON: Final = {name: f"customer.{own}" for own, name in terms.PERSON.items()}
_URL: Final = "{{ unsubscribe_url }}"
_LINE: Final = 1_000


@dataclass(slots=True)
class Text:
    """What one template says."""

    channel: str
    kind: str
    subject: str
    preview: str
    body: str
    path: str
    offer: str
    days: int
    sender: tuple[str, str]
    address: str


def text_of(
    definition: Mapping[str, Any], words: Words, notes: Notes, path: str, *, marketing: bool
) -> Text:
    """Return the texts of a template; what could not be said is noted."""
    told = Told()
    grammar = _grammar(words, told)
    channel = CHANNELS.get(str(definition.get("type")), "email")
    preview, address = "", ""
    raw = definition.get("body")
    raw = raw if isinstance(raw, str) else ""
    if len(raw) > SIZE_LIMIT:
        notes.left(path, "the text", "it is larger than 1 MB", "write it by hand")
        raw = ""
    if channel == "email":
        page = inner(raw)
        found = _PREVIEW.search(page)
        if found is not None:
            preview, page = found[1], page[: found.start()] + page[found.end() :]
        footer = _FOOTER.search(page)
        if footer is not None:
            first = footer[1].partition("<br>")[0]
            address = unescape(re.sub(r"\{[{%].*?[%}]\}", "", first)).strip()
            page = f"{page[: footer.start()]}<hr />\n<p>{footer[1]}</p>\n"
        text = marked(page, grammar, told, html=True)
        body, same = markdown_of(text)
        if not same:
            notes.changed(
                path,
                "the design of a template",
                "a message is Markdown: its words are here, its columns, colours and fonts are not",
                "compare it with `playbook preview`, or write the body in MJML",
            )
    else:
        text = marked(raw, grammar, told, html=False)
        body, same = markdown_of_text(text)
        if not same:
            notes.changed(path, "the text", "signs in it read as Markdown", "look at it")
    body = text.filled(body)
    if len(body) > BODY_LIMIT:
        notes.left(path, "the text", "it is too long", "write it by hand")
        body = ""
    subject = definition.get("subject" if channel == "email" else "title")
    found_text = Text(
        channel,
        "marketing" if marketing else "transactional",
        _line(subject, grammar, told),
        _line(preview, grammar, told),
        body,
        path,
        told.coupons[0] if told.coupons else "",
        told.days[0] if told.days else 0,
        (str(definition.get("from") or ""), str(definition.get("name") or "")),
        address,
    )
    for what, why in told.left:
        notes.left(path, f"`{what}` in the text", why, "write what should stand there")
    return found_text


def _line(value: Any, grammar: Grammar, told: Told) -> str:
    text = " ".join(value.split())[:_LINE] if isinstance(value, str) else ""
    line = marked(text, grammar, told, html=False)
    return re.sub(line.word, lambda one: line.said.get(one[0], ""), inert_line(line.text))


def _grammar(words: Words, told: Told) -> Grammar:
    properties = {one.name: one.definition for one in words.workspace.of("property").values()}

    def user(name: str) -> str | None:
        if name in _PERSON:
            return _PERSON[name]
        code = _CODE.match(name)
        if code is not None:
            told.coupons.append(code[1].replace("_", "-"))
            return "offer.code"
        definition = _quoted(properties.get(name, {}))
        path = definition.get("path")
        if definition.get("type") == "KeyedPerformed" and isinstance(path, str):
            if path in BUILT_IN.variables:
                return path
            field = words.field(words.event(str(definition.get("event"))), path, "?")
            return None if field is None else f"trigger.{field}"
        fact = words.fact(path if isinstance(path, str) else name, "?")
        return None if fact is None else f"customer.{fact}"

    def name(expression: str) -> str | None:
        said = _USER.match(expression)
        return user(said[1]) if said is not None else None

    def asked(expression: str) -> str | None:
        said = _ASKED.match(expression)
        return user(said[1]) if said is not None else None

    return Grammar(
        name,
        asked,
        _alone,
        _UNTIL,
        until_seconds=True,
        harmless=frozenset(("escape_once", "escape")),
    )


def _quoted(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first property of those that quote the events of several journeys."""
    listed = definition.get("nodes") if definition.get("type") == "Group" else None
    nodes = [one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict)]
    return next((one for one in nodes if one.get("type") == "KeyedPerformed"), definition)


def _alone(words: str, told: Told) -> tuple[str, str] | None:
    if words == "unsubscribe_url":
        return _URL, _URL
    if words.partition(" ")[0] == "unsubscribe_link":
        return _URL, f'<a href="{_URL}">Unsubscribe</a>'
    return None
