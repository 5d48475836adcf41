"""Which message a send means: one, a ladder of channels, or a rotation; and when a ladder stops."""

from __future__ import annotations

from typing import Final

from playbook_compiler.diagnostics import nearest
from playbook_compiler.kinds import Custom, ListOf, Scalar
from playbook_compiler.reading import INVALID, Invalid, Node
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.spellings import Spelling
from playbook_compiler.units import Duration, parse_duration
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import MESSAGE

ONE, LADDER, ROTATION = "one", "ladder", "rotation"


@dataclass(frozen=True, slots=True)
class MessageChoice:
    """Which message a send means: one, a ladder of channels (the first that reaches), or one after
    the other from run to run."""

    messages: tuple[str, ...]
    order: str = ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class NextOf(Record):
    """A rotation of messages: each run of a customer takes the next one."""

    next_of: tuple[str, ...] = key(ListOf(MESSAGE, least=2), "The messages, in turn.")


_MESSAGE_KEYS: Final = frozenset({"channel", "kind", "subject", "preview", "body"})


class _Messages(Custom):
    """Reads `come-back`, `[push, sms]` or `{next_of: [r1, r2]}` into a MessageChoice."""

    def read(self, node: Node) -> MessageChoice | Invalid:
        if isinstance(node.data, dict) and _MESSAGE_KEYS.intersection(node.data):
            return node.refuse_shape(
                self.expects, "define the message under `messages:` and send it by its id"
            )
        found = Custom.read(self, node)
        match found:
            case str():
                return MessageChoice((found,))
            case tuple():
                return MessageChoice(found, ONE if len(found) == 1 else LADDER)
            case NextOf():
                return MessageChoice(found.next_of, ROTATION)
        return INVALID


MESSAGES: Final = _Messages(
    "the id of a message, a ladder [m1, m2], or {next_of: [m1, m2]}",
    (
        (lambda data: isinstance(data, list), ListOf(MESSAGE, least=1)),
        (lambda data: isinstance(data, dict), RecordOf(NextOf, "a rotation")),
        (lambda data: data is not None, MESSAGE),
    ),
)

SIGNS: Final = ("delivered", "opened", "clicked")


@dataclass(frozen=True, slots=True)
class Reached:
    """When a ladder stops: a message has been delivered, opened or clicked within a time.

    A message that may not be sent (no consent, no room under a cap) has not reached anyone.
    """

    sign: str = "delivered"
    within: Duration = Duration(days=1)

    def __str__(self) -> str:
        return f"{self.sign} within {self.within}"


def parse_reached(text: str) -> Reached | str:
    """Read `clicked within 2d`; without `within`, one day."""
    expected = "expected delivered, opened or clicked, within a duration: clicked within 1d"
    sign, word, length = text.partition(" within ")
    if sign not in SIGNS:
        return expected
    within = parse_duration(length.strip()) if word else Reached().within
    if isinstance(within, str):
        return within
    return Reached(sign, within) if not within.is_zero else "expected a time longer than none"


def _spelling(text: str) -> Spelling | None:
    sign, _, rest = text.partition(" ")
    meant = nearest(sign, SIGNS)
    return None if meant is None else Spelling(f"{meant} {rest}".strip())


REACHED: Final = Scalar(
    "reached",
    "delivered, opened or clicked within a duration such as clicked within 1d",
    parse_reached,
    "bad-reached",
    r"^(delivered|opened|clicked)",
    instead=_spelling,
)
