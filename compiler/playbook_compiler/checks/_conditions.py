"""The conditions of a playbook with their places, and what they mean with audiences told out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from playbook_compiler.condition_states import Goal, Want
from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Happened,
    InAudience,
    InSet,
    IsKnown,
    Not,
    Or,
    all_of,
    any_of,
    facts_read,
    nodes,
)
from playbook_compiler.conditions_analysis import Conflict, is_impossible
from playbook_compiler.diagnostics import Label, shown
from playbook_compiler.facts import Event, Fact, Nature, RunKey
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Audience, Flow, Playbook
from playbook_compiler.source import Span
from playbook_compiler.steps import Branch, If
from playbook_compiler.triggers import (
    DateTrigger,
    EntersAudience,
    EventTrigger,
    Inactivity,
    PointsExpiring,
    PointsReach,
    Replenishment,
    TierChanged,
)
from playbook_compiler.values import dataclass, replace

# An audience whose meaning is longer than this is taken as it is named: audiences of audiences
# could otherwise grow without limit.
NODES_LIMIT = 200
ORDER_NUMBER = "trigger.order.nth"


@dataclass(frozen=True, slots=True)
class Placed:
    """A condition and where it stands. `flow` is the flow it is part of, empty outside of flows."""

    condition: Condition
    span: Span
    flow: str = ""


def who_belongs(playbook: Playbook) -> Iterator[Placed]:
    """Yield the conditions that choose customers: audiences, `trigger.where`, `audience`, and who
    earns points."""
    for audience in playbook.audiences.values():
        yield Placed(audience.where, audience.origin.span("where"))
    points = playbook.programmes.points if playbook.programmes is not None else None
    for earn in points.earn if points is not None else ():
        if earn.where is not None:
            yield Placed(earn.where, earn.origin.span("where"))
    for flow in playbook.flows.values():
        yield from _who_enters(flow)


def _who_enters(flow: Flow) -> Iterator[Placed]:
    if flow.trigger.where is not None:
        yield Placed(flow.trigger.where, flow.trigger.origin.span("where"), flow.id)
    if flow.audience is not None:
        yield Placed(flow.audience, flow.origin.span("audience"), flow.id)


def ways(graph: TriggerGraph) -> Iterator[Placed]:
    """Yield the conditions that decide within a run: `if`, the cases of `branch`, `exit_when`."""
    for flow in graph.playbook.flows.values():
        if flow.exit_when is not None:
            yield Placed(flow.exit_when, flow.origin.span("exit_when"), flow.id)
    for node in graph.nodes.values():
        if isinstance(node.what, If):
            yield Placed(node.what.condition, node.origin.span("if"), node.flow)
        elif isinstance(node.what, Branch):
            for case in node.what.branch:
                yield Placed(case.condition, case.origin.span("if"), node.flow)


def of_customers(graph: TriggerGraph) -> Iterator[Placed]:
    """Yield every condition about customers."""
    yield from who_belongs(graph.playbook)
    yield from ways(graph)


def told_audiences(playbook: Playbook) -> Mapping[str, Condition]:
    """Return who belongs to each audience, as implication looks it up."""
    return {name: audience.where for name, audience in playbook.audiences.items()}


def living(audiences: Mapping[str, Condition]) -> dict[str, Condition]:
    """Return the audiences that somebody can belong to, as far as can be seen."""
    return {name: where for name, where in audiences.items() if not is_impossible(where, audiences)}


def said(conflict: Conflict) -> str:
    """Return in words what excludes what."""
    texts = [f"`{shown(text)}`" for text in conflict.texts]
    if len(texts) == 1:
        return f"{texts[0]} is never true"
    return f"{', '.join(texts[:-1])} and {texts[-1]} are never true together"


def places(conflict: Conflict, playbook: Playbook, here: Span) -> tuple[Label, ...]:
    """Return labels for what takes part in a conflict elsewhere, audiences that are named too."""
    spans = (conflict.first, *conflict.more, *([conflict.second] if conflict.second else []))
    labels = [
        Label(span, f"excluded by {shown(text)}")
        for span, text in zip(spans, conflict.texts, strict=True)
        if span != here
    ]
    named = {
        node.audience: playbook.audiences[node.audience]
        for part in conflict.parts
        for node in nodes(part)
        if isinstance(node, InAudience) and node.audience in playbook.audiences
    }
    for name, audience in named.items():
        labels.append(Label(audience.origin.span("where"), f"this is `{name}`"))
    return tuple(labels)


@dataclass(frozen=True, slots=True)
class Meanings:
    """What audiences mean without naming other audiences, as far as that can be told."""

    by_audience: Mapping[str, Condition]

    def of(self, condition: Condition) -> Condition:
        """Return the condition with the audiences it names told out."""
        return _told(condition, self.by_audience)


def meanings(playbook: Playbook) -> Meanings:
    """Return what each audience of the playbook means. One that names itself stays as it is."""
    told: dict[str, Condition] = {}
    for name in playbook.audiences:
        _tell(name, playbook.audiences, told, ())
    return Meanings(told)


def _tell(
    name: str, audiences: Mapping[str, Audience], told: dict[str, Condition], outer: tuple[str, ...]
) -> None:
    if name in told or name in outer or len(outer) > NODES_LIMIT:
        return
    where = audiences[name].where
    for node in nodes(where):
        if isinstance(node, InAudience):
            _tell(node.audience, audiences, told, (*outer, name))
    meaning = _told(where, told)
    if sum(1 for _ in nodes(meaning)) <= NODES_LIMIT:
        told[name] = meaning


def _told(condition: Condition, told: Mapping[str, Condition], *, truth: bool = True) -> Condition:
    match condition:
        case InAudience(name) if name in told:
            meaning = told[name]
            # `not audience(x)` holds for those of whom x is unknown, `not (x)` does not.
            unsure = not truth and any(read.fact.may_be_missing for read in facts_read(meaning))
            return condition if unsure else meaning
        case Not(part, span):
            return Not(_told(part, told, truth=not truth), span)
        case And(parts, span):
            return all_of([_told(part, told, truth=truth) for part in parts], span)
        case Or(parts, span):
            return any_of([_told(part, told, truth=truth) for part in parts], span)
        case _:
            return condition


def entry_parts(
    flow: Flow, playbook: Playbook, *, at_once: bool = False, existing: bool = True
) -> list[Placed]:
    """Return all that holds of a customer who enters: by the trigger, its `where`, the audience.

    Days count as they are when the trigger fires with `at_once`, else as they are within a day.
    Without `existing`, those who enter on the first day are left out.
    """
    trigger = flow.trigger
    span = trigger.origin.key_span(trigger.kind)
    parts = [
        Placed(one, span, flow.id) for one in _implied(flow, playbook, span, at_once, existing)
    ]
    if isinstance(trigger, EntersAudience):
        parts.append(Placed(InAudience(trigger.enters, span), span, flow.id))
    told = list(_who_enters(flow))
    return [*parts, *_counted(flow, playbook, told), *told]


def _counted(flow: Flow, playbook: Playbook, told: list[Placed]) -> Iterator[Placed]:
    """Yield what is said of the number of the order, said of the orders: they are the same when an
    order is placed."""
    trigger = flow.trigger
    if not isinstance(trigger, EventTrigger):
        return
    if playbook.catalogue.events[trigger.event].nature is not Nature.ORDER:
        return
    for one in told:
        if any(read.fact.name == ORDER_NUMBER for read in facts_read(one.condition)):
            meaning = _with_orders(one.condition, playbook.catalogue.facts["orders"])
            yield Placed(meaning, one.span, one.flow)


def _with_orders(condition: Condition, orders: Fact) -> Condition:
    match condition:
        case Not(part):
            return replace(condition, part=_with_orders(part, orders))
        case And(parts) | Or(parts):
            return replace(condition, parts=tuple(_with_orders(part, orders) for part in parts))
        case Compare(fact) | InSet(fact) | Between(fact) if fact.name == ORDER_NUMBER:
            return replace(condition, fact=orders)
    return condition


def entry_goals(flow: Flow, playbook: Playbook, told: Meanings) -> list[Goal]:
    """Return all that holds of a customer who enters as goals of a search, audiences told out."""
    return [(told.of(one.condition), Want.TRUE) for one in entry_parts(flow, playbook)]


def _implied(
    flow: Flow, playbook: Playbook, span: Span, at_once: bool, existing: bool
) -> list[Condition]:
    """Return what a trigger tells of those it starts: facts are read with the event in them."""
    facts, trigger = playbook.catalogue.facts, flow.trigger
    bought = Compare(facts["orders"], ">=", 1, span)
    match trigger:
        case EventTrigger(event=event):
            return _of_event(trigger, playbook.catalogue.events[event], facts, span)
        case Inactivity():
            over = flow.existing.over if flow.existing is not None and existing else None
            since = facts["days_since_last_order"]
            return [bought, _age(trigger, since, span, at_once, older=over is not None)]
        case Replenishment() | DateTrigger(date="first_order"):
            return [bought]
        case DateTrigger(date=str(name)) if name in facts:
            return [IsKnown(facts[name], True, span)]
        case PointsReach(points_reach=number):
            return [Compare(facts["points"], ">=", number, span)]
        case PointsExpiring():
            return [Compare(facts["points"], ">=", 1, span)]
        case TierChanged(to=tier) if tier:
            return [Compare(facts["tier"], "=", tier, span)]
        case _:
            return []


def _of_event(
    trigger: EventTrigger, event: Event, facts: Mapping[str, Fact], span: Span
) -> list[Condition]:
    found: list[Condition] = [Happened(event.name, None, span)]
    if event.nature is Nature.ORDER:
        found.append(Compare(facts["orders"], ">=", trigger.at_least, span))
        found.append(Compare(facts["days_since_last_order"], "=", 0, span))
    elif event.key is RunKey.ORDER:
        found.append(Compare(facts["orders"], ">=", 1, span))
    return found


def _age(trigger: Inactivity, since: Fact, span: Span, at_once: bool, *, older: bool) -> Condition:
    length = trigger.inactive_for
    whole_days = length.days + length.seconds // 86_400
    low = length.months * 28 + whole_days
    high = length.months * 31 + whole_days
    if older:
        return Compare(since, ">=", low, span)
    slack = 0 if at_once and not length.seconds else 1
    return Between(since, low, high + slack, span)
