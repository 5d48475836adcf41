"""A customer's life as text: both worlds side by side, one line for each thing that happens."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from playbook_runtime.counted import count_of
from playbook_runtime.lives import BOTH, WITH, Life, LifeEvent

_WORLDS: Final = {BOTH: "both", WITH: "with", "without": "without"}
_REASONS: Final = {
    "holdout": "he is in the holdout",
    "consent": "he has not consented",
    "suppressed": "he has unsubscribed",
    "offer": "the offer is not to be had again",
    "zone": "his time zone is unknown",
    "cap": "a cap is full",
    "budget": "the month's budget does not admit him",
}
_WORDS: Final = {
    "task": "somebody gets a task",
    "listed": "put into a list, or taken out",
    "called": "another system is called",
    "updated": "the profile is changed",
}


def life_text(life: Life) -> str:
    """Return a life as lines; times are local to the customer."""
    head = (
        f"Customer {life.customer} of {life.playbook}, draw {life.draw} (seed {life.seed}),"
        f" {life.first} to {life.last}, times of {life.zone}"
    )
    rows = [
        f"  {one.at[:10]} {one.at[11:16]}  {_WORLDS[one.world]:<7}  {_told(life, one)}"
        for one in life.events
    ]
    return "\n".join([head, "", *(rows or ["  nothing happens"]), "", *_sums(life)]) + "\n"


def _told(life: Life, one: LifeEvent) -> str:
    where = "/".join(part for part in (one.flow, one.step) if part)
    match one.what:
        case "order" | "saved order" | "extra order" | "delivery":
            paid = ""
            if one.paid is not None and one.paid != one.value:
                paid = f", {_money(life, one.paid)} paid"
            why = f", by {where}" if one.flow else ""
            return f"{one.what} of {_money(life, one.value or 0)}{paid}{why}"
        case "sent":
            return f"{where}: {one.message} sent by {one.channel}"
        case "held":
            what = f"{one.message} not sent" if one.message else "held back"
            return f"{where}: {what}, {_REASONS[one.reason]}"
        case "delayed":
            return f"{where}: {one.message} put off to {one.until[:10]} {one.until[11:16]}"
        case "entered":
            return f"{where}: enters"
        case "left":
            why = {"end": "at its end", "exit_when": "by exit_when"}.get(one.reason, one.event)
            return f"{where}: leaves ({why})"
        case "code":
            until = f" until {one.until[:10]} {one.until[11:16]}" if one.until else ""
            return f"{where}: gets {one.offer}{until}"
        case "code used":
            return f"{where}: uses {one.offer}, which costs {_money(life, one.cost or 0)}"
        case "event":
            return one.event
        case "gone":
            return "leaves for good"
        case _:
            return f"{where}: {_WORDS[one.what]}"


def _sums(life: Life) -> list[str]:
    """Return the orders and what was paid for them, in each world."""
    lines = []
    for world, words in (("without", "Without"), (WITH, "With")):
        orders = [
            one for one in life.events if one.value is not None and one.world in (BOTH, world)
        ]
        paid = sum(_paid(one, world) for one in orders)
        many = count_of(len(orders), "order")
        lines.append(f"{words} the playbook: {many}, {_money(life, paid)}")
    return lines


def _paid(one: LifeEvent, world: str) -> int:
    value = one.value or 0
    return one.paid if world == WITH and one.paid is not None else value


def _money(life: Life, minor: int) -> str:
    return f"{Decimal(minor).scaleb(-life.decimals):,} {life.currency}"
