"""Contact pressure without any orders: how many messages a customer can get in a month at worst,
and which flows can write to the same customer on the same day.

An upper bound, computed from waits, entry rules and caps alone: who gets how much in fact depends
on what customers do, and that is what a simulation and a replay count.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import combinations

from playbook_compiler.checks._conditions import entry_goals, meanings
from playbook_compiler.condition_implication import can_be_met
from playbook_compiler.facts import Nature, RunKey
from playbook_compiler.graph import Node, TriggerGraph
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.recurrence import DAY, MONTH, WEEK, Recurrence
from playbook_compiler.steps import Send, Wait
from playbook_compiler.triggers import (
    DateTrigger,
    EntersAudience,
    EventTrigger,
    Inactivity,
    Schedule,
)
from playbook_compiler.values import dataclass
from playbook_compiler.waits import days_on, least_waits

MONTH_DAYS = Decimal("30.4375")
MARKETING = "marketing"


@dataclass(frozen=True, slots=True)
class FlowContact:
    """What one flow can send to one customer.

    `in_month` is the most messages that a single run sends within a month, `runs` how often a
    customer can enter in a month; None means once for every `each` (an order, a cart, an event).
    """

    flow: Flow
    kind: str
    in_month: int
    runs: int | None
    each: str = ""

    @property
    def bound(self) -> int | None:
        """The most messages of this flow in a month; None where no rule of the playbook ends it."""
        return None if self.runs is None else self.in_month * self.runs


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two flows that can write to the same customer within a day, and what brings them together."""

    first: Flow
    second: Flow
    why: str


@dataclass(frozen=True, slots=True)
class Contact:
    """The contact pressure of a playbook.

    `capped` is the most marketing messages a month that the frequency caps let through (None
    without caps on all channels together), `fixed` the sum over flows that a customer can enter so
    often only, `open_ended` the flows that every order or event starts anew.
    """

    flows: tuple[FlowContact, ...]
    overlaps: tuple[Overlap, ...]
    fixed: int
    open_ended: tuple[FlowContact, ...]
    capped: int | None


def contact(graph: TriggerGraph) -> Contact:
    """Return the contact pressure of the flows that are not paused."""
    flows = flow_contacts(graph, (MARKETING, "transactional"))
    marketing = [one for one in flows if one.kind == MARKETING]
    bounds = [one.bound for one in marketing if one.bound is not None]
    return Contact(
        tuple(flows),
        tuple(overlaps(graph)),
        sum(bounds),
        tuple(one for one in marketing if one.bound is None),
        capped(graph.playbook),
    )


def flow_contacts(graph: TriggerGraph, kinds: Sequence[str]) -> list[FlowContact]:
    """Return what each flow that is not paused can send of each kind of message."""
    return [
        FlowContact(flow, kind, most, *_runs(flow, graph.playbook))
        for flow in graph.playbook.flows.values()
        if flow.enabled
        for kind in kinds
        if (most := _most_in_month(graph, flow.id, kind))
    ]


def overlaps(graph: TriggerGraph) -> list[Overlap]:
    """Return the pairs of flows with marketing that the same moment can start, or that a day's
    schedule brings together, and whose customers can be the same."""
    playbook = graph.playbook
    starts: dict[str, list[Flow]] = {}
    for flow in playbook.flows.values():
        if flow.enabled and _writes_on_first_day(graph, flow.id):
            starts.setdefault(_moment(flow), []).append(flow)
    found = []
    told = meanings(playbook)
    for why, flows in sorted(starts.items()):
        if why:
            entries = {flow.id: entry_goals(flow, playbook, told) for flow in flows}
            for first, second in combinations(flows, 2):
                shared = set(first.stages) & set(second.stages)
                if shared and can_be_met([*entries[first.id], *entries[second.id]]) is not False:
                    found.append(Overlap(first, second, why))
    return found


def _moment(flow: Flow) -> str:
    """Return what starts a flow, equal for flows that start at the same time; empty where no other
    flow has to."""
    match flow.trigger:
        case EventTrigger(event=event):
            return f"`{event}` starts both"
        case EntersAudience(enters=audience):
            return f"entering the audience `{audience}` starts both"
        case Inactivity(inactive_for=length):
            return f"{length} without an order start both"
        case Schedule(every=every):
            return f"both run on `{every}`"
        case DateTrigger(date=day, before=before, after=after):
            shift = f" {before} before" if before else f" {after} after" if after else ""
            return f"both run{shift} on {day}"
    return ""


def _writes_on_first_day(graph: TriggerGraph, flow: str) -> bool:
    waits = least_waits(graph, flow, through_people=True)
    return any(
        waits.get(node.id, Decimal(1)) < 1 and _messages(graph, node.what, MARKETING)
        for node in graph.of_flow(flow)
    )


def _runs(flow: Flow, playbook: Playbook) -> tuple[int | None, str]:
    """Return how often a customer can enter a flow in a month, or what each entry needs."""
    entry = flow.entry
    assert entry is not None
    if entry.rule == "once":
        return 1, ""
    if entry.again_after is not None and entry.again_after.nominal_days > 0:
        return _times(entry.again_after.nominal_days), ""
    match flow.trigger:
        case Schedule(every=every):
            return _times(_least_days(every)), ""
        case DateTrigger():
            return 1, ""
        case EventTrigger(event=event):
            key = playbook.catalogue.events[event].key
            if playbook.catalogue.events[event].nature is Nature.SIGN_UP:
                return 1, ""
            return None, event if key is RunKey.NONE else key.value
        case Inactivity():
            return 1, ""
    return None, "time it fires"


def _times(days: Decimal) -> int:
    """Return how often something that comes every so many days can come in a month."""
    return int((MONTH_DAYS / days).to_integral(ROUND_CEILING))


def _least_days(every: Recurrence) -> Decimal:
    return Decimal(every.count * {DAY: 1, WEEK: 7, MONTH: 28}[every.unit])


def _most_in_month(graph: TriggerGraph, flow: str, kind: str) -> int:
    """Return the most messages of a kind on any way through a flow that fits into a month.

    A month begins at the trigger or after a wait. A way counts as far as some run can get in a
    month, so that the figure is never too small.
    """
    nodes = graph.of_flow(flow)
    positions = {node.id: index for index, node in enumerate(nodes)}
    begins = {0} if nodes else set()
    for node in nodes:
        if isinstance(node.what, Wait):
            begins |= {positions[edge.target] for edge in graph.out(node.id)}
    return max((_most_from(graph, nodes[begin:], kind) for begin in sorted(begins)), default=0)


def _most_from(graph: TriggerGraph, nodes: Sequence[Node], kind: str) -> int:
    """Return the most messages that a run sends in the month that begins at the first node."""
    days = {nodes[0].id: Decimal(0)}
    sent = {nodes[0].id: 0}
    best = 0
    for node in nodes:
        here = days.pop(node.id, None)
        if here is None:
            if not days:
                break  # whoever is still under way is past the month
            continue
        sent[node.id] += _messages(graph, node.what, kind)
        best = max(best, sent[node.id])
        for edge in graph.out(node.id):
            at = here + days_on(node, edge)
            if at < MONTH_DAYS:
                days[edge.target] = min(at, days.get(edge.target, at))
                sent[edge.target] = max(sent[node.id], sent.get(edge.target, 0))
    return best


def _messages(graph: TriggerGraph, step: object, kind: str) -> int:
    """Return how many messages of a kind a step sends at most: a ladder may try all of its own."""
    if not isinstance(step, Send):
        return 0
    of_kind = [name for name in step.send.messages if graph.playbook.messages[name].kind == kind]
    return len(of_kind) if step.send.order == "ladder" else min(len(of_kind), 1)


def capped(playbook: Playbook) -> int | None:
    """Return the most marketing messages that the caps on all channels let through in a month."""
    guardrails = playbook.guardrails
    caps = guardrails.frequency if guardrails is not None else ()
    bounds = [
        cap.at_most * _times(cap.per.nominal_days)
        for cap in caps
        if not cap.channel and cap.per.nominal_days > 0
    ]
    return min(bounds) if bounds else None
