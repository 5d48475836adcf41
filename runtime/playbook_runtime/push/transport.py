"""The one place that touches the network: one call, one connection, no redirect, no retry.

A connection for each call costs some milliseconds and takes away the worst case of keeping one: a
call that is lost because the engine hung up in between (docs/decisions/0051).
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from playbook_runtime.push.calls import Answer, Call, LostError, NotSentError, Transport

SECONDS: Final = 30.0
BODY_LIMIT: Final = 16_000_000
_LOST: Final = (OSError, http.client.HTTPException, ValueError)


def make_transport(base: str, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Transport:
    """Return what sends calls to the engine at `base`, with its headers.

    It raises NotSentError where no connection came about, LostError where the outcome is unknown.
    """
    parts = urlsplit(base)

    def send(call: Call) -> Answer:
        connection = _connect(parts.scheme, parts.hostname or "", parts.port, seconds)
        try:
            body = None if call.body is None else json.dumps(call.body).encode()
            sent = {**headers, "Connection": "close"}
            if body is None:
                sent = {name: one for name, one in sent.items() if name != "Content-Type"}
            try:
                connection.request(call.method, parts.path + call.path, body, sent)
                return _read(connection.getresponse())
            except _LOST as problem:
                raise LostError(type(problem).__name__) from None
        finally:
            connection.close()

    return send


def _connect(
    scheme: str, host: str, port: int | None, seconds: float
) -> http.client.HTTPConnection:
    if scheme == "http":
        plain = http.client.HTTPConnection(host, port, timeout=seconds)
        return _open(plain)
    context = ssl.create_default_context()
    proxy = None if proxy_bypass(host) else getproxies().get("https")
    if proxy is None:
        return _open(http.client.HTTPSConnection(host, port, timeout=seconds, context=context))
    way = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    through = http.client.HTTPSConnection(
        way.hostname or "", way.port, timeout=seconds, context=context
    )
    through.set_tunnel(host, port or 443)
    return _open(through)


def _open(connection: http.client.HTTPConnection) -> http.client.HTTPConnection:
    # A proxy's address may hold a password: its host and port alone are told.
    there = f"{connection.host}:{connection.port}"
    try:
        connection.connect()
    except ssl.SSLError as problem:
        raise NotSentError(f"{there}: its certificate is not trusted ({problem.reason})") from None
    except socket.gaierror:
        raise NotSentError(f"{there}: there is no such host") from None
    except (OSError, http.client.HTTPException) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise NotSentError(f"{there}: {reason}") from None
    return connection


def _read(response: http.client.HTTPResponse) -> Answer:
    raw = response.read(BODY_LIMIT + 1)
    if len(raw) > BODY_LIMIT:
        raise ValueError("the answer is too long")
    expected = response.getheader("Content-Length")
    if expected is not None and expected.isdigit() and len(raw) < int(expected):
        raise http.client.IncompleteRead(raw)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, _body(raw, response.status))


def _body(raw: bytes, status: int) -> object:
    """Return the answer's JSON; of a failure, whatever can be read of it."""
    if not raw.strip():
        return None
    try:
        body: object = json.loads(raw)
    except (ValueError, RecursionError):
        if status < http.client.MULTIPLE_CHOICES:
            raise ValueError("the answer is no JSON") from None
        return None
    return body
