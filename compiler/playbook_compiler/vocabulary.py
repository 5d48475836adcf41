"""The kinds of value that the model is declared with: one name for each scalar of the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from playbook_compiler import units
from playbook_compiler.kinds import (
    ConditionText,
    Custom,
    Flag,
    Identifier,
    Invalid,
    ListOf,
    Node,
    Reference,
    Scalar,
    Text,
    Word,
)

STAGES: Final = ("startup", "growth", "stable", "established", "scale")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONDITION: Final = ConditionText()
SHOP_CONDITION: Final = ConditionText("shop")
TEXT: Final = Text()
FLAG: Final = Flag()

DURATION: Final = Scalar(
    "duration",
    "a duration such as 36h, 7d, 2w or 6mo",
    units.parse_duration,
    "bad-duration",
    r"^\s*([0-9]+(y|mo|w|d|h|min|s)\s*)+$",
)
SHARE: Final = Scalar(
    "share", "a percentage such as 58%", units.parse_share, "bad-share", r"^-?[0-9.]+\s*%$"
)
MONEY: Final = Scalar(
    "money",
    "an amount in the playbook's currency such as 4.10",
    units.parse_money,
    "bad-money",
    r"^-?[0-9]+(\.[0-9]+)?$",
    numeric=True,
)
NUMBER: Final = Scalar(
    "number", "a number such as 0.6", units.parse_number, "bad-number", numeric=True
)
FACTOR: Final = Scalar(
    "factor",
    "a factor such as 1.05..1.25 (80% sure) or one number",
    lambda text: units.parse_range(text, percent=False),
    "bad-range",
    numeric=True,
)
CHANCE: Final = Scalar(
    "chance",
    "a percentage such as 10%..30% (80% sure) or one percentage",
    lambda text: units.parse_range(text, percent=True),
    "bad-range",
    r"%",
)
PER_THOUSAND: Final = Scalar(
    "per-thousand",
    "orders per thousand such as 1..6 per 1000",
    units.parse_per_thousand,
    "bad-range",
    r" per 1,?000$",
)
RATE: Final = Scalar(
    "rate", "a rate such as 40 per 1mo or 1.8 per order", units.parse_rate, "bad-rate", r" per "
)
TIME: Final = Scalar(
    "time", "a time such as 08:00", units.parse_time, "bad-time", r"^[0-2][0-9]:[0-5][0-9]$"
)
WINDOW: Final = Scalar(
    "window",
    "a window such as 08:00-09:00",
    units.parse_window,
    "bad-time",
    r"^[0-9:]+ *- *[0-9:]+$",
)
SINCE: Final = Scalar(
    "since", "a start such as since 2025-03-01", units.parse_since, "bad-date", r"^since "
)


def _stage_words(text: str) -> tuple[str, ...] | str:
    name, plus = text.rstrip("+"), text.endswith("+")
    if name not in STAGES or text.count("+") > 1:
        return f"expected a stage ({', '.join(STAGES)}), or one with + for it and later ones"
    return STAGES[STAGES.index(name) :] if plus else (name,)


@dataclass(frozen=True, slots=True)
class StageSet(ListOf):
    """A list of stage words, read as one tuple of stages in their order."""

    def read(self, node: Node) -> tuple[str, ...] | Invalid:
        found = ListOf.read(self, node)
        if isinstance(found, Invalid):
            return found
        named = {stage for words in found for stage in words}
        return tuple(stage for stage in STAGES if stage in named)


STAGE_SET: Final = StageSet(
    Scalar(
        "stages",
        "a stage such as growth, or growth+ for it and later ones",
        _stage_words,
        "unknown-stage",
    ),
    single=True,
    least=1,
)
ID: Final = Identifier()
EVENT: Final = Reference("events", "event")
AUDIENCE: Final = Reference("audiences", "audience")
OFFER: Final = Reference("offers", "offer")
MESSAGE: Final = Reference("messages", "message")
FLOW: Final = Reference("flows", "flow")
CHANNEL: Final = Reference("channels", "channel")
WEEKDAY: Final = Word(WEEKDAYS, "a weekday")
TIME_OR_WEEKDAY: Final = Custom(
    "a time such as 09:00 or a weekday such as tue",
    ((lambda data: data in WEEKDAYS, WEEKDAY), (lambda data: True, TIME)),
)
