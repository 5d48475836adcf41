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
from playbook_compiler.inert import markdown, markdown_code
from playbook_runtime.counted import count_of
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
)
from playbook_runtime.output.effect_markdown import effect_lines
from playbook_runtime.projected_change import ProjectedChange

MARKER: Final = "playbook-diff"
VALUE_LIMIT: Final = 80
ROWS_LIMIT: Final = 60  # a comment of GitHub's holds 65,536 characters


def render(found: Comparison, path: str, effect: ProjectedChange | None = None) -> str:
    """Return the comment; `path` is that of the playbook from the repository's top, `effect` what
    the change does to the projection."""
    lines = [f"<!-- {MARKER}: {_marked(path)} -->"]
    diff = found.diff
    name = markdown_code(found.playbook)
    if diff.is_empty:
        lines.append(f"**Playbook {name}**: {sentence(found)}.")
        return "\n".join([*lines, *_effect(effect, found), ""])
    lines += [f"### Playbook {name}", "", f"{counts(diff)[:1].upper()}{counts(diff)[1:]}."]
    if absence(found):
        lines += ["", markdown(absence(found))]
    lines += _effect(effect, found)
    rows: list[Sequence[str]] = []
    for entry in diff.entries:
        if entry.is_direct:
            its = list(_rows(entry))
            rows += [(_place(entry, found), *its[0]), *(("", *row) for row in its[1:])]
    lines += ["", *_table(("What", "Key", found.old.name, found.new.name), rows)]
    others = [
        (
            _place(entry, found),
            "; ".join(because(reason, markdown_code) for reason in entry.reasons),
        )
        for entry in diff.entries
        if not entry.is_direct
    ]
    if others:
        lines += ["", "Not changed themselves, but affected:", ""]
        lines += _table(("What", "Why"), others)
    if has_new_ids(diff.entries):
        lines += ["", NEW_IDS]
    return "\n".join([*lines, ""])


def _effect(effect: ProjectedChange | None, found: Comparison) -> list[str]:
    if effect is None:
        return []
    return ["", *effect_lines(effect, found.old.name, found.new.name)]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"| {' | '.join(markdown(head) for head in heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows[:ROWS_LIMIT]:
        yield f"| {' | '.join(row)} |"
    if len(rows) > ROWS_LIMIT:
        rest = f"and {len(rows) - ROWS_LIMIT} more: `playbook diff` shows all"
        yield f"| {rest} |{' |' * (len(heads) - 1)}"


def _rows(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Yield the key, the old and the new value of all that changed: at least one row."""
    if entry.how in (ADDED, REMOVED):
        steps = f" ({count_of(len(entry.steps), 'step')})" if entry.steps else ""
        text = markdown_code(around(entry.text, "", VALUE_LIMIT)[0]) + steps
        yield entry.how, *((text, "") if entry.how == REMOVED else ("", text))
        return
    if entry.was:
        yield "renamed", markdown_code(entry.was), markdown_code(entry.id)
    for change in entry.changes:
        yield markdown_code(change.key), *_values(change)
    for step in entry.steps:
        if not step.follows:
            yield from _step_rows(step)
    if inside := following(entry.steps):
        yield f"{count_of(inside, 'step')} named after these, with new ids", "", ""


def _step_rows(step: StepDiff) -> Iterator[tuple[str, str, str]]:
    name = f"step {markdown_code(step.id)}"
    moved = " and moved" if step.moved else ""
    if step.was:
        yield f"step renamed{moved}", markdown_code(step.was), markdown_code(step.id)
    elif step.how in (ADDED, REMOVED):
        text = markdown_code(around(step.text, "", VALUE_LIMIT)[0])
        yield f"{name} {step.how}", *((text, "") if step.how == REMOVED else ("", text))
    elif step.moved:
        old, new = (f"line {at.line}" if at else "" for at in (step.old_span, step.new_span))
        yield f"{name} moved", old, new
    for change in step.changes:
        yield f"{name}: {markdown_code(change.key)}", *_values(change)


def _values(change: Change) -> tuple[str, str]:
    old, new = around(change.old.text, change.new.text, VALUE_LIMIT)
    sides = ((change.old, old), (change.new, new))
    one, other = (
        markdown_code(said(written, text)) if written.text else "" for written, text in sides
    )
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
    return f"{entry.kind} {markdown_code(entry.id)}<br><sub>{markdown_code(at)}</sub>"


def _marked(path: str) -> str:
    """Return a path that cannot end the hidden comment."""
    return re.sub(r"[^\w./ -]|--+", "_", path) or "."
