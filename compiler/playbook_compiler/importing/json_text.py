"""JSON of others as data, within limits: no input is too large, too deep or too odd for a word."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from playbook_compiler.diagnostics import Diagnostic, error, shown
from playbook_compiler.source import SourceFile, Span

DEPTH_LIMIT = 100
VALUES_LIMIT = 2_000_000
RULE = "not-json"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_json(path: str, raw: bytes) -> tuple[Any, list[Diagnostic]]:
    """Return the data of a JSON file, or None and what is wrong with it, at its place."""
    try:
        text = raw.removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as problem:
        what = f"byte {problem.start} is not UTF-8: JSON is always UTF-8"
        return None, [_wrong(path, what, Span.of_file(path))]
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as problem:
        span = SourceFile(path, text).span_at(problem.pos, problem.pos)
        return None, [
            _wrong(path, f"this is not JSON: {problem.msg[:1].lower()}{problem.msg[1:]}", span)
        ]
    except RecursionError:
        return None, [_too_deep(path)]
    except ValueError as problem:
        return None, [_wrong(path, f"this is not JSON: {shown(problem)}", Span.of_file(path))]
    return _within_limits(path, data)


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _within_limits(path: str, data: Any) -> tuple[Any, list[Diagnostic]]:
    waiting, count = [(data, 1)], 0
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if depth > DEPTH_LIMIT:
            return None, [_too_deep(path)]
        if count > VALUES_LIMIT:
            return None, [_wrong(path, "this file holds too much", Span.of_file(path))]
        if isinstance(value, dict):
            waiting += [(one, depth + 1) for one in value.values()]
        elif isinstance(value, list):
            waiting += [(one, depth + 1) for one in value]
    return whole(data), []


def whole(value: Any) -> Any:
    """Return data whose texts can be written: halves of characters become the mark of a loss."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8") if _is_half(value) else value
        case dict():
            return {whole(name): whole(one) for name, one in value.items()}
        case list():
            return [whole(one) for one in value]
    return value


def _is_half(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def _too_deep(path: str) -> Diagnostic:
    return _wrong(path, f"this JSON is nested deeper than {DEPTH_LIMIT} levels", Span.of_file(path))


def _wrong(path: str, message: str, span: Span) -> Diagnostic:
    return error(
        RULE,
        message,
        span,
        caption="reading ends here",
        help="save the engine's answer again, whole and as it came",
    )
