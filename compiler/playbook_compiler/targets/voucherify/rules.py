"""Validation rules: what must hold before an offer can be used, as numbered tests and their logic.

Who may use it is asked of segments, which know customers without a value; the rules themselves ask
of the order only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playbook_compiler.targets.voucherify.state import Export
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """What a validation rule asks. Amounts in minor units; `segments` and `products` are
    placeholders, of which the customer is in one and the cart holds one; the discount is for these
    `products` alone. The cart also holds all of `cart`. `per_customer` is
    how often one customer may redeem."""

    minimum: int | None = None
    segments: Sequence[str] | None = None
    products: Sequence[str] = ()
    cart: Sequence[str] = ()
    per_customer: int | None = None

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask."""
        return bool(
            self.minimum is not None
            or self.segments is not None
            or self.products
            or self.cart
            or self.per_customer is not None
        )


def validation_rule(export: Export, name: str, label: str, rule: Rule) -> list[str]:
    """Return the placeholder of the rule as campaigns take it, a list of one; empty for none."""
    if not rule.asks:
        return []
    tests: list[dict[str, Any]] = []
    logic: list[str] = []

    def ask(*alternatives: dict[str, Any]) -> None:
        numbers = range(len(tests) + 1, len(tests) + 1 + len(alternatives))
        tests.extend(alternatives)
        words = " or ".join(str(number) for number in numbers)
        logic.append(f"({words})" if len(alternatives) > 1 else words)

    if rule.minimum is not None:
        ask(test("order.amount", "$more_than_or_equal", rule.minimum))
    if rule.segments is not None:
        ask(*(test("customer.segment", "$is", one) for one in rule.segments))
    if rule.products:
        ask(*(test("order.items.any", "$is", _product(one)) for one in rule.products))
    for one in rule.cart:
        ask(test("order.items.any", "$is", _product(one)))
    if rule.per_customer is not None:
        ask(test("redemption.count.per_customer", "$less_than_or_equal", rule.per_customer))
    payload: dict[str, Any] = {
        "name": export.title(label),
        "type": "expression",
        "context_type": "global",
        "rules": {
            **{str(number): one for number, one in enumerate(tests, 1)},
            "logic": " and ".join(logic),
        },
        "applicable_to": {
            "excluded": [],
            "included": [{**_product(one), "effect": "APPLY_TO_EVERY"} for one in rule.products],
            "included_all": not rule.products,
        },
    }
    return [export.make("validation-rule", name, payload)]


def test(name: str, operator: str, value: Any) -> dict[str, Any]:
    """Return one test of a rule."""
    return {"name": name, "rules": {}, "conditions": {operator: [value]}}


def _product(placeholder: str) -> dict[str, str]:
    return {"object": "product", "id": placeholder}
