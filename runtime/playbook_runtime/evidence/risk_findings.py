"""The library's rule `target.by_risk`: who is likeliest to leave is not who is best to write to.

Ascarza 2018 (Journal of Marketing Research 55(1)): in two field experiments, targeting customers by
their risk did no better than by chance; what counts is how much a message changes them.
"""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.conditions import And, Compare, Condition, InAudience
from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.source import Span
from playbook_compiler.triggers import EntersAudience

RULE = "target-by-risk"
ALIVE = "probability_alive"


def risk_findings(playbook: Playbook) -> Iterator[Diagnostic]:
    """Yield a hint for every flow that is on and whose customers are those likeliest to leave."""
    told: set[Span] = set()
    for flow in playbook.flows.values():
        if not flow.enabled:
            continue
        for condition in _entry(flow, playbook):
            for test in _risky(condition, playbook, frozenset()):
                if test.span not in told:
                    told.add(test.span)
                    yield _found(test, flow)


def _entry(flow: Flow, playbook: Playbook) -> Iterator[Condition]:
    """Yield what must hold of whoever enters a flow."""
    for condition in (flow.audience, flow.trigger.where):
        if condition is not None:
            yield condition
    if isinstance(flow.trigger, EntersAudience):
        yield playbook.audiences[flow.trigger.enters].where


def _risky(condition: Condition, playbook: Playbook, seen: frozenset[str]) -> Iterator[Compare]:
    """Yield the tests for a low chance to be alive that a condition asks for in any case."""
    match condition:
        case And(parts=parts):
            for part in parts:
                yield from _risky(part, playbook, seen)
        case Compare(fact=fact, operator="<" | "<=") if fact.name == ALIVE:
            yield condition
        case InAudience(audience=name) if name not in seen:
            yield from _risky(playbook.audiences[name].where, playbook, seen | {name})


def _found(test: Compare, flow: Flow) -> Diagnostic:
    return hint(
        RULE,
        f"`{flow.id}` goes to those who are likeliest to have left, and the highest risk is not the"
        " best target",
        test.span,
        caption="chosen by risk alone",
        help="give it an upper and a lower bound, for example `probability_alive between 40% and"
        " 70%`, and let a holdout show whom it moves",
    )
