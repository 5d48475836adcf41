"""Lines that should have been `key: value`: without a colon or a space, with another sign."""

from __future__ import annotations

import re
from typing import Final

from playbook_compiler.diagnostics import Diagnostic, Fix, error, shown
from playbook_compiler.source import SourceFile, Span

# What one look at a line may cover: a line of a megabyte must not keep a pattern busy.
LOOK: Final = 2_000
# A `#` and a space begin a comment; a `#` glued to a word does for YAML, but was hardly meant to.
COMMENT: Final = re.compile(r"\s#(?![^\s#!])")
_NO_SPACE_AFTER_COLON = re.compile(r"[ \t]*(?:- +)*([A-Za-z_][\w.-]*:)[^\s:/]")
_ITEM = re.compile(r"[ \t]*(?:- +)*")
_KEY_ENDS = re.compile(r":(?:[ \t]|\Z)")
_LOOKS_LIKE_SPACE = re.compile(r":([\u00a0\u2000-\u200b\u202f\u3000])")
ODD_SPACE: Final = re.compile(r"[\u00a0\u2000-\u200b\u202f\u3000]")
_ODD_SPACES = {
    "\u00a0": "a no-break space",
    "\u202f": "a narrow no-break space",
    "\u200b": "an invisible space of no width",
    "\u3000": "a full-width space",
}
_EQUATION = re.compile(r"([A-Za-z_][\w.-]*)\s*=\s*(\S.*)")
_TWO_WORDS = re.compile(r"([a-z_][\w.-]*)(?: +(\S.*))?")
_FULL_WIDTH_COLON = re.compile(r"[ \t]*(?:- +)*[A-Za-z_][\w.-]*(：)")


def odd_space(char: str) -> str:
    """Return the name of a character that looks like a space and is none to YAML."""
    return _ODD_SPACES.get(char, "a space of another kind")


def full_width_colon(span: Span) -> Diagnostic:
    """Return the error for a full-width colon where a key ends."""
    return error(
        "full-width-colon",
        "full-width colon (U+FF1A): type ':'",
        span,
        caption="not the colon of YAML",
        help="switch the keyboard to half-width and write `:` and a space",
        fix=Fix(span, ": "),
    )


def starts_with_full_width_colon(text: str) -> int | None:
    """Return where in a text the full-width colon of a would-be key stands, or None."""
    match = _FULL_WIDTH_COLON.match(text)
    return match.start(1) if match else None


def missing_space(span: Span) -> Diagnostic:
    """Return the error for `key:value`, which is one word to YAML; `span` covers `key:`."""
    return error(
        "missing-space",
        "a colon that ends a key is followed by a space",
        span,
        caption="no space after this colon",
        help="write `key: value`",
        fix=Fix(span.within(span.end_column - span.column, span.end_column - span.column), " "),
    )


def slip_above(source: SourceFile, here: Span) -> Diagnostic | None:
    """Return what is wrong with the first line of the block that goes on at `here`, or None.

    A first line that is no key is text to YAML, which takes in the next key; only that one's colon
    is complained about.
    """
    number = here.line - 1
    first = 0
    while number > 0:
        line = source.lines[number - 1]
        if line.strip() and not line.lstrip().startswith("#"):
            if _KEY_ENDS.search(line.rstrip()):
                # A value on the line of its key goes on below: the text is where it belongs.
                if not re.search(r":[ \t]*(?:#.*)?\Z", line):
                    return None
                break
            first = number
            if line.lstrip().startswith("- "):
                break
        number -= 1
        if here.line - number > LOOK:
            return None
    if not first:
        return None
    line = source.lines[first - 1]
    start = _ITEM.match(line)
    column = start.end() + 1 if start is not None else 1
    text = COMMENT.split(line[column - 1 :], maxsplit=1)[0].rstrip()
    if not re.match(r"[A-Za-z_]", text):
        return None
    return no_key(Span(source.path, first, column, first, column), text)


def no_key(began: Span, rest: str) -> Diagnostic:
    """Return what is wrong with a line `rest` from `began` on, which should have been a key."""
    covered = began.within(0, max(1, len(rest)))
    space = _LOOKS_LIKE_SPACE.search(rest)
    if space:
        place = began.within(space.start(1), space.end(1))
        return error(
            "invisible-character",
            f"after the colon stands {odd_space(space[1])} (U+{ord(space[1]):04X}), which YAML"
            " does not take for a space",
            place,
            caption="not a space",
            help="delete it and press the space bar",
            fix=Fix(place, " "),
        )
    glued = _NO_SPACE_AFTER_COLON.match(rest)
    if glued:
        return missing_space(began.within(glued.start(1), glued.end(1)))
    equation = _EQUATION.fullmatch(rest)
    words = _TWO_WORDS.fullmatch(rest) if len(rest) < LOOK else None
    said = equation or words
    meant = "" if said is None else f"{said[1]}: {said[2]}" if said[2] else f"{said[1]}:"
    return error(
        "missing-colon",
        "expected `key: value`, found text without a colon",
        covered,
        caption="a key ends with a colon",
        help=f"write `{shown(meant)}`"
        + ("" if equation else ", or indent the line further if it continues the text above")
        if meant
        else "add the colon, or indent the line further if it continues the text above",
        fix=Fix(covered, meant, safe=equation is not None) if meant else None,
    )
