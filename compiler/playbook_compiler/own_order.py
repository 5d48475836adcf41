"""Which events concern a run by its order: those that tell what became of one."""

from __future__ import annotations

from playbook_compiler.facts import Nature, RunKey
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.triggers import EventTrigger


def of_its_order(playbook: Playbook, flow: Flow, event: str) -> bool:
    """Return whether an event means the order that started the flow: its payment, its delivery."""
    events = playbook.catalogue.events
    found, trigger = events[event], flow.trigger
    if found.key is not RunKey.ORDER or found.nature is not Nature.AFTER_ORDER:
        return False
    return isinstance(trigger, EventTrigger) and events[trigger.event].key is RunKey.ORDER
