"""What a playbook means where its author said nothing: `playbook explain --defaults`.

Every value that stands in the compiled playbook and in none of its own files: defaults of keys,
what tactics bring and the parameters they were left, shipped messages, built-in stages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playbook_compiler.document import Data
from playbook_compiler.encode import Json, encode
from playbook_compiler.expand import Use
from playbook_compiler.model import BENEFITS, Existing, Flow, Message, Offer, Playbook
from playbook_compiler.records import Record, keys_of
from playbook_compiler.source import Span
from playbook_compiler.steps import Step, UntilEvent, Wait
from playbook_compiler.tactic import NAMED_SECTIONS
from playbook_compiler.triggers import EventTrigger
from playbook_compiler.values import dataclass

# Ids of steps are made from their content and stand in every path below.
_NOT_TOLD = frozenset({"id", "use", "include", "playbook", *BENEFITS})

# Words for the reader, and what is told step by step.
_OF_FLOWS = frozenset({"about", "strategy", "steps"})


@dataclass(frozen=True, slots=True)
class Filled:
    """One value that was filled in: its path, its canonical text, why, and where it comes from."""

    path: str
    value: str
    why: str
    span: Span | None = None


def filled_in(playbook: Playbook, uses: tuple[Use, ...] = ()) -> list[Filled]:
    """Return all that was filled in, what tactics bring first, the rest in the playbook's order."""
    return [
        *_parameters(uses),
        *_brought(playbook, uses),
        *_consent(playbook),
        *_record(playbook, "", ""),
    ]


def _parameters(uses: tuple[Use, ...]) -> Iterator[Filled]:
    for use in uses:
        for bound in use.bound.values():
            if bound.offer is not None:
                of = "the tactic's default" if bound.is_default else "your short form"
                span = bound.document.span(bound.path)
                yield Filled(
                    f"offers.{use.name}/{bound.name}", spelled(bound.offer), f"made by {of}", span
                )
            elif bound.is_default:
                value = "none" if bound.is_none else spelled(bound.data)
                span = bound.document.span(bound.path)
                yield Filled(f"use.{use.name}.{bound.name}", value, "the tactic's default", span)


def _brought(playbook: Playbook, uses: tuple[Use, ...]) -> Iterator[Filled]:
    """Yield the flows, messages and so on that come from outside the playbook's own files."""
    shipped = {use.name: use for use in uses if use.head is None}
    tactics = {use.name: use for use in uses if use.head is not None}
    for section in NAMED_SECTIONS:
        held = getattr(playbook, section)
        for name, what in held.items() if isinstance(held, Mapping) else ():
            tactic, slash, own = name.partition("/")
            if slash and tactic in tactics and own not in tactics[tactic].bound:
                span = what.origin.span() if isinstance(what, Record) else None
                yield Filled(f"{section}.{name}", _title(what, own), f"tactic {tactic}", span)
            elif section == "messages" and name in shipped:
                yield Filled(
                    f"{section}.{name}", _title(what, name), "shipped message", what.origin.span()
                )


def _consent(playbook: Playbook) -> Iterator[Filled]:
    """Yield the consent rule that marketing mails go by where the playbook has none."""
    rules = playbook.guardrails.consent if playbook.guardrails is not None else {}
    marketing = {one.channel for one in playbook.messages.values() if one.kind == "marketing"}
    if "email" in marketing and "email" not in rules:
        yield Filled("guardrails.consent.email", "opt-in", "taken where no rule is written")


def _title(what: Any, name: str) -> str:
    match what:
        case Message(subject=subject) if subject:
            return subject
        case Flow(about=about) if about:
            return about
        case Flow(trigger=trigger):
            return spelled(encode(trigger))
    return name


def _record(record: Record, path: str, flow: str) -> Iterator[Filled]:
    """Yield what was filled in inside a record; `flow` is the path of the flow that it is in."""
    place = record.origin.document.places.get(record.origin.path)
    short = place.text if place is not None else None
    for name, entry in keys_of(type(record)).items():
        value = getattr(record, entry.name)
        if name in _NOT_TOLD or _is_empty(value) or _goes_without_saying(record, name, short):
            continue
        here = f"{path}.{name}" if path else name
        if isinstance(record, Flow) and name not in _OF_FLOWS and _is_tactics(record, name):
            why = f"tactic {record.origin.document.tactic}"
            yield Filled(here, spelled(encode(value)), why, record.origin.key_span(name))
        elif record.origin.has(name) or _is_steps(value) or _is_section(record, value):
            yield from _inside(value, here, flow)
        elif str(value) != short:
            yield Filled(here, spelled(encode(value)), _why(record, name))


def _inside(value: Any, path: str, flow: str) -> Iterator[Filled]:
    match value:
        case Flow():
            yield from _record(value, path, path)
        case Step():
            yield from _record(value, f"{flow}.{value.id}", flow)
        case Record():
            yield from _record(value, path, flow)
        case Mapping():
            for name, inner in value.items():
                yield from _inside(inner, f"{path}.{name}", flow)
        case tuple():
            for number, inner in enumerate(value, 1):
                yield from _inside(inner, f"{path}.{number}", flow)


def _is_tactics(flow: Flow, name: str) -> bool:
    """Whether a key of a flow stands in a tactic's file, and is no argument of the shop's."""
    origin = flow.origin
    file = origin.document.source.path
    return bool(origin.document.tactic) and origin.has(name) and origin.span(name).file == file


def _is_section(record: Record, value: Any) -> bool:
    """Whether a value is a section of the playbook, which several files may have."""
    return isinstance(record, Playbook) and isinstance(value, Mapping)


def _goes_without_saying(record: Record, name: str, short: str | None) -> bool:
    """Whether nobody asks for a key: it means nothing here, as `since` in a wait of three days; it
    is part of an offer's short form, which is told as a whole; or it says what no key would."""
    match record:
        case Wait():
            return name == "since" and not isinstance(record.wait, UntilEvent)
        case Offer():
            return short is not None or not record.origin.has()
        case Flow():
            return name == "enabled"
        case Existing(over=over):
            return name == "rule" and over is not None
        case EventTrigger():
            return name == "at_least"
    return False


def _is_steps(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Step)


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", (), {})


def _why(record: Record, name: str) -> str:
    if isinstance(record, Flow) and name in ("entry", "exit_on"):
        return f"default for the trigger {record.trigger.kind}"
    return "default"


def spelled(data: Json | Data) -> str:
    """Return data as a line of YAML: `{again_after: 30d}`."""
    match data:
        case bool():
            return "true" if data else "false"
        case {"may": str(rule)} | {"rule": str(rule)}:
            return rule  # the short form of an entry rule
        case {"event": str(event), "at_least": 1, **more} if not more:
            return event  # the short form of a trigger
        case dict():
            return "{" + ", ".join(f"{name}: {spelled(one)}" for name, one in data.items()) + "}"
        case list():
            return "[" + ", ".join(spelled(one) for one in data) + "]"
        case None:
            return "none"
        case _:
            return str(data)
