"""What the grammar of DOT, as far as we use it, says against a picture."""

from __future__ import annotations

import re

from playbook_compiler.export.bundle import ExportBundle

# A quoted string that no entity and no escape of Graphviz's own can change.
_TEXT = r'"(?:[^"\\&<>]|\\\\|\\"|&(?:amp|lt|gt);)*"'
_LINES = (
    re.compile(r"digraph playbook \{"),
    re.compile(r"  rankdir=TB;"),
    re.compile(r'  node \[fontname="sans-serif", shape=box\];'),
    re.compile(r"  subgraph cluster_\d+ \{"),
    re.compile(rf"    label={_TEXT};"),
    re.compile(rf"    {_TEXT} \[label={_TEXT}, shape=[a-z]+\];"),
    re.compile(rf"  {_TEXT} -> {_TEXT}(?: \[label={_TEXT}\])?;"),
    re.compile(r"(?:  )?\}"),
)


def problems(bundle: ExportBundle) -> list[str]:
    """Return every objection to an export."""
    return dot_problems(bundle.files["playbook.dot"].decode())


def dot_problems(text: str) -> list[str]:
    """Return the lines that are none of ours."""
    return [
        f"not a line of a picture: {line!r}"
        for line in text.splitlines()
        if not any(form.fullmatch(line) for form in _LINES)
    ]
