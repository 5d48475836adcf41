"""A message as a Klaviyo template: Markdown to HTML, our variables to Klaviyo's.

Only what the author wrote as a variable becomes one. Braces that come out of data (the sender's
name, a code) are made inert, and no authored HTML passes: everything is escaped once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from playbook_compiler.export.bundle import file_name
from playbook_compiler.export.capability import Support
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.model import Message, Offer, Playbook
from playbook_compiler.source import Span
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.template import (
    Conditional,
    Literal,
    Part,
    Template,
    Variable,
    parse_template,
    variables,
)
from playbook_compiler.values import dataclass, field

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LONE_TAG = re.compile(r"<p>(\{% (?:if [^%]*|else|endif) %\})</p>\n?")
_BRACES = re.compile(r"\{(?=[{%#])")
_PAGE = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body style="margin:0 auto;max-width:600px;padding:24px;font:16px/1.5 sans-serif">
{body}</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Wording:
    """A message's texts as Klaviyo takes them. `html` is empty outside e-mail."""

    subject: str
    preview: str
    text: str
    html: str
    reads_event: bool


@dataclass(frozen=True, slots=True)
class _Writer:
    """One message with its offer, while it is rewritten."""

    playbook: Playbook
    lowering: Lowering
    message: Message
    offer: Offer | None
    from_event: bool
    used_event: list[str] = field(default_factory=list)


def template_name(message: str, offer: str) -> str:
    """Return the id of the template of a message that carries an offer, or none."""
    return f"{message}+{offer}" if offer else message


def coupon_name(offer: str) -> str:
    """Return the name of an offer's coupon in Klaviyo."""
    return file_name(offer)


def word(
    playbook: Playbook,
    lowering: Lowering,
    message: Message,
    offer: Offer | None,
    *,
    from_event: bool,
) -> Wording:
    """Return what a message says. `from_event`: its flows start with an event they can quote."""
    writer = _Writer(playbook, lowering, message, offer, from_event)
    subject = _plain(writer, message.subject, "subject")
    preview = _plain(writer, message.preview, "preview")
    template = _parsed(writer, message.body, "body")
    _note_code(writer, template)
    text = _rewritten(writer, template, inert_text, inert_text, _identity)
    html = ""
    if message.channel == "email":
        body = _html(writer, template)
        if message.kind == "marketing":
            named = {name for name, _, _ in variables(template)}
            html_footer, text_footer = _footer(playbook, named)
            body, text = body + html_footer, text.rstrip("\n") + text_footer
        html = page(playbook.sender.name if playbook.sender else playbook.name, body)
    return Wording(subject, preview, text, html, bool(writer.used_event))


def page(title: str, body: str) -> str:
    """Return a whole HTML page; `title` is text, `body` is HTML."""
    return _PAGE.format(title=_inert_html(escape(title)), body=body)


def _plain(writer: _Writer, text: str, key: str) -> str:
    """Return a one-line text such as a subject."""
    template = _parsed(writer, text, key)
    said = _rewritten(writer, template, inert_text, inert_text, _identity)
    return said.replace("\n", " ").strip()


def _parsed(writer: _Writer, text: str, key: str) -> Template:
    template, problems = parse_template(text)
    for problem in problems:
        span = _span(writer, key, problem.start, problem.end)
        how, lossy = problem.message, "the text goes out as it stands, inert"
        construct = f"message.{key}"
        name = writer.message.id
        writer.lowering.note(construct, name, span, how, Support.REFUSED, lossy)
    return (Literal(text),) if template is None else template


def _span(writer: _Writer, key: str, start: int, end: int) -> Span:
    message = writer.message
    if key == "body":
        return message.body_span(start, end)
    return message.origin.span_in(start, end, key)


def _note_code(writer: _Writer, template: Template) -> None:
    """Say so where a message carries an offer whose code it never shows."""
    offer = writer.offer
    if offer is None or any(name == "offer.code" for name, _, _ in variables(template)):
        return
    writer.lowering.note(
        "step.send.offer",
        f"{writer.message.id}+{offer.id}",
        writer.message.origin.span(),
        "the message never says {{ offer.code }}: Klaviyo then gives its readers no code",
        Support.APPROXIMATED,
    )


def _identity(text: str) -> str:
    return text


def inert_text(text: str) -> str:
    """Return data whose braces no template engine reads; a space is all that shows."""
    return _BRACES.sub("{ ", text)


def _inert_html(text: str) -> str:
    """Return escaped HTML whose braces no template engine reads; nothing shows."""
    return _BRACES.sub("&#123;", text)


_Text = Callable[[str], str]


def _rewritten(
    writer: _Writer, template: Template, authored: _Text, data: _Text, tag: _Text
) -> str:
    """Return a template as text, its parts passed through what is given for each.

    `authored` takes what the author wrote, `data` values of the playbook, `tag` Klaviyo's tags.
    """
    return "".join(_part(writer, part, authored, data, tag) for part in template)


def _part(writer: _Writer, part: Part, authored: _Text, data: _Text, tag: _Text) -> str:
    match part:
        case Literal(text):
            return authored(text)
        case Variable(name, default, start, end):
            said = _value(writer, name, _place(writer, start, end))
            if said.literal:
                return data(said.text or default or "")
            return tag(_with_default(said.text, default))
        case Conditional(name, then, otherwise, start, end):
            said = _value(writer, name, _place(writer, start, end))
            if said.literal or said.text.startswith("{%"):
                chosen = then if said.text else otherwise
                return _rewritten(writer, chosen, authored, data, tag)
            inner = said.text.removeprefix("{{ ").removesuffix(" }}")
            parts = [tag(f"{{% if {inner} %}}"), _rewritten(writer, then, authored, data, tag)]
            if otherwise:
                parts += [tag("{% else %}"), _rewritten(writer, otherwise, authored, data, tag)]
            return "".join([*parts, tag("{% endif %}")])


def _place(writer: _Writer, start: int, end: int) -> Span:
    return writer.message.body_span(start, end)


def _with_default(said: str, default: str | None) -> str:
    """Return a Klaviyo variable with its default, quoted so that it cannot end early."""
    if said.startswith("{%"):
        return said
    text = (default or "").replace("'", "’").replace("\\", "")
    return f"{said.removesuffix(' }}')}|default:'{text}' }}}}"


@dataclass(frozen=True, slots=True)
class _Said:
    """What stands for a variable: Klaviyo's own tag, or a `literal` of the playbook."""

    text: str
    literal: bool = False


def _value(writer: _Writer, name: str, span: Span) -> _Said:
    """Return what Klaviyo says for a variable; nothing where it has none."""
    lowering, message = writer.lowering, writer.message
    sender = writer.playbook.sender
    own = name.removeprefix("customer.")
    construct = f"variable.{name}"
    if own in terms.PERSON:
        lowering.note(f"variable.{own}", message.id, span)
        return _Said(f"{{{{ {terms.PERSON[own]} }}}}")
    if name in ("sender.name", "sender.email", "sender.url"):
        lowering.note(construct, message.id, span)
        return _Said(getattr(sender, name.partition(".")[2]) if sender else "", literal=True)
    if name in ("sender_address", "sender.address"):
        lowering.note(construct, message.id, span)
        if sender is not None and sender.address:
            return _Said(sender.address, literal=True)
        return _Said(terms.ORGANIZATION_ADDRESS)
    if name == "unsubscribe_url":
        lowering.note(construct, message.id, span)
        return _Said(terms.UNSUBSCRIBE_URL)
    if name == "offer.code":
        lowering.note(construct, message.id, span)
        return _code(writer)
    if name == "offer.valid_until":
        lowering.note(construct, message.id, span)
        return _valid_until(writer)
    if name.startswith("trigger.") or name in terms.EVENT:
        return _event_value(writer, name, span)
    if name.startswith("customer."):
        lowering.note("variable.customer", message.id, span)
        lowering.need("property", own, "custom profile property that the shop fills")
        return _Said(f"{{{{ person|lookup:'{own}' }}}}")
    if construct not in lowering.capabilities:
        construct = "variable.customer"
    how = "Klaviyo has no such value" if construct == "variable.customer" else ""
    lowering.note(construct, message.id, span, how, Support.REFUSED, "it is left out of the text")
    return _Said("", literal=True)


def _code(writer: _Writer) -> _Said:
    offer = writer.offer
    if offer is None:
        return _Said("", literal=True)
    if offer.code != "unique":
        return _Said(offer.code, literal=True)
    return _Said(terms.COUPON_TAG.format(name=coupon_name(offer.id)))


def _valid_until(writer: _Writer) -> _Said:
    offer = writer.offer
    if offer is None or offer.valid is None:
        return _Said("", literal=True)
    days = round(offer.valid.nominal_days)
    return _Said(terms.DAYS_LATER.format(days=days))


def _event_value(writer: _Writer, name: str, span: Span) -> _Said:
    own = name.removeprefix("trigger.")
    construct = "variable.trigger" if name.startswith("trigger.") else f"variable.{name}"
    lowering, message = writer.lowering, writer.message
    if not writer.from_event:
        how = "a flow that uses this message does not start with an event that could be quoted"
        lowering.note(
            construct, message.id, span, how, Support.REFUSED, "it is left out of the text"
        )
        return _Said("", literal=True)
    lowering.note(construct, message.id, span)
    writer.used_event.append(name)
    own_field = f"event|lookup:'{own}'"
    return _Said(f"{{{{ {terms.EVENT.get(own, own_field)} }}}}")


def _html(writer: _Writer, template: Template) -> str:
    """Return the body as HTML. Tags and data go through Markdown as words that it leaves alone."""
    kept: list[str] = []
    stem = "pbtag"
    while stem in writer.message.body:
        stem += "x"

    def keep(tag: str) -> str:
        kept.append(tag)
        return f"{stem}{len(kept) - 1}z"

    def keep_data(text: str) -> str:
        return keep(_inert_html(escape(text)))

    marked = _rewritten(writer, template, _identity, keep_data, keep)
    html = _inert_html(_markdown().render(marked))
    html = re.sub(rf"{stem}(\d+)z", lambda found: kept[int(found[1])], html)
    return _LONE_TAG.sub(r"\1\n", html)


def _markdown() -> MarkdownIt:
    """Return CommonMark without raw HTML; its links allow no `javascript:` and the like."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})


def _footer(playbook: Playbook, named: set[str]) -> tuple[str, str]:
    """Return what law wants under marketing mail and the author has not said, as HTML and text."""
    html, text = [], []
    if not named & {"sender_address", "sender.address"}:
        sender = playbook.sender
        if sender is not None and sender.address:
            named_already = sender.address.startswith(sender.name)
            address = sender.address if named_already else f"{sender.name}, {sender.address}"
            html.append(_inert_html(escape(address)))
            text.append(inert_text(address))
        else:
            html.append(terms.ORGANIZATION_ADDRESS)
            text.append(terms.ORGANIZATION_ADDRESS)
    if "unsubscribe_url" not in named:
        html.append("{% unsubscribe %}")
        text.append(f"Unsubscribe: {terms.UNSUBSCRIBE_URL}")
    if not html:
        return "", "\n"
    small = '<p style="font-size:12px;color:#666">'
    return f"{small}{'<br>'.join(html)}</p>\n", "\n\n--\n" + "\n".join(text) + "\n"
