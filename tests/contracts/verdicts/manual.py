"""What a reader of Markdown, of CSV and of HTML finds in a checklist that must not be there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from tests.contracts.verdicts.markdown import tokens_of

from playbook_compiler.export.bundle import ExportBundle

_OURS = ("<code>", "</code>", "<sub>", "</sub>")
_NEVER = ("html_block", "link_open", "image", "code_block", "code_inline", "fence", "hr")
_ITEM = re.compile(r" *- \[ \] \*\*(\d+(?:\.\d+)+)\*\* .+ <sub><code>[^<]+:[1-9]\d*</code></sub>")
_WAY = re.compile(r" *- \*.+\*")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def problems(bundle: ExportBundle) -> list[str]:
    """Return every objection to an export."""
    text = bundle.files["checklist.md"].decode()
    table = bundle.files["checklist.csv"].decode()
    return [
        *checklist_problems(text),
        *table_problems(table),
        *_apart(text, table),
        *_missing_files(table, bundle),
        *_live_pages(bundle),
    ]


def checklist_problems(text: str) -> list[str]:
    """Return markup of others, and items without a number or a place."""
    found = []
    for token in tokens_of(text):
        if token.type in _NEVER or (token.type == "html_inline" and token.content not in _OURS):
            found.append(f"{token.type}: {token.content!r}")
    for line in text.splitlines():
        if line.lstrip().startswith("- ") and not (_ITEM.fullmatch(line) or _WAY.fullmatch(line)):
            found.append(f"no item and no way: {line!r}")
    numbers = [one[1] for one in map(_ITEM.fullmatch, text.splitlines()) if one]
    if len(set(numbers)) != len(numbers):
        found.append("a number stands twice")
    return found


def table_problems(table: str) -> list[str]:
    """Return rows of another width, and cells that a spreadsheet takes for a formula."""
    rows = list(csv.reader(io.StringIO(table, newline="")))
    found = [f"a row of {len(row)} cells" for row in rows if len(row) != len(rows[0])]
    # The last cell is ours: empty, or a dash where nothing is to be done.
    return found + [
        f"a formula: {cell!r}" for row in rows for cell in row[:-1] if cell.startswith(_FORMULAS)
    ]


def _apart(text: str, table: str) -> Iterator[str]:
    listed = [one[1] for one in map(_ITEM.fullmatch, text.splitlines()) if one]
    rows = [row[0] for row in csv.reader(io.StringIO(table, newline=""))][1:]
    if listed != [number for number in rows if number]:
        yield "the list and the table have other items"


def _missing_files(table: str, bundle: ExportBundle) -> Iterator[str]:
    for row in csv.DictReader(io.StringIO(table, newline="")):
        if row["file"] and row["file"] not in bundle.files:
            yield f"{row['number']} needs {row['file']}, which is not there"


def _live_pages(bundle: ExportBundle) -> Iterator[str]:
    for path, content in bundle.files.items():
        page = content.decode()
        if path.endswith(".html") and re.search(r"<script|<[^>]*\son\w+=|<[^>]*javascript:", page):
            yield f"{path}: a page that does something"
        if path.startswith("messages/") and re.search(r"\{\{|\{%|\{#", page):
            yield f"{path}: a tag that an engine would run"
