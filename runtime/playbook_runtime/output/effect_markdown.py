"""A projected change in the comment of a pull request: short, a table, and the sentence on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from playbook_compiler.inert import markdown, markdown_code
from playbook_runtime.output.effect_words import (
    NOTHING,
    basis,
    is_worse,
    told_metrics,
    unproven,
    verdict,
    verdict_words,
    worth_words,
)
from playbook_runtime.projected_change import ProjectedChange

_DIGEST: Final = 12  # digits of a digest that tell files apart


def effect_lines(effect: ProjectedChange, old: str, new: str) -> Iterator[str]:
    """Yield the lines of the section."""
    if effect.is_nothing:
        yield f"**{NOTHING}**"
    else:
        yield f"**{markdown(verdict(effect, old))}**"
        yield ""
        heads = ("", old, new, "difference", "80% interval", "P(>0)")
        yield from _table(heads, [_cells(one.strong, one.label, one.old, one.new, one.difference,
                                         one.interval, one.above)
                                  for one in told_metrics(effect)])  # fmt: skip
        for sentence in (unproven(effect), *effect.notes):
            if sentence:
                yield ""
                yield markdown(sentence)
        if effect.flows:
            yield ""
            yield from _table(("Flow", "", "extra orders", "profit"), _flows(effect))
    rows = [
        (
            markdown_code(one.text),
            verdict_words(one.old),
            _bold(verdict_words(one.new), is_worse(one)),
        )
        for one in effect.requirements
    ]
    rows += [
        (one.label, markdown(one.old), _bold(markdown(one.new), one.old != one.new))
        for one in effect.rules
    ]
    yield ""
    yield from _table(("Guardrail", old, new), rows)
    yield ""
    yield f"<sub>{markdown(basis(effect))}, sha256 {markdown_code(effect.data.sha256[:_DIGEST])}."
    yield f"{markdown_code(effect.command)}</sub>" if effect.command else "</sub>"


def _flows(effect: ProjectedChange) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for one in effect.flows:
        words = worth_words(one.worth.orders, one.worth.profit, effect.decimals)
        rows.append((markdown_code(one.flow), one.how, *words))
    words = worth_words(effect.rest.orders, effect.rest.profit, effect.decimals)
    rows.append(("everything else", "", *words))
    return rows


def _cells(strong: bool, *cells: str) -> tuple[str, ...]:
    return tuple(_bold(cell, strong) for cell in cells)


def _bold(text: str, strong: bool) -> str:
    return f"**{text}**" if strong and text else text


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(markdown(head) for head in heads)} |"
    yield f"| --- |{' ---: |' * (len(heads) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
