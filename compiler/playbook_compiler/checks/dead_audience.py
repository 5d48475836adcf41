"""An audience that nobody can belong to, because of the audiences that it names."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import living, places, said, told_audiences
from playbook_compiler.conditions_analysis import contradictions, is_impossible
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find the audiences whose own words allow somebody, and whose meaning nobody.

    One that is empty only since it names an empty one is not told again.
    """
    audiences = told_audiences(graph.playbook)
    alive = living(audiences)
    for name in sorted(set(audiences) - set(alive)):
        where = audiences[name]
        if is_impossible(where) or not is_impossible(where, alive):
            continue
        conflict = contradictions(where, alive)[0]
        span = conflict.second or conflict.first
        yield error(
            RULE,
            f"nobody can belong to the audience `{name}`: {said(conflict)}",
            span,
            caption="leaves nobody",
            help="loosen one of the parts, or name another audience",
            labels=places(conflict, graph.playbook, span),
        )
