"""What a message says in one engine: its Liquid subset in the engine's words, its Markdown as HTML.

How a target uses it: declare one `Dialect` (export/dialect.py; Klaviyo's is in
targets/klaviyo/template.py) and call, for each message with each offer that it is sent with,

    wording = word(graph.playbook, DIALECT, lowering, message, offer,
                   from_event=starts_with_event(graph, message.id))

`offer` is an Offer or None. The answer has the subject and the preview line as one line of text,
`text` as plain text (the body of SMS and push, the text part of an e-mail) and `html` as a whole
page, empty outside e-mail. `variation(message.id, offer_id)` names the pair. Every variable is
noted in the lowering report at its place; what the engine cannot say is a refusal there and left
out of the text. Text of the playbook that a target writes elsewhere (a sender's name, a task) goes
through `DIALECT.inert` or `DIALECT.inert_html(html.escape(...))`, and `page(title, body, DIALECT)`
makes a page of it.

Only what the author wrote as a variable becomes one: braces that come out of data are made inert,
and no authored HTML passes but MJML's own.
"""

from __future__ import annotations

from html import escape

from playbook_compiler.export import markup
from playbook_compiler.export.capability import Support
from playbook_compiler.export.dialect import Dialect, Filled, Reading
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.pieces import Pieces, decided, said_to_all, values
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Message, Offer, Playbook
from playbook_compiler.source import Span
from playbook_compiler.steps import Send
from playbook_compiler.template import Literal, Template, parse_template
from playbook_compiler.triggers import EventTrigger
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """A message's texts as an engine takes them. `html` is empty outside e-mail.

    `filled` are the expressions that the engine fills in for each customer, sorted, each with the
    author's default, "" for none: for engines where they have to be declared.
    """

    subject: str
    preview: str
    text: str
    html: str
    filled: tuple[tuple[str, str], ...] = ()


def variation(message: str, offer: str) -> str:
    """Return the name of a message that carries an offer, or none."""
    return f"{message}+{offer}" if offer else message


def starts_with_event(graph: TriggerGraph, message: str) -> bool:
    """Return whether every flow that sends the message starts with an event that it can quote."""
    flows = {
        node.flow
        for node in graph.nodes.values()
        if isinstance(node.what, Send) and message in node.what.send.messages
    }
    return all(isinstance(graph.playbook.flows[flow].trigger, EventTrigger) for flow in flows)


def word(
    playbook: Playbook,
    dialect: Dialect,
    lowering: Lowering,
    message: Message,
    offer: Offer | None,
    *,
    from_event: bool,
) -> Wording:
    """Return what a message says. `from_event`: its flows start with an event they can quote."""
    reading = Reading(playbook, lowering, message, offer, from_event)
    subject = _pieces(reading, dialect, "subject", message.subject)
    preview = _pieces(reading, dialect, "preview", message.preview)
    body = _pieces(reading, dialect, "body", message.body)
    _note_code(reading, body)
    text, html = _body(reading, dialect, body)
    filled = {
        (value.said.expression, value.default)
        for pieces in (subject, preview, body)
        for value in values(pieces)
        if isinstance(value.said, Filled)
    }
    return Wording(
        _line(dialect, subject, message.subject),
        _line(dialect, preview, message.preview),
        text,
        html,
        tuple(sorted(filled)),
    )


def page(title: str, body: str, dialect: Dialect) -> str:
    """Return a whole HTML page; `title` is text, `body` is HTML."""
    return markup.page(title, body, dialect.inert_html)


def _pieces(reading: Reading, dialect: Dialect, key: str, text: str) -> Pieces:
    return decided(reading, dialect, key, _parsed(reading, key, text))


def _parsed(reading: Reading, key: str, text: str) -> Template:
    template, problems = parse_template(text)
    for problem in problems:
        reading.lowering.note(
            f"message.{key}",
            reading.message.id,
            _span(reading.message, key, problem.start, problem.end),
            problem.message,
            Support.REFUSED,
            "the text goes out as it stands, inert",
        )
    return (Literal(text),) if template is None else template


def _span(message: Message, key: str, start: int, end: int) -> Span:
    if key == "body":
        return message.body_span(start, end)
    return message.origin.span_in(start, end, key)


def _note_code(reading: Reading, body: Pieces) -> None:
    """Say so where a message carries an offer whose code it never shows."""
    offer, message = reading.offer, reading.message
    if offer is None or any(value.name == "offer.code" for value in values(body)):
        return
    title = reading.lowering.title
    reading.lowering.note(
        "step.send.offer",
        f"{message.id}+{offer.id}",
        message.origin.span(),
        f"the message never says {{{{ offer.code }}}}: {title} then gives its readers no code",
        Support.APPROXIMATED,
    )


def _line(dialect: Dialect, pieces: Pieces, text: str) -> str:
    """Return a one-line text such as a subject."""
    marks = markup.marks_for(text)
    said = markup.filled_text(marks.written(pieces), marks, dialect)
    return " ".join(said.splitlines()).strip()


def _body(reading: Reading, dialect: Dialect, body: Pieces) -> tuple[str, str]:
    """Return the body as plain text and, of e-mail, as a whole page."""
    message, playbook = reading.message, reading.playbook
    marks = markup.marks_for(message.body)
    written = marks.written(body)
    text = markup.filled_text(written, marks, dialect)
    if message.channel != "email":
        return text, ""
    html = markup.filled_html(markup.html_of(written), marks, dialect)
    if message.kind == "marketing":
        html_footer, text_footer = _footer(reading, dialect, said_to_all(body))
        html, text = html + html_footer, text.rstrip("\n") + text_footer
    title = playbook.sender.name if playbook.sender else playbook.name
    return text, page(title, html, dialect)


def _footer(reading: Reading, dialect: Dialect, named: frozenset[str]) -> tuple[str, str]:
    """Return what law wants under marketing mail and the author has not said, as HTML and text.

    What the engine adds by itself is not said twice.
    """
    html, text = [], []
    sender = reading.playbook.sender
    if "sender_address" not in named and "address" not in dialect.adds:
        if sender is not None and sender.address:
            named_already = sender.address.startswith(sender.name)
            address = sender.address if named_already else f"{sender.name}, {sender.address}"
            html.append(dialect.inert_html(escape(address)))
            text.append(dialect.inert(address))
        elif dialect.address:
            html.append(dialect.address)
            text.append(dialect.address)
    if "unsubscribe_url" not in named and "unsubscribe" not in dialect.adds:
        link = f'<a href="{dialect.unsubscribe_url}">Unsubscribe</a>'
        html.append(dialect.unsubscribe_html or link)
        text.append(f"Unsubscribe: {dialect.unsubscribe_url}")
    if not html:
        return "", "\n"
    small = '<p style="font-size:12px;color:#666">'
    return f"{small}{'<br>'.join(html)}</p>\n", "\n\n--\n" + "\n".join(text) + "\n"
