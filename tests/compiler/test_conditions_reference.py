"""The reference page on conditions: every line in its blocks is read, every table is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.compiler.condition_texts import only, parsed, scope

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_deeds import EXAMPLES
from playbook_compiler.condition_implication import WAYS_LIMIT
from playbook_compiler.condition_normal_form import GROUPS_LIMIT
from playbook_compiler.condition_parser import LENGTH_LIMIT
from playbook_compiler.condition_reader import DEPTH_LIMIT
from playbook_compiler.facts import Where

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "conditions.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```condition ?([\w:]*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
LINES = [(kind, line) for kind, block in BLOCKS for line in block.splitlines()]
RIGHT = [(kind, line) for kind, line in LINES if kind != "refused"]
REFUSED = [line for kind, line in LINES if kind == "refused"]


@pytest.mark.parametrize(("kind", "line"), RIGHT)
def test_an_example_is_right(kind: str, line: str) -> None:
    if kind == "shop":
        parsed(line, scope(where=Where.SHOP))
    else:
        parsed(line, scope(trigger=kind or None))


@pytest.mark.parametrize("line", REFUSED)
def test_a_refused_example_is_refused_under_its_rule(line: str) -> None:
    text, _, rule = line.partition("#")
    assert only(text.rstrip()).rule == rule.strip()


def test_the_page_shows_every_test_with_parentheses() -> None:
    shown = {line.partition("(")[0] for _, line in RIGHT if "(" in line}
    assert set(EXAMPLES) <= shown
    assert len(RIGHT) > 30
    assert len(REFUSED) > 15


def test_the_page_tells_the_limits() -> None:
    assert f"At most {LENGTH_LIMIT:,} characters and {DEPTH_LIMIT} levels" in TEXT
    assert f"more than {WAYS_LIMIT:,} ways" in TEXT
    assert f"Beyond {GROUPS_LIMIT} groups" in TEXT


MADE = re.compile(r"(<!-- trigger fields[^>]*-->\n)(.*?)(<!-- end -->)", re.DOTALL)


def trigger_fields() -> str:
    """Return the table of what each trigger brings, made from the catalogue."""
    sources = {
        **{name: event.fields for name, event in BUILT_IN.events.items()},
        **BUILT_IN.triggers,
    }
    rows = ["| trigger | brings |", "|---|---|"]
    for name in sorted(sources):
        fields = ", ".join(f"`{one.name}`" for one in sources[name])
        if fields and not (name.endswith(":") and sources.get(name[:-1]) == sources[name]):
            rows.append(f"| `{name.removesuffix(':')}` | {fields} |")
    return "\n".join(rows) + "\n"


def test_the_table_of_trigger_fields_is_fresh(update: bool) -> None:
    fresh = MADE.sub(lambda found: found[1] + trigger_fields() + found[3], TEXT)
    if update:
        PAGE.write_text(fresh, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == fresh
