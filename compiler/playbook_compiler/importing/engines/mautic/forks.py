"""Conditions of a campaign as forks, joined again where one of ours became several events.

A condition with several tests is a chain of events `id`, `id~1`, ...; a branch a chain `id~1`,
`id~2`, ... of which each asks where the one before said no; a split such a chain on one number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from playbook_compiler.importing.engines.mautic.filters import complement
from playbook_compiler.importing.names import is_id
from playbook_compiler.targets.mautic.logic import Filter, Formula, all_of, any_of
from playbook_compiler.values import dataclass, replace

SPLIT = "split_"
_CASE = re.compile(r"(.+)~([1-9][0-9]{0,2})")
_LAST_ARMS = ("none", "rest", "others", "control", "everybody-else")


@dataclass(frozen=True, slots=True)
class Fork:
    """A condition: what it asks, where its answers lead, its name, and the id that it had."""

    formula: Formula
    yes: str | None
    no: str | None
    wanted: str
    name: str
    path: str

    def turned(self, formula: Formula) -> Fork:
        """Return the same question asked the other way round."""
        return replace(self, formula=formula, yes=self.no, no=self.yes)


Forks = dict[str, Fork]
Resolve = Callable[[str | None], str | None]


def joined(forks: Forks, resolve: Resolve, coming: Callable[[str], int]) -> None:
    """Join conditions of ours that were one: `coming` counts the ways that lead to a block."""
    changed = True
    while changed:
        changed = False
        for id_, one in [*forks.items()]:
            if id_ not in forks or forks[id_] is not one:
                continue
            for target in (resolve(one.yes), resolve(one.no)):
                other = forks.get(target) if target is not None else None
                if other is None or target is None or coming(target) != 1:
                    continue
                if not _continues(one, other):
                    continue
                made = _together(one, other, target, resolve)
                if made is not None:
                    forks[id_] = made
                    del forks[target]
                    changed = True
                    break


def _continues(one: Fork, other: Fork) -> bool:
    """Return whether two conditions are of one: by their ids, or by their names besides."""
    if not one.wanted or not other.wanted:
        return False
    if re.fullmatch(re.escape(one.wanted) + r"(?:~[0-9]+)+", other.wanted):
        return True
    return one.name == other.name and _root(one.wanted) == _root(other.wanted)


def _root(wanted: str) -> str:
    return re.sub(r"(?:~[0-9]+)+\Z", "", wanted)


def gate(fork: Fork, resolve: Resolve, *, ends: bool) -> tuple[Formula, str | None] | None:
    """Return what ends a run where it holds (`ends`), or where it does not, and where the others
    go on; None where both ways go on. A question may be asked the other way round."""
    end, other = (fork.yes, fork.no) if ends else (fork.no, fork.yes)
    if resolve(end) is None:
        return fork.formula, other
    turned = complement(fork.formula)
    if resolve(other) is not None or turned is None:
        return None
    return turned, end


def _together(one: Fork, other: Fork, target: str, resolve: Resolve) -> Fork | None:
    """Return two conditions as one, None where their answers lead to different places."""
    by_yes = resolve(one.yes) == target
    past = resolve(one.no if by_yes else one.yes)
    opposite = complement(one.formula)
    here, there = (one.formula, opposite) if by_yes else (opposite, one.formula)
    turned = complement(other.formula)
    for second, yes, no in ((other.formula, other.yes, other.no), (turned, other.no, other.yes)):
        if second is None:
            continue
        both, either = (here, all_of, no), (there, any_of, yes)
        for first, together, end in (both, either) if by_yes else (either, both):
            if first is not None and past == resolve(end):
                return replace(one, formula=together(first, second), yes=yes, no=no)
    return None


@dataclass(frozen=True, slots=True)
class Chain:
    """Conditions of which each asks where the one before said no. `name` is the step's id."""

    name: str
    ids: tuple[str, ...]
    otherwise: str | None


def chains(
    forks: Mapping[str, Fork], resolve: Resolve, coming: Callable[[str], int]
) -> list[Chain]:
    """Return the branches and splits among conditions of ours."""
    found = []
    heads = {one.wanted for one in forks.values()}
    for id_, one in forks.items():
        said = _CASE.fullmatch(one.wanted)
        arm = one.wanted.rpartition("~") if is_split(one) is not None else None
        if arm is not None and arm[0]:
            before = any(
                resolve(other.no) == id_ and _base(other) == arm[0] and is_split(other) is not None
                for other in forks.values()
            )
            if not before:
                found.append(_chain(arm[0], id_, forks, resolve, coming, split=True))
        elif said is not None and said[2] == "1" and said[1] not in heads:
            found.append(_chain(said[1], id_, forks, resolve, coming, split=False))
    return found


def _base(fork: Fork) -> str:
    return fork.wanted.rpartition("~")[0]


def _chain(
    name: str,
    first: str,
    forks: Mapping[str, Fork],
    resolve: Resolve,
    coming: Callable[[str], int],
    *,
    split: bool,
) -> Chain:
    ids = [first]
    while True:
        following = resolve(forks[ids[-1]].no)
        other = forks.get(following) if following is not None else None
        if other is None or following is None or following in ids or coming(following) != 1:
            break
        wanted = f"{name}~{len(ids) + 1}"
        if (is_split(other) is None or _base(other) != name) if split else other.wanted != wanted:
            break
        ids.append(following)
    return Chain(name, tuple(ids), forks[ids[-1]].no)


def is_split(fork: Fork) -> Decimal | None:
    """Return the number below which an arm of a split of ours draws, None for other conditions."""
    one = fork.formula
    if not isinstance(one, Filter) or one.operator != "lt" or not one.field.startswith("pb_split_"):
        return None
    try:
        limit = Decimal(one.value)
    except InvalidOperation:
        return None
    return limit if 0 < limit < 100 else None


def arms(
    chain: Chain, forks: Mapping[str, Fork], below: Callable[[str | None], list[str]]
) -> list[tuple[str, Decimal]] | None:
    """Return the names and shares of a split's arms, the last one's made where no step tells it;
    None where the shares are none. `below` returns the ids of the steps that follow."""
    found: list[tuple[str, Decimal]] = []
    lower = Decimal(0)
    for id_ in chain.ids:
        limit = is_split(forks[id_])
        name = forks[id_].wanted.rpartition("~")[2]
        if limit is None or limit <= lower or not is_id(name) or name in dict(found):
            return None
        found.append((name, limit - lower))
        lower = limit
    inside = next((one for one in below(chain.otherwise) if one.startswith(f"{chain.name}.")), "")
    told = inside.removeprefix(f"{chain.name}.").partition(".")[0].partition("~")[0]
    taken = dict(found)
    others = (one for one in (told, *_LAST_ARMS, "last-arm") if is_id(one) and one not in taken)
    found.append((next(others), 100 - lower))
    return found
