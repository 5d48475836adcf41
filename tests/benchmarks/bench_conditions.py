"""How long a condition takes to be read and type-checked."""

from __future__ import annotations

from tests.benchmarks.rows import Row, best

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_parser import parse_condition
from playbook_compiler.condition_scope import ConditionScope
from playbook_compiler.facts import IdKind
from playbook_compiler.source import Span

CONDITIONS = (
    "orders >= 1",
    "days_since_last_order > 120",
    "rfm in (champion, loyal)",
    "not audience(lapsed)",
    "order has category = tea",
    "event(product_browsed) within 14d",
    "orders >= 1 and days_since_last_order > 120",
    "engaged(email) within 90d and not (orders > 3 or revenue in top 20%)",
)
AIM = 14e-6  # seconds, of the design's machine when idle: to compare with, not a demand
REPEATS, CALLS = 25, 1_000


def main(quick: bool) -> list[Row]:
    """Return one row a condition."""
    ids = {IdKind.AUDIENCE: frozenset({"core", "lapsed"})}
    scope = ConditionScope(BUILT_IN, ids)

    def place(start: int, end: int) -> Span:
        return Span("playbook.yaml", 3, 11 + start, 3, 11 + end)

    rows = []
    for text in CONDITIONS:

        def read(text: str = text) -> None:
            condition, found = parse_condition(text, scope, place)
            assert condition is not None, found

        time = best(read, 5 if quick else REPEATS, calls=CALLS)
        rows.append(Row(f"condition `{text}`", time, "the aim of 14 us", AIM))
    return rows
