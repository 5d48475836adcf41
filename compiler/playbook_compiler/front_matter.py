"""A message in a Markdown file of its own: front matter between two `---` lines, then the body."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from playbook_compiler.diagnostics import Diagnostic, error, has_errors, shown
from playbook_compiler.document import Data, Document, Path, Place
from playbook_compiler.parse import parse
from playbook_compiler.reading import ID_PATTERN, suggested_id
from playbook_compiler.source import Passage, SourceFile, Span

MARKDOWN = ".md"
_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)


def body_of(source: SourceFile) -> Passage:
    """Return the text of a file without its front matter, if it has some."""
    source = _with_unix_lines(source)
    opening = _OPENING.match(source.text)
    closing = _CLOSING.search(source.text, opening.end()) if opening else None
    return Passage(source, _skip_blank(source.text, closing.end()) if closing else 0)


def read_message(
    source: SourceFile,
) -> tuple[Document | None, Passage | None, list[Diagnostic]]:
    """Return a Markdown file as a document with one message, and its body as a passage.

    A file without front matter is only a text, for `body:` of a message to refer to.
    """
    source = _with_unix_lines(source)
    opening = _OPENING.match(source.text)
    if opening is None:
        return None, Passage(source), []
    closing = _CLOSING.search(source.text, opening.end())
    if closing is None:
        return (
            None,
            None,
            [
                error(
                    "open-front-matter",
                    "the front matter is never closed",
                    Span(source.path, 1, 1, 1, 4),
                    caption="no second line of ---",
                    help="write a line of three dashes between the settings and the text",
                )
            ],
        )
    # The opening `---` also begins a YAML document, so that every place stays as it is.
    document, found = parse(SourceFile(source.path, source.text[: closing.start()]))
    if document is None or has_errors(found) or not isinstance(document.data, dict):
        return None, None, found
    passage = Passage(source, _skip_blank(source.text, closing.end()))
    wrapped, more = _as_message(document, passage)
    return wrapped, passage, [*found, *more]


def _as_message(document: Document, passage: Passage) -> tuple[Document | None, list[Diagnostic]]:
    """Return the document as if its message stood under `messages:` of a playbook."""
    assert isinstance(document.data, dict)
    given = document.data.get("id")
    stem = PurePosixPath(document.source.path).stem
    name = str(given) if given is not None else stem
    span = document.span(("id",)) if "id" in document.data else Span.of_file(document.source.path)
    if not re.fullmatch(ID_PATTERN, name):
        what = "the id" if "id" in document.data else "the file's name"
        return None, [
            error(
                "bad-id",
                f"{what} `{shown(name)}` cannot be the id of a message",
                span,
                caption="expected small letters, digits and dashes, a letter first",
                help=suggested_id(name),
            )
        ]
    if "body" in document.data and passage.text.strip():
        return None, [
            error(
                "two-bodies",
                "this message has a `body` and a text under its front matter",
                document.key_span(("body",)),
                caption="keep one of them",
                help="remove `body:`, or the text below the settings",
            )
        ]
    message: dict[str, Data] = {key: value for key, value in document.data.items() if key != "id"}
    prefix: Path = ("messages", name)
    places = {(*prefix, *path): place for path, place in document.places.items() if path != ("id",)}
    places[prefix] = Place(document.span(()), span)
    if passage.text.strip():
        message["body"] = passage.text
        end = len(passage.text)
        places[(*prefix, "body")] = Place(passage.span_at(0, end), None, passage.text)
    return Document(document.source, {"messages": {name: message}}, places), []


def _with_unix_lines(source: SourceFile) -> SourceFile:
    # Lines and columns stay as they are; the text of a message does not depend on the editor.
    return SourceFile(source.path, "\n".join(source.lines))


def _skip_blank(text: str, start: int) -> int:
    """Return where the first line with something on it begins."""
    while start < len(text) and text[start] == "\n":
        start += 1
    return start
