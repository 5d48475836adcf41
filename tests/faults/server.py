"""An engine on 127.0.0.1 that fails by seed: before a call is carried out, after it, in between.

Time is virtual: limits, Retry-After and late commits are reckoned by the clock that the client
sleeps by. Only a time-out takes real time, some hundredths of a second.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import threading
import time
from bisect import insort
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from tests.faults.clock import VirtualClock
from tests.faults.engines import Engine

FAULTS = (
    "429 seconds",
    "429 date",
    "500 before",
    "500 after",
    "502",
    "reset before",
    "reset after",
    "slow",
    "slow and late",
    "half body",
)
IN_A_ROW = 3
LATEST_COMMIT = 20.0
LONGEST_LAG = 4.0


@dataclass
class World:
    """One engine under one seed, and what was seen of the client."""

    engine: Engine
    seed: str
    share: float = 0.25
    slow_seconds: float = 0.25
    refusals: float = 0.0  # the share of calls that are refused for no reason, with the key in it
    clock: VirtualClock = field(default_factory=VirtualClock)
    seen: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    too_many: int = 0
    impatient: int = 0
    wrong_key: int = 0
    creations: int = 0
    # Real kill -9: the process that is killed when this many calls have come, and before or after
    # the call is carried out.
    victim: tuple[int, int, bool] | None = None
    _sent: dict[str, list[float]] = field(default_factory=dict)
    _closed_until: dict[str, float] = field(default_factory=dict)
    _row: dict[str, int] = field(default_factory=dict)
    _late: list[tuple[float, int, tuple[str, str, str, Any]]] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def handle(
        self, method: str, path: str, query: str, headers: dict[str, str], body: Any
    ) -> tuple[int, dict[str, str], Any, str]:
        """Return status, headers and body of the answer, and what is done to it on the way."""
        with self._lock:
            self.calls += 1
            now = self.clock.now()
            self._catch_up(now)
            limit = self._watch(method, path, now)
            if limit:
                return limit
            if not self.engine.allowed(headers):
                self.wrong_key += 1
                return 401, {}, {"message": f"bad key {self._echo(headers)}"}, ""
            if Random(f"{self.seed}/refusal/{self.calls}").random() < self.refusals:
                return 400, {}, {"message": f"not you, {self._echo(headers)}"}, ""
            fault = self._fault(method, path)
            wait = Random(f"{self.seed}/{self.calls}").uniform(0.5, 20.0)
            if fault.startswith("429"):
                name, _ = self.engine.windows(method, path)
                date = fault == "429 date"
                told = formatdate(int(now + wait) + 1, usegmt=True) if date else str(int(wait) + 1)
                self._closed_until[name] = now + wait
                more = {"Retry-After": told, "Date": formatdate(now, usegmt=True)}
                return 429, more, {"message": f"slow down {self._echo(headers)}"}, ""
            if fault in ("500 before", "502", "reset before"):
                status = 502 if fault == "502" else 500
                return status, {}, {"detail": f"broken {self._echo(headers)}"}, fault
            if fault == "slow and late":
                late = min(wait, LATEST_COMMIT)
                insort(self._late, (now + late, self.calls, (method, path, query, body)))
                return 0, {}, None, fault
            status, answer = self._carry_out(method, path, query, body, now)
            if fault == "500 after":
                status, answer = 500, {"detail": f"broken {self._echo(headers)}"}
            return status, {}, answer, fault

    def forgive(self) -> None:
        """Expect nobody to wait: the client that was told to is gone before it could note it."""
        self._closed_until.clear()

    def settle(self) -> None:
        """Carry out whatever is still late."""
        self._catch_up(float("inf"))

    def _carry_out(
        self, method: str, path: str, query: str, body: Any, now: float
    ) -> tuple[int, Any]:
        lag = Random(f"{self.seed}/lag/{self.calls}").uniform(0.0, LONGEST_LAG)
        before = self.engine.made
        found = self.engine.answer(method, path, query, body, now, lag)
        self.creations += self.engine.made - before
        return found

    def _catch_up(self, now: float) -> None:
        while self._late and self._late[0][0] <= now:
            due, _, call = self._late.pop(0)
            self._carry_out(*call, due)

    def _watch(
        self, method: str, path: str, now: float
    ) -> tuple[int, dict[str, str], Any, str] | None:
        """Note a call, and whether it came too early; too many are refused, as by the vendor."""
        name, windows = self.engine.windows(method, path)
        if now < self._closed_until.get(name, 0.0):
            self.impatient += 1
        sent = self._sent.setdefault(name, [])
        for calls, seconds in windows:
            if sum(now - at < seconds for at in sent) >= calls:
                self.too_many += 1
                return 429, {"Retry-After": str(int(seconds) + 1)}, {"message": "limit"}, ""
        insort(sent, now)
        return None

    def _fault(self, method: str, path: str) -> str:
        random = Random(f"{self.seed}/fault/{self.calls}")
        key = f"{method} {path}"
        if random.random() >= self.share or self._row.get(key, 0) >= IN_A_ROW:
            self._row[key] = 0
            return ""
        fault = random.choice(FAULTS)
        if method == "GET" and fault == "slow and late":
            fault = "slow"
        self._row[key] = self._row.get(key, 0) + 1
        self.seen[fault] = self.seen.get(fault, 0) + 1
        return fault

    @staticmethod
    def _echo(headers: dict[str, str]) -> str:
        return " ".join(
            headers.get(name, "") for name in ("authorization", "x-app-token", "x-app-id")
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LoopbackServer

    def do_GET(self) -> None:
        if self.path.startswith("/__clock/"):
            world = self.server.world
            world.clock.sleep(float(self.path.rpartition("/")[2]))
            self._send(200, {}, json.dumps({"now": world.clock.now()}).encode())
            return
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def _answer(self) -> None:
        world = self.server.world
        size = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(size)
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        victim = world.victim
        if victim is not None and victim[2] and world.calls + 1 >= victim[1]:
            os.kill(victim[0], signal.SIGKILL)  # before it is carried out
            self.close_connection = True
            return
        status, more, body, fault = world.handle(
            self.command, path, query, headers, json.loads(raw) if raw else None
        )
        if victim is not None and not victim[2] and world.calls >= victim[1]:
            os.kill(victim[0], signal.SIGKILL)  # it is carried out, and nobody hears of it
            self.close_connection = True
            return
        if fault.startswith("reset"):
            self._reset()
            return
        if fault.startswith("slow"):
            time.sleep(world.slow_seconds)
            self.close_connection = True
            return
        if fault == "502":
            self._send(502, {}, b"<html>Bad Gateway</html>")
            return
        content = json.dumps(body).encode()
        self._send(status, more, content, len(content) // 2 if fault == "half body" else None)

    def _send(
        self, status: int, more: dict[str, str], content: bytes, cut: int | None = None
    ) -> None:
        self.send_response_only(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content[:cut])
        self.close_connection = True

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True  # the client has gone, or we hung up on it

    def log_message(self, format: str, *args: Any) -> None:
        del format, args


class LoopbackServer(ThreadingHTTPServer):
    """The server; `world` is what it plays at the moment."""

    daemon_threads = True
    request_queue_size = 64
    world: World

    def handle_error(self, request: Any, client_address: Any) -> None:
        import sys

        if isinstance(sys.exception(), (ConnectionError, ValueError, OSError)):
            return
        super().handle_error(request, client_address)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def loopback() -> Iterator[LoopbackServer]:
    """Run the server on a free port of 127.0.0.1 for the length of a block."""
    server = LoopbackServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
