"""Counts of one are told as one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import playbook_runtime
from playbook_runtime.counted import count_of, word_of

SOURCES = sorted(Path(playbook_runtime.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 orders"), (1, "1 order"), (2, "2 orders"), (4120, "4,120 orders")]
)
def test_a_count_has_its_word(count: int, words: str) -> None:
    assert count_of(count, "order") == words


def test_words_that_take_more_than_an_s_are_given() -> None:
    assert [count_of(n, "person", "people") for n in (1, 2)] == ["1 person", "2 people"]
    assert [word_of(n, "has", "have") for n in (1, 3)] == ["has", "have"]


def test_nobody_else_puts_a_word_into_the_plural() -> None:
    """`'' if n == 1 else 's'` and its like stand in one place."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.IfExp) and path.stem != "counted":
                ends = [
                    one.value
                    for one in (node.body, node.orelse)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]
                plural = {f"{one}s" for one in ends} & set(ends)
                assert not plural, f"{path.name}:{node.lineno}"
