"""One call to an engine and its answer, without anything secret in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent. `path` is below the engine's address, with its query.

    `repeatable` calls may be sent twice without harm: the second changes nothing. `what` says in
    words what it is for, `seed` spreads its waits.
    """

    method: str
    path: str
    body: Any = None
    repeatable: bool = True
    what: str = ""
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `headers` by lower-case name, `body` as read from JSON, None if empty."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


class NotSentError(Exception):
    """No connection was made: the engine has not seen the call."""


class LostError(Exception):
    """The call went out, and no whole answer came back."""


Transport: TypeAlias = Callable[[Call], Answer]
Ask: TypeAlias = Callable[[str], Any]
