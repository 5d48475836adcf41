"""docs/reference/messages.md: all messages of the pages' failing examples, judged by reading."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.compiler.playbooks import folder
from tests.compiler.rule_pages import MAIN, ORDERS, RULES, Example, diagnostics_of, examples

from playbook_compiler.diagnostics import Diagnostic
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "messages.md"
HEAD = """\
# Messages

Every message that the failing examples of the [rules](checks.md) print, as text: the sentence, the
word under the caret, and the help. Made from the pages in `docs/checks`; `pytest --update` makes it
anew.
"""


def found_in(name: str, path: Path, example: Example) -> list[Diagnostic]:
    """Return what the rule `name` finds in an example of its page."""
    if MAIN in example.files:
        found = diagnostics_of(name, path, example)
    else:
        folder(path, example.files)
        _, found = read_orders(path / ORDERS, OrderOptions())
    return [one for one in found if one.rule == name]


def messages() -> str:
    """Return the page, with examples written to the current folder."""
    parts = [HEAD]
    for name in RULES:
        told = {
            one: None
            for number, example in enumerate(examples(name, "Fails"))
            for one in found_in(name, Path(f"{name}-{number}"), example)
        }
        if told:
            parts.append(f"## [{name}](../checks/{name}.md)\n")
            parts += [_entry(one) for one in told]
    return "\n".join(parts)


def _entry(found: Diagnostic) -> str:
    lines = [
        f"- {found.severity}: {found.message}",
        f"  - under the caret: {found.caption}" if found.caption else "",
        *(f"  - beside: {label.message}" for label in found.labels),
        f"  - help: {' / '.join(found.help.splitlines())}" if found.help else "",
    ]
    text = "\n".join(line for line in lines if line) + "\n"
    return re.sub(rf"{found.rule}-[0-9]/", "", text).replace("<", "\\<")


def test_the_page_of_messages_is_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    fresh = messages()
    if update:
        REFERENCE.write_text(fresh, encoding="utf-8")
    assert REFERENCE.read_text(encoding="utf-8") == fresh, "pytest --update rewrites it"
