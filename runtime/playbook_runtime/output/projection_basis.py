"""What a projection rests on: its backtest, its assumptions, its data, its versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from playbook_runtime.counted import count_of
from playbook_runtime.output.figures import figure, places_for
from playbook_runtime.output.projection_swings import largest
from playbook_runtime.projection import Assumption, Check, Projection

_OWN, _DATA = "own", "data"
_GRADES: Final = ("A", "B", "C", "D", "none")
_LEGEND: Final = (
    "Grades: A randomised experiment, recomputed from its data; B randomised, as published;"
    " C observational; D claim of a vendor; none: no evidence found; own: you said so;"
    " data: read in your files."
)
# A backtest holds back four weeks or more, and needs twice as much before them.
_BACKTEST_DAYS: Final = 84
_DIGEST_DIGITS: Final = 16


def backtest(projection: Projection) -> Iterator[str]:
    """Yield a paragraph for each origin of the backtest; why there is none."""
    if not projection.backtest:
        why = _why_no_backtest(projection)
        yield f"Backtest: none. {why} How far reality drifts off the model is assumed instead."
    for check in projection.backtest:
        yield _check(check)


STUDIED: Final = ("A", "B", "C", "D")


def assumptions(projection: Projection) -> Iterator[str]:
    """Yield what the numbers rest on, counted by origin and grade, then each of it."""
    used = [one for one in projection.assumptions if one.in_headline]
    out = [one for one in projection.assumptions if not one.in_headline]
    if not projection.assumptions:
        yield "Rests on: no assumption beyond the orders and the models fitted to them."
        return
    yield _rests_on(used, len(out)) + _largest(projection)
    for one in sorted(used, key=_rank):
        yield _assumption(one)
    if out:
        yield "Left out, as nothing proves them:"
    for one in sorted(out, key=_rank):
        yield _assumption(one)
    yield _LEGEND


def account(projection: Projection) -> Iterator[str]:
    """Yield the sanity line of the orders and what each rule did to how many rows."""
    data = projection.data
    yield f"Orders: {data.sanity_line}"
    if data.later_orders:
        yield (
            f"    used up to {data.last_day}: {count_of(data.orders, 'order')} of"
            f" {count_of(data.customers, 'customer')}; {count_of(data.later_orders, 'later order')}"
            " left out"
        )
    for line in data.details:
        yield f"    {line}"
    if data.quarantined and not any("quarantin" in line for line in data.details):
        yield f"    {count_of(data.quarantined, 'row')} quarantined"


def provenance(projection: Projection) -> Iterator[str]:
    """Yield what it takes to get the same numbers again."""
    yield (
        f"Made from: playbook {_short(projection.digest)}, orders"
        f" {_short(projection.data.sha256)}, as of {projection.as_of}, horizon"
        f" {count_of(projection.horizon_days, 'day')}, {count_of(projection.draws, 'draw')}, seed"
        f" {projection.seed}, model {projection.family}. The same input gives the same numbers."
    )


def _check(check: Check) -> str:
    """Return `predicted 3,021 orders, actual 2,958 (inside the 80 % band; naive: 3,440)`, and of
    whom and when; and what it means where the naive forecast was nearer."""
    side = "inside" if check.inside else "outside"
    band = f"{check.predicted.p10:,.0f} ... {check.predicted.p90:,.0f}"
    words = (
        f"Backtest: predicted {count_of(round(check.predicted.mean), 'order')}, actual"
        f" {check.actual:,}"
        f" ({side} the 80 % band; naive: {check.naive:,.0f}). Band {band}; orders by the customers"
        f" of {check.origin} in the {count_of(check.horizon_days, 'day')} after it."
    )
    if abs(check.naive - check.actual) < abs(check.predicted.mean - check.actual):
        words += (
            " The naive forecast, each customer's own past rate carried forward, came nearer here:"
            " trust the levels less than the differences."
        )
    return words


def _why_no_backtest(projection: Projection) -> str:
    first, last = projection.data.first_day, min(projection.data.last_day, projection.as_of)
    days = (last - first).days + 1
    if days < _BACKTEST_DAYS:
        return (
            f"The orders cover {count_of(days, 'day')}; to hold some back and still learn from the"
            f" rest takes about {_BACKTEST_DAYS}."
        )
    return "Before the day it would start from, too few customers had come back to fit a model."


def _rests_on(used: Sequence[Assumption], left_out: int) -> str:
    """Return `Rests on: 4 assumptions of yours, 3 built in (grade A 2, C 1), 2 unproven ...`."""
    by_grade = Counter(one.grade for one in used)
    built_in = {grade: count for grade, count in by_grade.items() if grade not in (_OWN, _DATA)}
    parts = [f"{count_of(by_grade[_OWN], 'assumption')} of yours"]
    grades = ", ".join(
        f"{grade} {count}" for grade, count in sorted(built_in.items(), key=_grade_place)
    )
    parts.append(f"{sum(built_in.values())} built in" + (f" (grade {grades})" if grades else ""))
    if by_grade[_DATA]:
        parts.append(f"{by_grade[_DATA]} read in your files")
    if left_out:
        parts.append(f"{left_out} unproven left out")
    return f"Rests on: {', '.join(parts)}."


def _largest(projection: Projection) -> str:
    """Return ` Largest: win-back response, +-4,100.`, nothing where the profit depends on none."""
    one = largest(projection)
    if one is None:
        return ""
    half = one.size / 2 * 10.0**-projection.decimals
    places = places_for(2 * half, 0.0, 0 if half >= 10 else projection.decimals)
    return f" Largest: {one.label}, +-{figure(half, places)}."


def _grade_place(item: tuple[str, int]) -> tuple[int, str]:
    grade = item[0]
    return (_GRADES.index(grade) if grade in _GRADES else len(_GRADES), grade)


def _rank(one: Assumption) -> tuple[int, int, str, str]:
    """Return what puts the shop's own first, then its data, then the built in by grade and id."""
    origin = {_OWN: 0, _DATA: 1}.get(one.grade, 2)
    place, grade = _grade_place((one.grade, 0))
    return origin, place, grade, one.id


def _assumption(one: Assumption) -> str:
    flows = f" ({', '.join(one.used_by)})" if one.used_by else ""
    source = f" [{one.source}]" if one.grade in STUDIED else ""
    return f"    {one.grade:<4}  {one.effect}: {one.value}{flows}{source}"


def _short(digest: str) -> str:
    """Return the beginning of a SHA-256, enough to tell two apart; JSON has the whole."""
    return f"sha256:{digest.removeprefix('sha256:')[:_DIGEST_DIGITS]}"
