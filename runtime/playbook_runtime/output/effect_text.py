"""A projected change for people at a terminal, below the changes themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from playbook_runtime.output.effect_words import (
    basis,
    is_worse,
    told_metrics,
    unproven,
    verdict,
    verdict_words,
    worth_words,
)
from playbook_runtime.output.projection_rows import Row, table_lines
from playbook_runtime.projected_change import ProjectedChange


def effect_lines(effect: ProjectedChange, old: str, new: str, colour: bool) -> Iterator[str]:
    """Yield the lines: the table, the flows that differ, the guardrails, what it rests on."""
    yield f"Projected: {basis(effect)}"
    yield ""
    yield from _table(_metrics(effect, old, new), colour)
    yield ""
    yield verdict(effect, old)
    if unproven(effect):
        yield unproven(effect)
    yield from effect.notes
    if effect.flows and not effect.is_nothing:
        yield ""
        yield from _table(_flows(effect), colour)
    yield ""
    yield from _table(_guardrails(effect, old, new), colour)
    yield ""
    yield f"Orders: sha256 {effect.data.sha256}"
    if effect.command:
        yield f"$ {effect.command}"


def _metrics(effect: ProjectedChange, old: str, new: str) -> list[Row]:
    rows = [Row(("", old, new, "difference", "80% interval", "P(>0)"), strong=True)]
    rows += [
        Row(
            (one.label, one.old, one.new, one.difference, one.interval, one.above),
            strong=one.strong,
        )
        for one in told_metrics(effect)
    ]
    return rows


def _flows(effect: ProjectedChange) -> list[Row]:
    rows = [Row(("flow", "", "extra orders", "profit"), strong=True)]
    for one in effect.flows:
        words = worth_words(one.worth.orders, one.worth.profit, effect.decimals)
        rows.append(Row((one.flow, one.how, *words)))
    rows.append(
        Row(
            (
                "everything else",
                "",
                *worth_words(effect.rest.orders, effect.rest.profit, effect.decimals),
            )
        )
    )
    return rows


def _guardrails(effect: ProjectedChange, old: str, new: str) -> list[Row]:
    rows = [Row(("guardrail", old, new), strong=True)]
    rows += [
        Row(
            (one.text, verdict_words(one.old), verdict_words(one.new)),
            "  <- not met" if is_worse(one) else "",
        )
        for one in effect.requirements
    ]
    rows += [Row((one.label, one.old, one.new)) for one in effect.rules]
    return rows


def _table(rows: Sequence[Row], colour: bool) -> Iterator[str]:
    for row, line in zip(rows, table_lines(rows, (0, 1) if len(rows[0].cells) == 4 else (0,)),
                         strict=True):  # fmt: skip
        text = line + row.behind
        yield click.style(text, bold=True) if colour and row.strong else text
