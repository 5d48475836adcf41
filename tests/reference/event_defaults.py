"""How often customers enter a flow, and what ends it, where its author says nothing."""

from __future__ import annotations

from tests.compiler.playbooks import HEAD, MESSAGES

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.driver import load
from playbook_compiler.model import Flow
from playbook_compiler.triggers import TRIGGERS

EXAMPLES = {
    "event": "link_clicked",
    "enters": "{enters: some}",
    "inactive_for": "{inactive_for: 120d}",
    "replenishment": "{replenishment: 30d}",
    "date": "{date: birthday}",
    "every": "{every: month}",
    "points_reach": "{points_reach: 500}",
    "points_expiring": "{points_expiring: 30d}",
    "offer_expiring": "{offer_expiring: 2d}",
    "tier_changed": "{tier_changed: up}",
}


def of_event(event: str) -> tuple[str, str]:
    """Return the entry rule and the exits of a flow that an event starts, in words."""
    return _told(_flow(event))


def of_triggers() -> list[str]:
    """Return the table of defaults by kind of trigger."""
    lines = ["| trigger | a customer enters | a run ends on |", "|---|---|---|"]
    events = "see [events](events.md)"
    for name in TRIGGERS:
        entry, exits = (events, events) if name == "event" else _told(_flow(EXAMPLES[name]))
        lines.append(f"| `{name}` | {entry} | {exits} |")
    return lines


def _flow(trigger: str) -> Flow:
    text = (
        f"{HEAD}{MESSAGES}audiences: {{some: orders >= 2}}\n"
        f"flows:\n  it:\n    trigger: {trigger}\n    steps: [send: hello]\n"
    )
    loaded = load("playbook.yaml", given={"playbook.yaml": text.encode()})
    assert loaded.playbook is not None, [found.message for found in loaded.diagnostics]
    return loaded.playbook.flows["it"]


def _told(flow: Flow) -> tuple[str, str]:
    assert flow.entry is not None
    assert flow.exit_on is not None
    entry = flow.entry.rule or f"again after {flow.entry.again_after}"
    return entry, ", ".join(f"`{event}`" for event in flow.exit_on) or "nothing"


def known_events() -> tuple[str, ...]:
    """Return the names of the built-in events in the catalogue's order."""
    return tuple(BUILT_IN.events)
