"""Our conditions as Mautic's: formulas of filters and of questions that a campaign asks.

What Mautic cannot work out (top 20%, what was bought) is read from a yes/no field that the shop
keeps up to date; while it is empty, the test is neither true nor false, as an unknown fact is here.
"""

from __future__ import annotations

import hashlib

from playbook_compiler.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Engaged,
    Happened,
    Has,
    InAudience,
    InSet,
    IsKnown,
    Not,
    Or,
    Received,
    Unsubscribed,
)
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import condition_name, construct_of
from playbook_compiler.facts import IdKind, Where
from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.facts import on_do_not_contact, read_fact
from playbook_compiler.targets.mautic.logic import (
    BOOLEAN,
    DATE,
    Every,
    Filter,
    Formula,
    Groups,
    Question,
    Some,
    TooManyGroups,
    all_of,
    any_of,
    groups,
    opposite,
)
from playbook_compiler.targets.mautic.state import Export, Segment
from playbook_compiler.units import Duration

_YES_NO = "a yes/no field for the whole test, which the shop keeps up to date"
SENT, READ = "lead_email_sent_date", "lead_email_read_date"


def satisfied(condition: Condition, export: Export, name: str) -> Formula:
    """Return the formula of a condition being true. `name` is the flow, step or audience."""
    return _lower(condition, export, name, truth=True, audiences=())


def audience_condition(export: Export, audience: str) -> Condition:
    """Return who belongs to an audience, and note that it is used."""
    found = export.playbook.audiences[audience]
    written = found.origin
    span = written.key_span("where") if written.has("where") else written.key_span()
    export.lowering.note("audience.where", audience, span)
    return found.where


def _lower(
    condition: Condition, export: Export, name: str, *, truth: bool, audiences: tuple[str, ...]
) -> Formula:
    match condition:
        case And(parts) | Or(parts):
            inner = [_lower(part, export, name, truth=truth, audiences=audiences) for part in parts]
            return (all_of if isinstance(condition, And) is truth else any_of)(*inner)
        case Not(part):
            return _lower(part, export, name, truth=not truth, audiences=audiences)
        case InAudience(audience) if audience not in audiences:
            export.lowering.note(condition_name(condition), name, condition.span)
            found = _lower(
                audience_condition(export, audience),
                export,
                audience,
                truth=True,
                audiences=(*audiences, audience),
            )
            return found if truth else opposite(found)
        case Compare() | InSet() | Between() | IsKnown() | Has():
            fact = condition.fact
            construct = construct_of(
                "fact", "trigger" if fact.where is Where.TRIGGER else fact.name
            )
            found_reading = read_fact(condition, export.fields, truth=truth)
        case _:
            construct = condition_name(condition)
            found_reading = _deed(condition, export, truth=truth)
    if found_reading is not None:
        export.lowering.note(construct, name, condition.span)
        return found_reading
    export.lowering.note(construct, name, condition.span, _YES_NO, Support.APPROXIMATED)
    return stand_in(str(condition), export, truth=truth)


def _deed(condition: Condition, export: Export, *, truth: bool) -> Formula | None:
    """Return the formula of something done, which is never unknown; None where no filter says."""
    found: Formula
    match condition:
        case Happened(event, within):
            found = happened(event, within, export)
        case Engaged("email", within):
            found = _mail(READ, within, str(condition), export)
        case Received(IdKind.CHANNEL, "email", within):
            found = _mail(SENT, within, str(condition), export)
        case Unsubscribed(channel) if channel in terms.CHANNELS:
            found = on_do_not_contact(channel, wanted=True, reason=terms.UNSUBSCRIBED)
        case _:
            return None
    return found if truth else opposite(found)


def happened(event: str, within: Duration | None, export: Export) -> Formula:
    """Return that an event happened within a time, or ever."""
    if event == "message_opened":
        text = f"event({event})" + (f" within {within}" if within is not None else "")
        return _mail(READ, within, text, export)
    name = terms.EVENT_FIELDS.get(event, f"on_{event}")
    alias = export.fields.of(name, DATE, f"the day of the customer's latest `{event}`")
    return since(alias, within)


def _mail(alias: str, within: Duration | None, text: str, export: Export) -> Question:
    """Return the question whether some mail was sent or read lately.

    A filter says it of some mail, and its opposite would be said of some mail, too: so the opposite
    is that of belonging to a segment.
    """
    inside = since(alias, within)
    name = export.segment(Segment(f"test:{text}", text, f"playbook: {text}", ((inside,),)))
    return Question("lead.segments", text, {"segments": [name]}, inside=inside)


def since(alias: str, within: Duration | None) -> Filter:
    """Return that a date lies within the last so many whole days."""
    if within is None:
        return Filter(alias, DATE, "!empty")
    days = -int(-within.nominal_days // 1)
    return Filter(alias, DATE, "gte", f"-{max(days, 0)} days" if days > 0 else "today")


def stand_in(text: str, export: Export, *, truth: bool) -> Formula:
    """Return a test of the yes/no field that stands for a condition which Mautic cannot know."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    note = f"yes or no: {text}; kept up to date by the shop"
    alias = export.fields.of(f"is_{digest}", BOOLEAN, note)
    return Filter(alias, BOOLEAN, "=", "1" if truth else "0")


def segment_groups(formula: Formula, text: str, export: Export) -> Groups:
    """Return a formula as a segment holds it: what only a campaign can ask stands in a field.

    `text` says the whole in words, for the field that stands in where the segment grew too large.
    """
    try:
        return groups(_without_questions(formula, export))
    except TooManyGroups:
        return groups(stand_in(text, export, truth=True))


def _without_questions(formula: Formula, export: Export) -> Formula:
    match formula:
        case Question(inside=Filter() as inside, wanted=True):
            return inside
        case Question(name=name, wanted=wanted):
            yes = stand_in(name, export, truth=True)
            return yes if wanted else opposite(yes)
        case Every(parts):
            return all_of(*(_without_questions(part, export) for part in parts))
        case Some(parts):
            return any_of(*(_without_questions(part, export) for part in parts))
        case _:
            return formula
