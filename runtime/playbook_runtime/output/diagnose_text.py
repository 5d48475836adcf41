"""A diagnosis as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

import click

from playbook_compiler.values import dataclass
from playbook_runtime.diagnose.model import Diagnosis
from playbook_runtime.output import diagnose_tables as tables
from playbook_runtime.output import diagnose_words as words
from playbook_runtime.output.cells import escaped

WIDEST: Final = 100
NARROWEST: Final = 60
_BAR_COLUMN: Final = 4


def diagnosis_text(
    found: Diagnosis, width: int = WIDEST, colour: bool = False, encoding: str = "utf-8"
) -> str:
    """Return a diagnosis as lines of at most `width` columns (60 to 100); tables are never cut."""
    page = _Page(min(max(width, NARROWEST), WIDEST), encoding)
    parts = [page.told(words.title(found), *words.account(found))]
    for heading, lines in _sections(found, page):
        if lines:
            title = click.style(heading, bold=True) if colour else heading
            parts.append([title, *lines] if heading else lines)
    return "\n".join("".join(f"{line}\n" for line in part) for part in parts)


@dataclass(frozen=True, slots=True)
class _Page:
    """How wide the text may be, and what it may be written in."""

    columns: int
    encoding: str

    def table(self, rows: Sequence[tables.Cells], left: Sequence[int] = (0,)) -> list[str]:
        """Return the lines of a table; nothing where it has a heading only."""
        if len(rows) < 2:
            return []
        return [f" {line}" for line in tables.lines_of(rows, self.encoding, self.columns - 1, left)]

    def told(self, *paragraphs: str) -> list[str]:
        """Return paragraphs as lines; one that begins with blanks is indented as a whole."""
        lines = []
        for paragraph in paragraphs:
            text = escaped(paragraph, self.encoding)
            deep = " " * (len(text) - len(text.lstrip()) + 1)
            lines += wrap(
                text.lstrip(),
                self.columns,
                initial_indent=deep,
                subsequent_indent=f"{deep}  ",
                break_on_hyphens=False,
            )
        return lines


def _sections(found: Diagnosis, page: _Page) -> Iterator[tuple[str, list[str]]]:
    """Yield headings with their lines, in the order of the report."""
    yield "IN SHORT", page.told(*words.in_short(found))
    yield "WHERE THE SHOP STANDS", _standing(found, page)
    if found.period:
        yield _period_heading(found), page.table(tables.period_rows(found))
    yield (
        "WHO COMES BACK",
        _apart(page.table(tables.x_order_rows(found)), page.table(tables.repurchase_rows(found))),
    )
    yield (
        "RETENTION CURVE: who buys in the months after that of the first order",
        [
            *page.table(tables.curve_rows(found.curve), (0, _BAR_COLUMN)),
            *page.told(words.verdict(found)),
        ],
    )
    if words.enough_for_fifths(found):
        segments = tables.group_rows(found.rfm, "segment", found.decimals)
        yield "SEGMENTS (RFM)", page.table(segments)
    yield (
        "STAGES OF LIFE",
        [*page.table(tables.lifecycle_rows(found)), *page.told(words.lifecycle(found))],
    )
    tiers = []
    if words.enough_for_fifths(found):
        tiers = page.table(tables.group_rows(found.tiers, "tier", found.decimals))
        tiers += page.told(words.core(found))
    lifetimes = page.table(tables.value_rows(found))
    yield (
        "VALUE",
        _apart(tiers, [*lifetimes, *page.told(words.payback(found))]),
    )
    yield (
        "CHANNELS: who bought again so far, and within 1, 3, 7, 30 days of the first order",
        page.table(tables.channel_rows(found)),
    )
    yield "MONTHS", page.table(tables.month_rows(found))
    yield (
        "COHORTS: who bought again so far, and who bought in month 1, 2, ... after",
        page.table(tables.cohort_rows(found.cohorts, found.decimals)),
    )
    yield (
        "WHAT THE DATA CANNOT TELL",
        [
            line
            for one in found.unknown
            for line in page.told(f"- {one.what}", f"    Bring: {one.bring}.")
        ],
    )
    yield "", page.told(words.reading_help())


def _standing(found: Diagnosis, page: _Page) -> list[str]:
    """Return stage and product matrix."""
    lines = page.told(*words.stage(found))
    matrix = found.matrix
    if matrix is None:
        return lines
    lines += page.told(*words.matrix(matrix, found.decimals))
    places = (matrix.shop, *matrix.categories)
    return _apart(lines, page.table(tables.matrix_rows(places, found.decimals), (0, 4)))


def _apart(one: list[str], other: list[str]) -> list[str]:
    """Return two blocks with an empty line between them."""
    return [*one, "", *other] if one and other else [*one, *other]


def _period_heading(found: Diagnosis) -> str:
    months = "MONTH" if found.period_months == 1 else f"{found.period_months} MONTHS"
    first = found.months[-found.period_months].month
    return f"THE LAST {months} ({first} ... {found.last_month})"
