"""libyaml's complaints, told to a marketer: what is wrong, where it began, what to write."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from playbook_compiler.condition_cut import cut
from playbook_compiler.diagnostics import Diagnostic, Fix, Label, error, shown
from playbook_compiler.lost_keys import (
    COMMENT,
    LOOK,
    full_width_colon,
    no_key,
    slip_above,
    starts_with_full_width_colon,
)
from playbook_compiler.refusals import KEY_LIMIT, empty_key
from playbook_compiler.scalars import inside_curly_quotes, quoted
from playbook_compiler.source import SourceFile, Span
from playbook_compiler.values import replace

# A `#` and a space end the text; a `#` glued to a word does for YAML, but was hardly meant to.
_VALUE_WITH_COLON = re.compile(
    r"[ \t]*(?:- +)*[^\s:#'\"\[{][^:]*:[ \t]+([^\s'\"\[{|>&*!].*?)(?:\s#(?![^\s#!]).*)?$"
)
_GLUED_COMMENT = re.compile(r"\s#")
_COMPARISON = re.compile(r"> *=? *[0-9]")
_SQUARE_LIST = re.compile(r"\[([^\[\]{}]*)\]([^,\[\]{}#]*)")
_REST_OF_VALUE = re.compile(r"[^,\[\]{}#]*")
# A quote only opens where a value may begin (not in "it's"); one never closed takes in the rest.
_BRACKET_OR_SKIPPED = re.compile(
    r"(?<![^\s\[{,:])\"(?:[^\"\\]|\\[\s\S])*+(?:\"|\Z)|(?<![^\s\[{,:])'[^']*+(?:'|\Z)"
    r"|(?<=\s)#[^\n]*|[{}\[\]]"
)
_CLOSER = {"{": "}", "[": "]"}
_STEPS_BEFORE = re.compile(r"(?:^|[\s-])(?:then|else|otherwise|steps|happened|timed_out):[ \t]+\Z")
_KEY_AND_VALUE = re.compile(r"[a-z_]+: +\S")


def explain(
    problem: yaml.YAMLError,
    source: SourceFile,
    open_brackets: Sequence[Span],
    last_scalar: Span | None,
) -> Diagnostic:
    """Return the diagnostic of a syntax error.

    `open_brackets` are the flow collections open when it was met, `last_scalar` the scalar read
    before it: libyaml reports where it gave up, which is seldom where the mistake was made.
    """
    if not isinstance(problem, yaml.MarkedYAMLError) or problem.problem_mark is None:
        return error(
            "yaml-syntax", f"this is not YAML: {shown(problem)}", Span.of_file(source.path)
        )
    said = problem.problem or ""
    doing = problem.context or ""
    here = _at(source, problem.problem_mark)
    began = here if problem.context_mark is None else _at(source, problem.context_mark)
    wide = _full_width_colon(source, (began.line, here.line, here.line - 1))
    if wide is not None:
        return full_width_colon(wide)
    if "quoted scalar" in doing:
        return _in_quotes(source, said, began, here)
    if doing == "while scanning a simple key":
        return _no_colon(source, began, open_brackets)
    if open_brackets and (doing.startswith("while parsing a flow") or here == _end(source)):
        return _in_brackets(source, open_brackets[-1], here, last_scalar)
    if said.startswith("mapping values are not allowed"):
        return _unexpected_colon(source, here)
    if "cannot start any token" in said:
        return _cannot_start(source, here)
    if "tab character" in said:
        return _cannot_start(source, here)
    if doing == "while scanning a block scalar" and _COMPARISON.match(
        _line(source, began), began.column - 1
    ):
        return _quote_it(source, began)
    if doing in ("while scanning an alias", "while scanning an anchor", "while scanning a tag"):
        return _quote_it(source, began)
    if "document start" in said:
        return second_document(here)
    if doing.startswith("while parsing a block"):
        return _in_block(source, began, here, last_scalar)
    return error(
        "yaml-syntax",
        f"this is not YAML: {shown(said)}{f' ({shown(doing)})' if doing else ''}",
        here,
        caption="here",
        help="compare with the lines above; text with special characters belongs in quotes",
    )


def second_document(span: Span) -> Diagnostic:
    """Return the error for anything after the first document of a file."""
    return error(
        "several-documents",
        "one playbook per file: found a second document",
        span,
        caption="starts here",
        help="move it to a file of its own and `include` it, or delete the line",
    )


def key_too_long(span: Span) -> Diagnostic:
    """Return the error for a key over the limit, shown by its beginning."""
    return error(
        "key-too-long",
        f"key longer than {KEY_LIMIT:,} characters",
        span,
        caption="this key",
        help="a key is a short name; put long text behind the colon",
    )


def _full_width_colon(source: SourceFile, lines: Sequence[int]) -> Span | None:
    for line in lines:
        if 0 < line <= len(source.lines):
            index = starts_with_full_width_colon(source.lines[line - 1])
            if index is not None:
                return Span(source.path, line, index + 1, line, index + 2)
    return None


def _in_quotes(source: SourceFile, said: str, began: Span, here: Span) -> Diagnostic:
    if "end of stream" in said or "document separator" in said:
        return _unclosed_quote(began.within(0, 1), None)
    if "nicode" in said:
        return error(
            "bad-escape",
            "invalid Unicode escape (surrogate)",
            here.within(0, 4),
            caption="not a character",
            help="write the character itself",
        )
    written = _line(source, here)[here.column - 1 : here.column + 1]
    return error(
        "bad-escape",
        f"unknown escape `{shown(written)}`",
        here.within(0, len(written)),
        caption="a backslash in double quotes begins an escape",
        help=r"write `\\` for a backslash, or use single quotes",
    )


def _unclosed_quote(opened: Span, ended: Span | None) -> Diagnostic:
    return error(
        "unclosed-quote",
        "quote opened here is never closed"
        if ended is None
        else "quote opened here is closed lines later",
        opened,
        caption="opens here",
        help="close it on the same line",
        labels=() if ended is None else (Label(ended, "taken for its end"),),
    )


def _no_colon(source: SourceFile, began: Span, brackets: Sequence[Span]) -> Diagnostic:
    line = _line(source, began)
    rest = line[began.column - 1 :].rstrip()
    if len(rest) > KEY_LIMIT and re.match(r"\S{1000}", rest):
        return key_too_long(began.within(0, KEY_LIMIT))
    for bracket in brackets[-1:]:
        if _closing(source, bracket) is None:
            return _unclosed_bracket(source, bracket)
    return no_key(began, rest)


def _in_brackets(
    source: SourceFile, bracket: Span, here: Span, last_scalar: Span | None
) -> Diagnostic:
    opener = _opener(source, bracket)
    if last_scalar is not None and last_scalar.line == last_scalar.end_line == here.line:
        in_value = _in_value(source, here, last_scalar)
        if in_value is not None:
            return in_value
    closing = _closing(source, bracket)
    if closing is None:
        return _unclosed_bracket(source, bracket)
    return error(
        "missing-comma",
        f"expected `,` or `{_CLOSER[opener]}`",
        here,
        caption="before this",
        help="separate the parts by commas; text with commas, colons or quotes belongs in quotes",
        labels=(Label(bracket, f"`{opener}` opened here"),),
    )


def _in_value(source: SourceFile, here: Span, value: Span) -> Diagnostic | None:
    """Return what is wrong where a value in brackets seems to end at `here`, None if nothing."""
    line = _line(source, here)
    written = line[value.column - 1 : value.end_column - 1]
    if written[:1] in ("'", '"'):
        adjoins = value.end_column == here.column and line[here.column - 1].isalnum()
        return _text_after_quote(here, line, written[0], value) if adjoins else None
    squares = _SQUARE_LIST.match(line, here.column - 1)
    if (
        squares
        and re.search(r"\bin\Z", written)
        and not line[value.end_column - 1 : here.column - 1].strip()
    ):
        whole = f"{written} ({squares[1].strip()}){squares[2].rstrip()}"
        place = value.within(0, len(line[: squares.end()].rstrip()) - value.column + 1)
        found = cut(whole, place, place, _key_before(line, value), by="a bracket")
        return replace(found, caption="a list in a condition stands in ( )")
    if line[here.column - 1 : here.column] == ":" and here.column == value.end_column:
        rest = _REST_OF_VALUE.match(line, here.column - 1)
        end = rest.end() if rest is not None else here.column
        if line[end : end + 1] == "#":
            return None  # the comment takes in the bracket, which is told
        place = value.within(0, len(line[:end].rstrip()) - value.column + 1)
        return _unquoted_colon(place, line[value.column - 1 : end].rstrip())
    return None


def _key_before(line: str, value: Span) -> str:
    """Return the key that stands before a value on its line, empty where there is none."""
    key = re.search(r"([\w.-]+): *\Z", line[max(0, value.column - 1 - LOOK) : value.column - 1])
    return key[1] if key else ""


def _unclosed_bracket(source: SourceFile, bracket: Span) -> Diagnostic:
    opener = _opener(source, bracket)
    return error(
        "unclosed-bracket",
        f"'{opener}' opened here is never closed",
        bracket,
        caption="opens here",
        help=f"close it with `{_CLOSER[opener]}`",
    )


def _unexpected_colon(source: SourceFile, here: Span) -> Diagnostic:
    line = _line(source, here)
    value = _VALUE_WITH_COLON.match(line, 0, LOOK)
    if value and value.start(1) < here.column - 1:
        if here.column - 1 > KEY_LIMIT:
            return key_too_long(here)
        text = value[1].rstrip()
        start = value.start(1) - here.column + 1
        if _STEPS_BEFORE.search(line[: value.start(1)]) and _KEY_AND_VALUE.match(text):
            return _step_in_line(here.within(start, start + len(text)), text)
        return _unquoted_colon(here.within(start, start + len(text)), text)
    above = slip_above(source, here)
    if above is not None:
        return above
    before = line[: here.column - 1]
    if len(before.strip()) > KEY_LIMIT:
        return key_too_long(here.within(-len(before.lstrip()), 0))
    return _bad_indentation(here.within(-len(before.lstrip()), 0))


def _step_in_line(place: Span, text: str) -> Diagnostic:
    """Return the error for `then: send: hello`, where a list of steps belongs."""
    meant = f"[{{{text}}}]" if "," in text else f"[{text}]"
    return error(
        "unquoted-colon",
        "a step in the line of its key stands in brackets",
        place,
        caption="a second colon in the line",
        help=f"write `{shown(meant)}`, or begin a line below with `- `",
        fix=Fix(place, meant, safe=False),
    )


def _unquoted_colon(place: Span, text: str) -> Diagnostic:
    """Return the error for text with `: ` in it; not a safe edit where a comment may be meant."""
    inside = inside_curly_quotes(text)
    if inside is not None:
        return error(
            "unquoted-colon",
            "text that contains `: ` belongs in straight quotes",
            place,
            caption="curly quotes are letters to YAML",
            help=f"write {quoted(shown(inside))}",
            fix=Fix(place, quoted(inside)),
        )
    return error(
        "unquoted-colon",
        "text that contains `: ` belongs in quotes",
        place,
        caption="a second colon in the line",
        help=f"write {quoted(shown(text))}",
        fix=Fix(place, quoted(text), safe=_GLUED_COMMENT.search(text) is None),
    )


def _cannot_start(source: SourceFile, here: Span) -> Diagnostic:
    char = _line(source, here)[here.column - 1 : here.column]
    if char == "\t":
        return error(
            "tab-indentation",
            "a tab can't indent a line",
            here.within(0, 1),
            caption="a tab",
            help="indent with spaces, two for each level",
        )
    return _quote_it(source, here)


def _quote_it(source: SourceFile, here: Span) -> Diagnostic:
    rest = _line(source, here)[here.column - 1 :]
    written = COMMENT.split(rest[:LOOK], maxsplit=1)[0].rstrip() or rest[:1]
    return error(
        "unquoted-text",
        f"text that begins with `{shown(rest[:1])}` belongs in quotes",
        here.within(0, len(written)),
        caption="this character has a meaning of its own in YAML",
        help=f"write {quoted(shown(written))}",
        fix=Fix(
            here.within(0, len(written)),
            quoted(written),
            safe=_GLUED_COMMENT.search(written) is None,
        ),
    )


def _in_block(source: SourceFile, began: Span, here: Span, last_scalar: Span | None) -> Diagnostic:
    line = _line(source, here)
    char = line[here.column - 1 : here.column]
    if char and char in "}],":
        return error(
            "unmatched-bracket",
            f"`{char}` closes nothing" if char != "," else "`,` separates nothing here",
            here.within(0, 1),
            caption="not opened before",
            help="delete it, or put the text in quotes",
        )
    if char == ":":
        return empty_key(here.within(0, 1))
    if last_scalar is not None and last_scalar.end_line == here.line:
        quote = source.lines[last_scalar.line - 1][last_scalar.column - 1 : last_scalar.column]
        end = Span(here.file, here.line, last_scalar.end_column - 1, here.line, here.column)
        if quote in ("'", '"') and last_scalar.line != last_scalar.end_line:
            opened = Span(
                here.file,
                last_scalar.line,
                last_scalar.column,
                last_scalar.line,
                last_scalar.column + 1,
            )
            return _unclosed_quote(opened, end.within(0, 1))
        if quote in ("'", '"') and last_scalar.end_column <= here.column:
            return _text_after_quote(here, line, quote, last_scalar)
    if here.column == began.column and char == "-":
        return error(
            "mixed-block",
            "a list item stands among keys",
            here.within(0, 1),
            caption="expected `key: value`",
            help="indent the list below its key",
        )
    if here.column == began.column:
        return error(
            "mixed-block",
            "a key stands among list items",
            here.within(0, max(1, len(line.rstrip()) - here.column + 1)),
            caption="expected `- `",
            help="indent it to belong to the item above, or write `- ` before it",
        )
    return _bad_indentation(here.within(0, 1))


def _text_after_quote(here: Span, line: str, quote: str, closed: Span) -> Diagnostic:
    """Return the error for text at `here`, after the quotes of `closed`."""
    return error(
        "text-after-quote",
        "text goes on after the closing quote",
        here.within(0, max(1, len(line.rstrip()) - here.column + 1)),
        caption="outside the quotes",
        help="put all of it in quotes; inside them write "
        + ("'' for an apostrophe" if quote == "'" else '\\" for a quote'),
        labels=(Label(closed, "the quotes close here"),),
    )


def _bad_indentation(span: Span) -> Diagnostic:
    return error(
        "bad-indentation",
        "indentation does not match any open block",
        span,
        caption="begins in another column than its neighbours",
        help="start it in the column of the lines that it belongs with",
    )


def _closing(source: SourceFile, bracket: Span) -> int | None:
    """Return how many characters after an opening bracket its own closes, None if never."""
    text = "\n".join((_line(source, bracket)[bracket.column - 1 :], *source.lines[bracket.line :]))
    depth = 0
    for match in _BRACKET_OR_SKIPPED.finditer(text):
        if match[0] in ("{", "["):
            depth += 1
        elif match[0] in ("}", "]"):
            depth -= 1
            if depth == 0:
                return match.start()
    return None


def _opener(source: SourceFile, bracket: Span) -> str:
    return _line(source, bracket)[bracket.column - 1]


def _line(source: SourceFile, span: Span) -> str:
    return source.lines[span.line - 1] if span.line <= len(source.lines) else ""


def _end(source: SourceFile) -> Span:
    """Return the very end of a file as libyaml counts it: the line after the last line break."""
    last = len(source.lines)
    column = len(source.lines[-1]) + 1
    return Span(source.path, last, column, last, column)


def _at(source: SourceFile, mark: yaml.Mark) -> Span:
    line, column = mark.line + 1, mark.column + 1
    if line > len(source.lines):
        line, column = len(source.lines), len(source.lines[-1]) + 1
    return Span(source.path, line, column, line, column)
