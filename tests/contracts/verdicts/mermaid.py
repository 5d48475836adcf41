"""What the grammar of flowcharts, as far as we use it, says against a picture."""

from __future__ import annotations

import re

from playbook_compiler.export.bundle import ExportBundle

_LABEL = r'"(?:[^"#;\[\]{}<>`\\|&]|#\d+;)*"'
_LINES = (
    re.compile(r"flowchart LR"),
    re.compile(rf"  subgraph f\d+\[{_LABEL}\]"),
    re.compile(r"    direction LR"),
    re.compile(
        rf"    n\d+(?:\(\[{_LABEL}\]\)|\(\({_LABEL}\)\)|\{{{_LABEL}\}}|\[/{_LABEL}/\]|\[{_LABEL}\])"
    ),
    re.compile(r"  end"),
    re.compile(rf"  n\d+ -->(?:\|{_LABEL}\|)? n\d+"),
)


def chart_problems(text: str) -> list[str]:
    """Return the lines that are none of a flowchart's, and edges between no nodes."""
    found = [
        f"not a line of a flowchart: {line!r}"
        for line in text.splitlines()
        if not any(form.fullmatch(line) for form in _LINES)
    ]
    nodes = set(re.findall(r"^    (n\d+)", text, re.MULTILINE))
    for source, target in re.findall(r"^  (n\d+) -->.* (n\d+)$", text, re.MULTILINE):
        if not {source, target} <= nodes:
            found.append(f"an edge between no nodes: {source} --> {target}")
    return found


def problems(bundle: ExportBundle) -> list[str]:
    """Return every objection to an export."""
    return chart_problems(bundle.files["playbook.mmd"].decode())
