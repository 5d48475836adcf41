"""What stands before a flow's first step: the entry, who may enter, how often, and when."""

from __future__ import annotations

from typing import Any

from playbook_compiler.calendar_units import CalendarDay, YearlyDay
from playbook_compiler.export.bundle import stable_uuid
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.export.logic import ALWAYS, Leaf, Tree, all_of
from playbook_compiler.facts import RunKey, ValueType
from playbook_compiler.model import Flow
from playbook_compiler.targets.dittofeed import nodes, terms
from playbook_compiler.targets.dittofeed import segment_tests as tests
from playbook_compiler.targets.dittofeed.body import Body, Made
from playbook_compiler.targets.dittofeed.conditions import entered, lower_condition
from playbook_compiler.targets.dittofeed.counting import counted_by
from playbook_compiler.targets.dittofeed.scope import Scope
from playbook_compiler.targets.dittofeed.sends import holdout_split
from playbook_compiler.targets.dittofeed.start_notes import note_start
from playbook_compiler.targets.dittofeed.starts import run_event, run_key, starts_by_event
from playbook_compiler.targets.dittofeed.state import Export
from playbook_compiler.triggers import (
    DateTrigger,
    EntersAudience,
    EventTrigger,
    Inactivity,
    OfferExpiring,
    PointsExpiring,
    PointsReach,
    Replenishment,
    TierChanged,
)
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass

# What has just happened is in Dittofeed's segments this many seconds later.
READY = 300
# Who had this year's day waits here for the next one; the shop has set the next date by then.
NEXT_YEAR = 300 * tests.DAY
_ALL_COUNTED = (
    "a split on the count of the event after the trigger; events that do not meet all of `where` "
    "count, too: Dittofeed counts by properties that must all be there"
)


@dataclass(frozen=True, slots=True)
class Head:
    """A flow without its steps.

    `entry` is the entry node but its child; `before` the nodes that a run passes first, in order,
    each leading to the next; `gate` what is asked after them. `after` are nodes behind the last.
    """

    entry: dict[str, Any]
    scope: Scope
    before: tuple[nodes.Node, ...] = ()
    gate: Tree = ALWAYS
    exit: str = nodes.EXIT
    after: tuple[nodes.Node, ...] = ()


def lower_head(export: Export, flow: Flow) -> Head | None:
    """Return the flow's head, or None where Dittofeed has no such trigger."""
    trigger, lowering = flow.trigger, export.lowering
    node = f"{flow.id}/trigger"
    span = trigger.origin.key_span(trigger.kind)
    how = ""
    if isinstance(trigger, DateTrigger) and isinstance(trigger.date, YearlyDay | CalendarDay):
        how = "Dittofeed starts journeys by an event or a segment, not on a day of the calendar"
        lossy = "the whole flow is left out"
        lowering.note("trigger.date", node, span, how, Support.REFUSED, lossy)
        lowering.leave_out("trigger.date", node, how)
        lowering.leave_out("flow", flow.id, how)
        return None
    support = None
    if isinstance(trigger, EventTrigger) and trigger.event in terms.OWN_EVENTS:
        support = Support.APPROXIMATED
        how = "entry by a segment: the event came within the last day, and none in the day before"
    # How an event starts it is noted with what stands in front of the first step.
    late = starts_by_event(trigger)
    if not late and not lowering.note(f"trigger.{trigger.kind}", node, span, how, support):
        lowering.leave_out("flow", flow.id, "Dittofeed has no such trigger")
        return None
    event, key = run_event(export.playbook, flow)
    scope = Scope(export.playbook, lowering, flow.id, export.needs, event, key)
    match trigger:
        case EventTrigger():
            return _by_event(export, flow, trigger, scope)
        case EntersAudience(enters=audience):
            export.audiences.add(audience)
            segment = stable_uuid(terms.TARGET, "segment", audience)
            return Head(nodes.segment_entry(segment, "", again=False), scope)
        case Inactivity(inactive_for=duration):
            return _inactive(export, flow, duration, scope)
        case PointsReach(points_reach=points):
            path = scope.trait("points", "points of the customer, kept by the shop")
            tree: Tree = Leaf(tests.trait(path, tests.at_least(points)))
            return _by_segment(export, flow, tree, scope)
        case DateTrigger():
            return _by_date(export, flow, trigger, scope)
        case Replenishment():
            return _used_up(export, flow, trigger, scope)
        case PointsExpiring(points_expiring=before):
            note = f"sent by the shop {before} before points expire"
            return _sent(export, flow, "points_expiring", note, scope)
        case OfferExpiring(offer_expiring=before):
            note = f"sent by the shop {before} before an unused offer ends"
            return _sent(export, flow, "offer_expiring", note, scope)
        case TierChanged(tier_changed=direction, to=tier):
            return _tier(export, flow, direction, tier, scope)
    raise AssertionError(f"a trigger with a row and no lowering: {trigger.kind}")


def front(body: Body, head: Head, first: str) -> Made:
    """Return what stands before the first step, and the entry; the run's end where none follows."""
    export, flow = body.export, body.flow
    made: list[nodes.Node] = []
    entry = first
    again = flow.entry.again_after if flow.entry is not None else None
    if again is not None or flow.id in export.needs.entered:
        made = [nodes.delay(terms.ENTERED, entry, 1)]
        entry = terms.ENTERED
    if again is not None:
        tree = entered(flow.id, again).yes
        found, entry = body.decide("trigger~again", "entered before", tree, body.exit, entry)
        made = found + made
    if body.held_out and first != body.exit:
        made.insert(0, holdout_split(body, "trigger~holdout", body.exit, entry))
        entry = "trigger~holdout"
    gate = all_of([head.gate, _who(body)])
    found, entry = body.decide("trigger~audience", "who may enter", gate, entry, body.exit)
    made = found + made
    if body.hold_until is not None and not body.by_event:
        zone = export.playbook.timezone
        made.insert(0, nodes.until_time("trigger~hours", entry, body.hold_until, zone))
        entry = "trigger~hours"
    ready = body.by_event and any(_is_stored(body, node) for node in made)
    if ready:
        made.insert(0, nodes.delay("trigger~ready", entry, READY))
        entry = "trigger~ready"
    if starts_by_event(flow.trigger):
        note_start(export, flow, READY if ready else 0)
    for node in reversed(head.before):
        made.insert(0, {**node, "child": entry})
        entry = node["id"]
    return made, entry


def _is_stored(body: Body, node: nodes.Node) -> bool:
    """Return whether a node asks a segment that Dittofeed computes from time to time."""
    if node["type"] != "SegmentSplitNode":
        return False
    definition = body.export.segments.get(terms.node_name(body.flow.id, node["id"]))
    return definition is None or not tests.is_keyed(definition["entryNode"])


def _who(body: Body) -> Tree:
    """Return who may enter: the trigger's `where` and the flow's audience."""
    flow, lowering = body.flow, body.export.lowering
    parts: list[Tree] = []
    if flow.trigger.where is not None:
        span = flow.trigger.origin.key_span("where")
        lowering.note("trigger.where", f"{flow.id}/trigger", span)
        parts.append(lower_condition(flow.trigger.where, body.scope).true.yes)
    if flow.audience is not None:
        lowering.note("flow.audience", flow.id, flow.origin.key_span("audience"))
        parts.append(lower_condition(flow.audience, body.scope).true.yes)
    return all_of(parts)


def _by_event(export: Export, flow: Flow, trigger: EventTrigger, scope: Scope) -> Head:
    lowering, node = export.lowering, f"{flow.id}/trigger"
    lowering.note(construct_of("event", trigger.event), node, trigger.origin.key_span("event"))
    gate: Tree = ALWAYS
    name, told = terms.event_of(trigger.event)
    own = [(path, tests.equals(value)) for path, value in told.items()]
    properties = [*own]
    if trigger.at_least > 1:
        asked, whole = counted_by(trigger.where, scope)
        properties += asked
        how = "" if whole else _ALL_COUNTED
        lowering.note("trigger.event.at_least", node, trigger.origin.key_span("at_least"), how)
        within = None
        if trigger.within is not None:
            lowering.note("trigger.event.within", node, trigger.origin.key_span("within"))
            within = tests.seconds(trigger.within)
        gate = tests.performed(name, trigger.at_least, within, properties).yes
    if trigger.event in terms.OWN_EVENTS:
        tree = tests.performed(name, within=tests.DAY, properties=own).yes
        head = _by_segment(export, flow, tree, scope)
        return Head(head.entry, scope, gate=gate)
    _note_key(export, trigger.event, scope.key)
    return Head(nodes.event_entry(trigger.event, scope.key, ""), scope, gate=gate)


def _note_key(export: Export, event: str, key: str) -> None:
    note = f"property of the event `{event}`; without it no run starts"
    if key == terms.CUSTOMER_KEY:
        note += "; the customer's id"
    export.lowering.need("event property", f"{event}.{key}", note)


def _sent(export: Export, flow: Flow, event: str, note: str, scope: Scope) -> Head:
    """Return the entry by an event that the shop's own programme sends."""
    export.lowering.need("event", event, note)
    key = run_key(flow, RunKey.NONE)
    _note_key(export, event, key)
    scope = Scope(scope.playbook, scope.lowering, flow.id, scope.needs, event, key)
    return Head(nodes.event_entry(event, key, ""), scope)


def _tier(export: Export, flow: Flow, direction: str, tier: str, scope: Scope) -> Head:
    head = _sent(export, flow, "tier_changed", "with direction and tier, sent by the shop", scope)
    wanted = [("direction", tests.equals(direction))]
    if tier:
        origin = flow.trigger.origin
        if origin.has("to"):
            construct = "trigger.tier_changed.to"
            export.lowering.note(construct, f"{flow.id}/trigger", origin.key_span("to"))
        wanted.append(("tier", tests.equals(tier)))
    gate = tests.keyed("tier_changed", head.scope.key, wanted).yes
    return Head(head.entry, head.scope, gate=gate)


def _by_segment(export: Export, flow: Flow, tree: Tree, scope: Scope) -> Head:
    segment = export.segment(terms.node_name(flow.id, "trigger"), tree)
    return Head(nodes.segment_entry(segment, "", again=False), scope)


def _inactive(export: Export, flow: Flow, duration: Duration, scope: Scope) -> Head:
    """Return the entry of those whose latest order has become so old within the last day.

    Only a day wide, so that a start of the journey does not bring in all who ever left.
    """
    old = tests.seconds(duration)
    tree = all_of(
        [
            tests.performed("order_placed", within=old + tests.DAY).yes,
            tests.performed("order_placed", within=old).no,
        ]
    )
    return _by_segment(export, flow, tree, scope)


def _by_date(export: Export, flow: Flow, trigger: DateTrigger, scope: Scope) -> Head:
    """Return the entry of those who have a date, and the wait until it comes."""
    lowering, node = export.lowering, f"{flow.id}/trigger"
    assert isinstance(trigger.date, str)
    fact = export.playbook.catalogue.facts.get(trigger.date)
    once = fact is not None and fact.type is ValueType.DATE
    trait = terms.identifier(trigger.date if once else f"next_{trigger.date}")
    note = "a date such as 2026-12-01"
    if not once:
        note += ": the next one, set by the shop within 300 days after each; never one in the past"
    path = scope.trait(trait, note)
    export.trait_property(path)
    property_ = stable_uuid(terms.TARGET, "user-property", path)
    shift, direction = 0, "after"
    for key in ("before", "after"):
        span = getattr(trigger, key)
        if span is not None:
            lowering.note(f"trigger.date.{key}", node, trigger.origin.key_span(key))
            shift, direction = tests.seconds(span), key
    wait = nodes.until_date("trigger~date", "", property_, shift, direction)
    segment = export.segment(terms.node_name(flow.id, "trigger"), tests.known(path).yes)
    again = not once and (flow.entry is None or flow.entry.rule != "once")
    if not again:
        return Head(nodes.segment_entry(segment, "", again=False), scope, (wait,))
    last = "end~next-year"
    behind = nodes.delay(last, nodes.EXIT, NEXT_YEAR)
    entry = nodes.segment_entry(segment, "", again=True)
    return Head(entry, scope, (wait,), exit=last, after=(behind,))


def _used_up(export: Export, flow: Flow, trigger: Replenishment, scope: Scope) -> Head:
    """Return the entry of those whose purchase is used up: a delay after the order, or a trait."""
    lasts = trigger.replenishment
    if isinstance(lasts, Duration):
        key = run_key(flow, RunKey.ORDER)
        _note_key(export, "order_placed", key)
        seconds = tests.seconds(lasts)
        wait = nodes.delay("trigger~used-up", "", seconds)
        # Who has ordered since is asked for short of the order that started the run.
        since = max(seconds - 3_600, 1)
        gate = tests.performed("order_placed", within=since).no
        inner = Scope(scope.playbook, scope.lowering, flow.id, scope.needs, "order_placed", key)
        return Head(nodes.event_entry("order_placed", key, ""), inner, (wait,), gate)
    name = "replenishment_due" if lasts == "typical interval" else "replenishment_product_due"
    path = scope.trait(name, "true while the customer is about to run out; kept by the shop")
    return _by_segment(export, flow, Leaf(tests.trait(path, tests.equals("true"))), scope)
