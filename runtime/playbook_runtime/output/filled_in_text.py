"""What a playbook means where its author said nothing, as text: one line for each value."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from playbook_compiler.filled_in import Filled
from playbook_runtime.counted import count_of

VALUE_WIDTH = 60


def filled_in_text(name: str, filled: Sequence[Filled]) -> str:
    """Return the filled-in values by what they belong to: key, value, and where it comes from."""
    if not filled:
        return f"{name} says everything itself: nothing was filled in.\n"
    count = count_of(len(filled), "value")
    lines = [f"{name}: {count} that you did not write"]
    for group, members in groupby(sorted(filled, key=_group), key=_group):
        rows = [(one.path.removeprefix(group).lstrip(".") or group, one) for one in members]
        width = max(len(f"{key}: {_cut(one.value)}") for key, one in rows)
        lines += ["", group]
        lines += [
            f"  {f'{key}: {_cut(one.value)}'.ljust(width)}  # {_why(one)}" for key, one in rows
        ]
    lines += ["", "To say something else, write the key yourself."]
    return "\n".join(lines) + "\n"


def _group(one: Filled) -> str:
    """Return what a value belongs to: a section, or one thing of a section."""
    parts = one.path.split(".", 2)
    return ".".join(parts[:2]) if len(parts) > 2 else parts[0]


def _why(one: Filled) -> str:
    return one.why if one.span is None else f"{one.why}, {one.span.file}:{one.span.line}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= VALUE_WIDTH else f"{line[: VALUE_WIDTH - 3]}..."
