"""A replay as text: what would have gone out, to whom too often, and for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from textwrap import wrap
from typing import Final

from playbook_runtime.counted import count_of
from playbook_runtime.replays import Pressure, Replay

REASONS: Final = {
    "holdout": "the holdout",
    "consent": "no consent",
    "suppressed": "unsubscribed",
    "offer": "an offer not to be had again",
    "zone": "an unknown time zone",
    "cap": "a cap",
    "budget": "the month's budget",
}
MOST_COLLISIONS: Final = 10


def replay_text(found: Replay, width: int) -> str:
    """Return a replay as lines of at most so many columns, where a table allows it."""
    lines = [
        f"{found.playbook}, replayed from {found.first} to {found.last}",
        _size(found),
        "",
        *_table(
            ("flow", "entered", "customers", "sent", "held back", "delayed", "codes"),
            [
                (
                    one.flow,
                    f"{one.entered:,}",
                    f"{one.people:,}",
                    f"{one.sent:,}",
                    f"{sum(one.held_back_by.values()):,}",
                    f"{one.delayed:,}",
                    f"{one.offers_issued:,}",
                )
                for one in found.flows
            ],
        ),
        *_held(found),
        *_nobody(found),
        *_volumes(found),
        *_pressure(found.pressure),
        *_collisions(found),
        *_offers(found),
        "",
        "To know",
        *(f"  {note}" for note in found.notes),
    ]
    return "\n".join(_wrapped(lines, width)) + "\n"


def _size(found: Replay) -> str:
    buyers = count_of(found.active_customers, "customer")
    return (
        f"{count_of(found.orders, 'order')} of {buyers};"
        f" {count_of(found.people, 'person', 'people')} known"
    )


def _held(found: Replay) -> Iterator[str]:
    held = [
        (one.flow, ", ".join(f"{REASONS[why]} {n:,}" for why, n in one.held_back_by.items() if n))
        for one in found.flows
    ]
    if any(why for _, why in held):
        yield from ("", "Held back by")
        yield from (f"  {flow}: {why}" for flow, why in held if why)


def _nobody(found: Replay) -> Iterator[str]:
    idle = [one for one in found.flows if one.why_nobody]
    if idle:
        yield from ("", "Nobody entered")
        yield from (f"  {one.flow}: {one.why_nobody}" for one in idle)


def _volumes(found: Replay) -> Iterator[str]:
    sent = [(sum(day.sent.values()), day.day) for day in found.days]
    total = sum(count for count, _ in sent)
    most, busiest = max(sent, key=lambda one: (one[0], -one[1].toordinal()))
    yield from ("", "Messages a day")
    yield f"  {total:,} in {count_of(len(sent), 'day')}, {total / len(sent):,.1f} a day"
    if total:
        yield f"  most on {busiest}: {most:,}"


def _pressure(pressure: Sequence[Pressure]) -> Iterator[str]:
    yield from ("", "Customers by the most messages that they would have got in any")
    longest = max(
        max((n for n, count in enumerate(one.customers) if count), default=0) for one in pressure
    )
    columns = range(longest + 1)
    last = len(pressure[0].customers) - 1
    header = ["", *(f"{n}+" if n == last else str(n) for n in columns)]
    rows = [
        (count_of(one.days, "day"), *(f"{one.customers[n]:,}" for n in columns)) for one in pressure
    ]
    yield from _table(header, rows)


def _collisions(found: Replay) -> Iterator[str]:
    yield from ("", "Two flows to one customer within a day")
    if not found.collisions:
        yield "  none"
    for one in found.collisions[:MOST_COLLISIONS]:
        same = f", {one.same_instant:,} at the same second" if one.same_instant else ""
        told = f"{count_of(one.times, 'time')}, {count_of(one.customers, 'customer')}{same}"
        yield f"  {' and '.join(one.flows)}: {told}"
    more = len(found.collisions) - MOST_COLLISIONS
    if more > 0:
        yield f"  and {more:,} more pairs (json tells all)"


def _offers(found: Replay) -> Iterator[str]:
    if not found.offers:
        return
    yield from ("", "Codes for customers who bought anyway while they would have been valid")
    rows = [
        (
            f"{one.flow}: {one.offer}",
            f"{one.issued:,}",
            f"{one.bought:,}",
            f"{one.share:.0%}",
            f"{_money(one.cost, found.decimals)} {found.currency}",
        )
        for one in found.offers
    ]
    yield from _table(("offer", "issued", "bought anyway", "share", "would have cost"), rows)


def _money(minor: int, decimals: int) -> str:
    return f"{Decimal(minor).scaleb(-decimals):,}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table: its first column to the left, the others to the right."""
    widths = [max(len(row[n]) for row in (header, *rows)) for n in range(len(header))]
    for row in (header, *rows):
        first, *others = (
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  " + "  ".join((first, *others)).rstrip()


def _wrapped(lines: Sequence[str], width: int) -> Iterator[str]:
    """Yield lines, sentences broken where they are too long; tables stay."""
    for line in lines:
        if len(line) <= width or "   " in line.strip():
            yield line
        else:
            indent = " " * (len(line) - len(line.lstrip()))
            yield from wrap(
                line, width, initial_indent="", subsequent_indent=f"{indent}  ",
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
