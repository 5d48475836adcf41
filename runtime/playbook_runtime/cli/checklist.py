"""Show the checklists of a playbook: what it does itself, what a person ticks, what is open.

What an item says under `verify` is read and not evaluated yet, so that such an item is open.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator, Sequence

import click

from playbook_compiler.checklists import ChecklistItem
from playbook_compiler.diagnostics import shown
from playbook_compiler.fulfilment import Fulfilment, fulfilment
from playbook_compiler.model import Playbook
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import STAGES
from playbook_runtime.cli._findings import compiled_or_exit
from playbook_runtime.counted import count_of

DONE, MISSING, OPEN, PERSON = "done", "not done", "open", "person"
MARKS = {DONE: "[x]", MISSING: "[!]", OPEN: "[ ]", PERSON: "[ ]"}
SUMMARY = {
    DONE: "done by the playbook",
    MISSING: "not done",
    PERSON: "ticked by a person",
    OPEN: "open",
}
NO_STAGE = ""
WIDTH = 78


@dataclass(frozen=True, slots=True)
class Line:
    """An item in a stage: how it is known whether it is in place, and where that stands."""

    item: ChecklistItem
    state: str
    found: Fulfilment | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A checklist in a stage; the stage is empty for a list that no stage names."""

    stage: str
    name: str
    lines: tuple[Line, ...]


@click.command()
@click.argument("path", default=".")
@click.option("--stage", type=click.Choice(STAGES), help="Only the lists of this stage.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the lists are shown.",
)
@click.pass_context
def command(ctx: click.Context, path: str, stage: str | None, output_format: str) -> None:
    """Show the checklists of the playbook at PATH (the current folder), stage by stage.

    Exits with 0 also where items are not done, 1 on errors in the playbook, 2 on wrong usage.
    """
    compiled = compiled_or_exit(path, quiet=True)
    assert compiled.graph is not None
    playbook = compiled.graph.playbook
    lists = tuple(checklists(playbook, stage))
    if output_format == "json":
        text = json.dumps(as_json(playbook, lists), indent=2, ensure_ascii=False)
    else:
        text = "\n".join(as_text(playbook, lists, stage))
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(f"{text}\n".encode(encoding, "backslashreplace").decode(encoding))


def checklists(playbook: Playbook, only: str | None = None) -> Iterator[Listed]:
    """Yield the lists of each stage in their order, then those that no stage names."""
    named: set[str] = set()
    for stage, settings in playbook.stages.items():
        named.update(settings.checklist)
        if only in (None, stage):
            for name in dict.fromkeys(settings.checklist):
                yield _listed(playbook, stage, name)
    if only is None:
        for name in playbook.checklists:
            if name not in named:
                yield _listed(playbook, NO_STAGE, name)


def _listed(playbook: Playbook, stage: str, name: str) -> Listed:
    items = playbook.checklists[name]
    return Listed(stage, name, tuple(_line(item, playbook, stage) for item in items))


def _line(item: ChecklistItem, playbook: Playbook, stage: str) -> Line:
    if item.done_by is not None:
        found = fulfilment(item.done_by, playbook, stage)
        return Line(item, DONE if found.done else MISSING, found)
    return Line(item, OPEN if item.verify is not None else PERSON, None)


def as_text(playbook: Playbook, lists: Sequence[Listed], only: str | None) -> Iterator[str]:
    """Yield the lines of the text form: a stage, its lists, their items, and the counts."""
    if not lists:
        where = f" in the stage {only}" if only else ""
        yield f"{shown(playbook.name)} has no checklists{where}."
        yield "They stand under `checklists:`, and a stage names its own: `checklist: [...]`."
        return
    yield shown(playbook.name)
    stage = None
    for listed in lists:
        if listed.stage != stage:
            stage = listed.stage
            stated = " (the stage of this playbook)" if stage == playbook.stage else ""
            yield ""
            yield f"Stage {stage}{stated}" if stage else "In no stage"
        yield ""
        yield f"  {listed.name}"
        for line in listed.lines:
            yield f"    {MARKS[line.state]} {shown(line.item.item)}"
            for words in _how(line):
                yield from textwrap.wrap(words, WIDTH, initial_indent=" " * 8,
                                         subsequent_indent=" " * 8, break_long_words=False,
                                         break_on_hyphens=False)  # fmt: skip
    yield ""
    yield _summary(lists)


def _how(line: Line) -> Iterator[str]:
    """Yield in words how it is known whether an item is in place."""
    item, found = line.item, line.found
    if found is not None and item.done_by is not None:
        span = found.span
        place = f" ({span.file}:{span.line})" if span is not None else ""
        yield f"done by {item.done_by}{place}" if found.done else f"{found.why}{place}"
    if item.verify is not None:
        columns = " and ".join(item.verify.columns)
        yield (
            f"to be shown by data: {item.verify}; not evaluated yet (a later version will need the"
            f" columns {columns})"
        )
    if item.owner:
        yield f"{shown(item.owner)} sees to it" + (f", every {item.every}" if item.every else "")
    if item.evidence:
        yield f"evidence: {shown(item.evidence)}"


def _summary(lists: Sequence[Listed]) -> str:
    counts = _counts(lists)
    total = sum(counts.values())
    parts = [f"{counts[state]} {words}" for state, words in SUMMARY.items() if counts[state]]
    return f"{count_of(total, 'item')}: {', '.join(parts)}"


def _counts(lists: Sequence[Listed]) -> dict[str, int]:
    """Count items by their state; an item of two stages counts in both."""
    states = [line.state for listed in lists for line in listed.lines]
    return {state: states.count(state) for state in SUMMARY}


def as_json(playbook: Playbook, lists: Sequence[Listed]) -> dict[str, object]:
    """Return the JSON form: the lists with their items, and the counts by state."""
    return {
        "version": 1,
        "playbook": playbook.name,
        "stage": playbook.stage,
        "checklists": [
            {
                "stage": listed.stage or None,
                "checklist": listed.name,
                "items": [_as_json(line) for line in listed.lines],
            }
            for listed in lists
        ],
        "summary": {state.replace(" ", "_"): n for state, n in _counts(lists).items()},
    }


def _as_json(line: Line) -> dict[str, object]:
    item, found = line.item, line.found
    span = found.span if found is not None else None
    said: dict[str, object] = {"item": item.item, "state": line.state.replace(" ", "_")}
    if item.done_by is not None:
        said["done_by"] = {"kind": item.done_by.kind, "name": item.done_by.name}
    if found is not None and found.why:
        said["why"] = found.why
    if span is not None:
        said["place"] = {"file": span.file, "line": span.line}
    if item.verify is not None:
        said["verify"] = {"test": str(item.verify), "columns": list(item.verify.columns)}
    for name in ("owner", "every", "evidence", "strategy"):
        value = getattr(item, name)
        if value:
            said[name] = str(value)
    return said
