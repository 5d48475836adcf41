"""Virtual time: sleeping moves it on, for the client and the engine alike."""

from __future__ import annotations

import json
import threading
import urllib.request

START = 1_800_000_000.0


class VirtualClock:
    """A clock that several threads share; whoever sleeps moves it for all."""

    def __init__(self) -> None:
        self._now = START
        self._lock = threading.Lock()

    def now(self) -> float:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += max(0.0, seconds)


class RemoteClock:
    """The same clock for a client in a process of its own: the server keeps it."""

    def __init__(self, base: str) -> None:
        self._base = base

    def now(self) -> float:
        return self._moved(0.0)

    def sleep(self, seconds: float) -> None:
        self._moved(seconds)

    def _moved(self, seconds: float) -> float:
        with urllib.request.urlopen(f"{self._base}/__clock/{seconds}", timeout=10) as answer:
            return float(json.loads(answer.read())["now"])
