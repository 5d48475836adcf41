"""Ids of steps: made from what a step does, never from where it stands.

Editing one step therefore renames no other: random streams, remote objects and diffs stay with
theirs. Nested steps carry the way that leads to them, a wait names the step after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.graph import END_STEP, TRIGGER_STEP
from playbook_compiler.model import Flow
from playbook_compiler.steps import (
    Branch,
    Call,
    Exit,
    Grant,
    If,
    Membership,
    Send,
    Split,
    Start,
    Step,
    Task,
    UntilEvent,
    Update,
    Wait,
    children,
    with_children,
)
from playbook_compiler.values import replace

WORDS_LIMIT = 60
_SIGNS = {
    ">=": " at least ",
    "<=": " at most ",
    "!=": " is not ",
    ">": " over ",
    "<": " under ",
    "=": " is ",
    "%": " percent ",
}
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))


def with_step_ids(flow: Flow, findings: list[Diagnostic]) -> Flow:
    """Return the flow with an id on each step; two steps with one id are noted as an error."""
    steps = _named(flow.steps, "")
    seen: dict[str, Step] = {}
    for step in _all(steps):
        if step.id in (TRIGGER_STEP, END_STEP):
            findings.append(
                error(
                    "reserved-id",
                    f"a step cannot have the id `{step.id}`: every flow has one of its own",
                    step.origin.span("id"),
                    caption="choose another id",
                    help="for example `id: first-message`",
                )
            )
        elif step.id in seen:
            findings.append(_collision(step, seen[step.id]))
        else:
            seen[step.id] = step
    return replace(flow, steps=steps)


def _named(steps: Sequence[Step], prefix: str) -> tuple[Step, ...]:
    """Return a list of steps with their ids, from the last one back: a wait names its successor."""
    named: list[Step] = []
    following = END_STEP
    for step in reversed(steps):
        own = step.id or own_part(step, following)
        full = step.id or prefix + own
        lists = children(step)
        if lists:
            inner = {way: _named(list_, f"{full}.{way_id(step, way)}.") for way, list_ in lists}
            step = with_children(step, inner)
        named.append(replace(step, id=full))
        following = own
    return tuple(reversed(named))


def _all(steps: Sequence[Step]) -> list[Step]:
    found = []
    for step in steps:
        found.append(step)
        for _, inner in children(step):
            found.extend(_all(inner))
    return found


def own_part(step: Step, following: str) -> str:
    """Return what a step is called among its neighbours."""
    match step:
        case Send(send=choice):
            joint = {"ladder": "-or-", "rotation": "-then-"}.get(choice.order, "-")
            return f"send-{joint.join(map(own_id, choice.messages))}"
        case Wait(wait=UntilEvent(until=event)):
            return f"wait-for-{slug(event)}"
        case Wait():
            return f"wait-before-{following}"
        case If(condition=condition):
            return f"if-{slug(str(condition))}"
        case Branch():
            return "branch"  # a case more, or another order of them, renames nothing
        case Split(split=name):
            return name
        case Task(task=what):
            return f"task-{slug(what)}"
        case Start(start=flow):
            return f"start-{own_id(flow)}"
        case Grant(grant=what) | Update(update=what) | Membership(audience=what):
            return f"{step.kind}-{slug(str(what))}"
        case Call(call=webhook):
            return f"call-{slug(webhook.url.partition('?')[0].removeprefix('https://'))}"
        case Exit():
            return "exit"
    raise AssertionError(f"a kind of step without an id: {step.kind}")


def way_id(step: Step, way: str) -> str:
    """Return what a way out of a step is called: a case of a branch by its condition."""
    if isinstance(step, Branch) and way != "else":
        case = step.branch[int(way.removeprefix("case-")) - 1]
        return f"if-{slug(str(case.condition))}"
    return way


def own_id(name: str) -> str:
    """Return the id that something has in its own tactic: `win-back/come-back` is `come-back`."""
    return name.rpartition("/")[2]


def slug(text: str) -> str:
    """Return a text as an id: small letters, digits and dashes, cut after about 60 characters.

    Letters of other alphabets stay, so that tasks in any language have ids that differ.
    """
    spoken = _SIGN.sub(lambda sign: _SIGNS[sign[0]], text.lower())
    words = re.sub(r"[\W_]+", "-", spoken).strip("-")
    if len(words) <= WORDS_LIMIT:
        return words
    return words[:WORDS_LIMIT].rpartition("-")[0] or words[:WORDS_LIMIT]


def _collision(step: Step, first: Step) -> Diagnostic:
    return error(
        "step-id-collision",
        f"two steps of this flow would be called `{step.id}`",
        step.origin.key_span(step.kind),
        caption="same as another step",
        help="give one of them an id of its own: `id: second-reminder`",
        labels=(Label(first.origin.key_span(first.kind), "the first one"),),
    )
