"""A comparison for people at a terminal: the summary, then every change with both its places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import click

from playbook_compiler.diff import INDIRECT, Entry
from playbook_compiler.diff_steps import ADDED, MODIFIED, MOVED, REMOVED, RENAMED, StepDiff
from playbook_compiler.diff_values import Change
from playbook_compiler.source import Span
from playbook_runtime.counted import count_of
from playbook_runtime.output.cells import escaped
from playbook_runtime.output.diff_words import (
    NEW_IDS,
    Comparison,
    absence,
    around,
    because,
    following,
    has_new_ids,
    said,
    sentence,
)
from playbook_runtime.output.effect_text import effect_lines
from playbook_runtime.projected_change import ProjectedChange

VALUE_LIMIT: Final = 100
_SIGNS: Final = {
    ADDED: ("+", "green"),
    REMOVED: ("-", "red"),
    MODIFIED: ("~", "yellow"),
    RENAMED: ("=", "cyan"),
    MOVED: (">", "cyan"),
    INDIRECT: ("*", "blue"),
}


def render(
    found: Comparison,
    colour: bool,
    encoding: str = "utf-8",
    effect: ProjectedChange | None = None,
) -> str:
    """Return the comparison as text that ends with a line break; `effect` is what the change does
    to the projection."""
    head = f"{found.old.name} -> {found.new.name}: "
    diff = found.diff
    lines = [_shown(head + sentence(found), encoding)]
    if absence(found):
        lines.append(_shown(absence(found), encoding))
    before: Entry | None = None
    for entry in diff.entries:
        body = [_painted(line, colour, encoding) for line in _entry(entry, found)]
        # Lone lines of one kind of change stand together.
        if before is None or before.how != entry.how or lines[-1].startswith(" ") or len(body) > 1:
            lines.append("")
        before = entry
        lines += body
    if has_new_ids(diff.entries):
        lines += ["", NEW_IDS]
    if effect is not None:
        told = effect_lines(effect, found.old.name, found.new.name, colour)
        lines += ["", *(_shown_lines(told, encoding))]
    return "\n".join(lines) + "\n"


def _shown_lines(lines: Iterable[str], encoding: str) -> Iterator[str]:
    """Yield lines, user's text escaped; what colours them stays."""
    for line in lines:
        yield "\x1b".join(escaped(part, encoding) for part in line.split("\x1b"))


def _shown(text: str, encoding: str) -> str:
    return escaped(text, encoding)


def _painted(line: str, colour: bool, encoding: str) -> str:
    text = escaped(line, encoding)
    indent = len(text) - len(text.lstrip())
    tint = dict(_SIGNS.values()).get(text[indent : indent + 1])
    if not colour or tint is None or text[indent + 1 : indent + 2] != " ":
        return text
    return text[:indent] + click.style(text[indent], fg=tint, bold=True) + text[indent + 1 :]


def _entry(entry: Entry, found: Comparison) -> Iterator[str]:
    sign = _SIGNS[entry.how][0]
    was = f", was {entry.was}" if entry.was else ""
    text = f" {around(entry.text, '', VALUE_LIMIT)[0]}" if entry.text else ""
    places = _places(entry.old_span, entry.new_span, found)
    if entry.reasons:
        reasons = "; ".join(because(reason) for reason in entry.reasons)
        yield f"{sign} {entry.kind} {entry.id}  ({places}): {reasons}"
        return
    yield f"{sign} {entry.kind} {entry.id}{was}{text}  ({places})"
    near = (entry.old_span, entry.new_span)
    for change in entry.changes:
        yield f"    {_change(change, near, found)}"
    if entry.how in (ADDED, REMOVED):
        if entry.steps:
            yield f"    {sign} {count_of(len(entry.steps), 'step')}"
        return
    for step in entry.steps:
        if not step.follows:
            yield from _step(step, near, found)
    if inside := following(entry.steps):
        yield f"    = {count_of(inside, 'step')} named after these, with new ids"


def _step(
    step: StepDiff, near: tuple[Span | None, Span | None], found: Comparison
) -> Iterator[str]:
    sign = _SIGNS[step.how][0]
    was = f", was {step.was}" if step.was else ""
    moved = ", moved" if step.moved else ""
    places = _places(step.old_span, step.new_span, found, near)
    only = step.changes[0] if len(step.changes) == 1 else None
    text = f": {_values(only)}" if only is not None else ""
    if step.how in (ADDED, REMOVED):
        text = f" {around(step.text, '', VALUE_LIMIT)[0]}"
    yield f"    {sign} step {step.id}{was}{moved}{text}  ({places})"
    if only is None:
        for change in step.changes:
            yield f"        {_change(change, near, found)}"


def _change(change: Change, near: tuple[Span | None, Span | None], found: Comparison) -> str:
    return f"{_values(change)}  ({_places(change.old.span, change.new.span, found, near)})"


def _values(change: Change) -> str:
    old, new = around(change.old.text, change.new.text, VALUE_LIMIT)
    return f"{change.key}: {said(change.old, old)} -> {said(change.new, new)}"


def _places(
    old: Span | None,
    new: Span | None,
    found: Comparison,
    near: tuple[Span | None, Span | None] = (None, None),
) -> str:
    """Return both places; beside a line that names the same files, only the numbers of lines."""
    spans = (old, new)
    if all(
        one is None or (by is not None and one.file == by.file)
        for one, by in zip(spans, near, strict=True)
    ):
        lines = [str(one.line) for one in spans if one is not None]
        return f"line {' -> '.join(dict.fromkeys(lines))}"
    sides = zip((found.old, found.new), spans, strict=True)
    return " -> ".join(side.place(one) for side, one in sides if one is not None)
