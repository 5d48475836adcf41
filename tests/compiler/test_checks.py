"""Every rule's page is its test: what stands under `## Fails` fails where it says, and what stands
under `## Mended` does not.

Pages of rules that are no check tell of what reading already refuses.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from tests.compiler.playbooks import short
from tests.compiler.rule_pages import RULES, Example, diagnostics_of, examples, page

from playbook_compiler import checks
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.driver import compile_playbook
from playbook_compiler.family import members
from playbook_compiler.rules import rule
from playbook_runtime import unsimulated

CHECKS = members(checks)
PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
SHIPPED = sorted(path.name for path in PLAYBOOKS.glob("*.yaml"))
INDEX = Path(__file__).parents[2] / "docs" / "reference" / "checks.md"
SEVERITIES = ("Error", "Warning", "Hint")
# Of these the pages tell in words: files of a size or encoding that no page can show, or paths.
IN_WORDS = {
    *("condition-too-deep", "condition-too-long", "file-too-large", "key-too-long", "no-playbook"),
    *("no-such-path", "not-a-file", "not-text", "not-utf-8", "too-long", "too-many-files"),
    *(
        "too-many-nodes",
        "two-main-files",
        "unreadable-file",
        "open-front-matter",
        "bad-csv",
        "unread-column",
    ),
}
OF_DATA = [name for name in RULES if not rule(name).of_check and name != unsimulated.RULE]
OF_PLAYBOOKS = [name for name in RULES if name not in OF_DATA]
WITH_EXAMPLES = [name for name in OF_PLAYBOOKS if name not in IN_WORDS]


def found_by(name: str, path: Path, example: Example) -> list[Diagnostic]:
    """Return what a rule finds in an example, which has no error of another rule."""
    diagnostics = diagnostics_of(name, path, example)
    assert not [short(found) for found in diagnostics if found.is_error and found.rule != name]
    return [found for found in diagnostics if found.rule == name]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_what_a_page_says_fails_is_found_at_the_marked_lines(name: str, tmp_path: Path) -> None:
    failing = examples(name, "Fails")
    assert failing, f"docs/checks/{name}.md has no example under ## Fails"
    for number, example in enumerate(failing):
        marked = example.marked(name)
        assert marked, f"no line of the example is marked # <- {name}"
        root = tmp_path / str(number)
        found = found_by(name, root, example)
        places = [
            (Path(one.span.file).relative_to(root).as_posix(), one.span.line) for one in found
        ]
        assert places == marked
        assert {one.severity for one in found} == {rule(name).severity}


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_what_a_page_calls_mended_is_clean(name: str, tmp_path: Path) -> None:
    mended = examples(name, "Mended")
    assert mended, f"docs/checks/{name}.md has no example under ## Mended"
    for number, example in enumerate(mended):
        assert found_by(name, tmp_path / str(number), example) == []


@pytest.mark.parametrize("name", sorted(IN_WORDS))
def test_a_page_in_words_says_what_fails_and_what_does_not(name: str, tmp_path: Path) -> None:
    assert "## Fails\n\n" in page(name)
    assert examples(name, "Fails") == []
    (mended,) = examples(name, "Mended")
    assert found_by(name, tmp_path, mended) == []


@pytest.mark.parametrize(("name", "check"), CHECKS.items(), ids=CHECKS)
def test_a_check_is_one_file_and_one_page(name: str, check: ModuleType) -> None:
    assert name in RULES, f"docs/checks/{name}.md is missing"
    assert check.__doc__, "the docstring is the user's page"
    summary = check.__doc__.strip().split("\n\n")[0]
    assert " ".join(summary.split()) == first_paragraph(name), "the page begins like the docstring"


@pytest.mark.parametrize("name", CHECKS)
def test_a_finding_says_what_was_expected_and_what_to_write(name: str, tmp_path: Path) -> None:
    for number, example in enumerate(examples(name, "Fails")):
        for found in found_by(name, tmp_path / str(number), example):
            assert found.caption, "the word under the caret"
            assert found.help, "what to write instead"
            assert (found.span.end_line, found.span.end_column) > (found.span.line, 1)
            assert all(label.span != found.span for label in found.labels), "labels are elsewhere"


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_playbooks_come_out_without_error_or_warning(name: str) -> None:
    compiled = compile_playbook(str(PLAYBOOKS / name), library=PLAYBOOKS)
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


def index() -> str:
    """Return the reference page that lists every rule that has a page, made from the pages."""
    lines = [
        "# Rules",
        "",
        "What `playbook check` finds. Each rule has a page with an example that fails and one that",
        "is mended. Errors stop a compilation, warnings and hints do not; `--strict` makes errors",
        "of warnings. `playbook explain RULE` shows a page. Made from the pages in `docs/checks`.",
        "",
        "An example that does not begin with `playbook: 1` is a part of a playbook: what it leaves",
        "out stands [in the guide](../guide/index.md#what-the-examples-assume).",
    ]
    for word in SEVERITIES:
        rows = [
            f"| [{name}](../checks/{name}.md) | {first_paragraph(name)} |"
            for name in RULES
            if rule(name).severity.value == word.lower()
        ]
        lines += ["", f"## {word}s", "", "| rule | what it finds |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"
