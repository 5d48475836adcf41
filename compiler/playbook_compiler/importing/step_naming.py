"""Ids of imported steps: what a step had is kept where the language lets it, the rest is unique."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from playbook_compiler.graph import END_STEP, TRIGGER_STEP
from playbook_compiler.importing.names import id_of, is_id
from playbook_compiler.importing.structure import Made
from playbook_compiler.step_ids import own_part, way_id
from playbook_compiler.steps import Step, children


def numbered(steps: Sequence[Made], first: int = 1) -> dict[int, str]:
    """Return an id for every step, by identity, so that they can be read before they have names."""
    return {id(made): f"s{number}" for number, made in enumerate(_all(steps), first)}


def _all(steps: Sequence[Made]) -> Iterator[Made]:
    for made in steps:
        yield made
        for _, inner in made.lists:
            yield from _all(inner)


def named(made: Sequence[Made], read: Sequence[Step]) -> dict[int, str]:
    """Return the ids that have to be written, by the identity of each step.

    `read` are the same steps as the language reads them: an id is written only where it differs
    from the one that the step has by itself.
    """
    wanted = {one.block.wanted for one in _all(made) if one.block.wanted}
    ids: dict[int, str] = {}
    _name(made, read, "", {TRIGGER_STEP, END_STEP}, wanted, ids)
    return ids


def _name(
    made: Sequence[Made],
    read: Sequence[Step],
    prefix: str,
    taken: set[str],
    reserved: set[str],
    ids: dict[int, str],
) -> None:
    following = END_STEP
    for one, step in reversed([*zip(made, read, strict=True)]):
        own = own_part(step, following)
        full, wanted = prefix + own, one.block.wanted
        if wanted and wanted != full and is_id(wanted) and wanted not in taken:
            ids[id(one)] = own = full = wanted
        elif full in taken or (full in reserved and full != wanted):
            ids[id(one)] = own = full = id_of(own, "step", taken | reserved)
        taken.add(full)
        inner = dict(children(step))
        for name, below in one.lists:
            way = name.replace("_", "-")
            _name(below, inner[way], f"{full}.{way_id(step, way)}.", taken, reserved, ids)
        following = own
