"""What all targets can say, side by side: a mark for each construct and target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from playbook_compiler.export.capability import Support, Target
from playbook_compiler.export.constructs import constructs
from playbook_compiler.export.page import PARTS

BEGIN: Final = "<!-- matrix: generated from the capability tables -->"
END: Final = "<!-- end of matrix -->"
MARKS: Final = {
    Support.EXACT: "=",
    Support.APPROXIMATED: "~",
    Support.DROPPED: "-",
    Support.REFUSED: "x",
}
MEANINGS: Final = {
    Support.EXACT: "said as it is",
    Support.APPROXIMATED: "said nearly, the export tells how",
    Support.DROPPED: "left out: the target has no use for it",
    Support.REFUSED: "an error, or left out with --allow-lossy",
}


def mark(target: Target, construct: str) -> str:
    """Return the mark of how far a target says a construct."""
    return MARKS[target.capabilities[construct].support]


def by_part() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return the constructs by their part of the language, under the heading of the part."""
    for part, heading in PARTS.items():
        yield heading, tuple(name for name in constructs() if name.startswith(f"{part}."))


def matrix_tables(targets: Mapping[str, Target]) -> str:
    """Return the matrix as Markdown, a table for each part, between the marks of the page."""
    heads = " | ".join(f"[{name}](../targets/{name}.md)" for name in targets)
    lines = [BEGIN]
    for heading, names in by_part():
        lines += ["", f"## {heading}", "", f"| construct | {heads} |"]
        lines.append(f"|---|{':-:|' * len(targets)}")
        for name in names:
            marks = " | ".join(f"`{mark(target, name)}`" for target in targets.values())
            lines.append(f"| `{name.partition('.')[2]}` | {marks} |")
    return "\n".join([*lines, "", END])


def with_matrix(page: str, targets: Mapping[str, Target]) -> str:
    """Return a page with the part between the marks made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + matrix_tables(targets) + after
