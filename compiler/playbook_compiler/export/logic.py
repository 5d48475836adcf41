"""Three-valued conditions as trees of an engine's own tests, for engines that nest `and` and `or`.

Most engines know no negation, so a formula carries its opposite along; and ours are three-valued
(unknown facts), so a lowered condition says separately when it is true and when it is false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from playbook_compiler.conditions import And, Condition, Not, Or
from playbook_compiler.values import dataclass

Test: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One test in the engine's own form."""

    test: Test


@dataclass(frozen=True, slots=True)
class All:
    """Holds where every part does; without parts always."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """Holds where some part does; without parts never."""

    parts: tuple[Tree, ...]


Tree: TypeAlias = Leaf | All | Any_
ALWAYS = All(())
NEVER = Any_(())


@dataclass(frozen=True, slots=True)
class Formula:
    """A tree that holds when it is so (`yes`), and one that holds when it is not (`no`)."""

    yes: Tree
    no: Tree

    def opposite(self) -> Formula:
        """Return the formula that holds when this one does not."""
        return Formula(self.no, self.yes)


TRUE = Formula(ALWAYS, NEVER)
FALSE = Formula(NEVER, ALWAYS)


@dataclass(frozen=True, slots=True)
class Lowered:
    """A three-valued condition: when it is true, and when it is false; else it is unknown."""

    true: Formula
    false: Formula

    @staticmethod
    def known(test: Formula) -> Lowered:
        """Return a condition that is always true or false."""
        return Lowered(test, test.opposite())

    @staticmethod
    def where(known: Formula, test: Formula) -> Lowered:
        """Return a condition that is unknown unless `known`."""
        return Lowered(both(known, test), both(known, test.opposite()))


def single(yes: Test, no: Test) -> Formula:
    """Return a formula of one test and the test that holds when it does not."""
    return Formula(Leaf(yes), Leaf(no))


def both(*parts: Formula) -> Formula:
    """Return a formula that holds when all parts do."""
    return Formula(all_of(part.yes for part in parts), any_of(part.no for part in parts))


def either(*parts: Formula) -> Formula:
    """Return a formula that holds when some part does."""
    return Formula(any_of(part.yes for part in parts), all_of(part.no for part in parts))


def all_of(parts: Iterable[Tree]) -> Tree:
    """Return the conjunction of trees: flat, without repetition and without what is sure."""
    flat: list[Tree] = []
    for part in parts:
        flat += part.parts if isinstance(part, All) else (part,)
    if NEVER in flat:
        return NEVER
    unique = _unique(flat)
    return unique[0] if len(unique) == 1 else All(tuple(unique))


def any_of(parts: Iterable[Tree]) -> Tree:
    """Return the disjunction of trees: flat, without repetition and without what is sure."""
    flat: list[Tree] = []
    for part in parts:
        flat += part.parts if isinstance(part, Any_) else (part,)
    if ALWAYS in flat:
        return ALWAYS
    unique = _unique(flat)
    return unique[0] if len(unique) == 1 else Any_(tuple(unique))


def _unique(parts: list[Tree]) -> list[Tree]:
    found: list[Tree] = []
    for part in parts:
        if part not in found:
            found.append(part)
    return found


def leaves(tree: Tree) -> Iterable[Test]:
    """Return every test of a tree, from left to right."""
    if isinstance(tree, Leaf):
        yield tree.test
        return
    for part in tree.parts:
        yield from leaves(part)


def lowered(condition: Condition, test: Callable[[Condition], Lowered]) -> Lowered:
    """Return a condition for an engine; `test` lowers what is neither `and`, `or` nor `not`."""
    match condition:
        case And(parts):
            found = [lowered(part, test) for part in parts]
            true, false = [one.true for one in found], [one.false for one in found]
            return Lowered(both(*true), either(*false))
        case Or(parts):
            found = [lowered(part, test) for part in parts]
            true, false = [one.true for one in found], [one.false for one in found]
            return Lowered(either(*true), both(*false))
        case Not(part):
            inner = lowered(part, test)
            return Lowered(inner.false, inner.true)
        case _:
            return test(condition)
