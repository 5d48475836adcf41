"""Carrying out a plan: one object after the other, each written down before and after its call.

What is under way is written down first (the intent). So whatever cuts a push off, a lost answer or
a killed process, the next step knows that the engine must be asked before anything is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from playbook_compiler.diagnostics import shown
from playbook_compiler.values import dataclass, replace
from playbook_runtime.push.adapter import Adapter, Remote
from playbook_runtime.push.calls import Answer, Ask, Call
from playbook_runtime.push.clock import Clock
from playbook_runtime.push.in_use import (
    Version,
    copies,
    earlier_versions,
    named_users,
    references,
    switched_on,
    users_of,
)
from playbook_runtime.push.lookups import resolved
from playbook_runtime.push.plan import Action, Plan, Step
from playbook_runtime.push.problems import PushError, RefusedError, UnknownOutcome
from playbook_runtime.push.state import Intent, Pushed, State, with_object
from playbook_runtime.push.wanted import Wanted, digest, filled, filled_path, looked_up, referred

TRIES: Final = 4
# A call whose answer was lost may be carried out a little later, and lists lag behind.
SETTLING: Final = (2.0, 8.0, 25.0)
SETTLED: Final = 60.0


@dataclass(frozen=True, slots=True)
class Session:
    """What a push works with. `save` writes the state down whole, `say` tells what was done."""

    adapter: Adapter
    send: Callable[[Call], Answer]
    ask: Ask
    save: Callable[[State], None]
    clock: Clock
    say: Callable[[Step], None]
    objects: tuple[Wanted, ...] = ()
    adopt: bool = False
    overwrite: bool = False


def apply_plan(session: Session, plan: Plan, objects: tuple[Wanted, ...], state: State) -> State:
    """Carry out a plan and return the state after it. Raises PushError; the state is saved."""
    state = recover(session, state)
    lookups = {**plan.values, **resolved(session.adapter, plan.asked, session.ask)}
    if lookups.items() - state.lookups.items():
        state = replace(state, lookups={**state.lookups, **lookups})
        session.save(state)
    steps = {step.id: step for step in plan.steps}
    for wanted in objects:
        step = steps[wanted.id]
        try:
            state, done = _carry_out(session, step, wanted, state)
        except PushError as problem:
            problem.place = problem.place or wanted.place
            raise
        session.say(done)
    for step in plan.steps:
        if step.action is Action.ORPHANED:
            session.say(step)
    return state


def recover(session: Session, state: State) -> State:
    """Return the state with the call settled that was under way when an earlier push was cut off.

    Something that is there now under the name was made by that call: before it, nothing was.
    """
    intent = state.intent
    if intent is None:
        return state
    if intent.pushed.remote:
        # An update: it may or may not have been made, so it is made again, over what is there.
        objects = dict(state.objects)
        if intent.id in objects:
            objects[intent.id] = replace(objects[intent.id], content="", seen="")
        state = replace(state, objects=objects, intent=None)
        session.save(state)
        return state
    session.clock.sleep(max(0.0, intent.at + SETTLED - session.clock.now()))
    remote = _find(session, intent.pushed)
    if remote:
        state = with_object(state, intent.id, replace(intent.pushed, remote=remote))
    else:
        state = replace(state, intent=None)
    session.save(state)
    return state


def _carry_out(session: Session, step: Step, wanted: Wanted, state: State) -> tuple[State, Step]:
    """Do what one object needs; return the state after it and the line that tells it."""
    adapter = session.adapter
    pushed = state.objects.get(wanted.id)
    values = _values(wanted, state)
    if pushed is None:
        state, action = _create(session, wanted, values, state, None)
        return state, _told(session, step, state, action)
    same = pushed.content == wanted.content and dict(pushed.values) == dict(values)
    if same and not session.overwrite:
        if not pushed.seen:
            state = _confirm(session, wanted.id, state, fresh=False)
        why = "the push before had made it" if step.action is Action.CREATE else ""
        return state, replace(step, action=Action.UNCHANGED, remote=pushed.remote, why=why)
    fixed = wanted.kind in adapter.drafts
    there = None if fixed and not same else adapter.read(pushed.where, pushed.remote, session.ask)
    if same and there is not None and digest(there.owned) == pushed.seen:
        return state, replace(step, action=Action.UNCHANGED, remote=pushed.remote, why="")
    if there is None and (same or not fixed):
        before = pushed if pushed.version > 1 else None
        state, _ = _create(session, wanted, values, state, before)
        gone = f"it was no longer in {adapter.title}"
        return state, _told(session, step, state, Action.CREATE, gone)
    restored = "it was changed by hand there" if same else ""
    if there is None or fixed:
        state, action = _create(session, wanted, values, state, pushed)
        return state, _told(session, step, state, action, restored)
    state, action = _update(session, wanted, values, state, there)
    return state, _told(session, step, state, action, restored)


def _told(session: Session, step: Step, state: State, action: Action, why: str = "") -> Step:
    """Return the line of what was done; of a new draft, which one before it is switched on."""
    pushed = state.objects[step.id]
    said = [why] if why else []
    if action is Action.REPLACE:
        earlier = earlier_versions(step.id, pushed)
        if step.id.partition(".")[0] in session.adapter.copied:
            said.append("what is switched on uses the one before, which stays as it is")
        said += [
            f"the earlier {shown(one.remote)} is switched on: switch it off when you switch this"
            " one on"
            for one in switched_on(session.adapter, earlier, session.ask)
        ]
    return replace(step, action=action, remote=pushed.remote, why="; ".join(said))


def _values(wanted: Wanted, state: State) -> Mapping[str, str]:
    values = {}
    for placeholder in wanted.needs:
        name = referred(placeholder)
        values[placeholder] = (
            state.objects[name].remote if name else state.lookups[looked_up(placeholder)]
        )
    return values


def _create(
    session: Session,
    wanted: Wanted,
    values: Mapping[str, str],
    state: State,
    before: Pushed | None,
) -> tuple[State, Action]:
    """Make an object, or a new draft of one; return the state with it, and what was done."""
    adapter = session.adapter
    version = 1 if before is None else before.version + 1
    payload, path = _versioned(session, wanted, values, version), filled_path(wanted.path, values)
    pushed = Pushed(
        wanted.uuid,
        adapter.where(wanted, payload, path),
        "",
        adapter.title_in(payload),
        wanted.content,
        values,
        version=version,
        earlier=() if before is None else (*before.earlier, before.remote),
        held=() if before is None else tuple(sorted({*before.held, *references(before)})),
    )
    call = adapter.create(wanted, path, payload)
    there = _find(session, pushed)
    if there:
        return _take_over(session, wanted, replace(pushed, remote=there), payload, state)
    state = replace(state, intent=Intent(wanted.id, session.clock.now(), pushed))
    session.save(state)
    remote = _made(session, call, pushed, state)
    state = with_object(state, wanted.id, replace(pushed, remote=remote))
    session.save(state)
    action = Action.CREATE if before is None else Action.REPLACE
    return _confirm(session, wanted.id, state), action


def _versioned(session: Session, wanted: Wanted, values: Mapping[str, str], version: int) -> Any:
    """Return the payload to be sent; drafts after the first say in their name which they are."""
    payload = filled(wanted.payload, values)
    if version == 1:
        return payload
    return session.adapter.titled(payload, f"{session.adapter.title_in(payload)} (v{version})")


def _made(session: Session, call: Call, pushed: Pushed, state: State) -> str:
    """Send a creating call and return the id; a lost answer is looked for before another try.

    The intent is taken back only if the call is known not to have been carried out.
    """
    lost = False
    for _ in range(TRIES):
        try:
            return session.adapter.made(session.send(call).body, pushed.uuid)
        except (UnknownOutcome, KeyError, TypeError):  # no answer, or one without an id
            lost = True
        except PushError as problem:
            if not lost and not problem.maybe_done:
                session.save(replace(state, intent=None))
            raise
        for seconds in SETTLING:
            session.clock.sleep(seconds)
            remote = _find(session, pushed)
            if remote:
                return remote
    raise UnknownOutcome(
        f"{session.adapter.title}, {call.what}: no answer came {TRIES} times. Whether it was made"
        " is not known; the next push asks before it sends anything."
    )


def _find(session: Session, pushed: Pushed) -> str:
    """Return the id of what the engine has under an object's name, or nothing."""
    found = session.adapter.find(pushed.where, pushed.title, pushed.uuid, session.ask)
    if len(found) > 1:
        raise PushError(
            f"{session.adapter.title} has {len(found)} objects of the name"
            f" `{shown(pushed.title)}`. Rename or delete those that are not of this playbook there,"
            " and push again."
        )
    return found[0] if found else ""


def _take_over(
    session: Session, wanted: Wanted, pushed: Pushed, payload: Any, state: State
) -> tuple[State, Action]:
    """Take an object that the engine has already into the state, if that is wanted."""
    adapter = session.adapter
    if not session.adopt:
        raise PushError(
            f"{adapter.title} has a {wanted.kind} `{shown(pushed.title)}` already, and the state"
            " file does not know it. If it comes from this playbook, take it over with --adopt;"
            " else rename it there."
        )
    there = adapter.read(pushed.where, pushed.remote, session.ask)
    if there is None:
        raise PushError(f"{wanted.id} has just gone from {adapter.title}. Push again.")
    # What it holds is not taken on trust: unless it shows what the playbook says, that is sent.
    same = holds(there.owned, adapter.fields(payload))
    adopted = replace(pushed, content=wanted.content if same else "", seen=digest(there.owned))
    state = with_object(state, wanted.id, adopted)
    session.save(state)
    if same:
        return state, Action.ADOPT
    if wanted.kind in adapter.drafts:
        return _create(session, wanted, pushed.values, state, adopted)
    state, action = _update(session, wanted, pushed.values, state, there)
    return state, Action.ADOPT if action is Action.UPDATE else action


def holds(there: Any, wanted: Any) -> bool:
    """Whether what an engine shows of an object has all that is wanted of it."""
    match wanted:
        case Mapping():
            return isinstance(there, Mapping) and all(
                name in there and holds(there[name], value) for name, value in wanted.items()
            )
        case list() | tuple():
            return (
                isinstance(there, list)
                and len(there) == len(wanted)
                and all(map(holds, there, wanted))
            )
        case _:
            return bool(there == wanted)


def _update(
    session: Session, wanted: Wanted, values: Mapping[str, str], state: State, there: Remote
) -> tuple[State, Action]:
    """Change an object in place; while something switched on uses it, make another one of it."""
    adapter, pushed = session.adapter, state.objects[wanted.id]
    if there.active:
        raise PushError(
            f"{wanted.id} is switched on in {adapter.title}: it is not changed while it reaches"
            " customers. Switch it off there and push again, or leave it as it is."
        )
    users = _switched_on_users(session, wanted.id, state)
    if users and copies(adapter, wanted.kind, users):
        return _create(session, wanted, values, state, pushed)
    if users:
        raise PushError(
            f"{wanted.id} is used by what is switched on in {adapter.title}:"
            f" {', '.join(one.told for one in users)}. It is not changed while it reaches"
            " customers. Switch that off there, push again, and switch it on again; or leave"
            f" {wanted.id} as it is."
        )
    if pushed.seen and digest(there.owned) != pushed.seen and not session.overwrite:
        raise PushError(
            f"{wanted.id} was changed by hand in {adapter.title} since the last push. Bring the"
            " change into the playbook, or let it go with --overwrite."
        )
    payload = _versioned(session, wanted, values, pushed.version)
    fresh = replace(
        pushed,
        title=adapter.title_in(payload),
        content=wanted.content,
        values=values,
        seen="",
    )
    session.save(replace(state, intent=Intent(wanted.id, session.clock.now(), fresh)))
    try:
        session.send(adapter.update(pushed.where, pushed.remote, payload))
    except RefusedError as problem:
        if not problem.maybe_done:
            session.save(state)
        raise
    state = with_object(state, wanted.id, fresh)
    session.save(state)
    return _confirm(session, wanted.id, state), Action.UPDATE


def _switched_on_users(session: Session, name: str, state: State) -> tuple[Version, ...]:
    """Return what is switched on and uses an object; when taking over, also what the state does
    not know yet."""
    adapter = session.adapter
    users = users_of(state, name)
    if session.adopt:
        users += tuple(named_users(adapter, session.objects, state, name, session.ask))
    return tuple(switched_on(adapter, users, session.ask))


def _confirm(session: Session, name: str, state: State, *, fresh: bool = True) -> State:
    """Read an object back and keep how it looks, to tell drift. A fresh one must be off."""
    pushed = state.objects[name]
    there = session.adapter.read(pushed.where, pushed.remote, session.ask)
    if there is None:
        return state
    if fresh and there.active:
        raise PushError(
            f"{name} stands switched on in {session.adapter.title} (id {shown(there.id)}), which no"
            " push asks for. Switch it off there now."
        )
    state = with_object(state, name, replace(pushed, seen=digest(there.owned)))
    session.save(state)
    return state
