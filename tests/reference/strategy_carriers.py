"""What carries each strategy out in the shipped library: flows, items of checklists, sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.reference.strategy_frames import FRAMES
from tests.runtime.plain_shop import ARGUMENTS, NAMES, compiled, head, shop

from playbook_compiler.model import Playbook
from playbook_compiler.strategies import STRATEGIES
from playbook_compiler.tactic import Figure
from playbook_runtime import library
from playbook_runtime.checked import compile_and_check


@dataclass(frozen=True, slots=True)
class Carrier:
    """Something of a shipped file that carries a strategy out; `file` is its path in playbooks/."""

    file: str
    what: str


@dataclass(frozen=True, slots=True)
class Row:
    """A strategy with what carries it out, and the figures that tactics quote for it."""

    id: str
    carriers: tuple[Carrier, ...]
    figures: tuple[tuple[str, str], ...]


class NotClean(Exception):
    """A shipped file has findings, and so carries nothing out."""


@cache
def stage_playbook(name: str) -> Playbook:
    """Return a shipped playbook; NotClean if anything is found in it."""
    found = compile_and_check(str(library.playbook_path(name)))
    if found.graph is None or found.diagnostics:
        raise NotClean(f"{name}: {[one.message for one in found.diagnostics]}")
    return found.graph.playbook


@cache
def tactic_playbook(name: str) -> Playbook:
    """Return a plain shop with one tactic; NotClean if anything is found in it."""
    with TemporaryDirectory() as folder:
        graph, found = compiled(Path(folder), shop({name: ARGUMENTS.get(name, "{}")}))
    if graph is None or found:
        raise NotClean(f"{name}: {found}")
    return graph.playbook


def rows() -> tuple[Row, ...]:
    """Return the catalogue in its order."""
    found: dict[str, list[Carrier]] = {strategy: [] for strategy in STRATEGIES}
    for name in library.names():
        for strategy, what in carried(stage_playbook(name)):
            found[strategy].append(Carrier(f"{name}.yaml", what))
    for name in NAMES:
        playbook = tactic_playbook(name)
        frames = {one for one in FRAMES if one[0] == "P"}
        told = list(carried(playbook, f"{name}/", frames))
        first = head(name).strategy[0]
        if not any(strategy == first for strategy, _ in told):
            # A checklist whose items belong to strategies of their own: F4.
            told += [(first, f"checklist `{one.partition('/')[2]}`") for one in playbook.checklists]
        for strategy, what in told:
            found[strategy].append(Carrier(f"tactics/{name}.yaml", what))
    figures = figures_by_strategy()
    return tuple(Row(one, tuple(found[one]), figures.get(one, ())) for one in STRATEGIES)


def carried(
    playbook: Playbook, tactic: str = "", frames: set[str] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield each strategy that a playbook itself carries out, or one tactic of it, with what does.

    `tactic` is `NAME/`; parts of tactics are told with the tactic, not with the playbook. `frames`
    are those to look at, all if None. KeyError for a strategy that the catalogue does not have.
    """
    for strategy, frame in FRAMES.items():
        if (frames is None or strategy in frames) and frame.holds(playbook):
            yield strategy, frame.section
    for flow in playbook.flows.values():
        if flow.strategy and _is_of(flow.id, tactic):
            STRATEGIES[flow.strategy]
            yield flow.strategy, f"flow `{flow.id.removeprefix(tactic)}`"
    for name, items in playbook.checklists.items():
        for item in items:
            if item.strategy and _is_of(name, tactic):
                STRATEGIES[item.strategy]
                yield item.strategy, f"item “{item.item}”"


def _is_of(id_: str, tactic: str) -> bool:
    return id_.startswith(tactic) if tactic else "/" not in id_


def figures_by_strategy() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return the figures, each with its grade, that the heads of tactics quote for a strategy."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for name in NAMES:
        said = head(name)
        for figure in said.figures:
            strategy = figure_strategy(figure, said.strategy)
            found.setdefault(strategy, {})[" ".join(figure.figure.split()), figure.grade] = None
    return {strategy: tuple(sorted(pairs)) for strategy, pairs in found.items()}


def figure_strategy(figure: Figure, strategies: tuple[str, ...]) -> str:
    """Return the strategy that a figure is about: its own, else the tactic's first."""
    return figure.strategy or strategies[0]


def used_by(name: str) -> tuple[str, ...]:
    """Return the shipped playbooks that use a tactic."""
    return tuple(one for one in library.names() if name in (stage_playbook(one).use or {}))
