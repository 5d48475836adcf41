"""Resend's steps and connections as JSON: one function a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playbook_compiler.targets.resend import terms
from playbook_compiler.values import dataclass, field

DEFAULT = "default"
MET, NOT_MET = "condition_met", "condition_not_met"
TIMEOUT, RECEIVED = "timeout", "event_received"


@dataclass(frozen=True, slots=True)
class Body:
    """The steps and connections of one automation. A way to None ends the run."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    connections: list[dict[str, str]] = field(default_factory=list)

    def add(
        self, key: str, kind: str, config: dict[str, Any], ways: Sequence[tuple[str, str | None]]
    ) -> str:
        """Add a step with its ways out, and return its key."""
        self.steps.append({"key": key, "type": kind, "config": config})
        self.connections.extend(
            {"from": key, "to": to, "type": way} for way, to in ways if to is not None
        )
        return key

    def reached(self) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        """Return the steps that a run can come to, the trigger first, and their connections."""
        leads: dict[str, list[str]] = {}
        for one in self.connections:
            leads.setdefault(one["from"], []).append(one["to"])
        seen: set[str] = set()
        todo = [self.steps[-1]["key"]]
        while todo:
            key = todo.pop()
            if key not in seen:
                seen.add(key)
                todo += leads.get(key, ())
        return (
            [step for step in reversed(self.steps) if step["key"] in seen],
            [one for one in reversed(self.connections) if one["from"] in seen],
        )

    def condition(
        self, key: str, rule: dict[str, Any], met: str | None, not_met: str | None
    ) -> str | None:
        """Add a condition; where both ways are one, none is needed."""
        if met == not_met:
            return met
        return self.add(key, "condition", rule, ((MET, met), (NOT_MET, not_met)))

    def wait(self, key: str, seconds: int, next_: str | None, until: str = "") -> str | None:
        """Add a wait, in parts of thirty days; the event `until`, if any, ends the run."""
        if next_ is None:
            return None
        parts = list(terms.chunks(seconds))
        for number, text in reversed(list(enumerate(parts))):
            here = key if number == 0 else f"{key}~{number}"
            if until:
                config = {"event_name": until, "timeout": text}
                next_ = self.add(here, "wait_for_event", config, ((TIMEOUT, next_),))
            else:
                next_ = self.add(here, "delay", {"duration": text}, ((DEFAULT, next_),))
        return next_

    def wait_for(
        self, key: str, event: str, seconds: int, happened: str | None, timed_out: str | None
    ) -> str | None:
        """Add a wait for an event, in parts of thirty days."""
        next_ = timed_out
        for number, text in reversed(list(enumerate(terms.chunks(seconds)))):
            here = key if number == 0 else f"{key}~{number}"
            config = {"event_name": event, "timeout": text}
            ways = ((RECEIVED, happened), (TIMEOUT, next_))
            next_ = self.add(here, "wait_for_event", config, ways)
        return next_

    def update(self, key: str, changes: dict[str, Any], next_: str | None) -> str:
        """Add a change of the contact."""
        return self.add(key, "contact_update", changes, ((DEFAULT, next_),))
