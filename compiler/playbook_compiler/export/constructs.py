"""Every construct of the language by name, read off the model: what a capability table must answer.

A new step, trigger, key, fact, event or channel appears here by itself, and the tables that do not
know it fail their test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from playbook_compiler import conditions
from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.model import Audience, Flow, Guardrails, Message, Offer, Playbook
from playbook_compiler.programmes import Earn, Programmes, Redeem, Reward, Uptake
from playbook_compiler.records import Record, RecordOf, keys_of
from playbook_compiler.rights import Right
from playbook_compiler.steps import STEPS, Step
from playbook_compiler.triggers import TRIGGERS, Trigger

# Forms of one step that a target may say differently.
FORMS = (
    *("step.send.ladder", "step.send.rotation", "step.wait.event", "step.wait.time"),
    *("step.grant.points", "step.grant.credit"),
    *("step.update.tag", "step.update.untag", "step.update.suppress", "step.update.field"),
)
# Sections whose entries have names of their own here.
OPENED: Final[Mapping[str, type[Record]]] = {
    "flows": Flow,
    "audiences": Audience,
    "offers": Offer,
    "messages": Message,
    "guardrails": Guardrails,
}
PREFIX: Final = {
    "flows": "flow",
    "audiences": "audience",
    "offers": "offer",
    "messages": "message",
}
# Keys of programmes whose values are records or lists of them, with keys of their own.
RECORDS: Final[Mapping[str, type[Record]]] = {
    "earn": Earn,
    "redeem": Redeem,
    "for": Reward,
    "referrer": Reward,
    "newcomer": Reward,
    "rights": Right,
    "expect": Uptake,
}
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


@cache
def constructs() -> tuple[str, ...]:
    """Return the names of all constructs: `step.send`, `step.send.at`, `flow.exit_on`."""
    return tuple(_constructs())


@cache
def _known() -> frozenset[str]:
    return frozenset(constructs())


def construct_of(kind: str, name: str) -> str:
    """Return the construct that a named fact, event, channel or variable is: its own, or that of
    those which a shop declares (`event.own`, `variable.customer`)."""
    if kind == "variable":
        own = f"variable.{name.removeprefix('customer.')}"
        if own in _known():
            return own
        return "variable.trigger" if name.startswith("trigger.") else "variable.customer"
    found = f"{kind}.{name}"
    return found if found in _known() else f"{kind}.own"


def _constructs() -> Iterator[str]:
    for key in keys_of(Playbook):
        if key not in OPENED:
            yield f"playbook.{key}"
    for section, record in OPENED.items():
        prefix = PREFIX.get(section, section)
        yield from (f"{prefix}.{key}" for key in keys_of(record) if key not in ("trigger", "steps"))
    yield from _kinds("trigger", TRIGGERS, Trigger)
    yield from _kinds("step", STEPS, Step)
    yield from FORMS
    for name, field in keys_of(Programmes).items():
        yield f"programme.{name}"
        kind = field.metadata["kind"]
        assert isinstance(kind, RecordOf)
        yield from _nested(f"programme.{name}", kind.record)
    yield from (condition_name(kind) for kind in _CONDITIONS)
    yield from (f"fact.{name}" for name in BUILT_IN.facts)
    yield from ("fact.own", "fact.trigger")
    yield from (f"event.{name}" for name in BUILT_IN.events)
    yield "event.own"
    yield from (f"channel.{name}" for name in BUILT_IN.channels)
    yield "channel.own"
    yield from (f"variable.{name}" for name in BUILT_IN.variables)
    yield from ("variable.customer", "variable.trigger")


def _nested(prefix: str, record: type[Record]) -> Iterator[str]:
    for name in keys_of(record):
        yield f"{prefix}.{name}"
        if name in RECORDS:
            yield from _nested(f"{prefix}.{name}", RECORDS[name])


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
