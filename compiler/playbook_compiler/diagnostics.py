"""What the compiler has to say: findings with a rule, a place, a sentence and advice."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from playbook_compiler.redact import redact
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass

MESSAGE_VALUE_LIMIT = 200
SEARCHED_LIMIT = 1_000


class Severity(StrEnum):
    """How bad a finding is. An error stops the next phase; a warning and a hint do not."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that explains a finding, with a word on why it matters."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A text edit that mends a finding: replace what `span` covers by `replacement`.

    `safe` edits keep the meaning that the author can be assumed to have had.
    """

    span: Span
    replacement: str
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `rule` is the kebab-case name under which it is explained and ignored, `message` a sentence to
    a marketer (what is wrong), `caption` the short word under the caret (what was expected), and
    `help` says what to write instead.
    """

    rule: str
    severity: Severity
    message: str
    span: Span
    caption: str = ""
    help: str = ""
    labels: tuple[Label, ...] = ()
    fix: Fix | None = None

    @property
    def is_error(self) -> bool:
        """Whether this finding stops the next phase."""
        return self.severity is Severity.ERROR


def error(rule: str, message: str, span: Span, **more: object) -> Diagnostic:
    """Return an error; the keywords are Diagnostic's other fields."""
    return Diagnostic(rule, Severity.ERROR, message, span, **more)  # type: ignore[arg-type]


def warning(rule: str, message: str, span: Span, **more: object) -> Diagnostic:
    """Return a warning; the keywords are Diagnostic's other fields."""
    return Diagnostic(rule, Severity.WARNING, message, span, **more)  # type: ignore[arg-type]


def hint(rule: str, message: str, span: Span, **more: object) -> Diagnostic:
    """Return a hint; the keywords are Diagnostic's other fields."""
    return Diagnostic(rule, Severity.HINT, message, span, **more)  # type: ignore[arg-type]


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether any finding is an error."""
    return any(found.is_error for found in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return findings by file, place and rule, each once: the order in which they are shown."""
    return sorted(dict.fromkeys(diagnostics), key=lambda found: (found.span, found.rule))


def shown(value: object) -> str:
    """Return a value as it may stand in a message: one line, at most 200 characters, no controls.

    Control, bidirectional and invisible characters are written as escapes, so that no message can
    reorder or recolour a terminal; what looks like a secret is written as asterisks.
    """
    text = "".join(
        char if char.isprintable() or char == " " else f"\\u{ord(char):04x}"
        for char in redact(str(value))
    )
    return text if len(text) <= MESSAGE_VALUE_LIMIT else text[: MESSAGE_VALUE_LIMIT - 1] + "…"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` was probably meant to be, or None: for did-you-mean.

    Among more than 1,000 words none is looked for: ten thousand flows with a misspelt name each
    would take hours.
    """
    words = frozenset(known)
    return _nearest(word, words) if len(words) <= SEARCHED_LIMIT else None


# The same word is often misspelt in many places, and asked for twice for each.
@lru_cache(maxsize=256)
def _nearest(word: str, known: frozenset[str]) -> str | None:
    from difflib import get_close_matches

    found = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None
