"""Conditions for tests: a scope with some declared names, and parsing that reports offsets."""

from __future__ import annotations

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_parser import parse_condition
from playbook_compiler.condition_scope import ConditionScope
from playbook_compiler.conditions import Condition
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.facts import Fact, IdKind, Where, custom_event, custom_fact
from playbook_compiler.source import Span

IDS = {
    IdKind.AUDIENCE: frozenset({"core", "lapsed", "in"}),
    IdKind.FLOW: frozenset({"win-back", "win-back/second", "welcome"}),
    IdKind.MESSAGE: frozenset({"come-back", "best-sellers"}),
    IdKind.OFFER: frozenset({"come-back", "sampler"}),
    IdKind.TIER: frozenset({"leaf", "bud", "blossom"}),
}


def own_facts() -> list[Fact]:
    """Facts as a shop declares them."""
    written: dict[str, str | list[str]] = {
        "has_account": "boolean",
        "gender": ["f", "m", "x"],
        "height": "number",
        "joined": "date",
        "hobbies": "tags",
        "returns": "share",
    }
    facts = [custom_fact(name, kind) for name, kind in written.items()]
    return [fact for fact in facts if isinstance(fact, Fact)]


def scope(trigger: str | None = None, where: Where = Where.CUSTOMER) -> ConditionScope:
    """Return a scope with IDS and own facts; products and categories are not declared."""
    event = custom_event("back_in_stock", {"product.sku": "text"})
    assert not isinstance(event, str)
    catalogue = BUILT_IN.with_custom(facts=own_facts(), events=[event])
    return ConditionScope(catalogue, IDS, where=where, trigger=trigger)


def in_file(start: int, end: int) -> Span:
    """Place a condition at line 3, column 11 of a file."""
    return Span("playbook.yaml", 3, 11 + start, 3, 11 + end)


def parse(
    text: str, where: ConditionScope | None = None
) -> tuple[Condition | None, list[Diagnostic]]:
    """Parse in the default scope."""
    return parse_condition(text, where or scope(), in_file)


def parsed(text: str, where: ConditionScope | None = None) -> Condition:
    """Return the tree of a condition that has to be right."""
    condition, found = parse(text, where)
    assert not found, [one.message for one in found]
    assert condition is not None
    return condition


def only(text: str, where: ConditionScope | None = None) -> Diagnostic:
    """Return the one finding of a condition that has to be wrong."""
    condition, found = parse(text, where)
    assert condition is None
    assert len(found) == 1, [one.message for one in found]
    return found[0]


def covered(text: str, span: Span) -> str:
    """Return the part of a one-line condition that a span covers."""
    return text[span.column - 11 : span.end_column - 11]
