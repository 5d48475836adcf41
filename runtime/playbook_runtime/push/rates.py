"""Keeping under an engine's limits: how many calls of one class in any window of time.

The times of the calls are kept in a file beside the state, so that a push right after another, or
after one that was killed, knows what has gone out already.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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


@dataclass(frozen=True, slots=True)
class Rates:
    """The limits of an engine, and the calls of late. `keep` writes these down."""

    limits: tuple[Rate, ...]
    keep: Callable[[Mapping[str, list[float]]], None]
    sent: dict[str, list[float]] = field(default_factory=dict)

    def wait(self, method: str, path: str, now: float) -> float:
        """Return the seconds until such a call may go out."""
        rate = self._rate(method, path)
        if rate is None:
            return 0.0
        sent = self.sent.get(rate.name, [])
        return max((_until_free(sent, window, now) for window in rate.windows), default=0.0)

    def note(self, method: str, path: str, now: float) -> None:
        """Write down that such a call goes out now."""
        rate = self._rate(method, path)
        if rate is None or not rate.windows:
            return
        longest = max(window.seconds for window in rate.windows)
        sent = self.sent.get(rate.name, [])
        self.sent[rate.name] = [at for at in sent if now - longest - 1 < at <= now] + [now]
        self.keep(self.sent)

    def _rate(self, method: str, path: str) -> Rate | None:
        return next((one for one in self.limits if one.covers(method, path)), None)


def _until_free(sent: list[float], window: Window, now: float) -> float:
    if len(sent) < window.calls:
        return 0.0
    return max(0.0, sent[-window.calls] + window.seconds + MARGIN - now)


def read_sent(path: Path) -> dict[str, list[float]]:
    """Return the calls that earlier pushes wrote down; nothing where the file cannot be read."""
    try:
        data = json.loads(path.read_bytes())
        return {str(name): [float(at) for at in times] for name, times in data["sent"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
