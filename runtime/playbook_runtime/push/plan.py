"""What a push would do: the objects in their order, compared with what was pushed before.

Nothing is asked of the engine for it: the playbook and the state file are enough. What is switched
on there it cannot know; where that decides what becomes of an update, the plan says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from playbook_compiler.diagnostics import shown
from playbook_compiler.values import dataclass
from playbook_runtime.push.adapter import Adapter
from playbook_runtime.push.in_use import copies, users_of
from playbook_runtime.push.state import Pushed, State, state_digest
from playbook_runtime.push.wanted import (
    Wanted,
    digest,
    looked_up,
    lookups_needed,
    referred,
)

VERSION: Final = 1
# So many users of an object are named in its line.
NAMED: Final = 3


class Action(StrEnum):
    """What is done with one object."""

    CREATE = "create"
    UPDATE = "update"
    ADOPT = "adopt"
    REPLACE = "new draft"
    UNCHANGED = "unchanged"
    ORPHANED = "orphaned"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the plan. `why` is told where it is not plain."""

    id: str
    action: Action
    uuid: str
    place: str = ""
    remote: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The lines in the order in which they are done; the orphaned, of which nothing is done, last.

    `missing` are lookups that a person must give; `asked` those that the engine is asked for.
    `contents` and `state` say what the plan was made from, by object, to name what changed since.
    """

    target: str
    steps: tuple[Step, ...]
    missing: tuple[str, ...]
    asked: tuple[str, ...]
    contents: Mapping[str, str]
    known: Mapping[str, str]
    values: Mapping[str, str]
    state: str
    unfinished: str = ""

    @property
    def digest(self) -> str:
        """The digest of what the plan was made from: equal plans do the same."""
        return digest([self.target, self.contents, self.values, self.state])

    def count(self, action: Action) -> int:
        """Return how many objects have this action."""
        return sum(step.action is action for step in self.steps)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be sent."""
        quiet = (Action.UNCHANGED, Action.ORPHANED)
        return not self.unfinished and all(step.action in quiet for step in self.steps)


def make_plan(
    adapter: Adapter, objects: tuple[Wanted, ...], state: State, given: Mapping[str, str]
) -> Plan:
    """Return the plan. `given` are lookups of the command line, by `kind.name`."""
    known = {**state.lookups, **given}
    needed = lookups_needed(objects)
    asked = tuple(
        one for one in needed if one not in known and one.partition(".")[0] in adapter.resolvable
    )
    steps: list[Step] = []
    moving: set[str] = set()
    for wanted in objects:
        step = _step(adapter, wanted, state.objects.get(wanted.id), state, known, moving)
        if step.action in (Action.CREATE, Action.REPLACE):
            moving.add(wanted.id)
        steps.append(step)
    wanted_ids = {one.id for one in objects}
    for name in sorted(set(state.objects) - wanted_ids):
        gone = state.objects[name]
        steps.append(
            Step(
                name,
                Action.ORPHANED,
                gone.uuid,
                remote=gone.remote,
                why=f"no longer in the playbook; it stays in {adapter.title}",
            )
        )
    return Plan(
        adapter.name,
        tuple(steps),
        tuple(one for one in needed if one not in known and one not in asked),
        asked,
        {one.id: one.content for one in objects},
        {name: digest([one.remote, one.content]) for name, one in state.objects.items()},
        dict(sorted(given.items())),
        state_digest(state),
        "" if state.intent is None else state.intent.id,
    )


def _step(
    adapter: Adapter,
    wanted: Wanted,
    pushed: Pushed | None,
    state: State,
    known: Mapping[str, str],
    moving: set[str],
) -> Step:
    if pushed is None:
        return Step(wanted.id, Action.CREATE, wanted.uuid, wanted.place)
    why = _change(wanted, pushed, state, known, moving)
    if not why:
        return Step(wanted.id, Action.UNCHANGED, wanted.uuid, wanted.place, pushed.remote)
    if wanted.kind in adapter.drafts:
        why += (
            f"; {adapter.title} cannot change a {wanted.kind} in place: a new draft is made, and"
            " the one before stays as it is"
        )
        return Step(wanted.id, Action.REPLACE, wanted.uuid, wanted.place, pushed.remote, why)
    why = "; ".join((why, *_if_switched_on(adapter, wanted, pushed, state)))
    return Step(wanted.id, Action.UPDATE, wanted.uuid, wanted.place, pushed.remote, why)


def _if_switched_on(
    adapter: Adapter, wanted: Wanted, pushed: Pushed, state: State
) -> tuple[str, ...]:
    """Return what becomes of an update if the object, or what uses it, is switched on."""
    users = tuple(one for one in users_of(state, wanted.id) if one.kind in adapter.switched)
    names = ["it"] if wanted.kind in adapter.switched else []
    names += sorted({shown(one.name) for one in users})
    if not names:
        return ()
    if len(names) > NAMED:
        names = [*names[:NAMED], f"another {len(names) - NAMED}"]
    case = f"if {' or '.join(names)} is switched on in {adapter.title}"
    if copies(adapter, wanted.kind, users):
        then = (
            f"a second is made instead, `(v{pushed.version + 1})`, and a new draft of what uses it"
        )
    else:
        then = "the push stops here"
    return (f"{case}, {then}",)


def _change(
    wanted: Wanted, pushed: Pushed, state: State, known: Mapping[str, str], moving: set[str]
) -> str:
    """Return why an object must be sent again, or nothing."""
    if wanted.content != pushed.content:
        return "changed in the playbook"
    for placeholder in wanted.needs:
        name, key = referred(placeholder), looked_up(placeholder)
        if name in moving:
            return f"{name} gets a new id"
        now = state.objects[name].remote if name in state.objects else known.get(key, "")
        if now and now != pushed.values.get(placeholder):
            return f"{name or key} has another id now"
    return ""


def plan_data(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON, as `--plan` keeps it and `--output-format json` shows it."""
    return {
        "version": VERSION,
        "target": plan.target,
        "digest": plan.digest,
        "steps": [
            {
                "id": step.id,
                "action": step.action.value,
                "uuid": step.uuid,
                "remote": step.remote or None,
                "place": step.place or None,
                "why": step.why or None,
            }
            for step in plan.steps
        ],
        "summary": {action.value: plan.count(action) for action in Action},
        "unfinished": plan.unfinished or None,
        "lookups": {"missing": list(plan.missing), "asked": list(plan.asked)},
        "made_from": {
            "playbook": dict(plan.contents),
            "pushed": dict(plan.known),
            "lookups": dict(plan.values),
            "state": plan.state,
        },
    }


def what_changed(saved: Mapping[str, Any], plan: Plan) -> tuple[str, ...]:
    """Return, in words, what is not as it was when the plan was saved; nothing if all is."""
    if saved.get("digest") == plan.digest:
        return ()
    made_from = saved.get("made_from")
    made_from = made_from if isinstance(made_from, dict) else {}
    said = []
    if saved.get("target") != plan.target:
        said.append(f"it is a plan for {saved.get('target')}")
    for key, now, word in (
        ("playbook", plan.contents, "in the playbook"),
        ("pushed", plan.known, "pushed since"),
        ("lookups", plan.values, "another --lookup"),
    ):
        before = made_from.get(key)
        before = before if isinstance(before, dict) else {}
        names = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
        said += [f"{name} ({word})" for name in names]
    return tuple(said) or ("the state file",)
