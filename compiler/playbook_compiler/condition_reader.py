"""Reading a condition from left to right: the tokens, the place of the next one, the findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from playbook_compiler.condition_scope import ConditionScope
from playbook_compiler.condition_tokens import SLIPS, tokens
from playbook_compiler.diagnostics import Diagnostic, Fix, error, shown
from playbook_compiler.source import Span
from playbook_compiler.spellings import duration as spoken_duration
from playbook_compiler.units import Duration, parse_duration

DEPTH_LIMIT = 50
_QUOTES = "“”„‟«»‘’‚‛`´"


class Unreadable(Exception):
    """The grammar broke; the finding that says so is already recorded."""


class Reader:
    """The state of one reading. `at` is the index of the next token; the last one is the end."""

    __slots__ = ("at", "depth", "found", "kinds", "line", "place", "scope", "texts", "tokens")

    def __init__(self, text: str, scope: ConditionScope, place: Callable[[int, int], Span]) -> None:
        self.tokens = tokens(text)
        self.texts = [token[0] for token in self.tokens]
        self.kinds = [token.lastgroup for token in self.tokens]
        self.at = 0
        self.depth = 0
        self.found: list[Diagnostic] = []
        self.scope = scope
        self.place = place
        # A text that stands on one line as wide as it is has its characters there one by one.
        whole = place(0, len(text))
        flat = whole.line == whole.end_line and whole.end_column - whole.column == len(text)
        self.line = whole if flat else None

    def span(self, first: int, last: int) -> Span:
        """Return the span of the tokens first..last, both included."""
        start, end = self.tokens[first].start(), self.tokens[last].end()
        line = self.line
        if line is None:
            return self.place(start, end)
        number, column = line.line, line.column
        return Span(line.file, number, column + start, number, column + end)

    def since(self, first: int) -> Span:
        """Return the span from the token `first` to the last one that was read."""
        return self.span(first, self.at - 1)

    def shown_next(self) -> str:
        """Return the next token as a message names it."""
        if self.kinds[self.at] == "end":
            return "the end"
        return f"`{shown(self.texts[self.at])}`"

    def report(
        self,
        rule: str,
        message: str,
        first: int,
        last: int,
        *,
        caption: str = "",
        advice: str = "",
        instead: str | None = None,
        safe: bool = True,
    ) -> None:
        """Record an error over the tokens first..last; `instead` is the text that mends it."""
        span = self.span(first, last)
        fix = Fix(span, instead, safe) if instead is not None else None
        self.found.append(error(rule, message, span, caption=caption, help=advice, fix=fix))

    def fail(
        self,
        message: str,
        *,
        caption: str = "",
        advice: str = "",
        instead: str | None = None,
        safe: bool = True,
        first: int | None = None,
        last: int | None = None,
    ) -> NoReturn:
        """Record that the grammar broke at the next token (or over first..last) and stop."""
        first = self.at if first is None else first
        self.report(
            "condition-syntax",
            message,
            first,
            first if last is None else last,
            caption=caption,
            advice=advice,
            instead=instead,
            safe=safe,
        )
        raise Unreadable

    def takes(self, word: str) -> bool:
        """Step over the next token if it is `word`, or a slip for it, which is reported."""
        text = self.texts[self.at]
        if text != word:
            if SLIPS.get(text) != word:
                return False
            self.report(
                "condition-syntax",
                f"`{text}` is not a word of conditions",
                self.at,
                self.at,
                caption=f"expected `{word}`",
                advice=f"write `{word}`",
                # `!vip` becomes `not vip`, `a&&b` becomes `a and b`.
                instead=f" {word} " if word.isalpha() and not text.isalpha() else word,
            )
        self.at += 1
        return True

    def need(self, mark: str, after: str) -> None:
        """Step over `mark`, which has to come next."""
        if not self.takes(mark):
            self.bad_token()
            self.fail(
                f"expected `{mark}` {after}, found {self.shown_next()}",
                caption=f"expected `{mark}`",
            )

    def deeper(self) -> None:
        """Count one more level of nesting."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            self.report(
                "condition-too-deep",
                f"this condition is nested more than {DEPTH_LIMIT} levels deep",
                self.at,
                self.at,
                advice="name its parts under `audiences:` and write audience(...)",
            )
            raise Unreadable

    def duration(self) -> Duration:
        """Read a duration such as 90d."""
        self.bad_token()
        text = self.texts[self.at]
        self._spoken_duration()
        if self.kinds[self.at] not in ("number", "word"):
            self.fail(
                f"expected a duration such as 90d, found {self.shown_next()}",
                caption="expected a duration",
            )
        duration = parse_duration(text)
        if isinstance(duration, str) or duration.is_zero:
            sentence = duration if isinstance(duration, str) else "expected a duration above 0"
            unit = text.isdecimal() and text.strip("0")
            self.report(
                "type-mismatch",
                f"`{shown(text)}` is not a duration here: {sentence}",
                self.at,
                self.at,
                caption="expected a duration",
                advice=f"write `{text}d`" if unit else "for example: 36h, 90d, 2w, 6mo",
                instead=f"{text}d" if unit else None,
                safe=False,
            )
            duration = Duration(days=1)
        self.at += 1
        return duration

    def _spoken_duration(self) -> None:
        """Stop with the duration to write if a number and its unit are two words: `4 months`."""
        if self.kinds[self.at : self.at + 2] != ["number", "word"]:
            return
        said = " ".join(self.texts[self.at : self.at + 2])
        meant = spoken_duration(said)
        if meant is not None:
            self.fail(
                f"`{said}` is not a duration of conditions",
                caption=f"expected `{meant.text}`",
                advice=f"write `{meant.text}`",
                instead=meant.text,
                safe=meant.safe,
                last=self.at + 1,
            )

    def bad_token(self) -> None:
        """Stop with a word on the next token if no condition contains it."""
        if self.kinds[self.at] != "bad":
            return
        text = self.texts[self.at]
        if text in "'\"":
            self.fail(f"this quote is never closed: {text}", caption="no closing quote after it")
        if text in _QUOTES:
            self.fail(
                f"`{text}` is not a quotation mark of conditions",
                caption="expected a straight quote",
                advice='write " before and after the text',
                instead='"',
            )
        if text in "€$£¥":
            self.fail(
                f"`{text}` does not belong to an amount",
                caption="expected an amount",
                advice="amounts are in the playbook's currency: write the number only",
                instead="",
            )
        self.fail(f"unexpected character `{shown(text)}`", caption="not part of a condition")
