"""The tables of a diagnosis: rows of cells, numbers already as a reader gets them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from playbook_runtime.diagnose.groups import Group
from playbook_runtime.diagnose.intervals import Reading
from playbook_runtime.diagnose.model import CohortFound, Diagnosis, MonthFound, Place, Readings
from playbook_runtime.output.cells import laid_out
from playbook_runtime.output.diagnose_pooling import Pooled, by_quarter

Cells = tuple[str, ...]
NOTHING: Final = "-"
_GAP, _NARROW_GAP = "   ", "  "
_WHOLE_FROM: Final = 1_000  # money from here on is told in whole units
_X_SHOWN: Final = 6
_MONTHS_SHOWN: Final = 12
_AGES: Final = (1, 2, 3, 4, 5, 6, 9, 12, 15, 18, 21, 24, 30, 36)
_COHORT_AGES: Final = (1, 2, 3, 6, 12)
_BAR: Final = 30
_VALUE_MONTHS: Final = (1, 3, 6, 12, 18, 24, 36)


def lines_of(
    rows: Sequence[Cells], encoding: str, columns: int, left: Sequence[int] = (0,)
) -> Iterator[str]:
    """Yield rows as aligned lines, numbers to the right; columns in `left` to the left.

    Cells stand nearer to each other where they would not fit into `columns` else.
    """
    laid = [[laid_out(cell, encoding) for cell in row] for row in rows]
    widths = [max(cell.starts[-1] for cell in column) for column in zip(*laid, strict=True)]
    gap = _GAP if sum(widths) + len(_GAP) * (len(widths) - 1) <= columns else _NARROW_GAP
    for row in laid:
        cells = []
        for place, (cell, wide) in enumerate(zip(row, widths, strict=True)):
            room = " " * (wide - cell.starts[-1])
            text = "".join(cell.pieces)
            cells.append(text + room if place in left else room + text)
        yield gap.join(cells).rstrip()


def percent(share: float) -> str:
    """Return a share as `25.4 %`."""
    return f"{100 * share:.1f} %"


def share_cells(reading: Reading | None) -> Cells:
    """Return a share and its interval; dashes where there is none."""
    if reading is None or not reading.whole:
        return NOTHING, ""
    if reading.low is None or reading.high is None:
        return percent(reading.value), ""
    return percent(reading.value), f"{100 * reading.low:.1f} ... {100 * reading.high:.1f}"


def share_cell(reading: Reading | None) -> str:
    """Return a share alone."""
    return share_cells(reading)[0]


def amount(minor: float, decimals: int) -> str:
    """Return money in major units: whole ones from a thousand on."""
    major = minor / 10**decimals
    return f"{major:,.{0 if abs(major) >= _WHOLE_FROM else decimals}f}"


def period_rows(found: Diagnosis) -> list[Cells]:
    """Return the metrics of the last months."""
    of = found.period
    rows: list[Cells] = [
        ("orders", f"{of['orders'].value:,.0f}", ""),
        ("revenue", amount(of["revenue"].value, found.decimals), ""),
    ]
    if "contribution" in of:
        rows.append(("contribution", amount(of["contribution"].value, found.decimals), ""))
    if "visits" in of:
        rows.append(("visits", f"{of['visits'].value:,.0f}", ""))
        rows.append(("visits that make a buyer (conversion)", *share_cells(of["conversion"])))
    rows += [
        ("customers who bought", f"{of['active_customers'].value:,.0f}", ""),
        ("  of them for the first time", f"{of['newcomers'].value:,.0f}", ""),
        ("value of an order (AOV)", amount(of["aov"].value, found.decimals), ""),
        ("orders per buyer", f"{of['purchase_frequency'].value:.2f}", ""),
        ("revenue per buyer", amount(of["customer_value"].value, found.decimals), ""),
        ("of the buyers of as many months before, kept (CRR)", *share_cells(of.get("crr"))),
        ("of all ever, bought more than once", *share_cells(of["repeat_purchase_rate"])),
    ]
    return [("", "", "80% interval"), *rows]


def matrix_rows(places: Sequence[Place], decimals: int) -> list[Cells]:
    """Return where shop and categories stand in the product matrix."""
    rows: list[Cells] = [("", "buyers", "orders a year each", "an order", "")]
    for place in places:
        rows.append(
            (
                place.name,
                f"{place.customers:,}",
                f"{place.frequency:.2f}",
                amount(place.order_value, decimals),
                quadrant(place),
            )
        )
    return rows


def quadrant(place: Place) -> str:
    """Return `frequent, small orders`."""
    often = {True: "frequent", False: "rare", None: ""}[place.frequent]
    worth = {True: "valuable orders", False: "small orders", None: ""}[place.valuable]
    return ", ".join(word for word in (often, worth) if word)


def x_order_rows(found: Diagnosis) -> list[Cells]:
    """Return who placed the next order, by how many there were."""
    rows: list[Cells] = [("after order", "customers", "placed the next", "", "80% interval")]
    for x, reading in list(found.x_order.items())[:_X_SHOWN]:
        share, interval = share_cells(reading)
        rows.append((x, f"{reading.whole:,.0f}", f"{reading.part:,.0f}", share, interval))
    return rows


def repurchase_rows(found: Diagnosis) -> list[Cells]:
    """Return who bought again in the months after one in which they bought."""
    names = {"1": "the next month", "2": "the next two months", "3": "the next quarter"}
    return [
        ("bought again in", "", "80% interval"),
        *((names[row], *share_cells(reading)) for row, reading in found.repurchase.items()),
    ]


def curve_rows(curve: Readings) -> list[Cells]:
    """Return the retention curve at some ages, with a bar each."""
    shown = [age for age in _AGES if str(age) in curve]
    highest = max((curve[str(age)].value for age in shown), default=0.0)
    rows: list[Cells] = [("month", "customers", "bought", "80% interval", "")]
    for age in shown:
        reading = curve[str(age)]
        bar = "#" * round(_BAR * reading.value / highest) if highest else ""
        rows.append((str(age), f"{reading.whole:,.0f}", *share_cells(reading), bar))
    return rows


def group_rows(groups: Sequence[Group], label: str, decimals: int) -> list[Cells]:
    """Return segments: how many, their share, the revenue's, and how long they are silent."""
    everybody = sum(group.customers for group in groups) or 1
    revenue = sum(group.revenue for group in groups) or 1
    rows: list[Cells] = [(label, "customers", "", "of revenue", "paid each", "days silent")]
    for group in groups:
        rows.append(
            (
                group.name,
                f"{group.customers:,}",
                percent(group.customers / everybody),
                percent(group.revenue / revenue),
                amount(group.revenue / group.customers, decimals) if group.customers else NOTHING,
                f"{group.silent_days:,.0f}" if group.silent_days is not None else NOTHING,
            )
        )
    return rows


def lifecycle_rows(found: Diagnosis) -> list[Cells]:
    """Return the stages of life; with how many there were a year before, if the log is older."""
    rows = group_rows(found.lifecycle, "stage of life", found.decimals)
    before = found.lifecycle_before
    if not before:
        return rows
    told = ["a year ago", *(f"{before[group.name]:,}" for group in found.lifecycle)]
    return [(*row, cell) for row, cell in zip(rows, told, strict=True)]


def channel_rows(found: Diagnosis) -> list[Cells]:
    """Return channels: who comes back, and how soon."""
    rows: list[Cells] = [
        ("channel", "customers", "bought again", "80% interval", "1 d", "3 d", "7 d", "30 d",
         "80% interval"),
    ]  # fmt: skip
    for channel in found.channels:
        of = channel.metrics
        rows.append(
            (
                channel.channel,
                f"{channel.customers:,}",
                *share_cells(of["repeat_purchase_rate"]),
                *(share_cell(channel.day_n.get(days)) for days in ("1", "3", "7")),
                *share_cells(channel.day_n.get("30")),
            )
        )
    return rows


def month_rows(found: Diagnosis) -> list[Cells]:
    """Return the last full months."""
    rows: list[Cells] = [
        ("month", "orders", "revenue", "an order", "buyers", "new", "kept", "next month",
         "80% interval", "quarter"),
    ]  # fmt: skip
    rows.extend(_month(month, found.decimals) for month in found.months[-_MONTHS_SHOWN:])
    return rows


def _month(month: MonthFound, decimals: int) -> Cells:
    of = month.metrics
    return (
        month.month,
        f"{of['orders'].value:,.0f}",
        amount(of["revenue"].value, decimals),
        amount(of["aov"].value, decimals),
        f"{of['active_customers'].value:,.0f}",
        f"{of['newcomers'].value:,.0f}",
        share_cell(of.get("crr")),
        *share_cells(month.repurchase.get("1")),
        share_cell(month.repurchase.get("3")),
    )


def cohort_rows(cohorts: Sequence[CohortFound], decimals: int) -> list[Cells]:
    """Return cohorts of months, or of quarters where there are many."""
    pooled = by_quarter(cohorts) if len(cohorts) > _MONTHS_SHOWN else [
        Pooled(one.cohort, one.customers, one.metrics, one.curve, one.lifetime_value)
        for one in cohorts
    ]  # fmt: skip
    ages = [age for age in _COHORT_AGES if any(str(age) in one.curve for one in pooled)]
    rows: list[Cells] = [
        ("came in", "customers", "bought again", "80% interval", "orders each",
         *map(str, ages)),
    ]  # fmt: skip
    for one in pooled:
        rows.append(
            (
                one.cohort,
                f"{one.customers:,}",
                *share_cells(one.metrics["repeat_purchase_rate"]),
                f"{one.metrics['purchase_frequency'].value:.2f}",
                *(share_cell(one.curve.get(str(age))) for age in ages),
            )
        )
    return rows


def value_rows(found: Diagnosis) -> list[Cells]:
    """Return lifetime value by months."""
    rows: list[Cells] = [("months", "customers", f"{found.value_of} each")]
    for months in _VALUE_MONTHS:
        reading = found.lifetime_value.get(str(months))
        if reading is not None:
            value = amount(reading.value, found.decimals)
            rows.append((str(months), f"{reading.whole:,.0f}", value))
    return rows
