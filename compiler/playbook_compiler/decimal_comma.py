"""Numbers that YAML cut at a comma inside `{}`: `{minimum: 30,00}` has a key `00` without a value.

Noticed while the mapping is built: `00` and `000.00` would be refused as keys before any later
phase could tell what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from yaml.events import ScalarEvent

from playbook_compiler import marks
from playbook_compiler.condition_cut import cut
from playbook_compiler.diagnostics import Diagnostic, Fix, error, shown
from playbook_compiler.source import SourceFile, Span

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_COMPARED = re.compile(
    r"(?P<before>.*[<>=]\s*)(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)", re.DOTALL
)
_REST = re.compile(r"[0-9]+(?:\.[0-9]+)?%?")
_NO_VALUE = re.compile(r"[ \t\r\n]*[,}\]]")
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(?:[,.][0-9]{3})*")


def is_cut_number(value: Any, key: Any, text: str) -> bool:
    """Return whether `key` of `text` goes on with the number that the value before it begins."""
    return _is_rest(key, text) and (_is_plain(value, _NUMBER) or _is_plain(value, _COMPARED))


def is_cut_item(item: Any, following: Any, text: str) -> bool:
    """Return whether an item of a list goes on with the number that the item before it ends in.

    `[profit > 1,000]` has, to YAML, the items `profit > 1` and `000`.
    """
    return _is_rest(following, text) and _is_plain(item, _COMPARED)


def cut_number(
    source: SourceFile, read: Callable[[], Any], value: Any, key: Any, name: str | None
) -> tuple[Any, Diagnostic]:
    """Read a number to its end; return the event that follows it, and the error.

    `name` is the key that the value stands under, None in a list.
    """
    parts = [value]
    while True:
        parts.append(key)
        if name is not None:
            read()  # the value that the key does not have
        key = read()
        goes_on = _is_rest(key, source.text)
        if not goes_on or key.start_mark.index != parts[-1].end_mark.index + 1:
            break
    start, end = (marks.scalar_span(source, part) for part in (value, parts[-1]))
    span = Span(start.file, start.line, start.column, end.end_line, end.end_column)
    texts = [part.value for part in parts]
    compared = _COMPARED.fullmatch(value.value)
    if compared is None:
        return key, _finding(texts, span)
    spellings = with_point([compared["number"], *texts[1:]])
    number = spellings[0] if spellings else "".join((compared["number"], *texts[1:]))
    return key, cut(compared["before"] + number, span, span, name or "")


def _is_plain(event: Any, pattern: re.Pattern[str]) -> bool:
    return (
        type(event) is ScalarEvent
        and not event.style
        and event.anchor is event.tag is None
        and pattern.fullmatch(event.value) is not None
    )


def _is_rest(event: Any, text: str) -> bool:
    """Whether a key is digits without a colon: nobody meant a key."""
    return _is_plain(event, _REST) and _NO_VALUE.match(text, event.end_mark.index) is not None


def _finding(parts: Sequence[str], span: Span) -> Diagnostic:
    whole = ",".join(parts)
    spellings = with_point(parts)
    return error(
        "decimal-comma",
        f"`{shown(whole)}`: a number takes a point, not a comma",
        span,
        caption="inside braces a comma ends the value",
        help=f"write {' or '.join(f'`{shown(one)}`' for one in spellings) or 'one number'}",
        fix=Fix(span, spellings[0]) if len(spellings) == 1 else None,
    )


def with_point(parts: Sequence[str]) -> tuple[str, ...]:
    """Return the numbers that parts between commas may mean, spelled with a point.

    Groups of three may be thousands; where a single comma leaves it open there are two spellings.

    >>> with_point(("30", "00")), with_point(("1", "000.00")), with_point(("1", "500"))
    (('30.00',), ('1000.00',), ('1500', '1.500'))
    """
    *head, last = parts
    before = ",".join(head)
    sign = last[len(last.rstrip("%")) :]
    digits, point, decimals = last.rstrip("%").partition(".")
    thousands = _GROUPED.fullmatch(before) is not None and "." not in before
    whole = before.replace(",", "")
    if point:
        grouped = thousands and len(digits) == 3
        return (f"{whole}{digits}.{decimals}{sign}",) if grouped else ()
    found = []
    if thousands and len(digits) == 3:
        found.append(f"{whole}{digits}{sign}")
    if _GROUPED.fullmatch(before) and "." in before and len(head) == 1:  # 1.000,50
        found.append(f"{before.replace('.', '')}.{digits}{sign}")
    elif "." not in before and (len(head) == 1 or (thousands and len(digits) != 3)):
        found.append(f"{whole}.{digits}{sign}")
    return tuple(found)
