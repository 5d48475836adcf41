"""Findings as people, editors and programs see them."""

from __future__ import annotations

import io
import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_compiler.diagnostics import Diagnostic, Label, error, warning
from playbook_compiler.parse import parse
from playbook_compiler.source import SourceFile, Span
from playbook_runtime.output.diagnostics import colour_wanted, render, summary

FLOW = SourceFile(
    "flows/win-back.yaml",
    "flows:\n  win-back:\n    trigger:\n      # orders count\n      where: orders > 1\n"
    "    event: order_placd\n",
)
UNKNOWN = error(
    "unknown-event",
    "unknown event `order_placd`",
    Span(FLOW.path, 6, 12, 6, 23),
    caption="not an event of this playbook",
    help="did you mean `order_placed`?",
)
FULL = """\
error[unknown-event]: unknown event `order_placd`
  --> flows/win-back.yaml:6:12
   |
 6 |     event: order_placd
   |            ^^^^^^^^^^^ not an event of this playbook
   = help: did you mean `order_placed`?
"""


def full(found: Diagnostic, *sources: SourceFile, encoding: str = "utf-8") -> str:
    """Return one finding in full, without colours."""
    return render([found], {one.path: one for one in sources}, "full", False, encoding)


def at(line: int, text: str, part: str, **more: object) -> tuple[Diagnostic, SourceFile]:
    """Return a finding about a part of the last line of a text, and its file."""
    source = SourceFile("shop.yaml", "\n" * (line - 1) + text)
    start = text.index(part) + 1
    span = Span("shop.yaml", line, start, line, start + len(part))
    return error("rule", "message", span, **more), source


def test_the_manner_of_the_manual() -> None:
    assert full(UNKNOWN, FLOW) == FULL


def test_one_line_for_editors() -> None:
    assert render([UNKNOWN, UNKNOWN], {}, "concise", False) == (
        "flows/win-back.yaml:6:12: error[unknown-event]: unknown event `order_placd`;"
        " help: did you mean `order_placed`?\n" * 2
    )


def test_json_has_exactly_the_agreed_keys() -> None:
    bare = warning("no-holdout", "no holdout", Span.of_file("größe.yaml"))
    text = render([UNKNOWN, bare], {FLOW.path: FLOW}, "json", True)
    assert text.isascii()
    assert json.loads(text) == {
        "version": 1,
        "diagnostics": [
            {
                "rule": "unknown-event",
                "severity": "error",
                "message": "unknown event `order_placd`",
                "file": "flows/win-back.yaml",
                "line": 6,
                "column": 12,
                "end_line": 6,
                "end_column": 23,
                "caption": "not an event of this playbook",
                "help": "did you mean `order_placed`?",
                "labels": [],
                "fix": None,
            },
            {
                "rule": "no-holdout",
                "severity": "warning",
                "message": "no holdout",
                "file": "größe.yaml",
                "line": 1,
                "column": 1,
                "end_line": 1,
                "end_column": 1,
                "caption": None,
                "help": None,
                "labels": [],
                "fix": None,
            },
        ],
    }
    assert json.loads(render([], {}, "json", False)) == {"version": 1, "diagnostics": []}


def test_without_the_file_the_place_is_still_said() -> None:
    assert full(UNKNOWN) == (
        "error[unknown-event]: unknown event `order_placd`\n"
        "  --> flows/win-back.yaml:6:12\n"
        "   = help: did you mean `order_placed`?\n"
    )


def test_labels_show_other_lines_and_other_files() -> None:
    other = SourceFile("playbook.yaml", "name: a\nevents: {back_in_stock: {}}\n")
    found = error(
        "unknown-event",
        "unknown event `order_placd`",
        Span(FLOW.path, 6, 12, 6, 23),
        caption="not known",
        labels=(
            Label(Span(FLOW.path, 2, 3, 2, 11), "in this flow"),
            Label(Span(other.path, 2, 1, 2, 7), "these are"),
            Label(Span("gone.yaml", 9, 1, 9, 2), "and here"),
        ),
    )
    assert full(found, FLOW, other) == (
        """\
error[unknown-event]: unknown event `order_placd`
  --> flows/win-back.yaml:6:12
   |
 2 |   win-back:
   |   -------- in this flow
...
 6 |     event: order_placd
   |            ^^^^^^^^^^^ not known
  ::: playbook.yaml:2:1
   |
 2 | events: {back_in_stock: {}}
   | ------ these are
  ::: gone.yaml:9:1 and here
"""
    )


def test_the_gutter_grows_with_the_line_number() -> None:
    found, source = at(1234, "a: b", "b", caption="c", help="first\nsecond")
    assert full(found, source) == (
        """\
error[rule]: message
     --> shop.yaml:1234:4
      |
 1234 | a: b
      |    ^ c
      = help: first
              second
"""
    )


def cell_of(text: str, index: int) -> int:
    """Return the terminal cell at which the character `index` of a printed line begins."""
    return sum(
        0
        if unicodedata.category(char) in ("Mn", "Cf")
        else 2
        if unicodedata.east_asian_width(char) in ("W", "F")
        else 1
        for char in text[:index]
    )


@pytest.mark.parametrize(
    "text",
    [
        "a:\tb\tBAD",
        "名前: 世界 BAD",
        "name: cafe\u0301 BAD",
        "name: שלום עולם BAD",
        "name: \u202e BAD",
        "name: \x1b[31m BAD",
        "name: 😀 BAD tail",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_carets_stand_under_what_they_mean(text: str, encoding: str) -> None:
    found, source = at(1, text, "BAD")
    lines = full(found, source, encoding=encoding).splitlines()
    code, carets = lines[3], lines[4]
    assert cell_of(code, code.index("BAD")) == carets.index("^^^")
    assert carets.endswith("^^^")
    code.encode(encoding)


@pytest.mark.parametrize("text", ["x\x1b[2Jy", "x\u202ey", "x\u200by", "x\x9by"])
def test_nothing_in_a_file_reaches_the_terminal_as_a_control(text: str) -> None:
    found = error(
        "rule",
        f"message {text}",
        Span(f"{text}.yaml", 1, 1, 1, 2),
        caption=text,
        help=text,
        labels=(Label(Span("other.yaml", 1, 1, 1, 2), text),),
    )
    sources = {f"{text}.yaml": SourceFile(f"{text}.yaml", text)}
    for output in (
        render([found], sources, "full", False),
        render([found], sources, "concise", False),
        render([found], sources, "json", False),
    ):
        assert text[1] not in output


def test_right_to_left_words_are_isolated() -> None:
    found, source = at(1, "playbook: שלום!", "!")
    assert "\u2068שלום\u2069" in full(found, source)
    assert "\u2068" not in full(found, source, encoding="ascii")


@given(st.text(max_size=30), st.sampled_from(["ascii", "latin-1", "cp437", "gbk", "utf-8"]))
def test_any_terminal_can_print_any_finding(text: str, encoding: str) -> None:
    source = SourceFile("shop.yaml", text)
    found = error("rule", text, Span("shop.yaml", 1, 1, 1, 2), caption=text, help=text)
    for output_format in ("full", "concise", "json"):
        output = render([found], {"shop.yaml": source}, output_format, False, encoding)
        output.encode(encoding)
        assert output.isprintable() or set(output) - {"\n"} == {
            char for char in output if char.isprintable() or char in "\u2068\u2069"
        }


@pytest.mark.parametrize("column", [0, 150, 5_000, 999_990])
def test_a_long_line_is_cut_around_the_finding(column: int) -> None:
    text = "x" * column + "BAD" + "y" * (1_000_000 - column)
    found, source = at(1, text, "BAD", caption="here")
    lines = full(found, source).splitlines()
    assert len(lines[3]) < 120
    start = lines[4].index("^^^ here")
    assert lines[3][start : start + 3] == "BAD"
    assert lines[3].startswith(" 1 | ...") is (column > 0)


def test_a_span_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    source = SourceFile("shop.yaml", "a: [1,\n  2]\n")
    found = error("rule", "message", Span("shop.yaml", 1, 4, 2, 5), caption="all of it")
    assert " 1 | a: [1,\n   |    ^^^ all of it\n" in full(found, source)


def test_a_place_between_characters_has_one_caret() -> None:
    source = SourceFile("shop.yaml", "flows:\n")
    found = error("rule", "message", Span("shop.yaml", 1, 7, 1, 7), caption="nothing here")
    assert " 1 | flows:\n   |       ^ nothing here\n" in full(found, source)


def test_a_secret_is_in_no_output() -> None:
    secret = "pk_" + "0123456789abcdef" * 2 + "01"
    source = SourceFile("shop.yaml", f"key: {secret} # nope\n{secret}: 1\nx: 0x1F {secret}\n")
    found = parse(source)[1]
    found.append(error("other", f"what is {secret}", Span("shop.yaml", 1, 1, 1, 4), help=secret))
    assert len(found) == 4
    for output_format in ("full", "concise", "json"):
        for colour in (False, True):
            output = render(found, {"shop.yaml": source}, output_format, colour)
            assert "0123456789" not in output
    assert f"key: {'*' * len(secret)} # nope" in render(found, {"shop.yaml": source}, "full", False)


def test_colours_change_nothing_but_colours() -> None:
    coloured = render([UNKNOWN], {FLOW.path: FLOW}, "full", True)
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == FULL


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert colour_wanted(Terminal())
    assert not colour_wanted(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour_wanted(Terminal())
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("TERM", "dumb")
    assert not colour_wanted(Terminal())


def test_the_summary_counts() -> None:
    caution = warning("rule", "message", Span.of_file("a"))
    assert summary([UNKNOWN, caution, UNKNOWN]) == "2 errors, 1 warning"
    assert summary([caution, caution]) == "2 warnings"
    assert summary([]) == "No problems found"


def test_findings_stand_apart_by_an_empty_line() -> None:
    assert render([UNKNOWN, UNKNOWN], {FLOW.path: FLOW}, "full", False) == FULL + "\n" + FULL
    assert render([], {}, "full", False) == ""
