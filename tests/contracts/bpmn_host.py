"""An application around the engine, as docs/targets/bpmn.md asks for it, for one customer.

It delivers events to the runs that they concern, starts processes and lets time go on. What is
sent, and when, comes out of the processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.contracts.bpmn_engine import CLOCK, MICROSECOND, Run
from tests.contracts.bpmn_facts import NOBODY, ORDER, Happening, Knowledge, Sent

from playbook_compiler.changes import TAG
from playbook_compiler.facts import Nature
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.steps import Update
from playbook_compiler.targets.bpmn.names import variable
from playbook_compiler.triggers import EntersAudience, EventTrigger, Inactivity, Replenishment
from playbook_compiler.units import Duration


@dataclass(slots=True, eq=False)
class Host(Knowledge):
    """The life of one customer."""

    def starts(self, run: Run, flow: str) -> None:
        natures = self.export.graph.playbook.catalogue.events
        key = run.key if _key(flow, self.export.graph, natures) == "order" else NOBODY
        if _key(run.flow, self.export.graph, natures) != "order":
            key = NOBODY
        self._begin(flow, f"start:{flow}", key)

    # Time goes on.

    def live(self, items: Sequence[Happening], start: int, end: int) -> list[Sent]:
        """Let the customer live through what is recorded of him, and return what was sent."""
        who, born = self.who, start
        if not who.is_known:
            if not items:
                return []
            born = items[0].moment
        self.orders, self.revenue = who.orders, who.revenue
        self.first_order, self.last_order = who.first_order, who.last_order
        self.last_event = dict(who.before)
        if any(
            isinstance(node.what, Update) and node.what.update.deed == TAG
            for node in self.export.graph.nodes.values()
        ):
            self.tags = set()
        self._go_to(born)
        self._first_day(start)
        waiting = list(items)
        midnight = who.clock.day_end(born)
        while True:
            due = self._due()
            moment = min(
                waiting[0].moment if waiting else end,
                midnight,
                end if due is None else int(due[0].timestamp() // 1),
            )
            if moment >= end:
                return self.sends
            if waiting and waiting[0].moment == moment:
                self._go_to(moment)
                self._happen(waiting.pop(0))
            elif midnight == moment:
                self._go_to(moment)
                midnight = who.clock.day_end(moment)
            else:
                assert due is not None
                self.now, CLOCK.now = moment, max(due[0], CLOCK.now) + MICROSECOND
                due[1].wake()
            self._look()
            self.runs = [run for run in self.runs if not run.is_over]

    def _go_to(self, moment: int) -> None:
        self.now = moment
        CLOCK.set(moment)

    def _due(self) -> tuple[datetime, Run] | None:
        found = [(at, run.number, run) for run in self.runs if (at := run.due()) is not None]
        if not found:
            return None
        at, _, run = min(found, key=lambda one: one[:2])
        return at, run

    def _flows(self) -> list[Flow]:
        flows = self.export.graph.playbook.flows
        return [flows[name] for name in sorted(self.export.definitions)]

    def _first_day(self, start: int) -> None:
        """Start what waits for time since the last order, and look who is in which audience."""
        for flow in self._flows():
            length = _silence(flow)
            if length is not None and self.last_order is not None:
                due = self.who.clock.add(self.last_order, length)
                if due >= start:
                    self._begin(flow.id, ORDER, NOBODY)
            if isinstance(flow.trigger, EntersAudience) and self.who.is_known:
                self.inside[flow.id] = self._belongs(flow)

    def _happen(self, item: Happening) -> None:
        if item.event == ORDER:
            self.order_number += 1
            self.orders += 1
            self.revenue += item.value
            self.first_order = self.now if self.first_order is None else self.first_order
            self.last_order = self.now
        self.last_event[item.event] = self.now
        event = self.export.graph.playbook.catalogue.events[item.event]
        key = NOBODY
        if event.nature in (Nature.ORDER, Nature.AFTER_ORDER):
            key = self.order_number
        elif event.nature is Nature.BEFORE_ORDER:
            self.number += 1
            key = self.number
        flows = self.export.graph.playbook.flows
        for run in sorted(self.runs, key=lambda one: one.number):
            is_exit = item.event in (flows[run.flow].exit_on or ())
            if is_exit or self._concerns(run, event.nature, key):
                if run.entered_at is not None:
                    run.notes[item.event] = self.now
                run.catch(item.event)
        payload = {
            variable("trigger.order.total"): item.value,
            variable("trigger.order.nth"): self.orders,
        }
        for flow in self._flows():
            trigger = flow.trigger
            if isinstance(trigger, EventTrigger) and trigger.event == item.event:
                own = key if event.key is not None and _keyed(event.nature) else NOBODY
                self._begin(flow.id, item.event, own, payload)
            elif item.event == ORDER and _silence(flow) is not None:
                self._begin(flow.id, ORDER, NOBODY)

    def _concerns(self, run: Run, nature: Nature, key: int) -> bool:
        """Return whether an event concerns a run: of its own message, of its own order, or any."""
        if nature is Nature.AFTER_MESSAGE:
            return False
        if nature is Nature.AFTER_ORDER and run.key != NOBODY:
            catalogue = self.export.graph.playbook.catalogue.events
            is_orders = _key(run.flow, self.export.graph, catalogue) == "order"
            return is_orders and run.key == key
        return True

    def _begin(
        self, flow: str, message: str, key: int, payload: Mapping[str, Any] | None = None
    ) -> None:
        if flow not in self.export.definitions:
            return
        self.number += 1
        run = Run(self, flow, self.export.definitions[flow], self.number, key)
        run.catch(message, payload)
        if not run.is_over:
            self.runs.append(run)

    def _look(self) -> None:
        """Start the flows of audiences to which the customer now comes to belong."""
        for flow in self._flows():
            if isinstance(flow.trigger, EntersAudience):
                before, self.inside[flow.id] = self.inside.get(flow.id), self._belongs(flow)
                if self.inside[flow.id] and not before:
                    self._begin(flow.id, "", NOBODY)

    def _belongs(self, flow: Flow) -> bool:
        """Return what the start event's own condition says."""
        definition = self.export.definitions[flow.id]
        run = Run.__new__(Run)
        run.application, run.flow, run.notes = self, flow.id, {}
        names = _Variables(self, run)
        return eval(definition.condition, {"__builtins__": {}}, names) is True


class _Variables(dict[str, Any]):
    def __init__(self, host: Host, run: Run) -> None:
        super().__init__()
        self.host, self.run = host, run

    def __missing__(self, name: str) -> Any:
        return self.host.variable(self.run, name)


def _silence(flow: Flow) -> Duration | None:
    """Return how long after an order a flow begins where no other order came."""
    match flow.trigger:
        case Inactivity(inactive_for=duration):
            return duration
        case Replenishment(replenishment=Duration() as duration):
            return duration
    return None


def _keyed(nature: Nature) -> bool:
    return nature in (Nature.ORDER, Nature.AFTER_ORDER, Nature.BEFORE_ORDER)


def _key(flow: str, graph: TriggerGraph, events: Mapping[str, Any]) -> str:
    trigger = graph.playbook.flows[flow].trigger
    if not isinstance(trigger, EventTrigger):
        return ""
    nature = events[trigger.event].nature
    return "order" if nature in (Nature.ORDER, Nature.AFTER_ORDER) else ""
