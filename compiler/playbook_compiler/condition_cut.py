"""The unquoted-comma trap: a condition or text inside `{}` or `[]` that YAML cut at a comma.

`{audience: orders in (1, 2), send: x}` is, to YAML, the keys `audience`, `2)` and `send`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from playbook_compiler.diagnostics import Diagnostic, Fix, error, shown
from playbook_compiler.scalars import quoted
from playbook_compiler.source import Span

_AMOUNT_END = re.compile(r"[0-9]\Z")
_GROUP = re.compile(r"[0-9]{3}(?![0-9])")
_DECIMALS = re.compile(r"[0-9]{1,2}(?![0-9])")
# What no key looks like: a comparison, a word of conditions, a name with parentheses.
_TEST = re.compile(
    r"[^<>=]*[\w)] *(?:[<>=]=?|!=) *[\w\"'-].*|.*\w (?:in|is|has|between) .+|(?:not )?[a-z_]+\(.*"
    r"|not [a-z_]+.*",
    re.DOTALL,
)
_ONE_FACT = re.compile(r"[a-z][\w.]*")


def looks_cut(text: str, following: Sequence[str]) -> str | None:
    """Return the whole condition, unquoted, when `text` is its part before a comma, else None.

    `following` are the keys (or list items) that YAML read after it. They are taken back until no
    parenthesis or quote is open. A comma inside a number was meant for thousands (`1,000`) or as
    the decimal sign (`20,50`); one between two tests for `and`.
    """
    if not following:
        return None
    if _AMOUNT_END.search(text) and not _is_open(text):
        rest = following[0].lstrip()
        if _GROUP.match(rest):
            return text + rest
        if _DECIMALS.match(rest):
            return f"{text}.{rest}"
    whole = text
    for part in following:
        if not _is_open(whole):
            break
        whole = f"{whole}, {part.strip()}"
    return whole if whole != text and not _is_open(whole) else None


def looks_like_tests(text: str, following: Sequence[str]) -> int:
    """Return how many of the keys after `text`, a condition, are tests that `and` should join."""
    if not (_TEST.fullmatch(text) or _ONE_FACT.fullmatch(text)):
        return 0
    count = 0
    while count < len(following) and _TEST.fullmatch(following[count]):
        count += 1
    return count


def cut(whole: str, span: Span, place: Span, name: str = "", *, by: str = "a comma") -> Diagnostic:
    """Return the error for a condition that was cut; `span` shows it and `place` is rewritten.

    `name` is the key that it stands under, empty in a list.
    """
    text = quoted(whole)
    said = f"{name}: {shown(text)}" if name else shown(text)
    return error(
        "unquoted-comma",
        f"the condition `{shown(whole)}` was cut at {by}",
        span,
        caption="YAML reads the rest as another key" if name else "YAML reads the rest by itself",
        help=f"inside braces and brackets, quote it: {said}",
        fix=Fix(place, text),
    )


def _is_open(text: str) -> bool:
    """Whether a parenthesis or a quote that begins in `text` does not end in it."""
    depth = 0
    quote = ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
    return depth > 0 or bool(quote)
