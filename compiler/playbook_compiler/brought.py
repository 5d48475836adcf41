"""What a flow's trigger is about: the order, cart, product and fields that its messages can say.

An event brings its fields, and what has to do with an order brings the products of it, too. What is
used up is the product of the last order, silence follows on the last order; who comes to belong to
an audience, or whose time it is by a schedule, brings nothing but himself.
"""

from __future__ import annotations

from typing import Final

from playbook_compiler.event_catalogue import trigger_source
from playbook_compiler.facts import Catalogue, RunKey
from playbook_compiler.triggers import EventTrigger, Trigger

FAMILIES: Final = ("cart", "order", "product")
_ABOUT: Final = {"replenishment": ("order", "product"), "inactive_for": ("order",)}


def lacks(trigger: Trigger, name: str, catalogue: Catalogue) -> str:
    """Return why the variable `name` has no value after a trigger, as the rest of a sentence;
    empty where it can have one. A variable that no trigger brings always can."""
    family = name.partition(".")[0]
    event = trigger.event if isinstance(trigger, EventTrigger) else ""
    if family == "trigger":
        fields = catalogue.trigger_facts(trigger_source(trigger.kind, event))
        return "" if name in fields else f"its trigger brings no `{name}`"
    if family not in FAMILIES:
        return ""
    if not event:
        is_about = family in _ABOUT.get(trigger.kind, ())
        return "" if is_about else f"its trigger is about no {family}"
    told = catalogue.events[event]
    has = any(one.name.partition(".")[0] == family for one in told.fields)
    # An order is about products, too.
    if has or (family != "cart" and told.key is RunKey.ORDER):
        return ""
    return f"`{event}` brings no {family}"
