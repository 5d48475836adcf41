"""HTML of a message as text that people read."""

from __future__ import annotations

import pytest

from playbook_compiler.export.markup import html_of
from playbook_compiler.export.plain_text import readable

TAG = r"pbtag(\d+)z"


def text(markdown: str) -> str:
    return readable(html_of(markdown), TAG, keep_lines=True)


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("# Hello\n\n**you** and *me*, `code`", "Hello\n\nyou and me, code"),
        ("one\ntwo  \nthree\\\nfour", "one\ntwo\nthree\nfour"),
        ("a\n\n\n\nb", "a\n\nb"),
        ("[shop](https://leaf.example)", "shop (https://leaf.example)"),
        ("<https://leaf.example>", "https://leaf.example"),
        ("<hello@leaf.example>", "hello@leaf.example"),
        ("[**bold** link](https://leaf.example).", "bold link (https://leaf.example)."),
        ("![a cup](https://leaf.example/cup.png)", "a cup"),
        (
            "[![a cup](https://leaf.example/cup.png)](https://leaf.example)",
            "a cup (https://leaf.example)",
        ),
        ("- a\n- b\n  - c\n- d", "- a\n- b\n  - c\n- d"),
        ("3. a\n4. b\n   more", "3. a\n4. b\n   more"),
        ("a\n\n- b\n\n  c\n- d\n\ne", "a\n\n- b\n\nc\n\n- d\n\ne"),
        ("> said\n> so\n\nyes", "> said\n> so\n\nyes"),
        ("a\n\n---\n\nb", "a\n\n---\n\nb"),
        ("```\n  x\n\ny\n```", "  x\n\ny"),
        ("1 < 2 & 3 > 2 <b>", "1 < 2 & 3 > 2 <b>"),
        ("", ""),
    ],
)
def test_markdown_is_read_without_its_marks(markdown: str, said: str) -> None:
    assert text(markdown) == f"{said}\n"


def test_the_tags_of_an_if_leave_no_empty_lines() -> None:
    page = "<p>a</p>\n<p>pbtag0z</p>\n<p>b</p>\n<p>pbtag1z</p>\n<p>c</p>\n<p>pbtag2z</p>\n"
    assert readable(page, TAG, keep_lines=True) == "a\n\npbtag0zb\n\npbtag1zcpbtag2z\n"


def test_lines_of_the_source_are_none_where_they_are_not_kept() -> None:
    assert readable("<p>a\n   b</p><div>c</div><div>d</div>", TAG, keep_lines=False) == (
        "a b\n\nc\nd\n"
    )


def test_a_table_is_read_row_by_row() -> None:
    table = "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
    assert readable(table, TAG, keep_lines=False) == "a | b\n1 | 2\n"


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('Look<img alt="A cup">here', "Look A cup here"),
        ('Look <img alt="A cup"> here', "Look A cup here"),
        ('Look:<img alt="A cup">, yes', "Look: A cup, yes"),
        ('(<img alt="A cup">) (b)', "(A cup) (b)"),
        ('<img alt="A cup">(new)', "A cup (new)"),
        ('<img alt="A"><img alt="B">', "A B"),
        ('a<img alt="">b', "ab"),
        ('<img alt="A cup"><br>here', "A cup\nhere"),
        (
            'see<a href="https://leaf.example"><img alt="A cup"></a>here',
            "see A cup (https://leaf.example) here",
        ),
        ('<b>see</b><img alt="A cup"><i>here</i>', "see A cup here"),
    ],
)
def test_a_picture_is_said_in_words_of_its_own(html: str, said: str) -> None:
    assert readable(f"<p>{html}</p>", TAG, keep_lines=False) == f"{said}\n"
