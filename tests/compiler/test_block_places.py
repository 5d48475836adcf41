"""Places within texts that stand in a block of YAML: the line and column of the file."""

from __future__ import annotations

import pytest

from playbook_compiler.parse import parse
from playbook_compiler.source import SourceFile


def place(text: str, word: str) -> tuple[int, int, int, int]:
    """Return line, column, end line and end column of a word in the value of `a`."""
    document, _ = parse(SourceFile("x.yaml", text))
    assert document is not None
    assert isinstance(document.data, dict)
    value = document.data["a"]
    assert isinstance(value, str)
    start = value.index(word)
    span = document.span_in(("a",), start, start + len(word))
    return span[1:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: |\n  one\n  two here\nb: 1\n", (3, 7, 3, 11)),
        ("a: |-\n  here\n", (2, 3, 2, 7)),
        ("a: |+\n  one\n\n  here\n\n\nb: 1\n", (4, 3, 4, 7)),
        ("a: |\n\n    one\n      here\n", (4, 7, 4, 11)),
        ("a: |2\n    here\n", (2, 5, 2, 9)),
        ("a: | # why\n  é here\n", (2, 5, 2, 9)),
        ("a: |\r\n  one\r\n  here\r\n", (3, 3, 3, 7)),
        ("a: |\n  here", (2, 3, 2, 7)),
    ],
)
def test_a_word_in_a_block_stands_where_the_file_has_it(
    text: str, expected: tuple[int, int, int, int]
) -> None:
    assert place(text, "here") == expected


def test_words_over_two_lines_end_on_the_second() -> None:
    assert place("a: |\n  one two\n  three\n", "two\nth") == (2, 7, 3, 5)


@pytest.mark.parametrize(
    "text", ["a: >\n  one\n  here\n", 'a: "one\n  here"\n', "a: one\n  here\n"]
)
def test_a_text_that_yaml_joins_is_found_as_a_whole(text: str) -> None:
    line, column, _, _ = place(text, "here")
    assert (line, column) == (1, 4)
