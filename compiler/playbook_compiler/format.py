"""Playbook files in their canonical form: keys in the language's order, spacing, comments kept.

A file is never harmed: what does not read the same after formatting, or loses a comment, is left as
it is, and that is our mistake, not the author's (FormattingError).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from playbook_compiler.diagnostics import Diagnostic, has_errors, hint
from playbook_compiler.document import Document
from playbook_compiler.format_layout import laid_out
from playbook_compiler.format_order import MESSAGE, PLAYBOOK, TACTIC, FileOf, put_in_order
from playbook_compiler.format_tokens import LeftAloneError, comments_of
from playbook_compiler.format_tree import tree_of
from playbook_compiler.front_matter import MARKDOWN, read_message
from playbook_compiler.parse import parse
from playbook_compiler.source import SourceFile, Span

_FRONT_MATTER = re.compile(r"(---[ \t]*\n.*?)^(?=---[ \t]*(?:\n|\Z))", re.DOTALL | re.MULTILINE)


class FormattingError(Exception):
    """Formatting would have changed what a file says: our mistake. The file is left alone."""


def format_source(source: SourceFile) -> tuple[str | None, list[Diagnostic]]:
    """Return the canonical text of a YAML file, or of a Markdown message with its front matter.

    None with the errors where the file cannot be read as YAML. The text comes back as it was, with
    a hint, where it is written in a way that formatting does not touch. Line ends stay CRLF where
    the file has more of these. Raises FormattingError.
    """
    text = "\n".join(source.lines)
    if PurePosixPath(source.path).suffix != MARKDOWN:
        formatted, found = _yaml(SourceFile(source.path, text), None)
    elif source.text.startswith("---"):
        formatted, found = _message(SourceFile(source.path, text))
    else:
        return source.text, []
    if formatted is None:
        return None, found
    if formatted == text and _has_one_line_end(source.text):
        return source.text, found
    crlf = source.text.count("\r\n")
    windows = crlf > source.text.count("\n") - crlf
    return formatted.replace("\n", "\r\n") if windows else formatted, found


def _has_one_line_end(text: str) -> bool:
    """Return whether all lines of a text end in the same way, LF or CRLF."""
    crlf = text.count("\r\n")
    return crlf == text.count("\r") and crlf in (0, text.count("\n"))


def _message(source: SourceFile) -> tuple[str | None, list[Diagnostic]]:
    """Return a message with its front matter formatted; its text stays as it is."""
    front = _FRONT_MATTER.match(source.text)
    if front is None:
        errors = [one for one in read_message(source)[2] if one.is_error]
        return None if errors else source.text, errors
    settings, found = _yaml(SourceFile(source.path, front[1]), MESSAGE)
    return None if settings is None else settings + source.text[front.end() :], found


def _yaml(source: SourceFile, kind: FileOf | None) -> tuple[str | None, list[Diagnostic]]:
    document, found = parse(source)
    errors = [one for one in found if one.is_error]
    if document is None or has_errors(found):
        return None, errors
    try:
        tree = tree_of(source.text)
    except LeftAloneError as reason:
        return source.text, [_left_alone(source, str(reason))]
    if kind is None:
        assert isinstance(document.data, dict)
        kind = TACTIC if "tactic" in document.data else PLAYBOOK
    put_in_order(tree.root, kind, document.data)
    formatted = laid_out(tree)
    if formatted != source.text:
        _compare(document, formatted)
    return formatted, []


def _left_alone(source: SourceFile, reason: str) -> Diagnostic:
    return hint(
        "not-formatted",
        f"the file has {reason}, so it is left as it is",
        Span.of_file(source.path),
        help="the rest of it can be formatted once this is written in the usual way",
    )


def _compare(document: Document, formatted: str) -> None:
    """Make sure that a text says what a document says, scalar by scalar, with all its comments."""
    path = document.source.path
    again, _ = parse(SourceFile(path, formatted))
    if again is None or again.data != document.data:
        raise FormattingError(f"formatting {path} would change what it says; it is left as it is")
    before = {place: (one.text, one.plain) for place, one in document.places.items()}
    if before != {place: (one.text, one.plain) for place, one in again.places.items()}:
        raise FormattingError(f"formatting {path} would change its texts; it is left as it is")
    if sorted(comments_of(document.source.text)) != sorted(comments_of(formatted)):
        raise FormattingError(f"formatting {path} would lose a comment; it is left as it is")
