"""Loyalty programmes: points, levels, paid membership, recommendation and subscription.

What contradicts itself in them is told by `programme_rules.py`, what loses money by the checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from playbook_compiler.condition_ids import full_ids
from playbook_compiler.conditions import Condition
from playbook_compiler.diagnostics import shown
from playbook_compiler.kinds import ConditionText, Integer, ListOf, MapOf, Word
from playbook_compiler.programme_units import (
    BASIS,
    EARN_RATE,
    EXPIRY,
    FEE,
    LIMIT,
    SHARE_OF,
    Basis,
    EarnRate,
    Expiry,
    Fee,
    ShareOf,
)
from playbook_compiler.reading import Invalid, Kind, Node, did_you_mean
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.rights import RIGHT, Right
from playbook_compiler.units import Duration, Money, Range, Rate, Share, parse_number
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import (
    CHANCE,
    CONDITION,
    DURATION,
    EVENT,
    FLAG,
    MONEY,
    PART,
    TEXT,
    TIER,
    Amount,
)

MAY: Final = ("pause", "skip", "change", "cancel")
POINTS_MOST: Final = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Earn(Record):
    """What brings points."""

    event: str = key(EVENT, "The event.")
    points: EarnRate = key(EARN_RATE, "How many: 100, or 1 per EUR of the order's value.")
    pending: Duration | None = key(
        DURATION, "How long until they can be redeemed: the time for returns.", default=None
    )
    at_most: Rate | None = key(LIMIT, "No more often than 3 per 1y.", default=None)
    where: Condition | None = key(CONDITION, "Only customers who meet this.", default=None)


@dataclass(frozen=True, slots=True)
class RewardChoice(Kind):
    """Reads the id of an offer, or the key of a listed product."""

    @property
    def expects(self) -> str:
        return "the id of an offer, or the key of a product"

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        offers = frozenset(node.known.names("offers"))
        products = frozenset(node.known.names("products"))
        meant = full_ids(text, offers, node.origin.tactic)
        if len(meant) == 1 or text in products:
            return meant[0] if len(meant) == 1 else text
        known = offers | products
        return node.refuse(
            "unknown-reward",
            f"`{shown(text)}` is neither an offer nor a product of this playbook",
            caption="not known",
            help=did_you_mean(text, known)
            or "define it under `offers:` with its cost, or list it under `products:`",
            fix=node.respelled(text, known),
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string", "description": self.expects}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward(Record):
    """What is given in a programme: exactly one benefit."""

    percent_off: Share | None = key(PART, "Share off an order.", default=None)
    amount_off: Money | None = key(MONEY, "Amount off an order.", default=None)
    free_shipping: bool = key(FLAG, "The shop pays the shipping of an order.", default=False)
    gift: str = key(TEXT, "A gift.", default="")
    cost: Money | None = key(MONEY, "What the gift costs.", default=None)
    credit: Money | None = key(MONEY, "Store credit.", default=None)
    points: int | None = key(Integer(1, POINTS_MOST), "Points.", default=None)
    choice: tuple[str, ...] = key(
        ListOf(RewardChoice(), single=True, least=1),
        "One of these offers and products, as the customer likes.",
        default=(),
    )


BENEFITS: Final = (
    *("percent_off", "amount_off", "free_shipping", "gift"),
    *("credit", "points", "choice"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem(Record):
    """What points can be exchanged for."""

    points: int = key(Integer(1, POINTS_MOST), "How many it takes.")
    reward: Reward = key(
        RecordOf(Reward, "what points are redeemed for", shorthand="choice"),
        "What the customer gets for them.",
        name="for",
    )
    plus: Money | None = key(MONEY, "What the customer pays on top.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Points(Record):
    """A points programme."""

    earn: tuple[Earn, ...] = key(
        ListOf(RecordOf(Earn, "a way to earn points"), single=True), "How points are earned."
    )
    redeem: tuple[Redeem, ...] = key(
        ListOf(RecordOf(Redeem, "a way to redeem points"), single=True),
        "What they can be redeemed for.",
        default=(),
    )
    expire: Expiry | None = key(EXPIRY, "When they lapse; left out, never.", default=None)
    reserve: ShareOf | None = key(
        SHARE_OF, "What is set aside for them: 2% of profit.", default=None
    )
    name: str = key(TEXT, "What they are called.", default="")


def _threshold(text: str) -> Decimal | str:
    number = parse_number(text)
    if isinstance(number, str):
        return "expected where the level begins, such as 150"
    return "expected 0 or more" if number < 0 else number


THRESHOLD: Final = Amount(
    "threshold",
    "where a level begins, such as 150",
    _threshold,
    "bad-number",
    r"^[0-9]+(\.[0-9]+)?$",
    numeric=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers(Record):
    """Levels with different rights. The order of levels is that of their thresholds."""

    basis: Basis = key(BASIS, "What counts: revenue, orders or points_earned over a time.")
    levels: Mapping[str, Decimal] = key(
        MapOf(THRESHOLD, noun="level", least=1), "Where each level begins; one begins at 0."
    )
    keep: Duration | None = key(
        DURATION, "How long a level is kept once reached; left out, as long as the basis holds.",
        default=None,
    )  # fmt: skip
    rights: Mapping[str, tuple[Right, ...]] = key(
        MapOf(ListOf(RIGHT, single=True), noun="level", names=TIER),
        "What each level gives, beside what the levels below it give.",
        default={},
    )
    name: str = key(TEXT, "What the programme is called.", default="")

    @property
    def in_order(self) -> tuple[str, ...]:
        """The names of the levels from the lowest up."""
        return tuple(sorted(self.levels, key=lambda name: (self.levels[name], name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptake(Record):
    """How many are expected to join, and how many of those to stay on at each renewal."""

    join: Range | None = key(CHANCE, "Share of buyers who join within a year.", default=None)
    renew: Range | None = key(CHANCE, "Share of members who renew.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidMembership(Record):
    """A paid membership."""

    fee: Fee = key(FEE, "What it costs: 39.00 per 1y.")
    rights: tuple[Right, ...] = key(ListOf(RIGHT, single=True), "What members get.", default=())
    trial: Duration | None = key(DURATION, "Free at first for so long.", default=None)
    expect: Uptake | None = key(RecordOf(Uptake, "an uptake"), "What is expected.", default=None)
    name: str = key(TEXT, "What it is called.", default="")


_REWARD: Final = RecordOf(Reward, "a reward")


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral(Record):
    """Customers bring customers."""

    referrer: Reward | None = key(_REWARD, "What the customer who recommends gets.", default=None)
    newcomer: Reward | None = key(_REWARD, "What the newcomer gets.", default=None)
    reward_after: Duration | None = key(
        DURATION, "How long after the newcomer's order: the time for returns.", default=None
    )
    at_most: Rate | None = key(LIMIT, "Rewards of one customer: 10 per 1y.", default=None)
    name: str = key(TEXT, "What it is called.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(Record):
    """The same goods again and again, until changed."""

    products: Condition | None = key(
        ConditionText("order line"),
        "Which products, as a condition on an order's line: category = tea.",
        default=None,
    )
    every: tuple[Duration, ...] = key(
        ListOf(DURATION, single=True, least=1), "How often: one or several to choose from."
    )
    discount: Share | None = key(PART, "Share off each delivery.", default=None)
    may: tuple[str, ...] = key(
        ListOf(Word(MAY, "what a subscriber may do"), single=True),
        "What subscribers may do by themselves.",
        default=MAY,
    )
    expect: Uptake | None = key(RecordOf(Uptake, "an uptake"), "What is expected.", default=None)
    name: str = key(TEXT, "What it is called.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Programmes(Record):
    """The loyalty programmes of the shop."""

    points: Points | None = key(RecordOf(Points, "a points programme"), "Points.", default=None)
    tiers: Tiers | None = key(RecordOf(Tiers, "a tier programme"), "Levels.", default=None)
    membership: PaidMembership | None = key(
        RecordOf(PaidMembership, "a membership"), "Paid membership.", default=None
    )
    referral: Referral | None = key(
        RecordOf(Referral, "a referral programme"), "Recommendation.", default=None
    )
    subscription: Subscription | None = key(
        RecordOf(Subscription, "a subscription"), "Subscription.", default=None
    )


PROGRAMMES: Final = RecordOf(Programmes, "programmes")
PROGRAMME_NAMES: Final = ("points", "tiers", "membership", "referral", "subscription")
