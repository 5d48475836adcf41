"""Scalars of the language by chance, one function for each name, and texts in many alphabets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from tests.properties.language_conditions import length

from playbook_compiler.calendar_units import WEEKDAYS
from playbook_compiler.checklists import CASE_COLUMNS, ORDER_COLUMNS
from playbook_compiler.programme_units import BASES, FIGURES

TEXTS = (
    *("Leaf & Steam", "S8", "Hello", "yes", "No", "null", "4711", "0123", "1e6", "12-01", "09:30"),
    *("a: b", "a #b", "- x", "[x]", "{y}", "it's", 'say "hi"', "back\\slash", "ends with:", "?"),
    *("grüne Blätter", "客户 键值", "שלום", "مرحبا", "😀 tea", "a, b", "two\nlines", "text\n"),
    *("Hello {{ first_name }},\n\nwe kept your favourites.\n\n{{ unsubscribe_url }}\n", "x" * 90),
    *(
        "  deep\n line",
        "tab\there",
        "one\n\n\ntwo\n\n",
        "'",
        '"',
        "true",
        "~",
        "%",
        "@at",
        "`tick`",
    ),
)
# Makes one scalar: chance, decimals of the currency, the currency.
Make = Callable[[Random, int, str], str | int]


def _hundredths(chance: Random, most: int) -> str:
    return f"{chance.randrange(most * 100) / 100:g}"


def _part(chance: Random, *_: object) -> str:
    return f"{_hundredths(chance, 100)}%"


def _money(chance: Random, decimals: int, *_: object) -> str:
    digits = chance.randint(0, decimals)
    return f"{chance.randint(0, 900 * 10**digits) / 10**digits:.{digits}f}"


def _range(chance: Random, unit: str, most: int) -> str:
    low, high = sorted(chance.randrange(most * 100) / 100 for _ in range(2))
    return f"{low:g}{unit}" if chance.random() < 0.2 else f"{low:g}{unit}..{high:g}{unit}"


def _time(chance: Random, *_: object) -> str:
    return f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}"


def _window(chance: Random, *_: object) -> str:
    return f"{chance.randint(0, 11):02}:30-{chance.randint(12, 23):02}:{chance.randint(0, 59):02}"


def _rate(chance: Random, *_: object) -> str:
    per = "order" if chance.random() < 0.3 else length(chance)
    return f"{chance.randint(0, 5000) / 10:g} per {per}"


def _limit(chance: Random, *_: object) -> str:
    per = "order" if chance.random() < 0.3 else length(chance)
    return f"{chance.randint(1, 900)} per {per}"


def _stages(chance: Random, *_: object) -> str:
    return chance.choice(("startup", "growth", "growth+", "stable+", "scale", "scale+"))


def _moment(chance: Random, *_: object) -> str:
    day, time = chance.choice(WEEKDAYS), _time(chance)
    return chance.choice((time, day, f"{day} at {time}"))


def _schedule(chance: Random, *_: object) -> str:
    day, time = chance.choice(WEEKDAYS), _time(chance)
    date = chance.randint(1, 31)
    every = chance.choice(("day", f"{chance.randint(1, 366)}d", f"week on {day}", "week", "month",
                           f"{chance.randint(1, 52)}w on {day}", f"month on {date}",
                           f"{chance.randint(1, 12)}mo on {date}"))  # fmt: skip
    return f"{every} at {time}" if chance.random() < 0.7 else every


def _earn(chance: Random, _: int, currency: str) -> str | int:
    points = chance.randint(1, 500)
    rate = chance.choice((f"{points} per {currency}", f"{points} per 10 {currency}"))
    return points if chance.random() < 0.5 else rate


def _expiry(chance: Random, *_: object) -> str:
    since = chance.choice(("last activity", "earning"))
    return "never" if chance.random() < 0.2 else f"{length(chance)} after {since}"


def _basis(chance: Random, *_: object) -> str:
    figure = chance.choice(BASES)
    return figure if chance.random() < 0.3 else f"{figure} over {length(chance)}"


def _reached(chance: Random, *_: object) -> str:
    sign = chance.choice(("delivered", "opened", "clicked"))
    return sign if chance.random() < 0.3 else f"{sign} within {length(chance)}"


def _verification(chance: Random, *_: object) -> str:
    columns = chance.choice((ORDER_COLUMNS, CASE_COLUMNS))
    earlier, later = sorted(chance.sample(range(len(columns)), 2))
    share = chance.randint(1, 100)
    return f"{columns[later]} - {columns[earlier]} <= {length(chance)} for {share}%"


SCALARS: Mapping[str, Make] = {
    "duration": lambda chance, *_: str(length(chance)),
    "share": _part,
    "part": _part,
    "money": _money,
    "number": lambda chance, *_: _hundredths(chance, 20),
    "factor": lambda chance, *_: _range(chance, "", 3),
    "chance": lambda chance, *_: _range(chance, "%", 100),
    "per-thousand": lambda chance, *_: f"{_range(chance, '', 9)} per 1000",
    "rate": _rate,
    "time": _time,
    "window": _window,
    "since": lambda chance, *_: f"since 2024-0{chance.randint(1, 9)}-{chance.randint(10, 28)}",
    "stages": _stages,
    "moment": _moment,
    "schedule": _schedule,
    "threshold": lambda chance, *_: chance.randint(0, 900),
    "earn-rate": _earn,
    "fee": lambda chance, decimals, _: f"{_money(chance, decimals)} per {length(chance)}",
    "multiple": lambda chance, *_: f"{1 + chance.randrange(40) / 8:g}x",
    "share-of": lambda chance, *_: f"{_part(chance)} of {chance.choice(FIGURES)}",
    "expiry": _expiry,
    "basis": _basis,
    "limit": _limit,
    "reached": _reached,
    "verification": _verification,
    "email": lambda chance, *_: chance.choice(("hello@leaf.example", "a.b+c@tee-haus.example")),
    "site": lambda chance, *_: chance.choice(("https://leaf.example", "https://a.b.example/x?y=1")),
    "address": lambda chance, *_: chance.choice(("CRM_HOOK", "https://hooks.leaf.example/x/y")),
}
