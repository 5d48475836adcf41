"""What a parser finds in a document that may hold no markup but our own tables and charts."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.contracts.verdicts.mermaid import chart_problems

from playbook_compiler.export.bundle import ExportBundle

_OURS = ("<code>", "</code>", "<br>")
_NEVER = (
    *("html_block", "link_open", "image", "code_block", "code_inline", "hr"),
    "list_item_open",
)


def problems(bundle: ExportBundle) -> list[str]:
    """Return every objection to an export."""
    return document_problems(bundle.files["playbook.md"].decode())


def document_problems(text: str) -> list[str]:
    """Return markup that no author may bring in, and tables that are broken."""
    found = []
    for token in tokens_of(text):
        if token.type in _NEVER or (
            token.type == "heading_open" and not token.markup.startswith("#")
        ):
            found.append(f"{token.type}: {token.content!r}")
        if token.type == "html_inline" and token.content not in _OURS:
            found.append(f"markup: {token.content!r}")
        if token.type == "fence":
            if token.info != "mermaid":
                found.append(f"a block of {token.info!r}")
            found += chart_problems(token.content)
    for line in text.splitlines():
        if line.startswith("|") and not line.endswith("|"):
            found.append(f"a broken row: {line!r}")
    return found


def tokens_of(text: str) -> Iterator[Token]:
    """Return all tokens of a text as GitHub reads it, those in lines too."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for token in parser.parse(text):
        yield token
        yield from token.children or ()
