"""The text of a condition to its typed tree: recursive descent over the tokens.

    condition  = conjunct, { "or", conjunct }
    conjunct   = factor, { "and", factor }
    factor     = "not", factor | "(", condition, ")" | deed | "order", "has", test | test
    test       = fact, ( comparison, value | [ "not" ], "in", "(", value, { ",", value }, ")"
               | [ "not" ], "between", value, "and", value | "in", "top", share
               | "is", ( "known" | "unknown" ) | "has", value | nothing, for a boolean fact )
    deed       = name, "(", argument, ")", [ "within", duration ]

Wrong names and types are collected and reading goes on; wrong grammar ends it. What other
languages write for the same thing (`==`, `&&`, `is null`) is read as meant and reported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from playbook_compiler.condition_deeds import EXAMPLES, read_deed
from playbook_compiler.condition_reader import Reader, Unreadable
from playbook_compiler.condition_scope import ConditionScope, meant, unknown_fact
from playbook_compiler.condition_speech import say_join, say_sentence
from playbook_compiler.condition_tests import SLIPS_OF_COMPARISON, read_fact, read_order, read_test
from playbook_compiler.condition_tokens import COMPARISONS, SLIPS
from playbook_compiler.conditions import And, Condition, Not, Or, all_of, any_of
from playbook_compiler.diagnostics import Diagnostic, error, shown
from playbook_compiler.fixes import is_clear
from playbook_compiler.source import Span
from playbook_compiler.values import replace

LENGTH_LIMIT = 4_000
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def parse_condition(
    text: str, scope: ConditionScope, place: Callable[[int, int], Span]
) -> tuple[Condition | None, list[Diagnostic]]:
    """Return the tree of a condition, or None and what is wrong with it.

    `place` maps offsets [start, end) of `text` to a span of the file.
    """
    if len(text) > LENGTH_LIMIT:
        return None, [
            error(
                "condition-too-long",
                f"this condition has {len(text):,} characters: at most {LENGTH_LIMIT:,} are read",
                place(0, len(text)),
                help="name its parts under `audiences:` and write audience(...)",
            )
        ]
    reader = Reader(text, scope, place)
    try:
        condition = _whole(reader)
    except Unreadable:
        return None, _located(reader)
    return (None if reader.found else condition), _located(reader)


def _located(reader: Reader) -> list[Diagnostic]:
    """Return what was found. Without an exact place there is no edit: it would take in too much."""
    if reader.line is not None:
        return reader.found
    return [replace(found, fix=None) for found in reader.found]


def _whole(reader: Reader) -> Condition:
    if reader.kinds[0] == "end":
        reader.fail(
            "this condition is empty",
            caption="expected a condition",
            advice="for example: orders >= 1",
        )
    condition = _disjunction(reader)
    if reader.kinds[reader.at] != "end":
        _unexpected_after_condition(reader)
    return condition


def _disjunction(reader: Reader) -> Condition:
    first = reader.at
    condition = _conjunction(reader)
    text = reader.texts[reader.at]
    if text != "or" and SLIPS.get(text) != "or":
        return condition
    parts = [condition]
    while reader.takes("or"):
        parts.append(_conjunction(reader))
    return any_of(parts, reader.since(first))


def _conjunction(reader: Reader) -> Condition:
    first = reader.at
    condition = _factor(reader)
    text = reader.texts[reader.at]
    if text != "and" and SLIPS.get(text) != "and":
        return condition
    parts = [condition]
    while reader.takes("and"):
        parts.append(_factor(reader))
    return all_of(parts, reader.since(first))


def _factor(reader: Reader) -> Condition:
    text = reader.texts[reader.at]
    if text == "not" or SLIPS.get(text) == "not":
        first = reader.at
        reader.deeper()
        reader.takes("not")
        part = _factor(reader)
        reader.depth -= 1
        return Not(part, reader.since(first))
    if reader.kinds[reader.at] == "word":
        following = reader.texts[reader.at + 1]
        if following == "(" and text not in reader.scope.readable:
            return read_deed(reader) if text in EXAMPLES else _unknown_deed(reader)
        if following == "has" and text == "order":
            return read_order(reader)
        if text not in reader.scope.readable:
            say_sentence(reader)
        return read_test(reader, read_fact(reader))
    if text == "(":
        return _parentheses(reader)
    return _no_factor(reader)


def _parentheses(reader: Reader) -> Condition:
    opened = reader.at
    reader.deeper()
    reader.at += 1
    inside = _disjunction(reader)
    if reader.kinds[reader.at] == "end":
        reader.fail(
            "this `(` is never closed",
            caption="no `)` after it",
            advice="close it with `)`",
            first=opened,
        )
    if reader.texts[reader.at] != ")":
        _unexpected_after_condition(reader)
    reader.at += 1
    reader.depth -= 1
    # The parentheses belong to the span of what they hold together.
    if isinstance(inside, (And, Or)):
        return replace(inside, span=reader.since(opened))
    return inside


def _unexpected_after_condition(reader: Reader) -> NoReturn:
    """Say why the text does not go on after a complete condition."""
    text = reader.texts[reader.at]
    wanted = "expected `and`, `or` or the end"
    if text == ")":
        reader.fail(
            "this `)` closes nothing", caption="no `(` before it", advice="remove it", instead=""
        )
    if text in COMPARISONS or text in SLIPS_OF_COMPARISON:
        reader.fail(
            f"a second comparison (`{text}`) follows the first",
            caption=wanted,
            advice="write `orders between 2 and 5`, or two comparisons with `and`",
        )
    if text == ",":
        reader.fail(
            "a comma stands after a complete condition",
            caption=wanted,
            advice="write `and` or `or` instead; commas stand only in `in (a, b)`",
        )
    if text == "within":
        reader.fail(
            "`within` does not belong here",
            caption=wanted,
            advice="`within` follows bought(...), engaged(...), event(...), received(...) and"
            " entered(...)",
        )
    reader.bad_token()
    say_join(reader)
    several = reader.kinds[reader.at] == "word"
    reader.fail(
        f"{wanted}, found {reader.shown_next()}",
        caption=wanted,
        advice="put a text of several words in quotes" if several else "",
    )


def _no_factor(reader: Reader) -> NoReturn:
    """Say why no test begins at the next token."""
    reader.bad_token()
    at = reader.at
    operator = _FLIPPED.get(reader.texts[at + 1]) if reader.kinds[at] != "end" else None
    if reader.kinds[at] in ("number", "string") and operator and reader.kinds[at + 2] == "word":
        right = f"{reader.texts[at + 2]} {operator} {reader.texts[at]}"
        chained = reader.texts[at + 3] in COMPARISONS
        reader.fail(
            "a comparison begins with the fact, not with the value",
            caption="expected a fact",
            advice="write `orders between 2 and 5`" if chained else f"write `{right}`",
            instead=None if chained else right,
            last=at + 2,
        )
    reader.fail(
        f"expected a fact or a test, found {reader.shown_next()}",
        caption="expected a fact such as `orders`",
    )


def _unknown_deed(reader: Reader) -> NoReturn:
    """Say that a name before parentheses is not one that takes them."""
    name = reader.texts[reader.at]
    if name in reader.scope.catalogue.facts:
        span = reader.span(reader.at, reader.at)
        reader.found.append(unknown_fact(name, reader.scope, span))
        raise Unreadable
    close = meant(name, EXAMPLES.keys())
    known = ", ".join(f"{one}(...)" for one in sorted(EXAMPLES))
    reader.report(
        "unknown-function",
        f"unknown test `{shown(name)}(...)`",
        reader.at,
        reader.at,
        caption="not a test of conditions",
        advice=f"did you mean `{EXAMPLES[close]}`?" if close else f"known: {known}",
        instead=close,
        safe=close is not None and is_clear(name, close, EXAMPLES),
    )
    raise Unreadable
