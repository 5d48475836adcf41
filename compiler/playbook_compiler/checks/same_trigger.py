"""Two flows that start for the same customers at the same moment, with the same priority."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from math import gcd

from playbook_compiler.checks._conditions import entry_goals, meanings
from playbook_compiler.checks._flows import is_marketing, sends
from playbook_compiler.condition_implication import cannot_be_met
from playbook_compiler.condition_states import Goal
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.recurrence import DAY, MONTH
from playbook_compiler.triggers import EntersAudience, EventTrigger, Inactivity, Schedule

RULE = name_of(__name__)
# Of a hundred flows on one trigger nobody reads every pair.
PAIRS_LIMIT = 100


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find pairs of flows with marketing whose triggers are equal and whose audiences overlap."""
    told = meanings(graph.playbook)
    flows = list({sent.flow.id: sent.flow for sent in sends(graph) if is_marketing(sent)}.values())
    alike: dict[tuple[str, int], list[Flow]] = {}
    for flow in flows:
        start = _start(flow)
        if start:
            alike.setdefault((start, flow.priority), []).append(flow)
    for group in alike.values():
        entries: dict[str, list[Goal]] = {}
        for first, second in islice(combinations(group, 2), PAIRS_LIMIT):
            if not set(first.stages) & set(second.stages) or not _meet(first, second):
                continue
            for flow in (first, second):
                if flow.id not in entries:
                    entries[flow.id] = entry_goals(flow, graph.playbook, told)
            if cannot_be_met([*entries[first.id], *entries[second.id]]):
                continue
            yield warning(
                RULE,
                f"`{first.id}` and `{second.id}` start together with the same priority: when the"
                " cap lets one message through, the ids decide which",
                second.trigger.origin.span(second.trigger.kind),
                caption="same trigger, same customers",
                help="give one of them a `priority` of its own: higher goes first (default 50)",
                labels=(Label(first.trigger.origin.span(first.trigger.kind), "the other flow"),),
            )


def _start(flow: Flow) -> str:
    match flow.trigger:
        case EventTrigger(event=event):
            return f"event {event}"
        case EntersAudience(enters=audience):
            return f"enters {audience}"
        case Inactivity(inactive_for=length):
            return f"inactive for {length}"
        case Schedule(every=every):
            return f"at {every.at}"
    return ""


def _meet(first: Flow, second: Flow) -> bool:
    """Whether two flows that start alike do so at the same time; of schedules, whether there is a
    day of both.

    Days and weeks are counted from one Monday, months from January: weeks meet on the same weekday,
    months on the same day, and days with the weeks that fall on one of theirs. What months and
    weeks have in common by chance is left out.
    """
    if not (isinstance(first.trigger, Schedule) and isinstance(second.trigger, Schedule)):
        return True
    one, other = first.trigger.every, second.trigger.every
    if one.unit == other.unit:
        return one.on == other.on
    if MONTH in (one.unit, other.unit):
        return (DAY, 1) in ((one.unit, one.count), (other.unit, other.count))
    day, week = (one, other) if one.unit == DAY else (other, one)
    return week.on % gcd(day.count, 7 * week.count) == 0
