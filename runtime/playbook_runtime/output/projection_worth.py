"""What each flow is worth, when it pays and what would prove it: the second table of the flows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from playbook_runtime.counted import count_of
from playbook_runtime.launch import ADDED, RATE
from playbook_runtime.output.figures import chance, figure, places_for, scaled, signed, width
from playbook_runtime.output.projection_rows import Row
from playbook_runtime.projection import (
    BreakEven,
    FlowProjection,
    Increment,
    Pays,
    Projection,
    Proof,
)
from playbook_runtime.provable import ALPHA, MOST_MONTHS, POWER

_LONGEST_FLOW: Final = 22
_WORDS: Final = {
    Pays.ALWAYS: "always",
    Pays.NEVER: "never",
    Pays.NO_EFFECT: "no effect",
}


def worth_table(projection: Projection) -> list[Row]:
    """Return the header and a row for each flow that is on; nothing where none is."""
    rows = [
        Row(("flow", "alone", "on top", "pays if", "provable with", "chance"), strong=True),
    ]
    unit = 10.0**-projection.decimals
    told = [flow for flow in projection.flows if flow.pays_if is not None]
    for flow in told:
        name = flow.flow
        if len(name) > _LONGEST_FLOW:
            rows.append(Row((name,)))
            name = ""
        rows.append(Row((name, *_cells(flow, unit, projection.decimals))))
    return rows if told else []


def worth_reading(projection: Projection) -> Iterator[str]:
    """Yield what the columns mean, and what all flows leave of the total."""
    told = [flow for flow in projection.flows if flow.pays_if is not None]
    if not told:
        return
    yield (
        "Worth: alone is the profit of the flow without the others, on top what it adds to all of"
        " them. The profit in the table before is the mean of both: its fair share where flows"
        " help or hinder each other in pairs."
    )
    rest = scaled(projection.rest.profit, 10.0**-projection.decimals)
    if len(told) > 1 and width(projection.rest.profit) > 0:
        places = places_for(width(rest), rest.mean, 0 if width(rest) >= 20 else projection.decimals)
        yield (
            f"    What the shares leave of the total: {signed(rest.mean, places)}"
            f" +- {figure(width(rest) / 2, places)}."
        )
    yield (
        "Pays if: the least effect of its messages at which the flow pays, the others running;"
        " added: orders per 1,000 messages, rate: on the rate of buying."
    )
    yield (
        "Provable: a test of the flow against a holdout of that share of those who would be sent"
        f" it, two-sided at {100 * ALPHA:.0f} %, with {100 * POWER:.0f} % power at the projected"
        " effect; months in which customers enter the test, which is read when as long as the"
        " horizon has passed."
        " Chance: that the test tells, over all that is unknown of the effect; where it cannot be"
        f" proved here, that a test with half held back for {MOST_MONTHS:.0f} months, the longest"
        " thought of, would. The read-out scatters by its own error."
    )


def _cells(flow: FlowProjection, unit: float, decimals: int) -> tuple[str, ...]:
    assert flow.pays_if is not None
    return (
        _profit(flow.first_in, unit, decimals),
        _profit(flow.last_in, unit, decimals),
        pays_words(flow.pays_if),
        *_proof(flow.proof),
    )


def _profit(one: Increment, unit: float, decimals: int) -> str:
    profit = scaled(one.profit, unit)
    half = width(profit) / 2
    places = places_for(2 * half, profit.mean, 0 if half >= 10 else decimals)
    return signed(profit.mean, places) + (f" +- {figure(half, places)}" if half else "")


def pays_words(one: BreakEven) -> str:
    """Return when a flow pays: `added > 2.1`, `rate > +1.1 %`, `always`, `never`."""
    if one.pays is not Pays.ABOVE:
        return _WORDS[one.pays]
    if one.form == RATE:
        return f"rate > {_range(100 * one.low, 100 * one.high, sign='+')} %"
    if one.form == ADDED:
        return f"added > {_range(one.low, one.high)}"
    return f"effects x {one.scale:.2g}"


def _range(low: float, high: float, sign: str = "") -> str:
    """Return `3.9..5.2`: two digits of the larger end, at least one of the smaller, as many places
    at both."""
    magnitudes = [math.floor(math.log10(abs(one))) for one in (low, high) if one]
    places = max(0, 1 - max(magnitudes), -min(magnitudes)) if magnitudes else 0
    ends = [f"{one:{sign}.{places}f}" for one in (low, high)]
    return ends[0] if ends[0] == ends[1] else "..".join(ends)


def _proof(proof: Proof | None) -> tuple[str, str]:
    if proof is None:
        return "-", ""
    if proof.holdout is None or proof.months is None:
        return "cannot be proved here", chance(proof.assurance) if proof.customers else ""
    months = max(1, -(-int(proof.months * 10) // 10))
    return f"{100 * proof.holdout:.0f} % holdout, {count_of(months, 'month')}", chance(
        proof.assurance
    )
