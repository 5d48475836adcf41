"""One filter of Mautic as a literal of a condition: what it says, and what its opposite says."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_tokens import written
from playbook_compiler.countries import COUNTRIES, NAMES
from playbook_compiler.facts import ValueType
from playbook_compiler.importing.engines.mautic.filters import CHANNELS, QUESTION, UNKNOWN, YES
from playbook_compiler.importing.engines.mautic.vocabulary import AGES, Names
from playbook_compiler.importing.literals import Literal, Side, is_known, sure
from playbook_compiler.targets.mautic.conditions import READ, SENT
from playbook_compiler.targets.mautic.logic import LEAST, Filter

_SIGNS: Final = {"=": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?")
_DAYS_AGO = re.compile(r"-([0-9]{1,5}) days?")
_REASONS: Final = {"1": "unsubscribed({})", "": "not consent has {}"}
# Facts in percent, of which our fields hold the number.
_SHARES: Final = frozenset(
    name for name, fact in BUILT_IN.facts.items() if fact.type is ValueType.SHARE
)
NOT_SINCE: Final = "not since"  # the operator of a date that lies before, or is empty
KNOWN_AND_UNEQUAL: Final = "known and !="  # Mautic's own `!=` holds of empty fields, too


def literal_of(one: Filter, names: Names, event: str) -> Literal | None:
    """Return what a filter says, None where the language cannot say it. `event` starts the flow."""
    if one.type == QUESTION:
        return _question(one)
    if one.type == UNKNOWN:
        return None
    alias = one.field
    if names.event_of(alias) and one.operator in ("gte", "!empty", NOT_SINCE):
        return _since(one, names.event_of(alias))
    if alias in AGES and names.own(alias):
        return _age(one, AGES[alias])
    if alias in names.texts and one.type == "boolean":
        found = _whole(names.texts[alias])
        return found if (one.value == "1") == (one.operator == "=") else found.opposite()
    fact = names.field_of(alias, event) or names.named(alias, _kind_of(one))
    return _compared(one, fact) if fact is not None else None


def _kind_of(one: Filter) -> str:
    if one.type in ("number", "boolean", "date"):
        return one.type
    return "?" if one.operator in ("empty", "!empty") else "text"


def _whole(text: str) -> Literal:
    """Return a condition of which a field of ours says whether it holds."""
    said = f"({text})" if " and " in text or " or " in text else text
    return sure(said)


def _question(one: Filter) -> Literal | None:
    kind, _, rest = one.field.partition(" ")
    within = _DAYS_AGO.fullmatch(rest)
    found = None
    if kind == "tags":
        tag = rest.removeprefix("has ")
        found = sure(f"tags has {written(tag)}") if tag.isprintable() else None
    elif kind == "dnc":
        channel, _, reason = rest.partition(" ")
        text = _REASONS.get(reason)
        found = sure(text.format(CHANNELS[channel])) if text and channel in CHANNELS else None
    elif kind in (READ, SENT) and (within is not None or not rest):
        word = "engaged" if kind == READ else "received"
        found = sure(f"{word}(email)" + (f" within {within[1]}d" if within is not None else ""))
    return found if found is None or one.operator == YES else found.opposite()


def _since(one: Filter, event: str) -> Literal | None:
    days = _DAYS_AGO.fullmatch(one.value)
    if one.value and days is None:
        return None
    found = sure(f"event({event})" + (f" within {days[1]}d" if days is not None else ""))
    return found.opposite() if one.operator == NOT_SINCE else found


def _age(one: Filter, fact: str) -> Literal | None:
    """Return a test of how many days ago a day was."""
    if one.operator in ("empty", "!empty"):
        return _known(fact, known=one.operator == "!empty")
    days = _DAYS_AGO.fullmatch(one.value)
    sign = {"lte": ">=", "gt": "<"}.get(one.operator)
    if days is None or sign is None:
        return None
    return _comparison(fact, sign, days[1])


def _known(fact: str, *, known: bool) -> Literal:
    found = is_known(fact, f"{fact} is known", f"{fact} is unknown")
    return found if known else found.opposite()


def _comparison(fact: str, sign: str, value: str) -> Literal:
    text = f"{fact} {sign} {value}"
    return Literal(fact, Side(text, text, True), Side(f"not {text}", f"not {text}"))


def _unequal(fact: str, value: str) -> Literal:
    """Return that a field has another value or none, as Mautic says it."""
    text, equal = f"{fact} != {value}", f"{fact} = {value}"
    return Literal(fact, Side(text, f"{text} or {fact} is unknown"), Side(equal, equal, True))


def _compared(one: Filter, fact: str) -> Literal | None:
    if one.operator in ("empty", "!empty"):
        return _known(fact, known=one.operator == "!empty")
    if one.type == "number" and one.operator == "gte" and one.value == LEAST:
        return _known(fact, known=True)
    value = _country(one.value) if fact == "country" else _value(one)
    if value is not None and fact in _SHARES:
        value += "%"
    if value is None:
        return None
    if one.operator == "!=":
        return _unequal(fact, value)
    if one.operator == KNOWN_AND_UNEQUAL:
        return _comparison(fact, "!=", value)
    sign = _SIGNS.get(one.operator)
    if sign is None or (sign != "=" and one.type not in ("number", "date")):
        return None
    return _comparison(fact, sign, value)


def _value(one: Filter) -> str | None:
    """Return a filter's value as conditions write it; None for one that they cannot."""
    text = one.value
    match one.type:
        case "boolean":
            return {"1": "true", "0": "false"}.get(text)
        case "number":
            return text if _NUMBER.fullmatch(text) else None
        case "date":
            return text if is_day(text) else None
        case _:
            return written(text) if text.strip() and text.isprintable() else None


def _country(text: str) -> str | None:
    """Return the code of a country: Mautic keeps names."""
    code = NAMES.get(text.strip().casefold(), text.strip().upper())
    return code if code in COUNTRIES else None


def is_day(text: str) -> bool:
    """Return whether a text is a day such as 2026-03-01."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
