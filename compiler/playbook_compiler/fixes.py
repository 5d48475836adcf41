"""Text edits that mend findings: how a value is spelled again in its place, and edits applied.

Edits go by spans, so that everything else (comments, order, line endings) stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from playbook_compiler.diagnostics import Fix, nearest
from playbook_compiler.scalars import quoted
from playbook_compiler.source import SourceFile, Span

# A guess that is as like as this, with no second one close behind it, is taken for granted.
CLEAR = 0.8
CLEAR_LEAD = 0.05

_PLAIN = re.compile(r"[$A-Za-z0-9][\w./%+-]*")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def rewritten(
    source: SourceFile, span: Span, before: str, after: str, *, safe: bool = True
) -> Fix | None:
    """Return the edit that makes a scalar say `after` instead of `before`, its quotes kept.

    None where the text at `span` is not `before`: an alias, an escape, several lines.
    """
    written = source.slice(span)
    quote = written[:1] if written[:1] in ("'", '"') and written[-1:] == written[:1] else ""
    if written != f"{quote}{before}{quote}" or "\n" in written:
        return None
    if quote and "\\" not in after and quote not in after:
        return Fix(span, f"{quote}{after}{quote}", safe)
    return Fix(span, after if _PLAIN.fullmatch(after) else quoted(after), safe)


def respelled(source: SourceFile, span: Span, word: str, known: Iterable[str]) -> Fix | None:
    """Return the edit that writes the known word nearest to `word`, as did-you-mean names it."""
    names = frozenset(known)
    guess = nearest(word, names)
    if guess is None:
        return None
    return rewritten(source, span, word, guess, safe=is_clear(word, guess, names))


def is_clear(word: str, guess: str, known: Iterable[str]) -> bool:
    """Return whether `guess` is so like `word` that nothing else can be meant.

    >>> is_clear("order_placd", "order_placed", ["order_placed", "order_paid"])
    True
    >>> is_clear("mail-3", "mail-1", ["mail-1", "mail-2"]), is_clear("tee", "tea", ["tea"])
    (False, False)
    """
    from difflib import SequenceMatcher

    best = SequenceMatcher(None, _folded(word), _folded(guess)).ratio()
    if best < CLEAR:
        return False
    for one in known:
        if one != guess:
            other = SequenceMatcher(None, _folded(word), _folded(one))
            # Bounds from above come first: they cost a tenth of the likeness itself.
            near = best - other.real_quick_ratio() < CLEAR_LEAD
            near = near and best - other.quick_ratio() < CLEAR_LEAD
            if near and best - other.ratio() < CLEAR_LEAD:
                return False
    return True


def _folded(word: str) -> str:
    return word.casefold().replace("_", "-")


def with_fixes(source: SourceFile, fixes: Sequence[Fix]) -> tuple[str, int]:
    """Return the text of a file with edits applied, and how many were.

    Of edits that overlap only the first is made: another pass finds out whether the rest is needed.
    """
    starts = [0, *(match.end() for match in _LINE_BREAK.finditer(source.text))]
    pieces: list[str] = []
    end = count = 0
    for fix in sorted(dict.fromkeys(fixes), key=lambda one: (one.span, one.replacement)):
        start, stop = _offsets(fix.span, starts, len(source.text))
        if start < end or (count and start == end):
            continue
        pieces += [source.text[end:start], fix.replacement]
        end = stop
        count += 1
    return "".join((*pieces, source.text[end:])), count


def _offsets(span: Span, starts: Sequence[int], length: int) -> tuple[int, int]:
    """Return the characters of a file's text that a span covers."""
    start, stop = (
        starts[line - 1] + column - 1 if line <= len(starts) else length
        for line, column in ((span.line, span.column), (span.end_line, span.end_column))
    )
    return min(start, length), min(stop, length)
