"""The pages of the guide: their order, and how long they take to read."""

from __future__ import annotations

import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
ORDER = (
    "first-playbook.md",
    "diagnosis.md",
    "stages.md",
    "tactics.md",
    "flows.md",
    "conditions.md",
    "offers.md",
    "programmes.md",
    "diagnostics.md",
    "git.md",
    "push.md",
    "import.md",
    "numbers.md",
)
WORDS_A_MINUTE = 200
MINUTES_AT_MOST = 30
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_STATED = re.compile(r"^\*(\d+) minutes?\*$", re.MULTILINE)


def pages() -> tuple[str, ...]:
    """Return the names of all pages of the guide in the order in which they are read."""
    there = {path.name for path in GUIDE.glob("*.md")}
    assert there == {*ORDER, "index.md"}, there
    return ORDER


def minutes(name: str) -> int:
    """Return how long a page takes: its words at a usual speed, a line of an example a second."""
    text = _COMMENT.sub("", (GUIDE / name).read_text(encoding="utf-8"))
    lines = sum(block.count("\n") for block in _BLOCK.findall(text))
    words = len(_BLOCK.sub("", text).split())
    return max(1, round(words / WORDS_A_MINUTE + lines / 60 + 0.2))


def stated_minutes(name: str) -> int:
    """Return how many minutes a page says that it takes; 0 where it does not."""
    found = _STATED.search((GUIDE / name).read_text(encoding="utf-8"))
    return int(found[1]) if found else 0


def index_table() -> str:
    """Return the table of pages that stands on the guide's index."""
    lines = ["| page | minutes |", "|---|---|"]
    for name in ORDER:
        heading = (GUIDE / name).read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        lines.append(f"| [{heading}]({name}) | {minutes(name)} |")
    return "\n".join(lines) + "\n"


def words() -> int:
    """Return how many words the guide has, examples included."""
    return sum(len((GUIDE / name).read_text(encoding="utf-8").split()) for name in pages())
