"""Conditions that YAML cut at a comma inside `{}`: noticed where the mapping is read.

`{if: rfm in (champion, loyal), then: []}` has, to YAML, the keys `if`, `loyal)` and `then`.
"""

from __future__ import annotations

from playbook_compiler.condition_cut import looks_cut
from playbook_compiler.diagnostics import Fix, shown
from playbook_compiler.reading import Node
from playbook_compiler.source import Span

_NO_NAMES: frozenset[str] = frozenset()


def cut_conditions(node: Node) -> frozenset[str]:
    """Note every cut condition in a mapping; return the keys that belong to one, not to be read."""
    assert isinstance(node.data, dict)
    if None not in node.data.values():
        return _NO_NAMES
    names = list(node.data)
    taken: set[str] = set()
    for index, name in enumerate(names[1:], 1):
        if node.data[name] is not None or name in taken:
            continue
        first = names[index - 1]
        text = node.child(first, node.data[first]).text
        rest = names[
            index : next(
                (i for i in range(index, len(names)) if node.data[names[i]] is not None), len(names)
            )
        ]
        whole = looks_cut(text, rest) if text else None
        if whole is None:
            continue
        count = next(n for n in range(1, len(rest) + 1) if looks_cut(text or "", rest[:n]) == whole)
        _note(node, first, rest[count - 1], whole)
        taken |= {first, *rest[:count]}
    return frozenset(taken)


def _note(node: Node, first: str, last: str, whole: str) -> None:
    start = node.document.span((*node.path, first))
    end = node.document.key_span((*node.path, last))
    quoted = '"' + whole.replace("\\", "\\\\").replace('"', '\\"') + '"'
    node.refuse(
        "unquoted-comma",
        f"the condition `{shown(whole)}` was cut at a comma",
        span=start,
        caption="YAML reads the rest as another key",
        help=f"inside braces and brackets, quote it: {first}: {shown(quoted)}",
        fix=Fix(Span(start.file, start.line, start.column, end.end_line, end.end_column), quoted),
    )
