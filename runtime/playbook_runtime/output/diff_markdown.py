"""A comparison as the comment of a pull request (GitHub, GitLab): short tables, nothing to click.

The first line is a hidden marker that names the playbook and nothing that changes, so that a script
finds its earlier comment and writes over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from playbook_compiler.diff import Entry
from playbook_compiler.diff_steps import ADDED, REMOVED, StepDiff
from playbook_compiler.diff_values import Change
from playbook_runtime.output.diff_words import (
    NEW_IDS,
    Comparison,
    absence,
    around,
    because,
    counts,
    following,
    has_new_ids,
    said,
    sentence,
    several,
)

MARKER: Final = "playbook-diff"
VALUE_LIMIT: Final = 80
ROWS_LIMIT: Final = 60  # a comment of GitHub's holds 65,536 characters
# All that Markdown or HTML could read as more than text: underscores, and what begins an address.
_SPECIAL = re.compile(r"[^\w .,;:=/()+%-]|_|:(?=/)|[wW](?=ww\.)")


def render(found: Comparison, path: str) -> str:
    """Return the comment; `path` is that of the playbook from the repository's top."""
    lines = [f"<!-- {MARKER}: {_marked(path)} -->"]
    diff = found.diff
    name = _code(found.playbook)
    if diff.is_empty:
        return "\n".join([*lines, f"**Playbook {name}**: {sentence(found)}.", ""])
    lines += [f"### Playbook {name}", "", f"{counts(diff)[:1].upper()}{counts(diff)[1:]}."]
    if absence(found):
        lines += ["", _plain(absence(found))]
    rows: list[Sequence[str]] = []
    for entry in diff.entries:
        if entry.is_direct:
            its = list(_rows(entry))
            rows += [(_place(entry, found), *its[0]), *(("", *row) for row in its[1:])]
    lines += ["", *_table(("What", "Key", found.old.name, found.new.name), rows)]
    others = [
        (_place(entry, found), "; ".join(because(reason, _code) for reason in entry.reasons))
        for entry in diff.entries
        if not entry.is_direct
    ]
    if others:
        lines += ["", "Not changed themselves, but affected:", ""]
        lines += _table(("What", "Why"), others)
    if has_new_ids(diff.entries):
        lines += ["", NEW_IDS]
    return "\n".join([*lines, ""])


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"| {' | '.join(_plain(head) for head in heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows[:ROWS_LIMIT]:
        yield f"| {' | '.join(row)} |"
    if len(rows) > ROWS_LIMIT:
        rest = f"and {len(rows) - ROWS_LIMIT} more: `playbook diff` shows all"
        yield f"| {rest} |{' |' * (len(heads) - 1)}"


def _rows(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Yield the key, the old and the new value of all that changed: at least one row."""
    if entry.how in (ADDED, REMOVED):
        steps = f" ({several(len(entry.steps), 'step')})" if entry.steps else ""
        text = _code(around(entry.text, "", VALUE_LIMIT)[0]) + steps
        yield entry.how, *((text, "") if entry.how == REMOVED else ("", text))
        return
    if entry.was:
        yield "renamed", _code(entry.was), _code(entry.id)
    for change in entry.changes:
        yield _code(change.key), *_values(change)
    for step in entry.steps:
        if not step.follows:
            yield from _step_rows(step)
    if inside := following(entry.steps):
        yield f"{several(inside, 'step')} named after these, with new ids", "", ""


def _step_rows(step: StepDiff) -> Iterator[tuple[str, str, str]]:
    name = f"step {_code(step.id)}"
    moved = " and moved" if step.moved else ""
    if step.was:
        yield f"step renamed{moved}", _code(step.was), _code(step.id)
    elif step.how in (ADDED, REMOVED):
        text = _code(around(step.text, "", VALUE_LIMIT)[0])
        yield f"{name} {step.how}", *((text, "") if step.how == REMOVED else ("", text))
    elif step.moved:
        old, new = (f"line {at.line}" if at else "" for at in (step.old_span, step.new_span))
        yield f"{name} moved", old, new
    for change in step.changes:
        yield f"{name}: {_code(change.key)}", *_values(change)


def _values(change: Change) -> tuple[str, str]:
    old, new = around(change.old.text, change.new.text, VALUE_LIMIT)
    sides = ((change.old, old), (change.new, new))
    one, other = (_code(said(written, text)) if written.text else "" for written, text in sides)
    return one, other


def _place(entry: Entry, found: Comparison) -> str:
    """Return what it is and where it stands; where it stood, if that was another line."""
    old, new = entry.old_span, entry.new_span
    if new is None:
        assert old is not None
        at = found.old.place(old)
    else:
        was = f" (was line {old.line})" if old is not None and old.line != new.line else ""
        at = found.new.place(new) + was
    return f"{entry.kind} {_code(entry.id)}<br><sub>{_code(at)}</sub>"


def _code(text: str) -> str:
    """Return a user's text so that neither Markdown nor HTML, a mention nor a link comes of it."""
    return f"<code>{_plain(text)}</code>" if text else ""


def _plain(text: str) -> str:
    line = " ".join(text.split())
    return _SPECIAL.sub(_entity, line)


def _entity(match: re.Match[str]) -> str:
    char = match[0]
    return f"&#{ord(char)};" if char.isprintable() else f"&#92;u{ord(char):04x}"


def _marked(path: str) -> str:
    """Return a path that cannot end the hidden comment."""
    return re.sub(r"[^\w./ -]|--+", "_", path) or "."
