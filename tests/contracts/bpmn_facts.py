"""What an application knows of one customer, and what it answers when a process asks.

Variables and functions are those of docs/targets/bpmn.md; it knows nothing of steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.contracts.bpmn_engine import Definition, Run
from tests.statistics.twin.clock import Clock
from tests.statistics.twin.randomness import sticky

from playbook_compiler.calendar_units import parse_moment
from playbook_compiler.conditions import (
    Condition,
    Entered,
    Happened,
    InFlow,
    Received,
    Unsubscribed,
)
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.targets.bpmn.names import PREFIXES
from playbook_compiler.units import Duration, parse_duration

ORDER = "order_placed"
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Happening:
    """An order (`value` in minor units) or another event of a customer."""

    moment: int
    event: str
    value: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a process sent: the whole second, flow, step, channel and message."""

    moment: int
    flow: str
    step: str
    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class Export:
    """An export as the application has loaded it. `tests` are conditions by their text."""

    graph: TriggerGraph
    definitions: Mapping[str, Definition]
    means: Mapping[str, str]
    tests: Mapping[str, Condition]


@dataclass(frozen=True, slots=True)
class Customer:
    """Who a customer is, and what he did before the first day."""

    key: int
    clock: Clock
    zone_known: bool
    consents: frozenset[str]
    is_known: bool
    orders: int
    revenue: int
    first_order: int | None
    last_order: int | None
    before: Mapping[str, int]


def utc(moment: int) -> str:
    """Return a moment as ISO 8601 text in UTC, as variables hold it."""
    return datetime.fromtimestamp(moment, UTC).isoformat()


def seconds(text: str) -> int:
    """Return the moment of such a text."""
    return int(datetime.fromisoformat(text).timestamp())


def iso_duration(text: str) -> Duration:
    """Read a duration such as `P1M14DT36H`."""
    date, _, time = text.removeprefix("P").lower().partition("t")
    parts = date.replace("m", "mo") + time.replace("m", "min")
    found = parse_duration(parts)
    assert isinstance(found, Duration), text
    return found


@dataclass(slots=True, eq=False)
class Knowledge:
    """Facts of one customer, his runs, and what was sent to him."""

    export: Export
    who: Customer
    holdout: float
    now: int = 0
    orders: int = 0
    revenue: int = 0
    order_number: int = -1
    first_order: int | None = None
    last_order: int | None = None
    told: dict[str, Any] = field(default_factory=dict)
    tags: set[str] | None = None
    left: set[str] = field(default_factory=set)
    last_event: dict[str, int] = field(default_factory=dict)
    last_entry: dict[str, int] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    inside: dict[str, bool] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    sends: list[Sent] = field(default_factory=list)
    number: int = 0

    # What the engine asks.

    def variable(self, run: Run, name: str) -> Any:
        given: dict[str, Callable[[], Any]] = {
            "may_enter": lambda: self._may_enter(run),
            "entered_at": lambda: utc(run.entered_at or 0),
            "acted_at": lambda: utc(run.acted_at or 0),
            "local_time": self._local_time,
            "held_out": lambda: sticky(self.who.key).uniform("holdout") < self.holdout,
            "suppressed": lambda: False,
            "zone_known": lambda: self.who.zone_known,
            "last_order_at": lambda: None if self.last_order is None else utc(self.last_order),
            "after": lambda: self._after,
            "until": lambda: self._until,
        }
        if name in given:
            return given[name]()
        means = self.export.means[name]
        prefix = next((one for one in PREFIXES if name.startswith(one)), "")
        if prefix:
            return self._about(run, prefix, means)
        if means in self.export.tests:
            return self._test(self.export.tests[means])
        return self._fact(means)

    def _about(self, run: Run, prefix: str, means: str) -> Any:
        match prefix:
            case "may_send_":
                channel = means.removeprefix("consent has ")
                return channel in self.who.consents and channel not in self.left
            case "bucket_":
                stream = f"split/{means.removeprefix('the draw of ')}"
                return math.floor(sticky(self.who.key).uniform(stream) * 1_000_000.0)
            case "turn_":
                return self.turns[means.removeprefix("the turn of ")]
            case "last_":
                last = run.notes.get(means)
                return None if last is None else utc(last)
        raise AssertionError(f"not answered here: {prefix}{means}")

    def _fact(self, name: str) -> Any:
        def days(since: int | None) -> int | None:
            clock = self.who.clock
            return None if since is None else clock.day(self.now) - clock.day(since)

        match name:
            case "orders":
                return self.orders
            case "revenue":
                return self.revenue
            case "aov":
                return self.revenue / self.orders if self.orders else None
            case "days_since_first_order":
                return days(self.first_order)
            case "days_since_last_order":
                return days(self.last_order)
            case "tags":
                return self.tags
            case "consent":
                return self.who.consents - self.left
        return self.told.get(name)

    def _test(self, test: Condition) -> bool | None:
        match test:
            case Happened(event, within):
                return self._is_recent(self.last_event.get(event), within)
            case Entered(flow, within):
                return self._is_recent(self.last_entry.get(flow), within)
            case Received(_, name, within):
                return self._is_recent(self.received.get(name), within)
            case InFlow(flow):
                return any(run.flow == flow and self._is_going_on(run) for run in self.runs)
            case Unsubscribed(channel):
                return channel in self.left
        raise AssertionError(f"not answered here: {test}")

    def _is_recent(self, last: int | None, within: Duration | None) -> bool:
        if last is None:
            return False
        return within is None or self.who.clock.add(last, within) >= self.now

    def _is_going_on(self, run: Run) -> bool:
        return run.entered_at is not None and not run.is_over

    def _local_time(self) -> str:
        minutes = self.who.clock.time_of_day(self.now) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def _after(self, duration: str, since: str | None = None) -> str:
        moment = self.now if since is None else seconds(since)
        return utc(self.who.clock.add(moment, iso_duration(duration)))

    def _until(self, moment: str) -> str:
        parsed = parse_moment(moment)
        assert not isinstance(parsed, str)
        return utc(self.who.clock.until(self.now, parsed))

    def _may_enter(self, run: Run) -> bool:
        flow = self.export.graph.playbook.flows[run.flow]
        if any(
            one.flow == run.flow and one.key == run.key and self._is_going_on(one)
            for one in self.runs
        ):
            return False
        last, entry = self.last_entry.get(run.flow), flow.entry
        if last is None or entry is None or entry.rule == "always":
            return True
        if entry.again_after is None:
            return False
        return self.now >= self.who.clock.add(last, entry.again_after)

    # What the engine tells.

    def sent(self, run: Run, node: str, message: str) -> None:
        _, channel, name = message.split(":", 2)
        step = node.removeprefix(f"{run.flow}/")
        name = name.partition("+")[0]
        self.received[name] = self.received[channel] = self.now
        self.sends.append(Sent(self.now, run.flow, step, channel, name))

    def served(self, run: Run, operation: str, data: Mapping[str, str]) -> None:
        match operation:
            case "enter":
                run.entered_at = run.acted_at = self.now
                self.last_entry[run.flow] = self.now
            case "next-turn":
                turn = self.turns.get(data["node"], -1)
                self.turns[data["node"]] = (turn + 1) % int(data["of"])
            case "update":
                self._update(data)

    def _update(self, data: Mapping[str, str]) -> None:
        if "field" in data:
            fact = self.export.graph.playbook.catalogue.facts[data["field"]]
            is_flag = fact.type == "boolean"
            self.told[fact.name] = data["value"] == "true" if is_flag else data["value"]
            return
        tags = self.tags or set()
        match data["deed"]:
            case "tag":
                self.tags = tags | {data["name"]}
            case "untag":
                self.tags = tags - {data["name"]}
            case "suppress":
                self.left.add(data["name"])

    def acted(self, run: Run) -> None:
        run.acted_at = self.now
