"""Literals of conditions: what a test of an engine says, and what its opposite says.

A literal knows two wordings: `text` where it is known that the fact has a value, and `alone` where
it is not. `properties['x'] not-equals a or not-set` is `x != a` for those who have an x.
"""

from __future__ import annotations

from typing import Final

from playbook_compiler.values import dataclass

OPPOSITE: Final = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
ORDERS: Final = "orders >= 1"
NEVER_ORDERED: Final = "orders < 1"
ORDERS_FACT: Final = "~orders"  # what is unknown of those who never ordered


@dataclass(frozen=True, slots=True)
class Side:
    """A literal as it is written. `implies`: it holds only where its fact has a value; `asserts`:
    it says of the fact just that it has one (True) or none (False)."""

    text: str
    alone: str
    implies: bool = False
    asserts: bool | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal about a fact (empty: about none that can be unknown), and its opposite."""

    fact: str
    yes: Side
    no: Side

    def opposite(self) -> Literal:
        """Return the literal that holds where this one does not."""
        return Literal(self.fact, self.no, self.yes)


def sure(yes: str, no: str = "") -> Literal:
    """Return a literal that is always true or false."""
    other = no or (yes.removeprefix("not ") if yes.startswith("not ") else f"not {yes}")
    return Literal("", Side(yes, yes), Side(other, other))


def is_known(fact: str, yes: str, no: str) -> Literal:
    return Literal(fact, Side(yes, yes, True, True), Side(no, no, False, False))


def compared(fact: str, sign: str, value: str, missing: str) -> Literal:
    """Return a comparison of a fact that some customers lack."""
    yes, no = f"{fact} {sign} {value}", f"{fact} {OPPOSITE[sign]} {value}"
    known = ORDERS_FACT if missing == NEVER_ORDERED else fact
    return Literal(known, Side(yes, yes, True), Side(no, f"{no} or {missing}"))
