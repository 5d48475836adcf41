"""How long to wait before a call is tried again."""

from __future__ import annotations

import hashlib
from email.utils import parsedate_to_datetime
from typing import Final

from playbook_runtime.push.calls import Answer

FIRST: Final = 1.0
LONGEST: Final = 60.0


def backoff(attempt: int, seed: str) -> float:
    """Return the seconds before attempt 1, 2, 3, ...: doubled each time, at most a minute.

    Half of it is spread by a digest of the seed, so that pushes of several objects do not come back
    at the same moment, and a run can be told again.
    """
    whole = min(LONGEST, FIRST * 2.0 ** (attempt - 1))
    digest = hashlib.sha256(f"{seed}/{attempt}".encode()).digest()
    return whole * (0.5 + 0.5 * int.from_bytes(digest[:4], "big") / 2**32)


def retry_after(answer: Answer, now: float) -> float | None:
    """Return the seconds that the engine asks to wait for: a number, or a date of HTTP.

    A date counts from the engine's own clock where the answer tells it, else from ours.
    """
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    until = _date(text)
    if until is None:
        return None
    told = _date(answer.headers.get("date", ""))
    # A date has whole seconds: the engine's may be almost one further on than it says.
    return max(0.0, until - (now if told is None else told)) + 1.0


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
