"""Whether the expressions of a process are Python that reads what the export says it reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from playbook_compiler.targets.bpmn.names import FUNCTIONS

_DURATION: Final = re.compile(
    r"P(?=.)(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?\Z"
)
_ALLOWED: Final = (
    *(ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Compare, ast.Name),
    *(ast.Load, ast.Constant, ast.Tuple, ast.Call, ast.keyword, ast.USub),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn),
)


def check_expression(text: str, names: frozenset[str]) -> list[str]:
    """Return what is wrong with an expression: other syntax than ours, unknown names."""
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return [f"not an expression: {type(error).__name__}"]
    return sorted(set(_problems(tree, names)))


def _problems(tree: ast.Expression, names: frozenset[str]) -> Iterator[str]:
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            yield f"an expression does more than ask: {type(node).__name__}"
        if isinstance(node, ast.Call):
            if not (isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS):
                yield "calls a function that no page tells of"
            elif node.func.id == "after":
                yield from _duration(node.args[0] if node.args else None)
        if isinstance(node, ast.Name) and node not in called and node.id not in names:
            yield f"reads `{node.id}`, which variables.json does not list"


def _duration(node: ast.expr | None) -> Iterator[str]:
    if not (isinstance(node, ast.Constant) and _DURATION.match(str(node.value))):
        yield "not a positive ISO 8601 duration"


def check_timer(kind: str, text: str, names: frozenset[str]) -> list[str]:
    """Return what is wrong with a timer."""
    problems = check_expression(text, names)
    if problems:
        return problems
    body = ast.parse(text, mode="eval").body
    if kind == "timeDuration":
        return list(_duration(body))
    if kind == "timeDate":
        is_time = isinstance(body, ast.Call | ast.Name)
        return [] if is_time else ["a date that no function and no variable tells"]
    return [f"a timer that this target never writes: {kind}"]
