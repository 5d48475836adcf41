"""`playbook fmt` on real files: the shipped library, the documentation's examples, the test cases.

Whatever it does to them, they say the same, keep their comments, and are done after one time.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.shared_data import shared

from playbook_compiler.decode import decode
from playbook_compiler.driver import Compiled
from playbook_compiler.format import format_source
from playbook_compiler.format_tokens import comments_of
from playbook_compiler.plan import plan_text
from playbook_compiler.source import SourceFile
from playbook_runtime.checked import compile_and_check

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
SINGLE = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("playbooks/*.yaml"), *CASES.glob("kernel/*.yaml"))
)
FOLDERS = sorted(
    path.parent.relative_to(ROOT).as_posix()
    for path in (*CASES.rglob("playbook.yaml"), *ROOT.glob("docs/guide/*/playbook.yaml"))
)
TACTICS = sorted(path.name for path in ROOT.glob("playbooks/tactics/*.yaml"))
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md"))
_BLOCK = re.compile(r"^```yaml[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def formatted(path: str, text: str) -> str:
    """Return a text formatted, after holding it to what holds for every text."""
    found, findings = format_source(SourceFile(path, text))
    assert found is not None, findings
    assert format_source(SourceFile(path, found))[0] == found, "not the same the second time"
    assert sorted(comments_of(found)) == sorted(comments_of(text))
    return found


def said(compiled: Compiled) -> tuple[str | None, list[tuple[str, str]]]:
    """Return the plan with its digest, and the findings without their places."""
    plan = None if compiled.graph is None else plan_text(compiled.graph)
    return plan, sorted((found.rule, found.severity.value) for found in compiled.diagnostics)


@pytest.mark.parametrize("name", SINGLE)
def test_a_playbook_of_one_file_says_the_same(name: str) -> None:
    path = str(ROOT / name)
    text = formatted(path, Path(path).read_text(encoding="utf-8"))
    assert said(compile_and_check(path, given={path: text.encode()})) == said(
        compile_and_check(path)
    )


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_says_the_same(name: str) -> None:
    folder = ROOT / name
    before = compile_and_check(str(folder))
    given = {}
    for source in before.sources:
        if source.path.endswith((".txt", ".html", ".mjml")):
            continue  # texts that are sent, which nothing formats
        text, findings = format_source(source)
        assert text is not None, findings
        assert format_source(SourceFile(source.path, text))[0] == text
        given[source.path] = text.encode()
    assert said(compile_and_check(str(folder), given=given)) == said(before)


@pytest.mark.parametrize("name", TACTICS)
def test_a_shipped_tactic_keeps_its_comments_and_data(name: str) -> None:
    formatted(name, (ROOT / "playbooks" / "tactics" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_examples_of_the_documentation(name: str) -> None:
    for block in _BLOCK.findall((ROOT / name).read_text(encoding="utf-8")):
        found, findings = format_source(SourceFile("example.yaml", block))
        if found is None:
            assert any(one.is_error for one in findings)
        else:
            assert formatted("example.yaml", block) == found


def test_the_hostile_corpus_is_formatted_or_left_alone() -> None:
    seen = 0
    for path in sorted(shared("corpus", "yaml").iterdir()):
        source, _ = decode(path.name, path.read_bytes())
        if source is None:
            continue
        seen += 1
        found, findings = format_source(source)
        if found is None:
            assert any(one.is_error for one in findings), path.name
        else:
            assert format_source(SourceFile(path.name, found))[0] == found, path.name
    assert seen > 30
