"""Names that BPMN takes: XML ids of our ids, and variables of what conditions read."""

from __future__ import annotations

import hashlib
import keyword
import re
from typing import Final

# What expressions call besides variables.
FUNCTIONS: Final = {
    "after": "after(duration, since=now): the time so long after it on the customer's own clock",
    "next_day": "next_day(day, before=duration, after=duration): when the day comes next",
    "next_time": "next_time(schedule): when the schedule comes next on the customer's own clock",
    "room_at": "room_at(channel): when caps have room again, None if they have now",
    "until": "until(moment): the next such moment on the customer's own clock, now if it is now",
}
# What every run has besides facts.
VARIABLES: Final = {
    "may_enter": "whether the flow's entry rule lets the customer in, and no run is going on for "
    "the same order, cart or product",
    "entered_at": "when the run began, as ISO 8601 text in UTC",
    "acted_at": "when the run last sent, held back or did something, as ISO 8601 text in UTC",
    "local_time": "the customer's time of day such as 08:30",
    "held_out": "whether the customer belongs to the holdout",
    "suppressed": "whether the customer takes no more marketing messages at all",
    "zone_known": "whether the customer's time zone is known",
    "marketplace_allows": "whether the rules of the customer's marketplace let the message out",
    "last_order_at": "when the customer last ordered, as ISO 8601 text in UTC",
}
# Beginnings of variables about one thing each: a channel, an event, an offer, a split, a rotation.
PREFIXES: Final = ("may_send_", "last_", "count_", "holds_", "issued_", "bucket_", "turn_", "due_")
_RESERVED = frozenset({*FUNCTIONS, *VARIABLES})
_OWN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*|[a-z0-9]+(?:_[a-z0-9]+)*")
_PLAIN_ID = re.compile(r"[^A-Za-z0-9.-]")
_PLAIN_VARIABLE = re.compile(r"[a-z][a-z0-9_]*\Z")
LENGTH_LIMIT = 60


def xml_id(name: str) -> str:
    """Return one of our ids (`win-back/coupon-test.plain.send-hello`) as part of an XML id.

    No two ids become one: what XML does not take is written as its number between underscores.
    """

    def written(found: re.Match[str]) -> str:
        return "__" if found[0] == "_" else f"_{ord(found[0]):x}_"

    return _PLAIN_ID.sub(written, name)


def step_id(step: str) -> str:
    """Return the XML id of a step."""
    return f"step_{xml_id(step)}"


def process_id(flow: str) -> str:
    """Return the XML id of a flow's process."""
    return f"flow_{xml_id(flow)}"


def message_id(name: str) -> str:
    """Return the XML id of a message that processes throw or catch."""
    return f"message_{xml_id(name)}"


def variable(name: str) -> str:
    """Return the variable of a fact or test: `orders`, `event_product_browsed_within_14d`.

    Where letters were lost, six digits of the name's hash tell it from its like.
    """
    taken = keyword.iskeyword(name) or name in _RESERVED or name.startswith(PREFIXES)
    return name if _PLAIN_VARIABLE.match(name) and not taken else _told_apart(name)


def own(prefix: str, name: str) -> str:
    """Return a variable about one channel, event, offer or step: `may_send_email`."""
    assert prefix in PREFIXES, prefix
    if _OWN.fullmatch(name):
        return prefix + name.replace("-", "_")
    return prefix + _told_apart(name)


def _told_apart(name: str) -> str:
    plain = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:LENGTH_LIMIT]
    letter = plain if _PLAIN_VARIABLE.match(plain) else f"v_{plain}"
    return f"{letter}_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
