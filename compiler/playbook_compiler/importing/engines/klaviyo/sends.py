"""Klaviyo's messages as ours: texts out of templates and payloads, offers out of coupons."""

from __future__ import annotations

import re
from typing import Any, Final

from playbook_compiler.export.bundle import file_name
from playbook_compiler.importing.engines.klaviyo.account import Thing, text_of
from playbook_compiler.importing.engines.klaviyo.groups import groups_of
from playbook_compiler.importing.engines.klaviyo.reading import Import, Texts, message_filters
from playbook_compiler.importing.engines.klaviyo.template_text import grammar
from playbook_compiler.importing.markdown import (
    SIZE_LIMIT,
    inert_line,
    inner,
    markdown_of,
    markdown_of_text,
)
from playbook_compiler.importing.names import id_of
from playbook_compiler.importing.tags import Told, marked
from playbook_compiler.model import BODY_LIMIT
from playbook_compiler.targets.klaviyo import terms

CHANNELS: Final = {"send-email": "email", "send-sms": "sms", "send-mobile-push": "push"}
LINE_LIMIT: Final = 1_000
_FOOTER: Final = re.compile(r'<p style="font-size:12px;color:#666">(.*?)</p>\s*\Z', re.DOTALL)
_TEXT_FOOTER: Final = re.compile(r"\n--\n(.*)\Z", re.DOTALL)
_WORDS: Final = {
    text: name
    for name, text in terms.EVENT.items()
    if not name.startswith(("order.total", "cart."))
}


def message_of(found: Import, action: dict[str, Any], path: str, event: str) -> tuple[str, str]:
    """Return (message, offer) that an action sends, its texts kept. `event` starts the flow."""
    channel = CHANNELS[str(action.get("type"))]
    data = action.get("data")
    payload = data.get("message") if isinstance(data, dict) else None
    payload = payload if isinstance(payload, dict) else {}
    told = Told()
    marketing = payload.get("transactional") is not True
    filters = groups_of(payload.get("additional_filters"))
    if channel == "push" and found.account.ours and not filters:
        marketing = False
    if marketing:
        message_filters(found, filters, channel, path)
        found.capped.setdefault(payload.get("smart_sending_enabled") is True, path)
    template = found.account.of("template").get(text_of(payload.get("template_id")))
    found.keep_sender(payload)
    texts = Texts(
        channel,
        "marketing" if marketing else "transactional",
        _line(found, payload.get("subject_line" if channel == "email" else "title"), told, event),
        _line(found, payload.get("preview_text"), told, event),
        _body(found, payload, template, channel, told, event, path),
        path,
    )
    if channel == "email" and template is None:
        found.notes.left(
            path,
            f"the text of the e-mail `{text_of(payload.get('name'))}`",
            "its template is not in the input",
            "add the answer of GET /api/templates/ID, or write the text",
        )
    for what, why in told.left:
        found.notes.left(path, f"`{what}` in the text", why, "write what should stand there")
    name = text_of(payload.get("name")) or (template.own or template.title if template else "")
    message, offer = _named(found, name, told, path)
    _offer(found, offer, told, path)
    return _kept(found, message, offer, texts), offer


def _line(found: Import, value: Any, told: Told, event: str) -> str:
    """Return a subject or preview as one line with our variables."""
    text = " ".join(text_of(value).split())[:LINE_LIMIT]
    line = marked(text, grammar(_fields(found, event)), told, html=False)
    return re.sub(line.word, lambda one: line.said.get(one[0], ""), inert_line(line.text))


def _body(
    found: Import,
    payload: dict[str, Any],
    template: Thing | None,
    channel: str,
    told: Told,
    event: str,
    path: str,
) -> str:
    """Return a message's text as Markdown."""
    if channel != "email":
        plain = marked(
            text_of(payload.get("body")), grammar(_fields(found, event)), told, html=False
        )
        text, same = markdown_of_text(plain)
        if not same:
            found.notes.changed(path, "the text", "signs in it read as Markdown", "look at it")
        return plain.filled(text)
    html = text_of(template.attributes.get("html")) if template is not None else ""
    if not html or template is None:
        return ""
    if len(html) > SIZE_LIMIT:
        found.notes.left(template.path, "the text", "it is larger than 1 MB", "write it by hand")
        return ""
    page = inner(html)
    footer = _FOOTER.search(page) if found.account.ours else None
    if footer is not None:
        # What the export put under the mail: the language wants it in the text.
        address = footer[1].partition("<br>")[0]
        found.addresses.append(_unescaped(address))
        page = page[: footer.start()] + f"<hr />\n<p>{footer[1]}</p>\n"
    words = marked(page, grammar(_fields(found, event)), told, html=True)
    text, same = markdown_of(words)
    if not same:
        found.notes.changed(
            template.path,
            f"the design of the template `{template.title}`",
            "a message is Markdown: its words are here, its columns, colours and fonts are not",
            "compare it with `playbook preview`, or write the body in MJML",
        )
    if len(text) > BODY_LIMIT:
        found.notes.left(template.path, "the text", "it is too long", "write it by hand")
        return ""
    return words.filled(text)


def _unescaped(html: str) -> str:
    from html import unescape

    return unescape(re.sub(r"<[^>]*>|\{[{%].*?[%}]\}", "", html)).strip()


def _fields(found: Import, event: str) -> Any:
    """Return what answers for fields of the event and properties of the profile."""

    def field_of(kind: str, name: str) -> str | None:
        words = found.words
        if kind == "expression":
            if name in _WORDS:
                return _WORDS[name]
            if name == terms.EVENT["order.total"]:
                return "cart.total" if event == "cart_abandoned" else "order.total"
            return "cart.url" if name == terms.EVENT["cart.url"] else None
        if kind == "person":
            fact = words.property_fact(name, None)
            return None if fact is None else f"customer.{fact}"
        own = words.own_field(event, name, None)
        return None if own is None else f"trigger.{own}"

    return field_of


def _named(found: Import, name: str, told: Told, path: str) -> tuple[str, str]:
    """Return a message's id and the offer that it carries, from its name and the codes in it."""
    offers = []
    for coupon in dict.fromkeys(told.coupons):
        if coupon not in found.coupons:
            found.coupons[coupon] = id_of(coupon, "offer", found.offers)
            found.offers[found.coupons[coupon]] = {}
        offers.append(found.coupons[coupon])
    if len(offers) > 1:
        found.notes.left(
            path,
            f"the code of `{offers[1]}`",
            "a message carries one offer",
            "send it in a message of its own",
        )
    offer = offers[0] if offers else ""
    message, plus, carried = name.partition("+")
    if (
        plus
        and offer
        and file_name(carried) in found.coupons
        and found.coupons[file_name(carried)] == offer
    ):
        return id_of(message, "message"), offer
    if plus and found.account.ours:
        found.notes.left(
            path,
            f"the offer `{carried}`",
            "its code stands in the text of the message, what it is worth nowhere",
            "define it under `offers:` with its code, and send the message with it",
        )
    return id_of(name or "message", "message"), offer


def _offer(found: Import, offer: str, told: Told, path: str) -> None:
    if offer and told.days:
        found.offers[offer].setdefault("days", told.days[0])


def _kept(found: Import, message: str, offer: str, texts: Texts) -> str:
    """Return the id under which a message is kept: another one where it says something else."""
    name, number = message, 2
    while True:
        said = found.messages.setdefault(name, {})
        if offer not in said:
            said[offer] = texts
            return name
        known = said[offer]
        if (known.channel, known.kind, known.subject, known.preview, known.body) == (
            texts.channel,
            texts.kind,
            texts.subject,
            texts.preview,
            texts.body,
        ):
            return name
        name = f"{message[:58]}-{number}"
        number += 1
