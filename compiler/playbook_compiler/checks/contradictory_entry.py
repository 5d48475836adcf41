"""A flow that nobody can enter: its trigger and its audience exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import entry_parts, meanings
from playbook_compiler.conditions import all_of
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows whose parts hold one by one but never together."""
    told = meanings(graph.playbook)
    for flow in graph.playbook.flows.values():
        parts = entry_parts(flow, graph.playbook)
        meant = [told.of(part.condition) for part in parts]
        if len(parts) < 2 or any(is_impossible(one) for one in meant):
            continue
        last = next((n for n in range(2, len(meant) + 1) if is_impossible(all_of(meant[:n]))), None)
        if last is None:
            continue
        here = parts[last - 1]
        first = next(
            (
                part
                for part, one in zip(parts, meant[: last - 1], strict=False)
                if is_impossible(all_of([one, meant[last - 1]]))
            ),
            parts[0],
        )
        yield error(
            RULE,
            f"nobody can enter `{flow.id}`: whoever its trigger starts is never in this",
            here.span,
            caption=f"never true together with {first.condition}",
            help=(
                "conditions are read with the triggering event in them: right after an order"
                " `days_since_last_order` is 0, and with `inactive_for: 120d` it is 120"
            ),
            labels=(Label(first.span, f"this means {first.condition}"),),
        )
