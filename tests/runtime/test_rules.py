"""Every rule that anything in the product can find has a page, and the pages of data rules hold."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from tests.compiler.rule_pages import ORDERS, PAGES, RULES, examples

from playbook_compiler import checks
from playbook_compiler.diagnostics import Severity
from playbook_compiler.facts import IdKind
from playbook_compiler.family import members
from playbook_compiler.rules import folder, rule
from playbook_compiler.vocabulary import CURRENCY, TIMEZONE
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders

ROOT = Path(__file__).parents[2]
KEBAB = re.compile(r"[a-z]+(-[a-z0-9]+)+")
# Which argument of a function that makes findings is their rule.
RULE_ARGUMENT = {
    **dict.fromkeys(("error", "warning", "hint", "Diagnostic", "refuse", "report"), 0),
    **dict.fromkeys(("Complaint", "Finding", "_Seen"), 0),
    "_refusal": 1,
    **dict.fromkeys(("Scalar", "_Address", "_FeeKind"), 3),
}
REFERENCES = {
    *("event", "audience", "offer", "message", "flow", "channel", "tier", "product", "checklist"),
}
# Rules with a name that is put together: `unknown-` and what is not known.
FAMILIES = {
    "f'unknown-{kind}'": {f"unknown-{kind}" for kind in IdKind},
    "f'unknown-{self.name}'": {f"unknown-{one.name}" for one in (CURRENCY, TIMEZONE)},
    "f'unknown-{self.noun}'": {f"unknown-{noun}" for noun in REFERENCES},
}
CSV_RULES = [name for name in RULES if any(ORDERS in one.files for one in examples(name, "Fails"))]


@cache
def emitted() -> set[str]:
    """Return the names of all rules that the sources of both packages can report."""
    found = set(members(checks))
    for path in sorted([*ROOT.glob("compiler/**/*.py"), *ROOT.glob("runtime/**/*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found |= _called(node) | _named(node)
    return found


def _called(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Call):
        return set()
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    index = RULE_ARGUMENT.get(name)
    if index is None or index >= len(node.args):
        return set()
    argument = node.args[index]
    if isinstance(argument, ast.JoinedStr):
        return FAMILIES.get(ast.unparse(argument), set())
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return {argument.value} if KEBAB.fullmatch(argument.value) else set()
    return set()


def _named(node: ast.AST) -> set[str]:
    """Return what a module calls its RULE."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
        return set()
    names = {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {str(node.value.value)} if names & {"RULE", "NOT_SIMULATED"} else set()


def test_every_rule_that_can_be_found_has_a_page() -> None:
    assert sorted(emitted() - set(RULES)) == []


def test_every_page_is_of_a_rule_that_can_be_found() -> None:
    assert sorted(set(RULES) - emitted()) == []


@pytest.mark.parametrize("name", RULES)
def test_a_page_begins_with_name_sentence_and_severity(name: str) -> None:
    page = rule(name)
    assert page.page.startswith(f"# {name}\n\n")
    assert page.summary.endswith((".", "?"))
    assert "\n\n## Fails\n" in page.page


def test_pages_come_from_the_source_tree_where_nothing_is_installed() -> None:
    assert folder() == PAGES


@pytest.mark.parametrize("name", CSV_RULES)
def test_orders_on_a_page_are_read_as_it_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for title, expected in (("Fails", {rule(name).severity}), ("Mended", set[Severity]())):
        for example in examples(name, title):
            Path(ORDERS).write_text(example.files[ORDERS], encoding="utf-8")
            _, found = read_orders(Path(ORDERS), OrderOptions())
            assert {one.severity for one in found if one.rule == name} == expected
