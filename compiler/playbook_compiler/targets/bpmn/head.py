"""What stands before a flow's first step: how a process begins, and who may enter."""

from __future__ import annotations

from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.model import Flow
from playbook_compiler.targets.bpmn.elements import (
    CATCH,
    END,
    EVENT_BASED,
    SERVICE,
    START,
    Arrow,
    ConditionEvent,
    Element,
    MessageEvent,
    Part,
    TimerEvent,
    Way,
    choice,
    joined,
    step_to,
)
from playbook_compiler.targets.bpmn.expressions import holds
from playbook_compiler.targets.bpmn.names import own
from playbook_compiler.targets.bpmn.state import Export
from playbook_compiler.targets.bpmn.timers import iso, timer
from playbook_compiler.triggers import (
    BY_PRODUCT,
    TYPICAL_INTERVAL,
    DateTrigger,
    EntersAudience,
    EventTrigger,
    Inactivity,
    OfferExpiring,
    PointsExpiring,
    PointsReach,
    Replenishment,
    Schedule,
    TierChanged,
)
from playbook_compiler.units import Duration

ORDER = "order_placed"
TURNED_AWAY = "turned-away"


def lower_head(export: Export, flow: Flow, target: str) -> Part:
    """Return the start of a flow's process up to `target`, where the run begins."""
    trigger, lowering, node = flow.trigger, export.lowering, f"{flow.id}/trigger"
    lowering.note(f"trigger.{trigger.kind}", node, trigger.origin.key_span(trigger.kind))
    export.given("may_enter")
    data = (("flow", flow.id), ("entry", _entry_rule(flow)))
    entered = Element(
        "enter", SERVICE, "The run begins", "count this entry", data, operation="enter"
    )
    away = Element(TURNED_AWAY, END, "not admitted")
    asked = ["may_enter is True"]
    if flow.audience is not None:
        lowering.note("flow.audience", flow.id, flow.origin.key_span("audience"))
        asked.append(holds(export, flow.audience))
    about = f"may_enter: {_entry_rule(flow)}"
    admits = choice(
        "admit",
        "May the customer enter?",
        [Way(entered.id, _all(asked), "yes"), Way(away.id, "", "no")],
        about,
        data,
    )
    parts = [admits, step_to(entered, target)]
    first = admits.entry
    meets = _meets(export, flow)
    if meets:
        ways = [Way(first, _all(meets), "yes"), Way(away.id, "", "no")]
        parts.insert(0, choice("meets", "Is it meant?", ways))
        first = parts[0].entry
    parts.insert(0, _start(export, flow, first))
    if export.is_started(flow.id):
        message = MessageEvent(f"start:{flow.id}")
        parts.insert(
            1, step_to(Element("started", START, "started by a flow", event=message), admits.entry)
        )
    parts.append(Part(away.id, (away,)))
    return joined(parts[0].entry, *parts)


def _all(conditions: list[str]) -> str:
    return " and ".join(f"({one})" if " or " in one else one for one in conditions)


def _entry_rule(flow: Flow) -> str:
    entry = flow.entry
    if entry is None or entry.rule == "always":
        return "always"
    return "once" if entry.again_after is None else f"again after {entry.again_after}"


def _meets(export: Export, flow: Flow) -> list[str]:
    """Return what the trigger asks of the event and the customer."""
    trigger, lowering, node = flow.trigger, export.lowering, f"{flow.id}/trigger"
    found = []
    if isinstance(trigger, EventTrigger) and trigger.at_least > 1:
        lowering.note("trigger.event.at_least", node, trigger.origin.key_span("at_least"))
        counted = own("count_", f"{trigger.event} within {trigger.within}")
        about = "how often the event came within this time, this one included"
        export.read(counted, "integer", f"{trigger.event} within {trigger.within}", about)
        found.append(f"{counted} >= {trigger.at_least}")
    if trigger.where is not None:
        lowering.note("trigger.where", node, trigger.origin.key_span("where"))
        found.append(holds(export, trigger.where))
    return found


def _start(export: Export, flow: Flow, first: str) -> Part:
    """Return the start event of the trigger, and what comes before it is sure."""
    trigger = flow.trigger

    def message(name: str, about: str = "") -> Part:
        return step_to(Element("start", START, name, about, event=MessageEvent(name)), first)

    def date(expression: str, name: str, about: str = "") -> Part:
        event = TimerEvent("timeDate", expression)
        return step_to(Element("start", START, name, about, event=event), first)

    match trigger:
        case EventTrigger(event=event):
            span = trigger.origin.key_span("event")
            export.lowering.note(construct_of("event", event), f"{flow.id}/trigger", span)
            return message(event)
        case EntersAudience(enters=audience):
            condition = ConditionEvent(holds(export, export.playbook.audiences[audience].where))
            name = f"enters {audience}"
            return step_to(Element("start", START, name, event=condition), first)
        case Inactivity(inactive_for=duration):
            export.given("last_order_at")
            return _quiet_since(timer(duration, "last_order_at"), f"no order for {duration}", first)
        case Replenishment(replenishment=Duration() as duration):
            export.given("last_order_at")
            return _quiet_since(timer(duration, "last_order_at"), f"{duration} later", first)
        case Replenishment(replenishment=what):
            due = own("due_", str(what).replace(" ", "-"))
            about = {
                TYPICAL_INTERVAL: "the last order plus the customer's typical interval",
                BY_PRODUCT: "when what was bought is used up: start a process for each product",
            }[str(what)]
            export.read(due, "text", str(what), f"{about}, as ISO 8601 text in UTC")
            export.lowering.note(
                "trigger.replenishment",
                f"{flow.id}/trigger",
                trigger.origin.key_span("replenishment"),
                f"a timer on the variable `{due}`, which the application works out",
                Support.APPROXIMATED,
            )
            return _quiet_since(TimerEvent("timeDate", due), "used up", first)
        case DateTrigger(date=day, before=before, after=later):
            shift = f', before="{iso(before)}"' if before is not None else ""
            shift += f', after="{iso(later)}"' if later is not None else ""
            return date(f"next_day({str(day)!r}{shift})", f"{day}", "start one for each customer")
        case Schedule(every=every):
            return date(f"next_time({str(every)!r})", f"{every}", "start one for each customer")
        case PointsReach(points_reach=points):
            return message(f"points_reach:{points}")
        case PointsExpiring(points_expiring=duration):
            return message(f"points_expiring:{duration}")
        case OfferExpiring(offer_expiring=duration):
            return message(f"offer_expiring:{duration}")
        case TierChanged(tier_changed=direction, to=tier):
            return message(f"tier_changed:{direction}" + (f":{tier}" if tier else ""))
        case _:
            raise AssertionError(f"a trigger without a start event: {trigger.kind}")


def _quiet_since(due: TimerEvent, name: str, first: str) -> Part:
    """Return the start by an order that goes on when the timer is due and no other order came."""
    start = Element("start", START, ORDER, event=MessageEvent(ORDER))
    gateway = Element("since", EVENT_BASED, f"{name}, or a new order")
    waits = Element("due", CATCH, name, event=due)
    anew = Element("ordered-again", CATCH, "a new order", event=MessageEvent(ORDER))
    over = Element("begins-anew", END, "the new order's own process counts")
    arrows = (
        Arrow(start.id, gateway.id),
        Arrow(gateway.id, waits.id),
        Arrow(gateway.id, anew.id),
        Arrow(waits.id, first),
        Arrow(anew.id, over.id),
    )
    return Part(start.id, (start, gateway, waits, anew, over), arrows)
