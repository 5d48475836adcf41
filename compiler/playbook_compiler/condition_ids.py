"""The ids that a name can mean: those of a tactic have its name and one slash before them."""

from __future__ import annotations

from collections.abc import Set
from functools import lru_cache

from playbook_compiler.facts import IdKind

# What a tactic defines, so that its id is `TACTIC/ID`.
TACTIC_KINDS = (IdKind.AUDIENCE, IdKind.FLOW, IdKind.MESSAGE, IdKind.OFFER)


def full_ids(name: str, known: Set[str], tactic: str = "") -> tuple[str, ...]:
    """Return the ids that `name` can mean in a file of `tactic` (empty: in the playbook).

    The tactic's own ids come first, then the playbook's. A short name means what some tactic calls
    so, or the only such thing of the tactic of that name: `win-back` is `win-back/lapsed`.

    >>> known = {"core", "win-back/lapsed", "win-back/core", "thank-you/thank-you"}
    >>> full_ids("core", known), full_ids("core", known, "win-back")
    (('core',), ('win-back/core',))
    >>> full_ids("lapsed", known), full_ids("win-back", known)
    (('win-back/lapsed',), ('win-back/core', 'win-back/lapsed'))
    """
    if tactic and f"{tactic}/{name}" in known:
        return (f"{tactic}/{name}",)
    if name in known:
        return (name,)
    if "/" in name:
        return ()
    if f"{name}/{name}" in known:
        return (f"{name}/{name}",)
    return tuple(one for of, own, one in _of_tactics(frozenset(known)) if name in (of, own))


@lru_cache(maxsize=16)
def _of_tactics(known: frozenset[str]) -> tuple[tuple[str, str, str], ...]:
    """Return the ids of tactics, sorted, with their two parts: asked for each unknown name."""
    split = ((one.partition("/"), one) for one in sorted(known))
    return tuple((of, own, one) for (of, slash, own), one in split if slash)
