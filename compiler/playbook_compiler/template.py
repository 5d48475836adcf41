"""The small part of Liquid that messages are written in: variables with a default, and `if`.

`{{ customer.first_name }}`, `{{ customer.first_name | default: "friend" }}`,
`{% if offer.code %} ... {% else %} ... {% endif %}`. Templates are parsed and rewritten for a
target; they are never executed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from playbook_compiler.diagnostics import shown
from playbook_compiler.values import dataclass

_TAG = re.compile(r"\{\{|\{%|\{#")
_NAME = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*"
# A default may hold neither braces nor line ends, so that no target can read it as a template.
_TEXT = r"\"[^\"{}%\n\r\\]*\"|'[^'{}%\n\r\\]*'"
_VARIABLE = re.compile(rf"\s*({_NAME})\s*(?:\|\s*default\s*:\s*({_TEXT})\s*)?\Z")
_WORDS = re.compile(rf"-?\s*(?:(if)\s+({_NAME})|(else)|(endif))\s*-?\Z")
DEPTH_LIMIT = 16


@dataclass(frozen=True, slots=True)
class Literal:
    """Text as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A value of the customer, order, product, offer or sender; `start` and `end` tell where."""

    name: str
    default: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """One text where a variable has a value, another where it has none."""

    name: str
    then: Template
    otherwise: Template
    start: int
    end: int


Part: TypeAlias = Literal | Variable | Conditional
Template: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """Why a template cannot be read, and the characters [start, end) of the text that say so."""

    message: str
    start: int
    end: int


def parse_template(text: str) -> tuple[Template | None, list[TemplateProblem]]:
    """Return a text as literals, variables and conditionals, or what is wrong with it."""
    open_: list[tuple[str, int, int, list[Part], list[Part] | None]] = []
    parts: list[Part] = []
    problems: list[TemplateProblem] = []
    position = 0
    while (tag := _TAG.search(text, position)) is not None:
        if tag.start() > position:
            parts.append(Literal(text[position : tag.start()]))
        closing = {"{{": "}}", "{%": "%}", "{#": "#}"}[tag[0]]
        end = text.find(closing, tag.end())
        if end < 0:
            problems.append(TemplateProblem(f"`{tag[0]}` is never closed", tag.start(), tag.end()))
            return None, problems
        again = text.find(tag[0], tag.end(), end)
        if again >= 0:
            problems.append(TemplateProblem(f"`{tag[0]}` is never closed", tag.start(), tag.end()))
            position = again
            continue
        inside, start, position = text[tag.end() : end], tag.start(), end + 2
        if tag[0] == "{{":
            variable = _VARIABLE.match(inside)
            if variable is None:
                problems.append(_not_understood(inside, start, position))
            else:
                default = variable[2][1:-1] if variable[2] else None
                parts.append(Variable(variable[1], default, start, position))
            continue
        words = _WORDS.match(inside.strip()) if tag[0] == "{%" else None
        if words is None or (words[1] and len(open_) >= DEPTH_LIMIT):
            problems.append(_not_understood(inside, start, position))
        elif words[1]:
            open_.append((words[2], start, position, parts, None))
            parts = []
        elif not open_ or (words[3] and open_[-1][4] is not None):
            problems.append(
                TemplateProblem(
                    f"`{words[3] or words[4]}` without an `if` before it", start, position
                )
            )
        elif words[3]:
            name, begin, begin_end, outer, _ = open_.pop()
            open_.append((name, begin, begin_end, outer, parts))
            parts = []
        else:
            name, begin, _, outer, then = open_.pop()
            then, otherwise = (parts, []) if then is None else (then, parts)
            outer.append(Conditional(name, tuple(then), tuple(otherwise), begin, position))
            parts = outer
    if position < len(text):
        parts.append(Literal(text[position:]))
    problems.extend(
        TemplateProblem("`if` without an `endif` after it", start, end)
        for _, start, end, _, _ in open_
    )
    return (None if problems else tuple(parts)), problems


def variables(template: Template) -> Iterator[tuple[str, int, int]]:
    """Return every variable that a template reads, in its order, with its characters."""
    for part in template:
        if isinstance(part, Variable):
            yield part.name, part.start, part.end
        elif isinstance(part, Conditional):
            yield part.name, part.start, part.end
            yield from variables(part.then)
            yield from variables(part.otherwise)


def _not_understood(inside: str, start: int, end: int) -> TemplateProblem:
    return TemplateProblem(
        f"`{shown(' '.join(inside.split()))}` is not understood: write a variable such as "
        '{{ customer.first_name }}, with a default {{ customer.first_name | default: "friend" }}, '
        "or {% if offer.code %} ... {% endif %}",
        start,
        end,
    )
