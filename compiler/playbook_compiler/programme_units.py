"""The scalars of programmes: earning rates, fees, multiples, shares of a figure, expiry, bases.

As in `units.py`, a parser takes the author's text and returns the value or a sentence (a str) that
says what was expected, and `str(value)` is the canonical spelling.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.kinds import Scalar
from playbook_compiler.reading import Node
from playbook_compiler.spellings import Spelling, money_in_thousands
from playbook_compiler.units import (
    Duration,
    Money,
    Rate,
    Share,
    parse_duration,
    parse_money,
    parse_number,
    parse_rate,
    parse_share,
    plain,
)
from playbook_compiler.values import dataclass

BASES: Final = ("revenue", "orders", "points_earned")
FIGURES: Final = ("profit", "contribution", "revenue")
LIMIT_MOST: Final = 1_000
_CURRENCY = re.compile(r"(?:(\S+) )?([A-Z]{3})\Z")
_PER = re.compile(r"(.+?) per (.+)\Z")


@dataclass(frozen=True, slots=True)
class EarnRate:
    """Points for an event: a fixed number, or so many per amount of the order's value.

    `100` has no currency; `1 per EUR` is 1 point per 1 EUR, `5 per 10 EUR` is 5 per 10.
    """

    points: Decimal
    per: Decimal = Decimal(1)
    currency: str = ""

    def __str__(self) -> str:
        if not self.currency:
            return plain(self.points)
        amount = "" if self.per == 1 else f"{plain(self.per)} "
        return f"{plain(self.points)} per {amount}{self.currency}"

    @property
    def per_unit(self) -> Decimal:
        """Points per unit of money that an order is worth; 0 for a fixed number."""
        return self.points / self.per if self.currency else Decimal(0)


def parse_earn_rate(text: str) -> EarnRate | str:
    """Read `1 per EUR`, `5 per 10 EUR` or a whole number such as `100`."""
    expected = "expected points such as 100, or a rate such as 1 per EUR"
    match = _PER.match(" ".join(text.split()))
    points = parse_number((match[1] if match else text).strip())
    if isinstance(points, str):
        return expected
    if points <= 0:
        return "expected more than 0 points"
    if match is None:
        return expected if points != int(points) else EarnRate(points)
    of = _CURRENCY.match(match[2])
    if of is None:
        if match[2].upper() != match[2] and _CURRENCY.match(match[2].upper()):
            return f"write the currency in capital letters: {plain(points)} per {match[2].upper()}"
        return f"{expected}; after `per` comes the playbook's currency"
    per = parse_number(of[1]) if of[1] else Decimal(1)
    if isinstance(per, str) or per <= 0:
        return expected
    return EarnRate(points, per, of[2])


@dataclass(frozen=True, slots=True)
class Fee:
    """An amount for a stretch of membership: `39.00 per 1y`."""

    amount: Money
    per: Duration

    def __str__(self) -> str:
        return f"{self.amount} per {self.per}"


def parse_fee(text: str) -> Fee | str:
    """Read `39.00 per 1y`."""
    expected = "expected an amount per time such as 39.00 per 1y"
    match = _PER.match(text.strip())
    amount = parse_money(match[1].strip()) if match else ""
    per = parse_duration(match[2].strip()) if match else ""
    if isinstance(amount, str) or isinstance(per, str) or per.is_zero or amount.amount < 0:
        return expected
    return Fee(amount, per)


@dataclass(frozen=True, slots=True)
class Multiple:
    """How many times as much: `1.5x`."""

    times: Decimal

    def __str__(self) -> str:
        return f"{plain(self.times)}x"


def parse_multiple(text: str) -> Multiple | str:
    """Read `1.5x`."""
    number = parse_number(text.strip()[:-1]) if text.strip().endswith("x") else ""
    if isinstance(number, str):
        bare = parse_number(text.strip())
        example = f"{plain(bare)}x" if isinstance(bare, Decimal) else "1.5x"
        return f"expected a multiple such as {example}"
    if number < 1:
        return "expected 1x or more: a right takes nothing away"
    return Multiple(number)


@dataclass(frozen=True, slots=True)
class ShareOf:
    """A part of a figure of the shop: `2% of profit`."""

    share: Share
    of: str

    def __str__(self) -> str:
        return f"{self.share} of {self.of}"


def parse_share_of(text: str) -> ShareOf | str:
    """Read `2% of profit`."""
    amount, word, figure = " ".join(text.split()).partition(" of ")
    share = parse_share(amount)
    if isinstance(share, str) or not word:
        return "expected a part of a figure such as 2% of profit"
    if not 0 <= share.fraction <= 1:
        return "expected a percentage from 0% to 100%"
    if figure not in FIGURES:
        guess = nearest(figure, FIGURES)
        return f"expected a part of {', '.join(FIGURES)}" + (
            f"; did you mean {guess}?" if guess else ""
        )
    return ShareOf(share, figure)


@dataclass(frozen=True, slots=True)
class Expiry:
    """When points lapse: `12mo after last activity`, `12mo after earning` or `never`.

    Activity is an order, or points earned or redeemed.
    """

    after: Duration | None = None
    since: str = ""

    def __str__(self) -> str:
        return "never" if self.after is None else f"{self.after} after {self.since}"


_SINCE: Final = ("last activity", "earning")


def parse_expiry(text: str) -> Expiry | str:
    """Read `12mo after last activity`, `12mo after earning` or `never`."""
    words = " ".join(text.split())
    if words == "never":
        return Expiry()
    length, after, since = words.partition(" after ")
    duration = parse_duration(length)
    if isinstance(duration, str) or duration.is_zero or not after or since not in _SINCE:
        return "expected 12mo after last activity, 12mo after earning, or never"
    return Expiry(duration, since)


@dataclass(frozen=True, slots=True)
class Basis:
    """What decides a customer's level: a figure over the time before; ever, without a time."""

    figure: str
    over: Duration | None = None

    def __str__(self) -> str:
        return self.figure if self.over is None else f"{self.figure} over {self.over}"


def parse_basis(text: str) -> Basis | str:
    """Read `revenue over 12mo`, `orders over 12mo`, `points_earned over 12mo` or the figure alone,
    which counts from the customer's first day."""
    figure, over, length = " ".join(text.split()).partition(" over ")
    if figure not in BASES:
        guess = nearest(figure, BASES)
        meant = f"; did you mean {guess}?" if guess else ""
        return f"expected {', '.join(BASES)}, and over which time: revenue over 12mo{meant}"
    duration = parse_duration(length) if over else None
    if isinstance(duration, str) or (duration is not None and duration.is_zero):
        return f"expected a time such as {figure} over 12mo"
    return Basis(figure, duration)


def parse_limit(text: str) -> Rate | str:
    """Read `3 per 1y` or `1 per order`: a whole number of times, at least one."""
    expected = "expected how often in which time, such as 3 per 1y or 1 per order"
    rate = parse_rate(" ".join(text.split()))
    if isinstance(rate, str) or rate.count != int(rate.count) or rate.count > LIMIT_MOST:
        return expected
    if rate.count <= 0:
        return "at most 0 is never: leave the line out instead"
    return rate


def _spelled_earn_rate(text: str) -> Spelling | None:
    """Return `1 per EUR` for `1 per eur`."""
    amount, per, currency = " ".join(text.split()).rpartition(" ")
    return Spelling(f"{amount} {currency.upper()}") if per and " per" in amount else None


def _spelled_multiple(text: str) -> Spelling | None:
    """Return `1.5x` for `1.5`, `150%` and `1.5 times`."""
    number = parse_number(text.split(maxsplit=1)[0].rstrip("%x")) if text.strip() else ""
    if isinstance(number, str):
        return None
    return Spelling(str(Multiple(number / 100 if "%" in text else number)))


_TIMES: Final = {"year": "1y", "month": "1mo", "week": "1w", "quarter": "3mo"}


def _spelled_fee(text: str) -> Spelling | None:
    """Return `39.00 per 1y` for `39.00 per year` and `39.00 a year`."""
    words = text.lower().split()
    if len(words) == 3 and words[1] in ("per", "a") and words[2] in _TIMES:
        return Spelling(f"{words[0]} per {_TIMES[words[2]]}")
    return None


def _spelled_share_of(text: str) -> Spelling | None:
    """Return `2% of profit` for `2% of profits`."""
    amount, word, figure = " ".join(text.split()).partition(" of ")
    guess = nearest(figure, FIGURES) if word else None
    return Spelling(f"{amount} of {guess}", figure.rstrip("s") == guess) if guess else None


def _spelled_basis(text: str) -> Spelling | None:
    """Return `revenue over 12mo` for `revenues over 12mo`."""
    figure, over, length = " ".join(text.split()).partition(" over ")
    guess = nearest(figure, BASES)
    return Spelling(f"{guess}{over}{length}", figure.rstrip("s") == guess) if guess else None


EARN_RATE: Final = Scalar(
    "earn-rate",
    "points such as 100, or a rate such as 1 per EUR",
    parse_earn_rate,
    "bad-points",
    r"^[0-9.]+( per ([0-9.]+ )?[A-Z]{3})?$",
    numeric=True,
    instead=_spelled_earn_rate,
)


@dataclass(frozen=True, slots=True)
class _FeeKind(Scalar):
    """A fee. One whose amount may be a thousand or one, such as 1.000 per 1y, is refused."""

    def read(self, node: Node) -> Any:
        match = _PER.match((node.text or "").strip())
        two = money_in_thousands(match[1].strip(), node.known.decimals) if match else None
        if match is None or two is None:
            return Scalar.read(self, node)
        return node.refuse(
            self.rule,
            f"`{shown(node.text)}` may be {two[0]}, or {two[1]} with a digit too many",
            caption="expected an amount that can be read in one way only",
            help=f"write `{two[0]} per {match[2]}`, or `{two[1]} per {match[2]}` if it is less",
        )


FEE: Final = _FeeKind(
    "fee",
    "an amount per time such as 39.00 per 1y",
    parse_fee,
    "bad-fee",
    " per ",
    instead=_spelled_fee,
)
MULTIPLE: Final = Scalar(
    "multiple",
    "a multiple such as 1.5x",
    parse_multiple,
    "bad-multiple",
    r"^[0-9.]+x$",
    instead=_spelled_multiple,
)
SHARE_OF: Final = Scalar(
    "share-of",
    "a part of a figure such as 2% of profit",
    parse_share_of,
    "bad-share",
    r"^[0-9.]+\s*% of ",
    instead=_spelled_share_of,
)
EXPIRY: Final = Scalar(
    "expiry",
    "12mo after last activity, 12mo after earning, or never",
    parse_expiry,
    "bad-expiry",
    r"^(never|.+ after (last activity|earning))$",
)
BASIS: Final = Scalar(
    "basis",
    "a basis such as revenue over 12mo",
    parse_basis,
    "bad-basis",
    instead=_spelled_basis,
)
LIMIT: Final = Scalar(
    "limit", "a limit such as 3 per 1y or 1 per order", parse_limit, "bad-rate", r" per "
)
