"""Keeping under an engine's limits: how many calls of one class in any window of time.

The times of the calls are kept in a file beside the state, and until when the engine wants none, so
that a push right after another, or after one that was killed, knows what has gone out already.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playbook_compiler.values import dataclass, field

# Calls that leave in order arrive a little closer together or further apart.
MARGIN: Final = 0.1


@dataclass(frozen=True, slots=True)
class Window:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Rate:
    """The windows of the calls whose method is this and whose path begins so; the first counts."""

    method: str
    path: str
    windows: tuple[Window, ...]

    @property
    def name(self) -> str:
        """The name of the class in files."""
        return f"{self.method} {self.path}"

    def covers(self, method: str, path: str) -> bool:
        """Whether a call is one of this class."""
        return self.method in (method, "*") and path.startswith(self.path)


_UNLIMITED: Final = Rate("*", "", ())


@dataclass(frozen=True, slots=True)
class Past:
    """The calls of late by class, and until when the engine takes no more of one."""

    sent: dict[str, list[float]] = field(default_factory=dict)
    closed: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rates:
    """The limits of an engine, and what has gone out. `keep` writes that down."""

    limits: tuple[Rate, ...]
    keep: Callable[[Past], None]
    past: Past = field(default_factory=Past)

    def wait(self, method: str, path: str, now: float) -> float:
        """Return the seconds until such a call may go out."""
        rate = self._rate(method, path)
        sent = self.past.sent.get(rate.name, [])
        free = max((_until_free(sent, window, now) for window in rate.windows), default=0.0)
        return max(free, self.past.closed.get(rate.name, 0.0) - now)

    def note(self, method: str, path: str, now: float) -> None:
        """Write down that such a call goes out now."""
        rate = self._rate(method, path)
        longest = max((window.seconds for window in rate.windows), default=0.0)
        sent = self.past.sent.get(rate.name, [])
        self.past.sent[rate.name] = [at for at in sent if now - longest - 1 < at <= now] + [now]
        self.past.closed.pop(rate.name, None)
        self.keep(self.past)

    def close(self, method: str, path: str, until: float) -> None:
        """Write down that the engine takes no more such calls until then."""
        self.past.closed[self._rate(method, path).name] = until
        self.keep(self.past)

    def _rate(self, method: str, path: str) -> Rate:
        return next((one for one in self.limits if one.covers(method, path)), _UNLIMITED)


def _until_free(sent: list[float], window: Window, now: float) -> float:
    if len(sent) < window.calls:
        return 0.0
    return max(0.0, sent[-window.calls] + window.seconds + MARGIN - now)


def past_bytes(past: Past) -> bytes:
    """Return the file."""
    return json.dumps({"sent": past.sent, "closed": past.closed}).encode()


def read_past(path: Path) -> Past:
    """Return what earlier pushes wrote down; nothing where the file cannot be read."""
    try:
        data = json.loads(path.read_bytes())
        return Past(
            {str(name): [float(at) for at in times] for name, times in data["sent"].items()},
            {str(name): float(until) for name, until in data["closed"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Past()
