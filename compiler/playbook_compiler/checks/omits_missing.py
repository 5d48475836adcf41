"""A condition that leaves out customers without a value, contrary to how it reads."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.catalogue import NEVER_BOUGHT
from playbook_compiler.checks._conditions import entry_parts, who_belongs
from playbook_compiler.conditions import Condition, facts_read
from playbook_compiler.conditions_analysis import omits_missing
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.source import Span
from playbook_compiler.steps import Branch, If

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find such tests where customers are chosen; in an `if` or a case, where `else` takes those
    left out, only tests that omit who never bought, in flows that nowhere ask for orders."""
    yield from _within_runs(graph)
    flows = graph.playbook.flows
    for placed in who_belongs(graph.playbook):
        parts = entry_parts(flows[placed.flow], graph.playbook) if placed.flow else []
        bought = any(_reads_orders(part.condition) for part in parts)
        for fact, span in omits_missing(placed.condition):
            never = fact.missing_for == NEVER_BOUGHT
            if (bought and never) or fact.type is ValueType.YEARLY_DATE:
                continue  # nobody thinks that a birthday without a date is between two
            yield _found(fact, span, never=never)


def _within_runs(graph: TriggerGraph) -> Iterator[Diagnostic]:
    flows = graph.playbook.flows
    asked: dict[str, list[Condition]] = {}
    for node in graph.nodes.values():
        if isinstance(node.what, If):
            asked.setdefault(node.flow, []).append(node.what.condition)
        elif isinstance(node.what, Branch):
            cases = [case.condition for case in node.what.branch]
            asked.setdefault(node.flow, []).extend(cases)
    for name, conditions in asked.items():
        if any(_reads_orders(condition) for condition in conditions):
            continue  # the flow tells those who never bought apart
        found = [
            (fact, span)
            for condition in conditions
            for fact, span in omits_missing(condition)
            if fact.missing_for == NEVER_BOUGHT
        ]
        parts = entry_parts(flows[name], graph.playbook) if found else []
        if not any(_reads_orders(part.condition) for part in parts):
            for fact, span in found:
                yield _found(fact, span, never=True)


def _reads_orders(condition: Condition) -> bool:
    return any(read.fact.name == "orders" for read in facts_read(condition))


def _found(fact: Fact, span: Span, *, never: bool) -> Diagnostic:
    return warning(
        RULE,
        f"this leaves out {fact.missing_for}: they have no `{fact}`"
        if never
        else f"this leaves out everyone whose `{fact}` is not known",
        span,
        caption="unknown counts as no",
        help=(
            "say which you mean: `orders >= 1 and ...` without them, or"
            " `... or orders = 0` with them"
            if never
            else f"say which you mean: `{fact} is known and ...`, or `... or {fact} is unknown`"
        ),
    )
