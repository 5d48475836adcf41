"""Findings stand where what they speak of stands, and the plan is the same bytes everywhere."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from tests.properties.language_strategies import PLAYBOOKS, SEEDS, Made, made
from tests.properties.language_texts import PATH, as_json, graph_of, loaded, read_text

from playbook_compiler.diagnostics import Diagnostic, shown
from playbook_compiler.driver import compile_playbook
from playbook_compiler.fixes import with_fixes
from playbook_compiler.parse import parse
from playbook_compiler.plan import plan_text
from playbook_compiler.printing import print_playbook
from playbook_compiler.source import SourceFile, Span

CHANCES = SEEDS.map(random.Random)
_NAMED = re.compile(r"`([^`]*)`")


def in_file(source: SourceFile, span: Span) -> bool:
    """Return whether a span lies within a text, its end not before its start."""
    lines = source.lines
    begins, ends = (span.line, span.column), (span.end_line, span.end_column)
    return (
        span.file == source.path
        and begins <= ends
        and span.line >= 1
        and span.end_line <= len(lines)
        and 1 <= span.column <= len(lines[span.line - 1]) + 1
        and 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
    )


def held(source: SourceFile, found: Diagnostic) -> None:
    """Hold a finding to what holds for every finding."""
    spans = [found.span, *(label.span for label in found.labels)]
    assert all(in_file(source, span) for span in spans), found
    if found.fix is not None:
        assert in_file(source, found.fix.span), found
        text, count = with_fixes(source, [found.fix])
        assert count == 1, found
        assert text != source.text, found
        assert parse(SourceFile(source.path, text))[0] is not None, found


def unquoted(text: str) -> str:
    return str(json.loads(text)) if text.startswith('"') and text.endswith('"') else text


def compiled(text: str) -> tuple[SourceFile, tuple[Diagnostic, ...]]:
    found = compile_playbook(PATH, given={PATH: text.encode()})
    return SourceFile(PATH, text), found.diagnostics


@settings(max_examples=60, derandomize=True)
@given(PLAYBOOKS)
def test_findings_of_a_valid_playbook_lie_in_its_text(one: Made) -> None:
    source, findings = compiled(as_json(one.data))
    for found in findings:
        held(source, found)


def texts_in(data: Any) -> list[tuple[Any, Any]]:
    """Return every place of a text in data: what it stands in, and under which name."""
    items = list(data.items() if isinstance(data, dict) else enumerate(data))
    found = [(data, name) for name, value in items if isinstance(value, str)]
    for _, value in items:
        if isinstance(value, dict | list):
            found += texts_in(value)
    return found


def misspelt(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) + 1)
    return chance.choice(
        (word[:at] + "q" + word[at:], word[:at] + word[at + 1 :], word + "z", word.upper())
    )


@settings(max_examples=200, derandomize=True)
@given(PLAYBOOKS, CHANCES)
def test_findings_of_misspelt_texts_cover_what_they_name(one: Made, chance: random.Random) -> None:
    for place, name in chance.sample(texts_in(one.data), 1):
        word = re.search(r"[a-z_]{3,}(?!.*[a-z_]{3,})", place[name])
        if word is not None:
            wrong = misspelt(word[0], chance)
            place[name] = place[name][: word.start()] + wrong + place[name][word.end() :]
    source, findings = compiled(as_json(one.data))
    for found in findings:
        held(source, found)
        if found.rule.startswith("unknown-") and found.is_error:
            named = [name.removesuffix("(...)") for name in _NAMED.findall(found.message)]
            covered = shown(unquoted(source.slice(found.span)))
            if "\\" in source.lines[found.span.line - 1]:  # then the whole of it is covered
                assert any(name in covered for name in named), (found, covered)
            else:
                assert covered in named, (found, covered)


@settings(max_examples=100, derandomize=True)
@given(PLAYBOOKS, CHANCES)
def test_findings_of_misspelt_keys_cover_the_key(one: Made, chance: random.Random) -> None:
    _, here = chance.choice(one.records)
    if not here:
        return
    name = chance.choice(sorted(here))
    wrong = misspelt(name, chance)
    items = list(here.items())
    here.clear()
    here.update({wrong if key == name else key: value for key, value in items})
    source, findings = compiled(as_json(one.data))
    for found in findings:
        held(source, found)
        if found.rule == "unknown-key":
            said = _NAMED.search(found.message)
            assert said is not None
            assert unquoted(source.slice(found.span)) == said[1]


def test_misspelling_makes_findings_of_many_rules() -> None:
    rules = set()
    for seed in range(120):
        one, chance = made(seed), random.Random(seed)
        test_ = texts_in(one.data)
        place, name = chance.choice(test_)
        place[name] = misspelt(place[name], chance)
        rules |= {found.rule for found in loaded(as_json(one.data)).diagnostics if found.is_error}
    assert len({rule for rule in rules if rule.startswith("unknown-")}) >= 5


SCRIPT = """
import sys
from playbook_compiler.driver import load
from playbook_compiler.lower import lower
from playbook_compiler.plan import plan_text
from playbook_compiler.printing import print_playbook
for path in sys.argv[1:]:
    playbook = load(path).playbook
    sys.stdout.buffer.write(plan_text(lower(playbook)[0]).encode())
    sys.stdout.buffer.write(print_playbook(playbook, full=True).encode())
"""


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Kolkata"},
        {"PYTHONHASHSEED": "4711", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "3", "LC_ALL": "de_DE.UTF-8", "TZ": "America/St_Johns"},
    ],
)
def test_the_plan_is_the_same_bytes_everywhere(tmp_path: Path, environment: dict[str, str]) -> None:
    expected = b""
    names = []
    for seed in range(4):
        text = as_json(made(seed, size=4, fill=1.0).data)
        (tmp_path / f"{seed}.yaml").write_text(text, encoding="utf-8")
        names.append(f"{seed}.yaml")
        graph = graph_of(read_text(text))
        expected += plan_text(graph).encode() + print_playbook(graph.playbook, full=True).encode()
    root = Path(__file__).parents[2]
    paths = os.pathsep.join(str(root / name) for name in ("compiler", "runtime"))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *names],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths} | environment,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == expected
