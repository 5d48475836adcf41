"""The stages of a projection in sentences: which and why, the split, what a shifted budget does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from playbook_runtime.counted import count_of
from playbook_runtime.output.figures import figure, interval, places_for, scaled, signed, width
from playbook_runtime.planned_months import BudgetShift, PlannedMonth


def stages(
    months: Sequence[PlannedMonth], shift: BudgetShift | None, decimals: int
) -> Iterator[str]:
    """Yield a paragraph for each stage that the horizon sees, and one for a shifted budget."""
    for stage, group in groupby(months, key=lambda one: one.stage):
        yield _stage(stage, tuple(group), months, decimals)
    if shift is not None:
        yield _shift(shift, decimals)


def _stage(
    stage: str, own: Sequence[PlannedMonth], months: Sequence[PlannedMonth], decimals: int
) -> str:
    first = own[0]
    when = "" if len(own) == len(months) else f" from {first.month} to {own[-1].month}"
    words = f"Stage: {stage}{when} ({first.reason})."
    winning = 100 * first.acquisition_share
    newcomers = sum(one.newcomers.mean for one in own) / len(own)
    split = f"{winning:.0f}% winning, {100 - winning:.0f}% keeping"
    if first.acquisition is not None and first.retention is not None:
        acquisition = _money(sum(one.acquisition or 0 for one in own), decimals)
        retention = _money(sum(one.retention or 0 for one in own), decimals)
        words += (
            f" Split {split}: {acquisition} to win customers, {retention} to keep them{_in(own)}."
        )
    else:
        words += f" Split {split}, without a `monthly_budget` to divide."
    words += f" {count_of(round(newcomers), 'newcomer')} a month."
    words += "".join(_spent(own, decimals))
    if first.checklists:
        words += (
            f" Checklist: {', '.join(first.checklists)} (see `playbook checklist --stage {stage}`)."
        )
    return words


def _in(own: Sequence[PlannedMonth]) -> str:
    return f" in {len(own)} calendar months" if len(own) > 1 else f" in {own[0].month}"


def _spent(own: Sequence[PlannedMonth], decimals: int) -> Iterator[str]:
    """Yield what was spent on keeping customers, and whom the budget kept out."""
    known = [one for one in own if one.spent is not None]
    if not known:
        return
    spent = sum(one.spent or 0.0 for one in known)
    budget = sum(one.retention or 0 for one in known)
    yield f" Spent on keeping them: {_money(spent, decimals)}"
    yield f", {100 * spent / budget:.0f}% of its budget." if budget else "."
    least: dict[str, float] = {}
    for one in own:
        for flow, share in one.admitted:
            least[flow] = min(share, least.get(flow, 1.0))
    if least:
        told = ", ".join(f"{flow} (to {100 * share:.0f}%)" for flow, share in least.items())
        yield f" The budget does not suffice for all: it limits {told}."


def _shift(shift: BudgetShift, decimals: int) -> str:
    unit = 10.0**-decimals
    profit = scaled(shift.profit, unit)
    places = places_for(width(profit), profit.mean, 0)
    return (
        f"Shifted budget: {_money(shift.budget, decimals)} to win customers, where the past's"
        f" `at_budget` would be {_money(shift.usual, decimals)}:"
        f" {signed(shift.newcomers.mean, 0)} newcomers and {signed(profit.mean, places)} of profit"
        f" in this time ({interval(profit, places)}, 80 %), the cost paid. Both worlds spend it, so"
        " that it is in both profits and not in their difference. What newcomers buy after the"
        " horizon is not in it."
    )


def _money(minor: float, decimals: int) -> str:
    return figure(minor * 10.0**-decimals, 0 if minor >= 100 * 10**decimals else decimals)
