"""One flow of the graph as a Mautic campaign, from its trigger down.

Each node turns the loose ends that lead to it into those on its ways out.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from playbook_compiler.calendar_units import Weekday
from playbook_compiler.conditions import facts_read
from playbook_compiler.export.capability import Support
from playbook_compiler.facts import Where
from playbook_compiler.graph import (
    CASE,
    HAPPENED,
    NEXT,
    NO,
    TIMED_OUT,
    VARIANT,
    YES,
    Node,
)
from playbook_compiler.model import Flow
from playbook_compiler.own_order import of_its_order
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
    Task,
    UntilEvent,
    UntilTime,
    Update,
    Wait,
)
from playbook_compiler.targets.mautic import actions, terms
from playbook_compiler.targets.mautic.asking import decide
from playbook_compiler.targets.mautic.conditions import happened, satisfied, stand_in
from playbook_compiler.targets.mautic.logic import NUMBER, Filter, Formula, all_of
from playbook_compiler.targets.mautic.reach import reaches, total
from playbook_compiler.targets.mautic.schedule import Schedule, at, interval
from playbook_compiler.targets.mautic.sends import Sending, lower_send
from playbook_compiler.targets.mautic.source import Source, source_of
from playbook_compiler.targets.mautic.source_notes import note_entry, note_existing, note_leaving
from playbook_compiler.targets.mautic.state import Export
from playbook_compiler.targets.mautic.tree import DECISION, Ends, Tree, What, below, waiting
from playbook_compiler.targets.mautic.tree import NO as NO_PATH
from playbook_compiler.targets.mautic.tree import YES as YES_PATH
from playbook_compiler.triggers import EventTrigger
from playbook_compiler.units import Duration, TimeOfDay, plain
from playbook_compiler.values import dataclass, field, replace

MIDNIGHT = TimeOfDay(0)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign: its events, and the segment that feeds it."""

    flow: Flow
    tree: Tree
    source: Source


@dataclass(frozen=True, slots=True)
class _Body:
    """One campaign while it is made: the ends that lead to each node, and those where runs end."""

    export: Export
    flow: Flow
    tree: Tree
    sending: Sending
    arriving: dict[str, list[Any]] = field(default_factory=dict)
    over: list[Any] = field(default_factory=list)

    def lead(self, node: Node, way: str, ends: Ends, name: str = "") -> None:
        """Let ends go on by a way out of a node."""
        for edge in self.export.graph.out(node.id):
            if edge.way == way and (not name or edge.name == name):
                self.arriving.setdefault(edge.target, []).extend(ends)


def lower_flow(export: Export, flow: Flow, start: Ends) -> Campaign:
    """Return a flow's campaign. `start` is the end that the first event hangs on."""
    source = source_of(export, flow)
    note_entry(export, flow)
    note_existing(export, flow, source)
    note_leaving(export, flow, source)
    tree = Tree()
    nodes = export.graph.of_flow(flow.id)
    sending = Sending.of(export, flow, nodes)
    body = _Body(export, flow, tree, sending)
    body.lead(nodes[0], NEXT, _admitted(body, source, start))
    for node in nodes[1:]:
        ends = tuple(body.arriving.get(node.id, ()))
        if node.what is None:
            body.over.extend(ends)
        elif ends:
            _lower(body, node, ends)
        else:
            _note_unreached(body, node)
    _leave(body, source)
    return Campaign(flow, tree, source)


def _note_unreached(body: _Body, node: Node) -> None:
    how = "nothing leads to this step"
    body.export.lowering.note(
        f"step.{node.kind}", node.id, node.origin.span(), how, Support.DROPPED
    )


def _admitted(body: _Body, source: Source, start: Ends) -> Ends:
    """Return the ends of those who may enter: by the audience, `where`, and the holdout."""
    export, flow = body.export, body.flow
    asked: list[Formula] = []
    where = flow.trigger.where
    if where is not None:
        by_shop = source.outside and any(
            one.fact.where is Where.TRIGGER for one in facts_read(where)
        )
        how = "asked by the shop, before it puts the contact in" if by_shop else ""
        span = flow.trigger.origin.key_span("where")
        export.lowering.note("trigger.where", f"{flow.id}/trigger", span, how)
        if not by_shop:
            asked.append(satisfied(where, export, f"{flow.id}/trigger"))
    if flow.audience is not None:
        export.lowering.note("flow.audience", flow.id, flow.origin.key_span("audience"))
        asked.append(satisfied(flow.audience, export, flow.id))
    if body.sending.held_out_at_entry:
        asked.append(actions.not_held_out(export))
    yes, no = decide(export, body.tree, flow.id, start, all_of(*asked), "may-enter", "may enter")
    body.over.extend(no)
    return yes


def _leave(body: _Body, source: Source) -> None:
    """End the runs: out of a segment that the shop fills, so that the next event brings in anew."""
    if not source.outside or not body.tree.events:
        return
    for end in body.over:
        if end.parent is None:
            continue
        # Before a time-out the contact must stay.
        schedule = Schedule(end.schedule.wait) if end.late else Schedule()
        leave = actions.change_segments("leave", "leave the flow", remove=source.segment)
        body.tree.add((replace(end, schedule=schedule),), leave)


def _staying(body: _Body, id_: str, ends: Ends) -> Ends:
    """Return the ends of those whom `exit_when` does not end, asked before an action."""
    condition = body.flow.exit_when
    if condition is None:
        return ends
    formula = satisfied(condition, body.export, body.flow.id)
    yes, no = decide(
        body.export,
        body.tree,
        body.flow.id,
        ends,
        formula,
        f"{id_}~exit-when",
        f"exit when {condition}",
    )
    body.over.extend(yes)
    return no


def _lower(body: _Body, node: Node, ends: Ends) -> None:
    lowering, step = body.export.lowering, node.what
    span = node.origin.key_span(node.kind)
    match step:
        case Wait():
            _wait(body, node, step, ends)
        case If(condition=condition):
            lowering.note("step.if", node.id, span)
            formula = satisfied(condition, body.export, node.id)
            yes, no = decide(
                body.export,
                body.tree,
                body.flow.id,
                ends,
                formula,
                node.step_id,
                str(condition),
            )
            body.lead(node, YES, yes)
            body.lead(node, NO, no)
        case Branch():
            _branch(body, node, step, ends)
        case Split():
            _split(body, node, step, ends)
        case Exit():
            lowering.note("step.exit", node.id, span)
            body.over.extend(ends)
        case Send():
            after = lower_send(
                body.export, body.tree, body.sending, node, ends, partial(_staying, body)
            )
            body.lead(node, NEXT, after)
        case Grant() | Update() | Membership() | Task() | Call() | Start():
            after = _staying(body, node.step_id, ends)
            passed: Ends = ()
            if body.sending.held_out_here and not isinstance(step, Update | Start):
                formula = actions.not_held_out(body.export)
                id_ = f"{node.step_id}~holdout"
                after, passed = decide(
                    body.export, body.tree, body.flow.id, after, formula, id_, "not held out"
                )
            for what in actions.whats(body.export, body.flow, node, step):
                after = below(body.tree.add(after, what))
            body.lead(node, NEXT, after + passed)
        case _:
            raise AssertionError(f"a step with a row and no lowering: {node.kind}")


def _wait(body: _Body, node: Node, step: Wait, ends: Ends) -> None:
    lowering, span = body.export.lowering, node.origin.key_span("wait")
    match step.wait:
        case Duration() as duration:
            how = interval(duration)[2]
            lowering.note("step.wait", node.id, span, how, Support.APPROXIMATED if how else None)
            settled = body.tree.settled(ends, node.step_id)
            after = tuple(
                replace(end, schedule=end.schedule.after(duration), sent=False) for end in settled
            )
            body.lead(node, NEXT, ends if duration.is_zero else after)
        case UntilTime(until=until):
            lowering.note("step.wait.time", node.id, span)
            settled = body.tree.settled(ends, node.step_id)
            if isinstance(until, Weekday):
                # Without a time: from the day's first minute, so any hour of the day will do.
                hours = None if until.at is None else at(until.at)
                days: tuple[int, ...] = (terms.WEEKDAYS[until.day],)
            else:
                hours, days = at(until), ()
            after = tuple(
                replace(
                    end,
                    schedule=replace(end.schedule, window=hours, weekdays=days),
                    sent=False,
                )
                for end in settled
            )
            body.lead(node, NEXT, after)
        case UntilEvent() as wait:
            _wait_for(body, node, step, wait, ends)


def _wait_for(body: _Body, node: Node, step: Wait, wait: UntilEvent, ends: Ends) -> None:
    """A decision below the e-mail that goes before; else a wait, then a look at the event."""
    lowering, span = body.export.lowering, node.origin.key_span("wait")
    event, at_most = wait.until, wait.at_most
    decision = terms.DECISIONS.get(event)
    told = [end for end in ends if decision and end.sent and end.schedule.is_empty]
    happened_: Ends = ()
    timed_out: Ends = ()
    for end in told:
        made = body.tree.add(
            (end,), What(node.step_id, f"{event} within {at_most}", decision or "", DECISION, {})
        )
        late = waiting(below(made, NO_PATH), Schedule(at_most))
        happened_ += below(made, YES_PATH)
        timed_out += tuple(replace(one, late=True) for one in late)
    others = tuple(end for end in ends if end not in told)
    how = f"the decision `{decision}` below the e-mail; `no` after {at_most}"
    if others or not told:
        asked = _looked_for(body, node, step, wait)
        how = asked.how
        settled = body.tree.settled(others, node.step_id)
        after = tuple(
            replace(end, schedule=end.schedule.after(at_most), sent=False) for end in settled
        )
        yes, no = decide(
            body.export,
            body.tree,
            body.flow.id,
            after,
            asked.formula,
            node.step_id,
            asked.name,
        )
        happened_, timed_out = happened_ + yes, timed_out + no
    support = Support.APPROXIMATED if others or not told else Support.EXACT
    lowering.note("step.wait.event", node.id, span, how, support)
    body.lead(node, HAPPENED, happened_)
    body.lead(node, TIMED_OUT, timed_out)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked when a wait for an event is over. `how` says it in words."""

    formula: Formula
    name: str
    how: str


def _looked_for(body: _Body, node: Node, step: Wait, wait: UntilEvent) -> _Asked:
    """Return the question whether an event came since the action before, or since entry."""
    export, flow, event = body.export, body.flow, wait.until
    since_entry = step.since == "entry"
    reach = reaches(export.graph, flow.id, since_entry=since_entry)[node.id]
    window = total(reach.longest, wait.at_most)
    origin = "entry" if since_entry else "the action before it"
    how = export.lowering.capabilities["step.wait.event"].how
    how += f"; it looks at the last {window}, which is since {origin}"
    if reach.shortest != reach.longest:
        how += " on the longest way to it"
    if of_its_order(export.playbook, flow, event):
        how += "; that of any order counts, not only of the order that started the flow"
    name = f"{event} within {window}"
    if isinstance(flow.trigger, EventTrigger) and flow.trigger.event == event:
        entered = reaches(export.graph, flow.id, since_entry=True)[node.id]
        whole = int(total(entered.shortest, wait.at_most).nominal_days)
        how += f"; `{event}` began the flow: that of the first day does not count"
        if whole < 1:
            name = f"another {event} since the flow {flow.id} began"
            return _Asked(stand_in(name, export, truth=True), name, how)
        window = min(window, Duration(days=whole - 1), key=lambda one: one.nominal_days)
    return _Asked(happened(event, window, export), name, how)


def _branch(body: _Body, node: Node, step: Branch, ends: Ends) -> None:
    body.export.lowering.note("step.branch", node.id, node.origin.key_span("branch"))
    left = ends
    for number, case in enumerate(step.branch, 1):
        formula = satisfied(case.condition, body.export, node.id)
        yes, left = decide(
            body.export,
            body.tree,
            body.flow.id,
            left,
            formula,
            f"{node.step_id}~{number}",
            str(case.condition),
        )
        body.lead(node, CASE, yes, str(number))
    body.lead(node, NO, left)


def _split(body: _Body, node: Node, step: Split, ends: Ends) -> None:
    """Ask a number that the shop draws once for each contact, arm after arm."""
    export = body.export
    name = f"split_{body.flow.id}_{step.split}"
    note = (
        f"a number from 0 to below 100, drawn once for each contact: split {step.split} of the "
        f"flow {body.flow.id}"
    )
    alias = export.fields.of(name, NUMBER, note)
    export.lowering.note("step.split", node.id, node.origin.key_span("split"))
    arms = [
        (arm, variant.share.fraction)
        for arm, variant in step.variants.items()
        if variant.share.fraction > 0
    ]
    left, upper = ends, Decimal(0)
    for arm, share in arms[:-1]:
        upper += share * 100
        yes, left = decide(
            export,
            body.tree,
            body.flow.id,
            left,
            Filter(alias, NUMBER, "lt", plain(upper)),
            f"{node.step_id}~{arm}",
            f"{step.split}: {arm}",
        )
        body.lead(node, VARIANT, yes, arm)
    body.lead(node, VARIANT, left, arms[-1][0])
