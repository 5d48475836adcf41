"""A projection as text for a terminal: the two tables, then what the numbers rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import Final

import click

from playbook_runtime.output.cells import escaped
from playbook_runtime.output.projection_basis import account, assumptions, backtest, provenance
from playbook_runtime.output.projection_cohorts import (
    again_table,
    cohorts_reading,
    cohorts_table,
)
from playbook_runtime.output.projection_money import money_table
from playbook_runtime.output.projection_months import months_table
from playbook_runtime.output.projection_points import points_reading, points_table
from playbook_runtime.output.projection_programmes import programmes_reading, programmes_table
from playbook_runtime.output.projection_reading import flows_reading, title, worlds_reading
from playbook_runtime.output.projection_required import required
from playbook_runtime.output.projection_rows import Row, table_lines
from playbook_runtime.output.projection_swings import swings_reading, swings_table
from playbook_runtime.output.projection_tables import flows_table, worlds_table
from playbook_runtime.output.projection_worth import worth_reading, worth_table
from playbook_runtime.output.stage_text import stages
from playbook_runtime.projection import Projection

WIDEST: Final = 100
NARROWEST: Final = 60


def projection_text(
    projection: Projection,
    width: int = WIDEST,
    colour: bool = False,
    encoding: str = "utf-8",
) -> str:
    """Return a projection as lines of at most `width` columns (60 to 100 of them).

    Our own words are ASCII; what comes from outside (names, files, notes) is escaped where
    `encoding` lacks it. Tables are never cut: they need up to 100 columns.
    """
    columns = min(max(width, NARROWEST), WIDEST)

    def told(paragraphs: Iterable[str]) -> Iterator[str]:
        for paragraph in paragraphs:
            yield from _wrapped(escaped(paragraph, encoding), columns)

    parts = (
        told([title(projection)]),
        _table(worlds_table(projection), colour, columns),
        _table(flows_table(projection), colour, columns) if projection.flows else (),
        _table(worth_table(projection), colour, columns, left=(0, 3)),
        _table(money_table(projection), colour, columns),
        _table(programmes_table(projection), colour, columns),
        _table(points_table(projection), colour, columns),
        _table(months_table(projection), colour, columns),
        _table(again_table(projection), colour, columns),
        _table(cohorts_table(projection), colour, columns),
        _table(swings_table(projection), colour, columns),
        told(required(projection)),
        told((*worlds_reading(projection), *flows_reading(projection))),
        told((*worth_reading(projection), *swings_reading(projection))),
        told(programmes_reading(projection)),
        told((*points_reading(projection), *cohorts_reading(projection))),
        told(stages(projection.stages, projection.shift, projection.decimals)),
        told(backtest(projection)),
        told(assumptions(projection)),
        told(account(projection)),
        told(f"Note: {note}" for note in projection.notes),
        told(provenance(projection)),
    )
    written = ("".join(f"{line}\n" for line in part) for part in parts)
    return "\n".join(part for part in written if part)


def _table(
    rows: Sequence[Row], colour: bool, columns: int, left: Sequence[int] = (0,)
) -> Iterator[str]:
    """Yield the lines of a table; what stands behind a row goes below it if there is no room."""
    for row, line in zip(rows, table_lines(rows, left), strict=True):
        fits = len(line) + len(row.behind) + 3 <= columns
        text = f" {line}   {row.behind}" if row.behind and fits else f" {line}"
        yield click.style(text, bold=True) if colour and row.strong else text
        if row.behind and not fits:
            yield f"   {row.behind}"


def _wrapped(paragraph: str, columns: int) -> list[str]:
    """Return a paragraph as lines; those after its first line are indented, and so is what
    follows a leading space, by two more."""
    deep = " " * (len(paragraph) - len(paragraph.lstrip()) + 2)
    return wrap(
        paragraph,
        columns,
        initial_indent="" if paragraph.startswith(" ") else " ",
        subsequent_indent=deep + " ",
        break_on_hyphens=False,
    )
