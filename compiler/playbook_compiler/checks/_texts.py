"""The authored texts of messages with their places, parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playbook_compiler.diagnostics import Fix
from playbook_compiler.model import Message
from playbook_compiler.source import Span
from playbook_compiler.template import (
    Conditional,
    Template,
    TemplateProblem,
    Variable,
    parse_template,
)
from playbook_compiler.values import dataclass

# A comment of HTML; one that is never closed hides the rest.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AuthoredText:
    """One text of a message: `key` is subject, preview or body. `template` is None where it
    cannot be read."""

    message: Message
    key: str
    text: str
    template: Template | None
    problems: tuple[TemplateProblem, ...]

    def span(self, start: int, end: int) -> Span:
        """Return where the characters [start, end) stand."""
        if self.key == "body":
            return self.message.body_span(start, end)
        return self.message.origin.span_in(start, end, self.key)

    def fix(self, start: int, end: int, instead: str | None, *, safe: bool) -> Fix | None:
        """Return the edit that writes `instead` for the characters [start, end); None where there
        is none, or where it is not known where just these stand: beside an escape or a quote."""
        span = self.span(start, end)
        known = span.line == span.end_line and span.end_column - span.column == end - start
        return Fix(span, instead, safe) if instead and known else None


def texts(message: Message) -> Iterator[AuthoredText]:
    """Yield what a message says."""
    written = {"subject": message.subject, "preview": message.preview, "body": message.body}
    for key, text in written.items():
        if text:
            template, problems = parse_template(text)
            yield AuthoredText(message, key, text, template, tuple(problems))


def unguarded(template: Template, given: frozenset[str] = frozenset()) -> Iterator[Variable]:
    """Yield the variables that stand there although they may have no value: without a default,
    and not within an `if` on the same variable or one of the same family (`offer.code` is given
    within `{% if offer.valid_until %}`)."""
    for part in template:
        if isinstance(part, Variable):
            if part.default is None and part.name.partition(".")[0] not in given:
                yield part
        elif isinstance(part, Conditional):
            yield from unguarded(part.then, given | {part.name.partition(".")[0]})
            yield from unguarded(part.otherwise, given)


def said_to_all(template: Template, text: str) -> frozenset[str]:
    """Return the variables that everyone gets to read: not those in a comment of the text, and of
    an `if` those on both sides. What is asked for by its own name is there anyway."""
    return _said(template, [match.span() for match in _COMMENT.finditer(text)])


def _said(template: Template, hidden: list[tuple[int, int]]) -> frozenset[str]:
    found: set[str] = set()
    for part in template:
        if isinstance(part, Variable):
            if not any(start <= part.start < end for start, end in hidden):
                found.add(part.name)
        elif isinstance(part, Conditional):
            then, otherwise = _said(part.then, hidden), _said(part.otherwise, hidden)
            found |= (then & otherwise) | (then & {part.name})
    return frozenset(found)
