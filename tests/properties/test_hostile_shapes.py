"""Whatever shape a playbook has: findings with a place in its file, never an exception."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_compiler.checking import run_checks
from playbook_compiler.diagnostics import has_errors
from playbook_compiler.include import Sources, read_sources
from playbook_compiler.lower import lower
from playbook_compiler.parse import parse
from playbook_compiler.plan import plan_text
from playbook_compiler.resolve import resolve
from playbook_compiler.source import SourceFile

CASE = Path(__file__).parents[1] / "cases" / "compile" / "everything"
ODD = st.sampled_from(
    [
        *(None, True, 0, -5, 10**14, "", "x", "3d", "50%", "orders > 3", "> 3", "../x.md"),
        *([], {}, [None], [[]], {"a": None}, {"a": 1}, "a" * 300, "sign_up"),
    ]
)


def _dumpable(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _dumpable(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_dumpable(item) for item in data]
    return float(data) if isinstance(data, Decimal) else data


def _base() -> dict[str, Any]:
    sources, _, _ = read_sources(str(CASE))
    assert sources is not None
    data = _dumpable(sources.main.data)
    assert isinstance(data, dict)
    return {name: value for name, value in data.items() if name != "include"}


BASE = _base()


def _paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = list(data.items() if isinstance(data, dict) else enumerate(data))
    inner = [(*path, name) for name, _ in items]
    for name, value in items:
        if isinstance(value, dict | list):
            inner += _paths(value, (*path, name))
    return inner


PATHS = _paths(BASE)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(PATHS), ODD), min_size=1, max_size=3))
def test_every_value_may_be_anything(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    check(changes)


def check(changes: list[tuple[tuple[Any, ...], Any]]) -> bool:
    """Compile the base with these changes; return whether it had no errors."""
    data = deepcopy(BASE)
    for path, value in changes:
        place: Any = data
        try:
            for name in path[:-1]:
                place = place[name]
            place[path[-1]] = deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this place away
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    source = SourceFile("playbook.yaml", text)
    document, found = parse(source)
    if document is None or has_errors(found):
        return False
    known, _, _ = read_sources(str(CASE))
    assert known is not None
    message = known.documents[1]
    sources = Sources(CASE, "", (document, message), dict(known.passages), (source,))
    playbook, findings = resolve(sources)
    for finding in findings:
        span = finding.span
        if span.file == source.path:
            assert span.line <= len(source.lines)
            assert span.column <= len(source.lines[span.line - 1]) + 1
    assert (playbook is None) is has_errors(findings)
    if playbook is not None:
        graph, _ = lower(playbook)
        assert graph is not None
        assert plan_text(graph)
        for finding in run_checks(graph):
            assert finding.span.end_line <= len(source.lines) or finding.span.file != source.path
    return playbook is not None


def test_the_unchanged_base_compiles() -> None:
    # Otherwise every change above would stop at the same error.
    assert check([])
