"""What Mautic's conditions and segments ask, as formulas of filters.

What only a campaign asks (tags, the Do Not Contact list, mails sent and read) is a filter of the
type `question` here: its operator is `yes` or `no`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from playbook_compiler.importing.engines.mautic.reading import (
    Reading,
    Row,
    by_number,
    listed,
    mapping,
)
from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.conditions import READ, SENT
from playbook_compiler.targets.mautic.logic import (
    ALWAYS,
    NUMBER,
    Every,
    Filter,
    Formula,
    Question,
    Some,
    all_of,
    any_of,
)

HOLDOUT: Final = "pb_holdout"
QUESTION: Final = "question"
UNKNOWN: Final = "event"  # a filter that stands for a condition nobody reads
YES, NO = "yes", "no"
# Mautic's words of campaigns for those of segments.
_OPERATORS: Final = {"eq": "=", "neq": "!=", "notEmpty": "!empty", "isEmpty": "empty"}
# Types of filters on something else than a contact field.
_NO_FIELDS: Final = ("leadlist", "tags")
_DEPTH_LIMIT: Final = 8
_TAG_LIMIT: Final = 100


def asked(reading: Reading, data: Row, event: Row, path: str) -> Formula:
    """Return what a condition of a campaign asks; what is unknown is a filter that nobody reads."""
    properties = told(event)
    kind = str(event.get("type"))
    match kind:
        case "lead.tags":
            tags = [tag_of(str(one)) for one in properties.get("tags") or () if str(one).strip()]
            return any_of(*(question(f"tags has {one}") for one in tags))
        case "lead.dnc":
            channels = properties.get("channels") or ()
            reason = str(properties.get("reason") or "")
            return any_of(*(question(f"dnc {one} {reason}".strip()) for one in channels))
        case "lead.field_value":
            alias, operator = str(properties.get("field")), str(properties.get("operator"))
            return _filter(reading, alias, operator, properties.get("value"), "")
        case "lead.points" if not properties.get("group"):
            operator, score = str(properties.get("operator")), properties.get("score")
            return _filter(reading, "points", operator, score, NUMBER)
        case "lead.segments":
            numbers = properties.get("segments") or ()
            parts = [segment(reading, data, number, path) for number in numbers]
            return any_of(*parts)
    return Filter(kind, UNKNOWN, "=", str(event.get("name") or ""))


def told(event: Row) -> Row:
    """Return an event's properties: Mautic's own forms keep them once more within themselves."""
    properties = mapping(event.get("properties"))
    return {**properties, **mapping(properties.get("properties"))}


def tag_of(text: str) -> str:
    """Return a tag's name as the language takes it: long ones end with a digest."""
    if len(text) <= _TAG_LIMIT:
        return text
    return f"{text[: _TAG_LIMIT - 9]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def question(name: str) -> Filter:
    """Return a question as a filter."""
    return Filter(name, QUESTION, YES)


def segment(reading: Reading, data: Row, number: Any, path: str, depth: int = 0) -> Formula:
    """Return who belongs to a segment of the archive."""
    row = by_number(data, "lists", number)
    if row is None or not listed(row, "filters") or depth > _DEPTH_LIMIT:
        return Filter("segment", UNKNOWN, "=", str(row.get("name") if row is not None else number))
    return of_segment(reading, data, row, path, depth)


def of_segment(reading: Reading, data: Row, row: Row, path: str, depth: int = 0) -> Formula:
    """Return a segment's filters: `or` begins a new group of those that hold together."""
    groups: list[list[Formula]] = [[]]
    for one in listed(row, "filters"):
        alias, kind = str(one.get("field")), str(one.get("type"))
        if one.get("glue") == "or":
            groups.append([])
        if alias == HOLDOUT:
            reading.held_out.append(path)
            continue
        properties = mapping(one.get("properties"))
        value = one.get("filter") if properties.get("filter") is None else properties["filter"]
        operator = str(one.get("operator"))
        if kind == "leadlist" and operator in ("in", "=") and value:
            parts = [segment(reading, data, each, path, depth + 1) for each in _several(value)]
            groups[-1].append(any_of(*parts))
            continue
        is_field = one.get("object") in ("lead", None, "") and kind not in _NO_FIELDS
        if alias not in (READ, SENT) and not is_field:
            said = f"{alias} {operator} {_text(value)}".strip()
            groups[-1].append(Filter(f"{one.get('object')} {alias}", UNKNOWN, "=", said))
            continue
        groups[-1].append(_filter(reading, alias, operator, value, kind))
    several = [all_of(*group) for group in groups]
    lone = several[0]
    if len(several) == 1 and isinstance(lone, Filter) and lone.field in (READ, SENT):
        return Filter(f"{lone.field} {lone.value}", QUESTION, YES)
    return any_of(*several)


def _filter(reading: Reading, alias: str, operator: str, value: Any, kind: str) -> Formula:
    operator = _OPERATORS.get(operator, operator)
    known = reading.names.kind(alias)
    type_ = known if known != "?" else kind or "text"
    if operator in ("in", "!in"):
        parts = [
            Filter(alias, type_, "=" if operator == "in" else "!=", _text(one))
            for one in _several(value)
        ]
        return any_of(*parts) if operator == "in" else all_of(*parts)
    if operator == "between" and isinstance(value, list | tuple) and len(value) == 2:
        low, high = value
        return all_of(
            Filter(alias, type_, "gte", _text(low)), Filter(alias, type_, "lte", _text(high))
        )
    return Filter(alias, type_, operator, _text(value))


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def plain(formula: Formula) -> Formula:
    """Return a formula of the exporter's with its questions as filters, the holdout left out."""
    match formula:
        case Question(inside=Filter() as inside, wanted=wanted):
            return Filter(f"{inside.field} {inside.value}", QUESTION, YES if wanted else NO)
        case Question(type="lead.tags", wanted=wanted):
            name = f"tags has {formula.properties['tags'][0]}"
            return Filter(name, QUESTION, YES if wanted else NO)
        case Question(wanted=wanted):
            reason = formula.properties["reason"] or ""
            name = f"dnc {formula.properties['channels'][0]} {reason}".strip()
            return Filter(name, QUESTION, YES if wanted else NO)
        case Filter(field=alias) if alias == HOLDOUT:
            return ALWAYS
        case Every(parts):
            return all_of(*map(plain, parts))
        case Some(parts):
            return any_of(*map(plain, parts))
        case _:
            return formula


def complement(formula: Formula) -> Formula | None:
    """Return the formula of the other answer to questions, None of what has unknown values."""
    match formula:
        case Filter(type=type_) if type_ == QUESTION:
            return Filter(formula.field, QUESTION, NO if formula.operator == YES else YES)
        case Every(parts) | Some(parts) if parts:
            turned = [other for one in parts if (other := complement(one)) is not None]
            together = any_of if isinstance(formula, Every) else all_of
            return together(*turned) if len(turned) == len(parts) else None
        case _:
            return None


CHANNELS: Final = {mautic: ours for ours, mautic in terms.CHANNELS.items()}
