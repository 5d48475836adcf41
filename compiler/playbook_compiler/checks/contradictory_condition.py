"""A condition that is true for nobody: its parts exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import Placed, meanings, of_customers
from playbook_compiler.conditions import Condition
from playbook_compiler.conditions_analysis import contradictions, is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.source import Span

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find conditions that can never be true, with audiences told out."""
    told = meanings(graph.playbook)
    for stage in graph.playbook.stages.values():
        if stage.enter is not None and is_impossible(stage.enter):
            yield _found(Placed(stage.enter, stage.origin.span("enter")), _places(stage.enter))
    for placed in of_customers(graph):
        meaning = told.of(placed.condition)
        if is_impossible(placed.condition):
            yield _found(placed, _places(placed.condition))
        elif is_impossible(meaning):
            yield _found(placed, _places(meaning))


def _places(condition: Condition) -> tuple[str, tuple[Span, ...]]:
    conflict = contradictions(condition)[0]  # an impossible condition has one
    spans = (conflict.first,) if conflict.second is None else (conflict.first, conflict.second)
    return conflict.subject, spans


def _found(placed: Placed, conflict: tuple[str, tuple[Span, ...]]) -> Diagnostic:
    subject, spans = conflict
    inside = [span for span in spans if _covers(placed.span, span)]
    span = inside[-1] if inside else placed.span
    return error(
        RULE,
        f"this condition is true for nobody: no customer's `{subject}` fits it",
        span,
        caption="can never hold",
        help="loosen one of the parts, or write `or` where either may hold",
        labels=tuple(Label(one, "excludes the other part") for one in spans if one != span),
    )


def _covers(outer: Span, inner: Span) -> bool:
    return (
        outer.file == inner.file
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )
