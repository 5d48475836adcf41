"""Customers by chance, who buy, browse and move on; and the files of their shop."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.contracts.bpmn_facts import ORDER, Happening
from tests.contracts.bpmn_playbooks import EVENTS

FIRST: Final = date(2026, 2, 20)
LAST: Final = date(2026, 5, 10)
BEFORE: Final = 60  # days of history
ZONES: Final = (
    *("", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"),
    *("Australia/Sydney", "Europe/Berlin"),
)
CUSTOMERS: Final = 12


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the files, with everything that he does, in the order of time."""

    id: str
    zone: str
    consents: frozenset[str]
    items: tuple[Happening, ...]

    @property
    def key(self) -> int:
        """The hash by which a replay knows him."""
        return int.from_bytes(blake2b(self.id.encode(), digest_size=8).digest(), "big")


def people_of(seed: int) -> list[Person]:
    """Return customers by chance, some new, some who only look."""
    draw = Random(f"people/{seed}")
    begin = int(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC).timestamp())
    days = (LAST - FIRST).days
    found = []
    for number in range(CUSTOMERS):
        moments = draw.sample(
            range(begin - BEFORE * 86_400, begin + days * 86_400), draw.randint(1, 14)
        )
        items = [
            Happening(moment, ORDER, draw.randrange(500, 6000))
            if draw.random() < 0.5
            else Happening(moment, draw.choice(EVENTS))
            for moment in sorted(moments)
        ]
        items = sorted([*items, *_of_one_day(items, Random(f"again/{seed}/{number}"))], key=_moment)
        consents = frozenset(one for one in ("email", "sms") if draw.random() < 0.8)
        zone = draw.choice(ZONES)
        found.append(Person(f"C{number:03}", zone, consents, tuple(items)))
    found.append(Person("C999", "", frozenset(), (Happening(begin - 40 * 86_400, ORDER, 1000),)))
    return found


def _of_one_day(items: list[Happening], draw: Random) -> Iterator[Happening]:
    """Yield further orders some hours after some of them: most are of the same day."""
    for item in items:
        if item.event == ORDER and draw.random() < 0.3:
            yield Happening(item.moment + draw.randrange(60, 10 * 3600), ORDER, item.value + 700)


def _moment(item: Happening) -> int:
    return item.moment


def write_files(people: list[Person], folder: Path) -> None:
    """Write orders, customers and events as the shop's files."""

    def stamp(moment: int) -> str:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def write(name: str, header: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)

    every = [(item.moment, one.id, item) for one in people for item in one.items]
    every.sort(key=lambda row: row[:2])
    write(
        "orders.csv",
        ("order_id", "customer_id", "ordered_at", "total"),
        (
            (number, name, stamp(moment), f"{item.value / 100:.2f}")
            for number, (moment, name, item) in enumerate(every)
            if item.event == ORDER
        ),
    )
    write(
        "events.csv",
        ("event", "customer_id", "happened_at"),
        ((item.event, name, stamp(moment)) for moment, name, item in every if item.event != ORDER),
    )
    write(
        "customers.csv",
        ("customer_id", "consent_email", "consent_sms", "zone"),
        (
            (one.id, *("yes" if c in one.consents else "no" for c in ("email", "sms")), one.zone)
            for one in people
        ),
    )
