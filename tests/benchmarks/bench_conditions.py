"""How long a condition takes to be read and type-checked; run as a module, prints a table."""

from __future__ import annotations

import timeit

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
TARGET_US = 14.0
REPEATS, NUMBER = 25, 1_000


def microseconds(text: str, scope: ConditionScope) -> float:
    """Return the least time of one parse with type check, spans on one line."""

    def place(start: int, end: int) -> Span:
        return Span("playbook.yaml", 3, 11 + start, 3, 11 + end)

    condition, found = parse_condition(text, scope, place)
    assert condition is not None, found
    runs = timeit.repeat(lambda: parse_condition(text, scope, place), number=NUMBER, repeat=REPEATS)
    return min(runs) / NUMBER * 1e6


def main() -> None:
    """Print one line a condition."""
    ids = {IdKind.AUDIENCE: frozenset({"core", "lapsed"})}
    scope = ConditionScope(BUILT_IN, ids)
    print(f"conditions: microseconds a parse with type check (target {TARGET_US:.0f} a test)")
    for text in CONDITIONS:
        print(f"  {microseconds(text, scope):6.1f}  {text}")


if __name__ == "__main__":
    main()
