"""The kinds of value that the model is declared with: one name for each scalar of the language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from playbook_compiler import calendar_spellings, calendar_units, spellings, units
from playbook_compiler.codes import Code
from playbook_compiler.currency import DECIMALS
from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.fixes import is_clear
from playbook_compiler.kinds import (
    ConditionText,
    Flag,
    Identifier,
    Integer,
    ListOf,
    Scalar,
    Text,
)
from playbook_compiler.reading import Invalid, Node
from playbook_compiler.references import Reference
from playbook_compiler.values import dataclass, replace

STAGES: Final = ("startup", "growth", "stable", "established", "scale")
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
    instead=spellings.duration,
)


def _bounded(
    parse: Callable[[str], Any], ends: Callable[[Any], Iterable[Decimal]], most: Decimal | None
) -> Callable[[str], Any]:
    """Return a parser that also refuses values below 0 and above `most`."""

    def bounded(text: str) -> Any:
        value = parse(text)
        if isinstance(value, str):
            return value
        if any(end < 0 for end in ends(value)):
            return "expected no less than 0"
        if most is not None and any(end > most for end in ends(value)):
            return f"expected no more than {units.plain(most * 100)}%"
        return value

    return bounded


SHARE: Final = Scalar(
    "share",
    "a percentage such as 58%",
    _bounded(units.parse_share, lambda share: (share.fraction,), None),
    "bad-share",
    r"^[0-9.]+\s*%$",
    instead=spellings.share,
)
DISCOUNT: Final = replace(SHARE, says="a percentage such as 20%")
PART: Final = Scalar(
    "part",
    "a percentage from 0% to 100%",
    _bounded(units.parse_share, lambda share: (share.fraction,), Decimal(1)),
    "bad-share",
    r"^[0-9.]+\s*%$",
    instead=spellings.share,
)


@dataclass(frozen=True, slots=True)
class Amount(Scalar):
    """An amount of money. One that may be a thousand or one, such as 1.000, is refused."""

    def read(self, node: Node) -> Any:
        two = spellings.money_in_thousands(node.text or "", node.known.decimals)
        if two is None:
            return Scalar.read(self, node)
        return node.refuse(
            self.rule,
            f"`{shown(node.text)}` may be {two[0]}, or {two[1]} with a digit too many",
            caption="expected an amount that can be read in one way only",
            help=f"write `{two[0]}`, or `{two[1]}` if it is less",
        )


MONEY: Final = Amount(
    "money",
    "an amount in the playbook's currency such as 4.10",
    _bounded(units.parse_money, lambda money: (money.amount,), None),
    "bad-money",
    r"^[0-9]+(\.[0-9]+)?$",
    numeric=True,
    instead=spellings.money,
)
NUMBER: Final = Scalar(
    "number",
    "a number such as 0.6",
    units.parse_number,
    "bad-number",
    numeric=True,
    instead=spellings.number,
)
FACTOR: Final = Scalar(
    "factor",
    "a factor such as 1.05..1.25 (80% sure) or one number",
    _bounded(
        lambda text: units.parse_range(text, percent=False),
        lambda found: (found.low, found.high),
        None,
    ),
    "bad-range",
    numeric=True,
    instead=spellings.factor,
)
CHANCE: Final = Scalar(
    "chance",
    "a percentage such as 10%..30% (80% sure) or one percentage",
    _bounded(
        lambda text: units.parse_range(text, percent=True),
        lambda found: (found.low, found.high),
        Decimal(1),
    ),
    "bad-range",
    r"%",
    instead=spellings.chance,
)
PER_THOUSAND: Final = Scalar(
    "per-thousand",
    "orders per thousand such as 1..6 per 1000",
    units.parse_per_thousand,  # may be negative: a message can cost orders
    "bad-range",
    r" per 1,?000$",
    instead=spellings.per_thousand,
)
RATE: Final = Scalar(
    "rate", "a rate such as 40 per 1mo or 1.8 per order", units.parse_rate, "bad-rate", r" per "
)
TIME: Final = Scalar(
    "time",
    "a time such as 08:00",
    units.parse_time,
    "bad-time",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    instead=spellings.time,
)
WINDOW: Final = Scalar(
    "window",
    "a window such as 08:00-09:00",
    units.parse_window,
    "bad-time",
    r"^[0-9:]+ *- *[0-9:]+$",
)
SINCE: Final = Scalar(
    "since",
    "a start such as since 2025-03-01",
    units.parse_since,
    "bad-date",
    r"^since ",
    instead=spellings.since,
)


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not relative to the database, a folder of it
        return False
    return True


def _zones() -> Iterable[str]:
    from zoneinfo import available_timezones

    # Without abbreviations: EST is not what one who wrote CEST means.
    return (name for name in available_timezones() if "/" in name and name[:4] != "Etc/")


# What people write for a code: a name of the currency; an abbreviation is no place of the earth.
_CURRENCY_WORDS: Final = (
    *(("euro", "EUR"), ("euros", "EUR"), ("€", "EUR"), ("$", "USD"), ("£", "GBP")),
    *(("pound", "GBP"), ("pounds", "GBP"), ("franken", "CHF"), ("yen", "JPY"), ("¥", "JPY")),
)
_ZONE_WORDS: Final = (
    *((word, "Europe/Berlin") for word in ("cet", "cest", "mez", "mesz", "germany", "deutschland")),
    *((word, "Europe/London") for word in ("gmt", "bst")),
    *((word, "America/New_York") for word in ("est", "edt")),
    *((word, "America/Los_Angeles") for word in ("pst", "pdt")),
)

CURRENCY: Final = Code(
    "currency",
    "an ISO 4217 code such as EUR",
    DECIMALS.__contains__,
    DECIMALS.keys,
    _CURRENCY_WORDS,
)
TIMEZONE: Final = Code(
    "timezone", "an IANA zone such as Europe/Berlin", _is_zone, _zones, _ZONE_WORDS
)


def _stage_words(text: str) -> tuple[str, ...] | str:
    name, plus = text.rstrip("+"), text.endswith("+")
    if name not in STAGES or text.count("+") > 1:
        return f"expected a stage ({', '.join(STAGES)}), or one with + for it and later ones"
    return STAGES[STAGES.index(name) :] if plus else (name,)


def _stage_meant(text: str) -> spellings.Spelling | None:
    """Return the stage that a text was probably meant to be, with its plus if it has one."""
    name, plus = text.rstrip("+"), "+" if text.endswith("+") else ""
    guess = nearest(name, STAGES)
    return spellings.Spelling(guess + plus, is_clear(name, guess, STAGES)) if guess else None


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
        instead=_stage_meant,
    ),
    single=True,
    least=1,
)


@dataclass(frozen=True, slots=True)
class LanguageVersion(Integer):
    """The version of the language that a playbook is written in: there is one."""

    least: int = 1
    most: int = 1

    def read(self, node: Node) -> int | Invalid:
        if node.data == 1 and not isinstance(node.data, bool):
            return 1
        if node.text in (None, "1") or isinstance(node.data, bool):
            return node.refuse_shape(
                "the number 1, without quotes",
                "write `playbook: 1`",
                fix=node.replaced("1") if node.text == "1" else None,
            )
        return node.refuse(
            "out-of-range",
            f"`{shown(node.text)}`: this version reads language 1",
            caption="expected 1",
            help="write `playbook: 1`",
        )


LANGUAGE: Final = LanguageVersion()
ID: Final = Identifier()
EVENT: Final = Reference(
    "events",
    "event",
    said_for=tuple(
        (word, "an order is `order_placed`")
        for word in ("purchase", "purchased", "order", "ordered", "buy", "bought")
    ),
)
AUDIENCE: Final = Reference("audiences", "audience")
OFFER: Final = Reference("offers", "offer")
MESSAGE: Final = Reference("messages", "message")
FLOW: Final = Reference("flows", "flow")
TIER: Final = Reference("tiers", "tier", "define it under `programmes.tiers.levels`")
PRODUCT: Final = Reference("products", "product")
CHECKLIST: Final = Reference("checklists", "checklist")
CHANNEL: Final = Reference(
    "channels",
    "channel",
    "a channel of your own needs its cost under `economics.message_costs` and its consent rule"
    " under `guardrails.consent`",
)
MOMENT: Final = Scalar(
    "moment",
    "a time such as 09:00, a weekday such as tue, or tue at 09:00",
    calendar_units.parse_moment,
    "bad-time",
    instead=calendar_spellings.moment,
)
