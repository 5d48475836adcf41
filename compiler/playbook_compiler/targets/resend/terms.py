"""What Resend calls things: keys of properties, names of events and fields, lengths of time.

Source: the pages on automations, contact properties and templates of Resend's documentation.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from playbook_compiler.units import DAY_SECONDS, Duration

TARGET: Final = "resend"
KEY_LIMIT: Final = 50
STEPS_LIMIT: Final = 150
VARIABLES_LIMIT: Final = 50
LONGEST_WAIT: Final = 30 * DAY_SECONDS
HOLDOUT: Final = "playbook_holdout"
UNSUBSCRIBED: Final = "contact.unsubscribed"
UNSUBSCRIBE_URL: Final = "{{{RESEND_UNSUBSCRIBE_URL}}}"
_SIMPLE: Final = re.compile(r"[A-Za-z0-9_./-]+")
YES, NO = "yes", "no"
PERSON: Final = ("first_name", "last_name", "email")


def key(name: str) -> str:
    """Return a name as a key: letters, digits and underscores, at most fifty of them.

    What other signs said is in a digest at the end, so that two names have two keys.
    """
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name.replace(".", "__").replace("/", "__"))
    if len(plain) <= KEY_LIMIT and _SIMPLE.fullmatch(name):
        return plain
    return f"{plain[: KEY_LIMIT - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def property_field(name: str) -> str:
    """Return how conditions and variables name a contact's own property."""
    return f"contact.properties.{key(name)}"


def event_field(name: str) -> str:
    """Return how conditions and variables name a field of the event that started the run."""
    return f"event.{key(name)}"


def day_text(name: str) -> str:
    """Return the name of an event's field with a day in words: conditions read it as a number."""
    return f"{name}_text"


def own_event(flow: str, what: str) -> str:
    """Return the name of an event that the shop sends for one flow alone."""
    return f"playbook.{flow.replace('/', '.')}.{what}"


def seconds_of(duration: Duration) -> int:
    """Return a length as elapsed time; a month is 30 days and ten and a half hours, in days."""
    days = duration.days + round(duration.months * 30.4375)
    return days * DAY_SECONDS + duration.seconds


def chunks(seconds: int) -> Iterator[str]:
    """Return a length as texts of at most thirty days each, the longest that a step may wait."""
    while seconds > 0:
        part = min(seconds, LONGEST_WAIT)
        yield _text(part)
        seconds -= part


def _text(seconds: int) -> str:
    for unit, length in (("day", DAY_SECONDS), ("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % length == 0:
            count = seconds // length
            return f"{count} {unit}{'s'[: count != 1]}"
    raise AssertionError(seconds)
