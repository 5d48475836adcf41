"""What starts a run in Dittofeed: an event that the shop sends, with the run's key, or none."""

from __future__ import annotations

from playbook_compiler.facts import RunKey
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.triggers import (
    EventTrigger,
    OfferExpiring,
    PointsExpiring,
    Replenishment,
    TierChanged,
    Trigger,
)
from playbook_compiler.units import Duration


def starts_by_event(trigger: Trigger) -> bool:
    """Return whether an event that the shop sends starts the journey, and no segment."""
    match trigger:
        case EventTrigger(event=event):
            return event not in terms.OWN_EVENTS
        case Replenishment(replenishment=lasts):
            return isinstance(lasts, Duration)
    return isinstance(trigger, PointsExpiring | OfferExpiring | TierChanged)


def run_event(playbook: Playbook, flow: Flow) -> tuple[str, str]:
    """Return the event that starts runs of a flow and the key of a run; "" where no event does."""
    trigger = flow.trigger
    if not isinstance(trigger, EventTrigger) or trigger.event in terms.OWN_EVENTS:
        return "", ""
    return trigger.event, run_key(flow, playbook.catalogue.events[trigger.event].key)


def quoted_event(playbook: Playbook, flow: Flow) -> tuple[str, str]:
    """Return the event that the messages of a flow quote and the key of a run; "" where none is.

    Of what starts without an event of the language, it is the one that the shop sends for it.
    """
    match flow.trigger:
        case Replenishment(replenishment=Duration()):
            return "order_placed", run_key(flow, RunKey.ORDER)
        case PointsExpiring() | OfferExpiring() | TierChanged():
            return flow.trigger.kind, run_key(flow, RunKey.NONE)
    return run_event(playbook, flow)


def run_key(flow: Flow, key: RunKey) -> str:
    """Return the property by which Dittofeed tells runs apart."""
    if flow.entry is not None and flow.entry.rule == "once":
        return terms.CUSTOMER_KEY
    return terms.RUN_KEYS.get(key.value, terms.CUSTOMER_KEY)
