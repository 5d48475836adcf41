"""The demo shop Leaf & Steam: synthetic orders, customers and events with a known truth.

Customers behave exactly as the purchase model says (MBG/NBD with Gamma-Gamma spend, no seasons), so
that a fit can be held against what is true. Plain Python's generator, one stream a customer: the
same bytes on every run, and a customer does not change when there are more of them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

NAME: Final = "Leaf & Steam"
CURRENCY: Final = "EUR"
TIMEZONE: Final = "Europe/Berlin"
FIRST_DAY: Final = date(2024, 11, 1)
UNTIL: Final = date(2026, 10, 31)
DAYS: Final = (UNTIL - FIRST_DAY).days + 1
LATER_DAYS: Final = 365

# The truth. Times in days, money in EUR.
R, ALPHA, A, B = 0.55, 150.0, 0.9, 1.8
P, Q, GAMMA = 6.0, 4.0, 17.5
CONSENT_EMAIL, CONSENT_SMS, SIGN_UP = 0.62, 0.08, 0.55
CART_BEFORE_ORDER, CARTS_WITHOUT = 0.35, 0.45
DISCOUNTED, DISCOUNT_PERCENT = 0.10, 10

_CATEGORIES = ("tea", "teaware", "gifts")
_CATEGORY_WEIGHTS = (70, 18, 12)
_CHANNELS = ("search", "social", "referral", "market-stall", "direct")
_CHANNEL_WEIGHTS = (38, 26, 14, 8, 14)
_PLACES = (("DE", "Europe/Berlin", 78), ("AT", "Europe/Vienna", 12), ("NL", "Europe/Amsterdam", 6),
           ("IE", "Europe/Dublin", 4))  # fmt: skip
_HOUR_WEIGHTS = (1, 2, 3, 4, 5, 6, 6, 5, 5, 6, 7, 9, 11, 12, 10, 6)  # from 07:00 to 22:59


@dataclass(frozen=True, slots=True)
class Truth:
    """What the demo shop was made with, and what really came of it.

    lambda ~ Gamma(r, rate alpha_days) a day, p ~ Beta(a, b), coin after every purchase (m = 1);
    nu ~ Gamma(q, rate gamma), value ~ Gamma(p, rate nu) in EUR. `alive` customers had not left for
    good on `until`; `later_orders` (worth `later_minor` cents) are what the customers go on to buy
    in the `later_days` after it, without any playbook.
    """

    name: str
    seed: int
    currency: str
    timezone: str
    first_day: str
    until: str
    family: str
    r: float
    alpha_days: float
    a: float
    b: float
    p: float
    q: float
    gamma: float
    newcomers_per_month: float
    seasonality: bool
    customers: int
    repeat_customers: int
    orders: int
    revenue_minor: int
    alive: int
    later_days: int
    later_orders: int
    later_minor: int


@dataclass(frozen=True, slots=True)
class _Person:
    id: str
    favourite: str
    channel: str


@dataclass(frozen=True, slots=True)
class _Order:
    at: datetime
    person: _Person
    minor: int
    discount_minor: int
    category: str
    delivered: datetime


@dataclass(frozen=True, slots=True)
class _Life:
    """One customer: the lines of the files, and what of him the truth counts."""

    profile: tuple[str, ...]
    orders: tuple[_Order, ...]
    events: tuple[tuple[datetime, str, str], ...]
    is_alive: bool
    later: tuple[int, ...]


def write_demo_shop(folder: Path, customers: int = 3_000, seed: int = 7) -> Truth:
    """Write orders.csv, customers.csv, events.csv and truth.json into a folder; return the truth.

    The folder is made if need be, and each file is replaced as a whole.
    """
    lives = [_live(index, seed) for index in range(customers)]
    orders = sorted(
        (order for life in lives for order in life.orders),
        key=lambda order: (order.at, order.person.id),
    )
    numbered = [(f"LS-{number}", order) for number, order in enumerate(orders, 10_001)]
    later = [minor for life in lives for minor in life.later]
    truth = Truth(
        NAME, seed, CURRENCY, TIMEZONE, FIRST_DAY.isoformat(), UNTIL.isoformat(), "mbg-nbd",
        R, ALPHA, A, B, P, Q, GAMMA,
        newcomers_per_month=round(customers / DAYS * 365.25 / 12, 3),
        seasonality=False,
        customers=customers,
        repeat_customers=sum(len({one.at.date() for one in life.orders}) > 1 for life in lives),
        orders=len(orders),
        revenue_minor=sum(order.minor for order in orders),
        alive=sum(life.is_alive for life in lives),
        later_days=LATER_DAYS,
        later_orders=len(later),
        later_minor=sum(later),
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "orders.csv", _table(
        ("order_id", "customer_id", "ordered_at", "total", "currency", "discount", "category",
         "channel"),
        ((number, one.person.id, _stamp(one.at), _money(one.minor), CURRENCY,
          _money(one.discount_minor), one.category, one.person.channel)
         for number, one in numbered),
    ))  # fmt: skip
    _write(folder / "customers.csv", _table(
        ("customer_id", "consent_email", "consent_sms", "zone", "country", "birthday"),
        (life.profile for life in lives),
    ))  # fmt: skip
    _write(folder / "events.csv", _table(
        ("event", "customer_id", "happened_at", "order_id", "value"),
        _event_rows(lives, numbered),
    ))  # fmt: skip
    _write(folder / "truth.json", json.dumps(asdict(truth), indent=2) + "\n")
    return truth


def _live(index: int, seed: int) -> _Life:
    """Return the life of one customer, purchase by purchase, on into the time after `UNTIL`."""
    draw = random.Random(f"{NAME}/{seed}/{index}")
    rate = draw.gammavariate(R, 1 / ALPHA)
    drop_out = draw.betavariate(A, B)
    nu = draw.gammavariate(Q, 1 / GAMMA)
    person = _Person(
        f"C{index + 1:05}",
        draw.choices(_CATEGORIES, _CATEGORY_WEIGHTS)[0],
        draw.choices(_CHANNELS, _CHANNEL_WEIGHTS)[0],
    )
    now = first = draw.random() * DAYS
    orders: list[_Order] = []
    later: list[int] = []
    is_alive = True
    while now < DAYS + LATER_DAYS:
        minor = max(1, round(draw.gammavariate(P, 1 / nu) * 100))
        gone = draw.random() < drop_out
        if now < DAYS:
            orders.append(_order(draw, now, person, minor))
            is_alive = not gone
        else:
            later.append(minor)
        if gone:
            break
        now += draw.expovariate(1.0) / max(rate, 1e-12)
    events = _events(draw, first, orders)
    return _Life(_profile(draw, person.id), tuple(orders), events, is_alive, tuple(later))


def _order(draw: random.Random, day: float, person: _Person, minor: int) -> _Order:
    other = draw.choices(_CATEGORIES, _CATEGORY_WEIGHTS)[0]
    category = person.favourite if draw.random() < 0.7 else other
    # The total is what was paid, the discount came off before it: total = 90% of the list price.
    is_discounted = draw.random() < DISCOUNTED
    discount = round(minor * DISCOUNT_PERCENT / (100 - DISCOUNT_PERCENT)) if is_discounted else 0
    at = _at(draw, day)
    delivered = at.replace(hour=draw.randrange(9, 19)) + timedelta(days=draw.randrange(2, 6))
    return _Order(at, person, minor, discount, category, delivered)


def _at(draw: random.Random, day: float) -> datetime:
    """Return a local time on a day of the shop; nobody orders in the hours that clocks skip."""
    hour = 7 + draw.choices(range(len(_HOUR_WEIGHTS)), _HOUR_WEIGHTS)[0]
    clock = time(hour, draw.randrange(60), draw.randrange(60))
    return datetime.combine(FIRST_DAY + timedelta(days=int(day)), clock)


def _profile(draw: random.Random, customer: str) -> tuple[str, ...]:
    email, sms = draw.random() < CONSENT_EMAIL, draw.random() < CONSENT_SMS
    country, zone, _ = draw.choices(_PLACES, [weight for *_, weight in _PLACES])[0]
    born = date(2023, 1, 1) + timedelta(days=draw.randrange(365))
    birthday = f"{born:%m-%d}" if draw.random() < 0.3 else ""
    return (customer, _yes(email), _yes(sms), zone, country, birthday)


def _events(
    draw: random.Random, first: float, orders: Sequence[_Order]
) -> tuple[tuple[datetime, str, str], ...]:
    """Return sign-up and carts as (time, event, value); carts as often before an order as not."""
    found = []
    if draw.random() < SIGN_UP:
        found.append((_at(draw, min(DAYS - 1, first + draw.expovariate(0.2))), "sign_up", ""))
    for order in orders:
        cart = _money(round(order.minor * draw.uniform(0.7, 1.4)))
        if draw.random() < CART_BEFORE_ORDER:
            lag = timedelta(minutes=draw.randrange(90, 4_320))
            found.append((order.at - lag, "cart_abandoned", cart))
        if draw.random() < CARTS_WITHOUT:
            after = (order.at.date() - FIRST_DAY).days + draw.expovariate(1 / 30)
            if after < DAYS:
                found.append((_at(draw, after), "cart_abandoned", cart))
    return tuple(event for event in found if event[0].date() >= FIRST_DAY)


def _event_rows(
    lives: Sequence[_Life], numbered: Sequence[tuple[str, _Order]]
) -> list[tuple[str, ...]]:
    rows = [
        (event, life.profile[0], _stamp(at), "", value)
        for life in lives
        for at, event, value in life.events
    ]
    rows += [
        ("order_delivered", one.person.id, _stamp(one.delivered), number, "")
        for number, one in numbered
        if one.delivered.date() <= UNTIL
    ]
    return sorted(rows, key=lambda row: (row[2], row[1], row[0]))


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole: whoever reads it meanwhile sees the old one or the new one."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
