"""A call with all that belongs to it: the engine's limits, waiting, and trying again if it may be.

| what happened                          | a repeatable call | any other call                |
|----------------------------------------|-------------------|-------------------------------|
| no connection                          | again             | again: nobody has seen it     |
| 429                                    | again, as told    | again, as told: not done      |
| 5xx, time-out, reset, half an answer   | again             | UnknownOutcome: look first    |
| any other 4xx, a redirect              | RefusedError      | RefusedError                  |
"""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.values import dataclass
from playbook_runtime.push.calls import Answer, Call, LostError, NotSentError, Transport
from playbook_runtime.push.clock import Clock, stamp
from playbook_runtime.push.keys import Keys
from playbook_runtime.push.problems import PausedError, PushError, RefusedError, UnknownOutcome
from playbook_runtime.push.rates import Rates
from playbook_runtime.push.waits import backoff, retry_after

TRIES: Final = 6
THROTTLED_AT_MOST: Final = 12
PATIENCE: Final = 900.0
_OK, _REDIRECT, _CLIENT, _SERVER = 200, 300, 400, 500
_TIMEOUT, _THROTTLED = 408, 429
_DENIED: Final = (401, 403)


@dataclass(frozen=True, slots=True)
class Line:
    """The way to one engine."""

    title: str
    transport: Transport
    rates: Rates
    clock: Clock
    keys: Keys
    variables: tuple[str, ...]


def exchange(line: Line, call: Call) -> Answer:
    """Send a call until it is answered. Raises PushError and what stands in the table above."""
    failures, throttled, lost = 0, 0, False
    while True:
        try:
            _keep_under_limits(line, call)
            answer, trouble, unseen = _tried(line, call)
            if answer is not None and answer.status == _THROTTLED:
                throttled += 1
                _close_as_told(line, call, answer, throttled)
                continue
            if answer is not None and not _failed(answer.status):
                if _OK <= answer.status < _REDIRECT:
                    return answer
                raise RefusedError(_refusal(line, call, answer), answer.status)
            failures += 1
            lost = lost or not unseen
            if not unseen and not call.repeatable:
                raise UnknownOutcome(f"{line.title}, {call.what}: {trouble}.")
            if failures >= TRIES:
                raise PushError(
                    f"{line.title}, {call.what}: tried {failures} times, and {trouble}."
                    " What is done is written down; push again later."
                )
            told = None if answer is None else retry_after(answer, line.clock.now())
            wait = max(backoff(failures, call.seed), told or 0.0)
            _pause_if_too_long(line, call, wait)
            line.clock.sleep(wait)
        except PushError as problem:
            problem.maybe_done = lost
            raise


def _tried(line: Line, call: Call) -> tuple[Answer | None, str, bool]:
    """Return the answer, or what went wrong, and whether the engine cannot have seen the call."""
    try:
        answer = line.transport(call)
    except NotSentError as problem:
        return None, line.keys.cleaned(str(problem)), True
    except LostError as problem:
        return None, f"no whole answer came ({problem})", False
    return answer, f"it answered {answer.status}", False


def ask(line: Line, path: str, what: str) -> Any:
    """Return what the engine says at a path; None where there is nothing."""
    try:
        return exchange(line, Call("GET", path, what=what, seed=path)).body
    except RefusedError as problem:
        if problem.status in (404, 410):
            return None
        raise


def _failed(status: int) -> bool:
    return status >= _SERVER or status == _TIMEOUT


def _keep_under_limits(line: Line, call: Call) -> None:
    wait = line.rates.wait(call.method, call.path, line.clock.now())
    if wait > 0:
        _pause_if_too_long(line, call, wait)
        line.clock.sleep(wait)
    line.rates.note(call.method, call.path, line.clock.now())


def _close_as_told(line: Line, call: Call, answer: Answer, times: int) -> None:
    now = line.clock.now()
    told = retry_after(answer, now)
    wait = backoff(times, call.seed) if told is None else told
    line.rates.close(call.method, call.path, now + wait)
    if times > THROTTLED_AT_MOST:
        raise PausedError(
            f"{line.title} keeps answering that there are too many calls ({call.what})."
            " Another program may use the same account; push again later."
        )


def _pause_if_too_long(line: Line, call: Call, wait: float) -> None:
    if wait > PATIENCE:
        until = stamp(line.clock.now() + wait)
        raise PausedError(
            f"{line.title} takes no more such calls for now ({call.what}): a limit of the account"
            f" is reached. Push again after {until}; what is done stays done."
        )


def _refusal(line: Line, call: Call, answer: Answer) -> str:
    said = line.keys.cleaned(_said(answer.body)) or "nothing more"
    if answer.status in _DENIED:
        names = " and ".join(line.variables)
        return (
            f"{line.title} does not take the key ({answer.status}), {call.what}: {said}."
            f" Look at {names}, and whether that key may read and write what is pushed."
        )
    if answer.status < _CLIENT:
        return (
            f"{line.title}, {call.what}: it answered with a redirect ({answer.status}), which is"
            " not followed: the key would go along. Set the right address."
        )
    return f"{line.title} refuses to {call.what} ({answer.status}): {said}."


def _said(body: Any) -> str:
    """Return what an engine says of a failure: the common shapes, else the beginning of it."""
    if isinstance(body, dict):
        errors = body.get("errors")
        if isinstance(errors, list):
            told = [_said(one) for one in errors if isinstance(one, dict)]
            return "; ".join(one for one in told if one)
        for key in ("detail", "details", "message", "title", "error", "key"):
            value = body.get(key)
            if isinstance(value, str) and value:
                return value.rstrip(".")
            if isinstance(value, dict | list) and value:
                return _said(value)
    return "" if body is None else str(body).rstrip(".")
