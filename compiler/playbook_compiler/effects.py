"""What a message is expected to do to buying: `expect:` of steps and flows."""

from __future__ import annotations

from playbook_compiler.kinds import Custom, Text, Word
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.units import Duration, PerThousand, Range
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import CHANCE, DURATION, FACTOR, PER_THOUSAND

DEFAULT_WINDOW = Duration(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect(Record):
    """What a delivered message changes, each as an 80% interval. What is left out changes nothing.

    With `source` alone, the library's effect of that id stands in (`expect: email.lapsed`).
    """

    purchase_rate: Range | None = key(
        FACTOR, "Factor on the rate of buying of those still alive.", default=None
    )
    added_orders: PerThousand | None = key(
        PER_THOUSAND,
        "Orders added per thousand messages (of a flow: per thousand entrants).",
        default=None,
    )
    dropout: Range | None = key(
        FACTOR, "Factor on the chance to leave after the latest order.", default=None
    )
    revive: Range | None = key(
        CHANCE, "Share of those who left that come back with one order.", default=None
    )
    basket: Range | None = key(FACTOR, "Factor on the value of an order.", default=None)
    repaid: Range | None = key(
        CHANCE, "Share of extra orders that only come earlier.", default=None
    )
    redemption: Range | None = key(
        CHANCE, "Share of the qualifying orders that use a live offer.", default=None
    )
    within: Duration | None = key(
        DURATION,
        "How long the effect lasts after delivery: 14d, or the library's own window.",
        default=None,
    )
    evidence: str = key(Text("an evidence id"), "Where the figures come from.", default="")
    overlap: str = key(
        Word(("largest", "add"), "a way to overlap"),
        "Where effects meet: no more than the largest of them, or their sum.",
        default="largest",
    )
    source: str = key(
        Text("an evidence id such as email.lapsed"),
        "Id in the evidence library whose effect is taken.",
        default="",
        name="library",
    )


EFFECT = Custom(
    "an effect such as {added_orders: 1..6 per 1000, within: 14d} or the id of one in the library",
    (
        (lambda data: isinstance(data, dict), RecordOf(Effect, "an effect")),
        (lambda data: data is not None, RecordOf(Effect, "an effect", shorthand="library")),
    ),
)
