"""What a push would do, what it does, and what has drifted, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from shlex import quote
from textwrap import wrap
from typing import Final

from playbook_compiler.diagnostics import shown
from playbook_compiler.export.bundle import Lookup
from playbook_runtime.push.drift import Drift, Found
from playbook_runtime.push.lookups import lookup_lines
from playbook_runtime.push.plan import Action, Plan, Step

WIDTH: Final = 98
_QUIET: Final = (Action.UNCHANGED,)


def plan_text(plan: Plan, title: str, by_hand: Iterable[Lookup], notes: Mapping[str, str]) -> str:
    """Return the plan for a terminal: what is done in its order, then what a person must give."""
    return "\n".join(_plan_lines(plan, title, tuple(by_hand), notes)) + "\n"


def _plan_lines(
    plan: Plan, title: str, by_hand: tuple[Lookup, ...], notes: Mapping[str, str]
) -> Iterator[str]:
    counts = ", ".join(f"{plan.count(one)} {one.value}" for one in Action if plan.count(one))
    yield f"{title}: {counts or 'nothing to push'}"
    told = [step for step in plan.steps if step.action not in _QUIET]
    width = max((len(step.id) for step in told), default=0)
    for step in told:
        yield step_line(step, width)
    if plan.unfinished:
        yield ""
        yield f"An earlier push was cut off at {shown(plan.unfinished)}: --apply first asks"
        yield f"{title} what became of it."
    if plan.asked:
        yield ""
        yield f"Asked of {title} with --apply:"
        yield from (f"  {_spoken(one, notes)}" for one in plan.asked)
    if plan.missing:
        yield ""
        yield "To be given, once:"
        yield from lookup_lines(plan.missing, notes)
    if by_hand:
        yield ""
        yield f"By hand in {title}, before anything is switched on:"
        for one in by_hand:
            note = f": {one.note}" if one.note else ""
            text = f"{one.kind} `{shown(one.name)}`{shown(note)}"
            yield from wrap(text, WIDTH, initial_indent="  ", subsequent_indent="      ")


def step_line(step: Step, width: int = 0) -> str:
    """Return one line of a plan, or of what was done."""
    name = shown(step.id)
    more = "  ".join(one for one in (shown(step.place), shown(step.why)) if one)
    return f"  {step.action.value:<9}  {name:<{min(width, 60)}}  {more}".rstrip()


def after_plan(
    plan: Plan, target: str, path: str, options: Iterable[str], *, overwrite: bool = False
) -> str:
    """Return how to go on from a dry run that was called with these options."""
    unchanged = plan.count(Action.UNCHANGED)
    restores = (
        f"With --overwrite, --apply also reads the {unchanged} unchanged, and restores those that"
        " were changed by hand."
    )
    if plan.is_empty:
        return restores if overwrite and unchanged else "Nothing to send."
    where = () if path == "." else (path,)
    command = shown(" ".join(("playbook push", target, *map(quote, where), *options, "--apply")))
    said = f"Nothing was sent. `{command}` carries this out; what it sends is switched off."
    return f"{said}\n{restores}" if overwrite and unchanged else said


def after_apply(done: Iterable[Step], title: str, state: str) -> str:
    """Return how many objects were sent, and what to do with the state file."""
    actions = [step.action for step in done if step.action is not Action.ORPHANED]
    same, taken = actions.count(Action.UNCHANGED), actions.count(Action.ADOPT)
    sent = len(actions) - same - taken
    over = f", {taken} taken over" if taken else ""
    off = " What was sent is switched off." if sent else ""
    return f"{title}: {sent} sent, {same} unchanged{over}.{off} Commit {state}."


def drift_text(found: Iterable[Found], title: str) -> str:
    """Return what has drifted, and how many objects are as they were."""
    rows = list(found)
    told = [one for one in rows if one.drift is not Drift.UNCHANGED]
    width = max((len(one.id) for one in told), default=0)
    lines = [
        f"  {one.drift.value:<16}  {shown(one.id):<{min(width, 60)}}  {shown(one.remote)}"
        for one in told
    ]
    lines += [
        f"  {shown(one.id)}: the earlier {shown(remote)} is switched on."
        for one in rows
        for remote in one.earlier_active
    ]
    same = len(rows) - len(told)
    on = sum(one.active for one in rows)
    said = f"{title}: {same} of {len(rows)} as they were pushed"
    lines.append(f"{said}, {on} switched on." if on else f"{said}.")
    return "\n".join(lines) + "\n"


def _spoken(lookup: str, notes: Mapping[str, str]) -> str:
    kind, _, name = lookup.partition(".")
    note = f": {shown(notes[lookup])}" if lookup in notes else ""
    return f"{kind} `{shown(name)}`{note}"
