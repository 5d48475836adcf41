"""What a message says in one engine: its Liquid subset in the engine's words, its Markdown as HTML.

How a target uses it: declare one `Dialect` (export/dialect.py; Klaviyo's is in
targets/klaviyo/template.py) and call, for each message with each offer that it is sent with,

    wording = word(graph.playbook, DIALECT, lowering, message, offer,
                   unquoted(graph, message.id, DIALECT.carries))

`offer` is an Offer or None. The answer has the subject and the preview line as one line of text,
`text` as plain text (the body of SMS and push, the text part of an e-mail) and `html` as a whole
page, empty outside e-mail. `variation(message.id, offer_id)` names the pair. Every variable is
noted in the lowering report at its place; what the engine cannot say is a refusal there and left
out of the text. Text of the playbook that a target writes elsewhere (a sender's name, a task) goes
through `DIALECT.inert` or `DIALECT.inert_html(html.escape(...))`, and `page(title, body, DIALECT)`
makes a page of it. A target that has an attribute `dialect` is one that `playbook preview --target`
shows.

Only what the author wrote as a variable becomes one: braces that come out of data are made inert,
and no authored HTML passes but MJML's own.
"""

from __future__ import annotations

from html import escape

from playbook_compiler.export import markup, mjml_page
from playbook_compiler.export.capability import Support, Target
from playbook_compiler.export.dialect import Dialect, Filled, Fixed, Reading, Tag
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.pieces import Pieces, Value, decided, said_to_all, values
from playbook_compiler.export.plain_text import readable
from playbook_compiler.export.quoting import Unquoted
from playbook_compiler.mjml import Content, Element, MjmlProblem, Words, is_mjml, without_comments
from playbook_compiler.mjml_rules import mjml_problems
from playbook_compiler.model import Message, Offer, Playbook
from playbook_compiler.source import Span
from playbook_compiler.template import Literal, Template, parse_template
from playbook_compiler.values import dataclass

_AS_IT_STANDS = "the text goes out as it stands, inert"
_UNSUBSCRIBE = "Unsubscribe"


@dataclass(frozen=True, slots=True)
class Wording:
    """A message's texts as an engine takes them. `html` is empty outside e-mail.

    `preview_html` is the preview line as it may stand in a page: see `with_preview`.
    `filled` are the expressions that the engine fills in for each customer, sorted, each with the
    author's default, "" for none: for engines where they have to be declared.
    """

    subject: str
    preview: str
    text: str
    html: str
    preview_html: str = ""
    filled: tuple[tuple[str, str], ...] = ()


def variation(message: str, offer: str) -> str:
    """Return the name of a message that carries an offer, or none."""
    return f"{message}+{offer}" if offer else message


def dialect_of(target: Target) -> Dialect | None:
    """Return how a target writes messages, by its attribute `dialect`; None: it writes none."""
    found = getattr(target, "dialect", None)
    return found if isinstance(found, Dialect) else None


def word(
    playbook: Playbook,
    dialect: Dialect,
    lowering: Lowering,
    message: Message,
    offer: Offer | None,
    unquoted: Unquoted,
) -> Wording:
    """Return what a message says. `unquoted` tells what its flows bring no value for."""
    reading = Reading(playbook, lowering, message, offer, unquoted)
    subject = _pieces(reading, dialect, "subject", message.subject)
    preview = _pieces(reading, dialect, "preview", message.preview)
    source = without_comments(message.body) if is_mjml(message.body) else message.body
    body = _pieces(reading, dialect, "body", source)
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
        _line_html(dialect, preview, message.preview),
        tuple(sorted(filled)),
    )


def with_preview(wording: Wording) -> str:
    """Return an e-mail's page with its preview line at the top, where only the list of mails shows
    it: for engines that have no field for it."""
    if not wording.preview_html:
        return wording.html
    hidden = f'<div style="display:none;max-height:0;overflow:hidden">{wording.preview_html}</div>'
    return markup.at_top(wording.html, hidden)


def page(title: str, body: str, dialect: Dialect) -> str:
    """Return a whole HTML page; `title` is text, `body` is HTML."""
    return markup.page(dialect.inert_html(escape(title)), body)


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
            _AS_IT_STANDS,
            kept=True,
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


def _line_html(dialect: Dialect, pieces: Pieces, text: str) -> str:
    """Return a one-line text as HTML."""
    marks = markup.marks_for(text)
    said = markup.filled_html(escape(marks.written(pieces), quote=False), marks, dialect)
    return " ".join(said.splitlines()).strip()


def _body(reading: Reading, dialect: Dialect, body: Pieces) -> tuple[str, str]:
    """Return the body as plain text and, of e-mail, as a whole page."""
    message, playbook = reading.message, reading.playbook
    marks = markup.marks_for(message.body)
    written = marks.written(body)
    mail = message.channel == "email"
    footer = _Footer((), ())
    if mail and message.kind == "marketing":
        footer = _footer(reading, dialect, said_to_all(body), marks)
    if _is_mjml(reading):
        plain = mjml_page.text_html_of(mjml_page.tree_of(written, marks.word))
        html = mjml_page.html_of(mjml_page.tree_of(written, marks.word, footer.html))
        text = readable(plain, marks.word, keep_lines=False)
    else:
        plain = markup.html_of(written)
        name = playbook.sender.name if playbook.sender else playbook.name
        html = markup.page(marks.keep(Value("", Fixed(name), "")), plain + _below(footer))
        text = readable(plain, marks.word, keep_lines=True)
    if footer.text:
        text = "\n".join((text, "--", *footer.text, ""))
    text = markup.filled_text(text, marks, dialect)
    return text, markup.filled_html(html, marks, dialect) if mail else ""


def _is_mjml(reading: Reading) -> bool:
    """Return whether the body is MJML that can be rendered; what it must not hold is noted."""
    message = reading.message
    if not is_mjml(message.body):
        return False
    template, _ = parse_template(message.body)
    found = [] if template is None else list(mjml_problems(message.body))
    if message.channel != "email":
        found.append(MjmlProblem("MJML is for e-mail alone", "write Markdown", 0, 1))
    for problem in found:
        reading.lowering.note(
            "message.body",
            message.id,
            message.body_span(problem.start, problem.end),
            f"{problem.message}: {problem.advice}",
            Support.REFUSED,
            _AS_IT_STANDS,
            kept=True,
        )
    return template is not None and not found


@dataclass(frozen=True, slots=True)
class _Footer:
    """Lines under marketing mail, as content of a page and as text, with words in them."""

    html: tuple[Content, ...]
    text: tuple[str, ...]


def _footer(
    reading: Reading, dialect: Dialect, named: frozenset[str], marks: markup.Marks
) -> _Footer:
    """Return what law wants under marketing mail and the author has not said.

    What the engine adds by itself is not said twice.
    """
    html: list[Content] = []
    text: list[str] = []
    sender = reading.playbook.sender
    if "sender_address" not in named and "address" not in dialect.adds:
        said: Fixed | Tag = Tag(dialect.address)
        if sender is not None and sender.address:
            named_already = sender.address.startswith(sender.name)
            said = Fixed(sender.address if named_already else f"{sender.name}, {sender.address}")
        if said.text:
            address = marks.keep(Value("sender_address", said, ""))
            html.append(Words(address, 0))
            text.append(address)
    if "unsubscribe_url" not in named and "unsubscribe" not in dialect.adds:
        url = marks.keep(Value("unsubscribe_url", Tag(dialect.unsubscribe_url), ""))
        if dialect.unsubscribe_html:
            whole = Tag(dialect.unsubscribe_html)
            html.append(Words(marks.keep(Value("unsubscribe_url", whole, "")), 0))
        else:
            html.append(Element("a", (("href", url),), 0, [Words(_UNSUBSCRIBE, 0)]))
        text.append(f"{_UNSUBSCRIBE}: {url}")
    return _Footer(tuple(html), tuple(text))


def _below(footer: _Footer) -> str:
    """Return a footer as HTML."""
    if not footer.html:
        return ""
    lines = "<br>".join(line.written() for line in footer.html)
    return f'<p style="font-size:12px;color:#666">{lines}</p>\n'
