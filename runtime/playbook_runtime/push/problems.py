"""Why a push stops: each is a sentence to the person who called it, never a traceback."""

from __future__ import annotations


class PushError(Exception):
    """A push cannot go on. The text is a sentence; it holds no key.

    `place` is the file and line of the object that it is about. `maybe_done` is whether the call
    may have been carried out by a try before the one that this is about.
    """

    exit_code = 1
    place = ""
    maybe_done = False


class UsageProblem(PushError):
    """What the caller has to change first: a key, a lock, a plan, a state file."""

    exit_code = 2


class RefusedError(PushError):
    """The engine said no. It is never asked the same again."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class UnknownOutcome(PushError):
    """A call was sent and no whole answer came: it may have been carried out or not."""


class PausedError(PushError):
    """A limit of the engine is reached that is not worth waiting for."""
