"""A strategy that the catalogue does not have: reports could not say what the flow is for."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checklists import ChecklistItem
from playbook_compiler.diagnostics import Diagnostic, Fix, nearest, shown, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.strategies import STRATEGIES

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find `strategy:` values, of flows and of items on checklists, that are no id of it."""
    names = {name.lower(): id_ for id_, name in STRATEGIES.items()}
    playbook = graph.playbook
    carriers: list[Flow | ChecklistItem] = [*playbook.flows.values()]
    carriers += [item for listed in playbook.checklists.values() for item in listed]
    for carrier in carriers:
        strategy = carrier.strategy
        if not strategy or strategy in STRATEGIES:
            continue
        span = carrier.origin.span("strategy")
        close = nearest(strategy.lower(), names)
        meant = strategy.upper() if strategy.upper() in STRATEGIES else None
        guess = meant or (names[close] if close is not None else None)
        yield warning(
            RULE,
            f"unknown strategy `{shown(strategy)}`",
            span,
            caption="expected an id such as S8",
            help=f"did you mean `{guess}` ({STRATEGIES[guess]})?"
            if guess
            else "the catalogue has F1-F11, S1-S17, P1-P8 and O1-O6",
            fix=Fix(span, guess, safe=meant is not None) if guess else None,
        )
