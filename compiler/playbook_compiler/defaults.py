"""What a flow and a playbook mean where the author says nothing."""

from __future__ import annotations

from playbook_compiler.document import Data
from playbook_compiler.facts import Catalogue, Nature
from playbook_compiler.message_choice import LADDER, Reached
from playbook_compiler.model import Entry, Existing, Flow, Goal
from playbook_compiler.steps import Send, Step, children, with_children
from playbook_compiler.triggers import (
    DateTrigger,
    EventTrigger,
    Inactivity,
    Replenishment,
    Schedule,
    Trigger,
)
from playbook_compiler.units import Duration
from playbook_compiler.values import replace

AGAIN_AFTER = Duration(days=30)
PURCHASE = "order_placed"
BUILT_IN_STAGES: Data = {
    "startup": {"split": {"acquisition": "100%", "retention": "0%"}},
    "growth": {
        "enter": "orders_per_month >= 30",
        "split": {"acquisition": "80%", "retention": "20%"},
    },
    "stable": {
        "enter": "orders_per_month >= 300",
        "split": {"acquisition": "60%", "retention": "40%"},
    },
    "established": {
        "enter": "orders_per_month >= 1000",
        "split": {"acquisition": "40%", "retention": "60%"},
    },
    "scale": {
        "enter": "orders_per_month >= 10000",
        "split": {"acquisition": "30%", "retention": "70%"},
    },
}


def with_defaults(flow: Flow, catalogue: Catalogue) -> Flow:
    """Return the flow with its entry rule, exits, goal, what becomes of existing customers, and
    when its ladders stop."""
    nature = _nature(flow.trigger, catalogue)
    exit_on = flow.exit_on
    if exit_on is None:
        exit_on = (PURCHASE,) if _wants_an_order(flow.trigger, nature) else ()
    return replace(
        flow,
        entry=flow.entry or _entry(flow, nature),
        existing=flow.existing or Existing(origin=flow.origin),
        exit_on=exit_on,
        goal=flow.goal or Goal(origin=flow.origin),
        steps=_with_reached(flow.steps),
    )


def _with_reached(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps with what reaching a customer means in each ladder."""
    found = []
    for step in steps:
        inner = {way: _with_reached(list_) for way, list_ in children(step)}
        told = with_children(step, inner) if any(inner.values()) else step
        if isinstance(told, Send) and told.send.order == LADDER and told.reached is None:
            told = replace(told, reached=Reached())
        found.append(told)
    return tuple(found)


def _entry(flow: Flow, nature: Nature | None) -> Entry:
    """Sign-ups enter once; each order, date and scheduled time anew; others after 30 days."""
    if nature is Nature.SIGN_UP:
        return Entry(origin=flow.origin, rule="once")
    if nature in (Nature.ORDER, Nature.AFTER_ORDER) or isinstance(
        flow.trigger, DateTrigger | Schedule
    ):
        return Entry(origin=flow.origin, rule="always")
    return Entry(origin=flow.origin, again_after=AGAIN_AFTER)


def _wants_an_order(trigger: Trigger, nature: Nature | None) -> bool:
    """Whether an order is what the flow is for: carts, visits, wishes, inactivity, refills."""
    return nature is Nature.BEFORE_ORDER or isinstance(trigger, Inactivity | Replenishment)


def _nature(trigger: Trigger, catalogue: Catalogue) -> Nature | None:
    return catalogue.events[trigger.event].nature if isinstance(trigger, EventTrigger) else None
