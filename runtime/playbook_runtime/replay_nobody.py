"""Why nobody would have entered a flow in a replay, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.triggers import (
    DateTrigger,
    EntersAudience,
    EventTrigger,
    Inactivity,
    Replenishment,
    Schedule,
)
from playbook_runtime.counted import count_of
from playbook_runtime.replay_launch import Replayed
from playbook_runtime.unsimulated import flows_that_start

_ORDER = "order_placed"


def why_nobody(
    graph: TriggerGraph, world: Replayed, flow: Flow, happened: Mapping[str, int]
) -> str:
    """Return why; `happened` says how often each event did in the replay."""
    if not flow.enabled:
        return "it is switched off"
    if flow.id not in flows_that_start(graph.playbook):
        return "what starts it is not simulated yet"
    trigger = flow.trigger
    rest = _conditions(flow)
    match trigger:
        case EventTrigger(event=event):
            return _event(world, event, happened.get(event, 0), trigger.within is not None, rest)
        case EntersAudience(enters=audience):
            return f"nobody came to belong to the audience {audience}{_and(rest)}"
        case Inactivity(inactive_for=length):
            return f"nobody reached {length} without an order{_and(rest)}"
        case Replenishment():
            return f"nobody's last purchase was used up on these days{_and(rest)}"
        case DateTrigger(date=day):
            return f"the day ({day}) came for nobody{_and(rest)}"
        case Schedule(every=every):
            if rest:
                return f"when its time came ({every}), {rest} held for nobody"
            return f"its time ({every}) did not come on these days"
    return "its trigger was never observed"


def _event(world: Replayed, event: str, times: int, counts: bool, rest: str) -> str:
    events = world.after.events
    if event != _ORDER and (events is None or event not in events.event.names):
        return f"the files do not tell `{event}` (--events)"
    if not times:
        return f"`{event}` never happened on these days"
    enough = "never so often in so short a time" if counts else ""
    reasons = " or ".join(part for part in (enough, rest and f"{rest} never held") if part)
    return (
        f"`{event}` happened {count_of(times, 'time')}, but"
        f" {reasons or 'never when it could be entered'}"
    )


def _conditions(flow: Flow) -> str:
    """Return what else must hold, in words; empty if nothing."""
    parts = []
    if flow.trigger.where is not None:
        parts.append("the trigger's `where`")
    if flow.audience is not None:
        parts.append("its `audience`")
    return " and ".join(parts)


def _and(rest: str) -> str:
    return f" with {rest} holding" if rest else ""
