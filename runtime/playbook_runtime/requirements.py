"""`require:` against a projection: met, not met, or not to be told from so few draws.

`METRIC.difference` is the expected difference, `.with` and `.without` are futures with their luck.
A part of another metric (`<= 2% of profit`) is compared draw by draw, against the same world; that
of a difference against the world without.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Final

from playbook_compiler.diagnostics import Diagnostic, error, warning
from playbook_compiler.model import Requirement
from playbook_compiler.requirements import METRICS
from playbook_compiler.values import dataclass
from playbook_runtime.counted import count_of
from playbook_runtime.estimate import quantile
from playbook_runtime.projection import Judged, Verdict
from playbook_runtime.significant import significant

Values = Mapping[str, Sequence[float]]
_QUANTILES: Final = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
# Metrics that only some playbooks have, and what they take.
_VISITS: Final = ": it takes `assume: {visits: {rate: 24000 per 1mo}}`"
_WHY: Final = {
    "points_liability": ": there is no points programme",
    "visits": _VISITS,
    "conversion": _VISITS,
}
_ERRORS: Final = 2.0  # standard errors of the draws to either side


@dataclass(frozen=True, slots=True)
class Known:
    """The draws that requirements are about: metrics by world (`without`, `with`, `difference`),
    and those of each flow."""

    worlds: Mapping[str, Values]
    flows: Mapping[str, Values]


def judged(requirements: Iterable[Requirement], known: Known) -> tuple[Judged, ...]:
    """Return the verdict on each requirement, in their order."""
    return tuple(_judged(one, known) for one in requirements)


def findings(
    requirements: Iterable[Requirement], found: Iterable[Judged], decimals: int
) -> list[Diagnostic]:
    """Return an error for each requirement that is not met, a warning for each undecided one;
    `decimals` are those of the currency."""
    told = []
    for requirement, one in zip(requirements, found, strict=True):
        span = requirement.origin.span()
        if one.verdict is Verdict.NOT_MET:
            told.append(
                error(
                    "requirement-not-met",
                    f"`{one.text}` is not met",
                    span,
                    caption=found_words(one, decimals),
                    help="change the playbook until it is, or the requirement if it asks too much",
                )
            )
        elif one.verdict is Verdict.UNDECIDED:
            told.append(
                warning(
                    "requirement-undecided",
                    f"whether `{one.text}` is met cannot be told",
                    span,
                    caption=found_words(one, decimals),
                    help=""
                    if one.value is None
                    else "more draws may tell: --draws with four times as many halves the error",
                )
            )
    return told


def found_words(one: Judged, decimals: int) -> str:
    """Return `projected 12.40 (by so many draws: 11.90 ... 12.90)`, money in major units, shares in
    per cent; why nothing is projected where that is so."""
    if one.value is None or one.low is None or one.high is None:
        return one.why
    factor, unit = {"money": (10.0**-decimals, ""), "share": (100.0, " %")}.get(one.unit, (1.0, ""))
    numbers = [number * factor for number in (one.value, one.low, one.high)]
    value, low, high = (significant(number, 4) for number in numbers)
    if one.of:
        over = numbers[0] > 0
        value = significant(abs(numbers[0]), 4)
        words = f"{value}{unit} {'above' if over else 'below'} that part of {one.of}"
    else:
        words = f"{value}{unit}"
    spread = f" (by so many draws: {low} ... {high}{unit})" if low != high else ""
    return f"projected {words}{spread}"


def _judged(requirement: Requirement, known: Known) -> Judged:
    span = requirement.origin.span()
    values, missing = _draws(requirement, known)
    limit = 0.0 if requirement.of else float(requirement.limit)

    def told(
        verdict: Verdict,
        value: float | None = None,
        low: float | None = None,
        high: float | None = None,
        why: str = "",
    ) -> Judged:
        unit = METRICS.get(requirement.metric, "count")
        return Judged(
            requirement.text,
            span.file,
            span.line,
            verdict,
            unit,
            value,
            low,
            high,
            limit if value is not None else None,
            why,
            requirement.of,
        )

    if values is None:
        return told(Verdict.UNDECIDED, why=f"`{missing}` is not projected{_WHY.get(missing, '')}")
    value, low, high = statistic(values, requirement.statistic)
    holds = _HOLDS[requirement.operator]
    ends = {holds(end, limit) for end in (low, high)}
    if not _enough(len(values), requirement.statistic):
        least = next(n for n in count(2) if _enough(n, requirement.statistic))
        why = f"{count_of(len(values), 'draw')} are too few to tell a {requirement.statistic}"
        return told(Verdict.UNDECIDED, why=f"{why}: --draws {least} or more")
    if len(ends) == 2:
        return told(Verdict.UNDECIDED, value, low, high)
    return told(Verdict.MET if ends == {True} else Verdict.NOT_MET, value, low, high)


def _draws(requirement: Requirement, known: Known) -> tuple[list[float] | None, str]:
    """Return the draws that are compared, or None and the metric that is not projected; a part of
    another metric is taken off the draws, which are then compared with 0."""
    world = requirement.world
    source = known.flows[requirement.flow] if requirement.flow else known.worlds[world]
    values = source.get(requirement.metric)
    if values is None:
        return None, requirement.metric
    if not requirement.of:
        return list(values), ""
    other = known.worlds["without" if world == "difference" else world].get(requirement.of)
    if other is None:
        return None, requirement.of
    limit = float(requirement.limit)
    return [a - limit * b for a, b in zip(values, other, strict=False)], ""


def _enough(draws: int, name: str) -> bool:
    """Return whether so many draws have order statistics at both ends of a quantile: fewer than 36
    have none below the 10% quantile's."""
    if name == "mean":
        return draws > 1
    share = _QUANTILES[name]
    half = _ERRORS * math.sqrt(draws * share * (1 - share))
    return draws * share >= half and draws * (1 - share) >= half


def statistic(values: Sequence[float], name: str) -> tuple[float, float, float]:
    """Return mean or quantile of draws, and the ends between which their number leaves it.

    A quantile's ends are order statistics, ranks n p +- 2 sqrt(n p (1 - p)) (Conover 1999, 3.2).
    """
    ordered = sorted(values)
    n = len(ordered)
    if name == "mean":
        middle = math.fsum(ordered) / n
        spread = math.fsum((value - middle) ** 2 for value in ordered) / max(1, n - 1)
        half = _ERRORS * math.sqrt(spread / n)
        return middle, middle - half, middle + half
    share = _QUANTILES[name]
    half = _ERRORS * math.sqrt(n * share * (1 - share))
    low = max(0, math.floor(n * share - half))
    high = min(n - 1, math.ceil(n * share + half))
    return quantile(ordered, share), ordered[low], ordered[high]
