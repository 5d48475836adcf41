"""What an edit changes in a text file, as `git apply` and `patch` read it."""

from __future__ import annotations

from difflib import unified_diff


def unified(name: str, before: str, after: str) -> str:
    """Return the unified diff of two versions of a file; empty where they are equal.

    Line breaks other than LF stay in the lines, which are split at LF only.
    """
    lines = []
    for line in unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}"):
        lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(lines)


def _lines(text: str) -> list[str]:
    return [part + "\n" for part in text.split("\n")[:-1]] + [
        part for part in text.split("\n")[-1:] if part
    ]
