"""Every rule's page is its test: what stands under `## Fails` fails where it says, and what stands
under `## Mended` does not.

In a failing example the line that is found ends in `# <- rule-name`; what a page leaves out (name,
currency, zone, messages) is added here. Pages of rules that are no check tell of what reading
already refuses.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from tests.compiler.playbooks import folder, short

from playbook_compiler import checks
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.driver import compile_playbook
from playbook_compiler.family import members
from playbook_runtime import unsimulated

PAGES = Path(__file__).parents[2] / "docs" / "checks"
CHECKS = members(checks)
RULES = sorted(path.stem for path in PAGES.glob("*.md"))
PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
SHIPPED = sorted(path.name for path in PLAYBOOKS.glob("*.yaml"))
INDEX = Path(__file__).parents[2] / "docs" / "reference" / "checks.md"
SEVERITIES = ("Error", "Warning", "Hint")
DEFAULTS = {
    "playbook": "playbook: 1\n",
    "name": "name: leaf-and-steam\n",
    "currency": "currency: EUR\n",
    "timezone": "timezone: Europe/Berlin\n",
    "sender": "sender: {name: Leaf, email: hello@leaf.example, address: 'Teeweg 1, Berlin'}\n",
    "guardrails": "guardrails: {consent: {email: opt-in}, holdout: 10%}\n",
    "messages": (
        "messages:\n  hello:\n    subject: Hello\n"
        '    body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"\n'
    ),
}
_BLOCK = re.compile(r"^## (Fails|Mended)\n(?:.*\n)*?```yaml\n((?:.*\n)*?)```$", re.MULTILINE)
_MARK = re.compile(r"# <- ([a-z0-9-]+)")


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def examples(name: str, title: str) -> list[str]:
    return [text for kind, text in _BLOCK.findall(page(name)) if kind == title]


def completed(text: str) -> str:
    """Return an example as a whole playbook; the example stands first, so that its lines count."""
    missing = [
        words for key, words in DEFAULTS.items() if not re.search(rf"^{key}:", text, re.MULTILINE)
    ]
    return text + "".join(missing)


def found_by(name: str, path: Path, text: str) -> list[Diagnostic]:
    """Return what a rule finds in an example, which has no error of another rule."""
    shop = folder(path, {"playbook.yaml": completed(text)})
    compiled = compile_playbook(str(shop))
    diagnostics = [*compiled.diagnostics]
    if name == unsimulated.RULE and compiled.graph is not None:
        diagnostics += unsimulated.unsimulated(compiled.graph.playbook)
    assert not [short(found) for found in diagnostics if found.is_error and found.rule != name]
    return [found for found in diagnostics if found.rule == name]


@pytest.mark.parametrize("name", RULES)
def test_what_a_page_says_fails_is_found_at_the_marked_lines(name: str, tmp_path: Path) -> None:
    texts = examples(name, "Fails")
    assert texts, f"docs/checks/{name}.md has no example under ## Fails"
    for number, text in enumerate(texts):
        marked = [
            line
            for line, written in enumerate(text.splitlines(), 1)
            if name in _MARK.findall(written)
        ]
        assert marked, f"no line of the example is marked # <- {name}"
        found = found_by(name, tmp_path / str(number), text)
        assert [one.span.line for one in found] == marked
        assert {one.severity.value.capitalize() for one in found} == {severity(name)}


@pytest.mark.parametrize("name", RULES)
def test_what_a_page_calls_mended_is_clean(name: str, tmp_path: Path) -> None:
    texts = examples(name, "Mended")
    assert texts, f"docs/checks/{name}.md has no example under ## Mended"
    for number, text in enumerate(texts):
        assert found_by(name, tmp_path / str(number), text) == []


@pytest.mark.parametrize(("name", "check"), CHECKS.items(), ids=CHECKS)
def test_a_check_is_one_file_and_one_page(name: str, check: ModuleType) -> None:
    assert name in RULES, f"docs/checks/{name}.md is missing"
    assert check.__doc__, "the docstring is the user's page"
    summary = check.__doc__.strip().split("\n\n")[0]
    assert " ".join(summary.split()) == first_paragraph(name), "the page begins like the docstring"


@pytest.mark.parametrize("name", CHECKS)
def test_a_finding_says_what_was_expected_and_what_to_write(name: str, tmp_path: Path) -> None:
    for number, text in enumerate(examples(name, "Fails")):
        for found in found_by(name, tmp_path / str(number), text):
            assert found.caption, "the word under the caret"
            assert found.help, "what to write instead"
            assert (found.span.end_line, found.span.end_column) > (found.span.line, 1)
            assert all(label.span != found.span for label in found.labels), "labels are elsewhere"


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_playbooks_come_out_without_error_or_warning(name: str) -> None:
    compiled = compile_playbook(str(PLAYBOOKS / name))
    assert [short(found) for found in compiled.diagnostics] == []


def test_the_index_of_rules_is_fresh(update: bool) -> None:
    fresh = index()
    if update:
        INDEX.write_text(fresh, encoding="utf-8")
    assert INDEX.read_text(encoding="utf-8") == fresh


def paragraphs(name: str) -> list[str]:
    text = page(name)
    assert text.startswith(f"# {name}\n\n")
    return [" ".join(part.split()) for part in text.split("\n\n")[1:]]


def first_paragraph(name: str) -> str:
    return paragraphs(name)[0]


def severity(name: str) -> str:
    """Return the severity that a page begins its second paragraph with."""
    word = paragraphs(name)[1].partition(".")[0]
    assert word in SEVERITIES, f"docs/checks/{name}.md: the second paragraph begins with a severity"
    return word


def index() -> str:
    """Return the reference page that lists every rule that has a page, made from the pages."""
    lines = [
        "# Rules",
        "",
        "What `playbook check` finds. Each rule has a page with an example that fails and one that",
        "is mended. Errors stop a compilation, warnings and hints do not; `--strict` makes errors",
        "of warnings. Made from the pages in `docs/checks`. Mistakes in the YAML itself, and in",
        "values that explain themselves, have no page.",
    ]
    for word in SEVERITIES:
        rows = [
            f"| [{name}](../checks/{name}.md) | {first_paragraph(name)} |"
            for name in RULES
            if severity(name) == word
        ]
        lines += ["", f"## {word}s", "", "| rule | what it finds |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"
