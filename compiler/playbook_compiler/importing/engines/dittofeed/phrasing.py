"""A segment's tree as one condition of the same form: `and` within `or` as the segment has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from playbook_compiler.export.logic import All, Leaf, Tree
from playbook_compiler.importing.literals import Literal
from playbook_compiler.importing.wordings import any_of, bracketed, known, ranges

# Returns what tests that stand beside each other say together, else None.
Read: TypeAlias = Callable[[Leaf], Literal | None]
Together: TypeAlias = Callable[[Sequence[Leaf], bool], Literal | None]
Part: TypeAlias = "Literal | Tree"


def phrase(
    tree: Tree, read: Read, together: Together, sure: frozenset[str] = frozenset()
) -> str | None:
    """Return a tree as a condition, None where a test has no words. `sure` are facts that have a
    value where the tree is asked."""
    if isinstance(tree, Leaf):
        literal = read(tree)
        return None if literal is None else _said(literal, sure)
    conjunction = isinstance(tree, All)
    parts = parts_of(tree.parts, read, together, conjunction=conjunction)
    if not parts:
        return None
    here = [part for part in parts if isinstance(part, Literal)]
    inside = sure | known(here) if conjunction else sure
    about = {one.fact for one in here if one.yes.asserts is None}
    about |= {_only_fact(part, read) for part in parts if not isinstance(part, Literal)}
    texts: list[str] = []
    for part in parts:
        if not isinstance(part, Literal):
            text = phrase(part, read, together, inside)
        elif conjunction and part.yes.asserts and part.fact in about:
            continue
        else:
            text = _said(part, inside)
        if text is None:
            return None
        texts.append(text)
    if not conjunction:
        return any_of(texts)
    texts = ranges(texts)
    return " and ".join(texts if len(texts) == 1 else [bracketed(one) for one in texts])


def parts_of(
    parts: Sequence[Tree], read: Read, together: Together, *, conjunction: bool
) -> list[Part]:
    """Return the parts of a tree; two tests that mean one thing together are one literal."""
    found: list[Part] = []
    place = 0
    while place < len(parts):
        one, pair = parts[place], parts[place : place + 2]
        leaves = [part for part in pair if isinstance(part, Leaf)]
        joined = together(leaves, conjunction) if len(leaves) == 2 else None
        literal = joined or (read(one) if isinstance(one, Leaf) else None)
        found.append(literal if literal is not None else one)
        place += 1 if joined is None else 2
    return found


def _said(literal: Literal, sure: frozenset[str]) -> str:
    return literal.yes.text if literal.fact in sure else literal.yes.alone


def _only_fact(tree: Tree, read: Read) -> str:
    """Return the fact that all tests of a part are about, empty for none or several."""
    if isinstance(tree, Leaf):
        return ""
    literals = [read(part) if isinstance(part, Leaf) else None for part in tree.parts]
    facts = {one.fact if one is not None else "" for one in literals}
    return facts.pop() if len(facts) == 1 else ""
