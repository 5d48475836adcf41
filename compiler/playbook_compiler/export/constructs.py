"""Every construct of the language by name, read off the model: what a capability table must answer.

A new step, trigger, key, fact, event or channel appears here by itself, and the tables that do not
know it fail their test.
"""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler import conditions
from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.model import Audience, Flow, Guardrails, Message, Offer, Playbook
from playbook_compiler.records import Record, keys_of
from playbook_compiler.steps import STEPS, Step
from playbook_compiler.triggers import TRIGGERS, Trigger

# Forms of one step that a target may say differently.
FORMS = ("step.send.ladder", "step.send.rotation", "step.wait.event", "step.wait.time")
# Sections whose entries have names of their own here.
_OPENED = {
    "flows": Flow,
    "audiences": Audience,
    "offers": Offer,
    "messages": Message,
    "guardrails": Guardrails,
}
_PREFIX = {"flows": "flow", "audiences": "audience", "offers": "offer", "messages": "message"}
_CONDITIONS = (
    conditions.Compare,
    conditions.InSet,
    conditions.Between,
    conditions.IsKnown,
    conditions.Has,
    conditions.InTop,
    conditions.OrderHas,
    conditions.Bought,
    conditions.Engaged,
    conditions.Happened,
    conditions.Received,
    conditions.InFlow,
    conditions.Entered,
    conditions.Holds,
    conditions.InAudience,
    conditions.Unsubscribed,
    conditions.Not,
    conditions.And,
    conditions.Or,
)


def condition_name(node: conditions.Condition | type[conditions.Condition]) -> str:
    """Return the construct that a node of a condition is."""
    kind = node if isinstance(node, type) else type(node)
    words = "".join(f"-{char.lower()}" if char.isupper() else char for char in kind.__name__)
    return f"condition.{words.lstrip('-')}"


def constructs() -> tuple[str, ...]:
    """Return the names of all constructs: `step.send`, `step.send.at`, `flow.exit_on`."""
    return tuple(_constructs())


def _constructs() -> Iterator[str]:
    for key in keys_of(Playbook):
        if key not in _OPENED:
            yield f"playbook.{key}"
    for section, record in _OPENED.items():
        prefix = _PREFIX.get(section, section)
        yield from (f"{prefix}.{key}" for key in keys_of(record) if key not in ("trigger", "steps"))
    yield from _kinds("trigger", TRIGGERS, Trigger)
    yield from _kinds("step", STEPS, Step)
    yield from FORMS
    yield from (condition_name(kind) for kind in _CONDITIONS)
    yield from (f"fact.{name}" for name in BUILT_IN.facts)
    yield from ("fact.own", "fact.trigger")
    yield from (f"event.{name}" for name in BUILT_IN.events)
    yield "event.own"
    yield from (f"channel.{name}" for name in BUILT_IN.channels)
    yield "channel.own"
    yield from (f"variable.{name}" for name in BUILT_IN.variables)
    yield from ("variable.customer", "variable.trigger")


def _kinds(
    prefix: str, records: dict[str, type[Step]] | dict[str, type[Trigger]], base: type[Record]
) -> Iterator[str]:
    common = keys_of(base)
    yield from (f"{prefix}.{key}" for key in common)
    for kind, record in records.items():
        yield f"{prefix}.{kind}"
        yield from (
            f"{prefix}.{kind}.{key}" for key in keys_of(record) if key not in common and key != kind
        )
