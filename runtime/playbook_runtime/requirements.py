"""`require:` against a projection: met, not met, or not to be told from so few draws.

`METRIC.difference` is the expected difference, `.with` and `.without` are futures with their luck.
A part of another metric (`<= 2% of profit`) is compared draw by draw, against the same world; that
of a difference against the world without.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from playbook_compiler.diagnostics import Diagnostic, error, warning
from playbook_compiler.model import Requirement
from playbook_compiler.requirements import METRICS
from playbook_compiler.values import dataclass
from playbook_runtime.estimate import quantile
from playbook_runtime.projection import Judged, Verdict

Values = Mapping[str, Sequence[float]]
_QUANTILES: Final = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
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


def findings(requirements: Iterable[Requirement], found: Iterable[Judged]) -> list[Diagnostic]:
    """Return an error for each requirement that is not met, a warning for each undecided one."""
    told = []
    for requirement, one in zip(requirements, found, strict=True):
        span = requirement.origin.span()
        if one.verdict is Verdict.NOT_MET:
            told.append(
                error(
                    "requirement-not-met",
                    f"`{one.text}` is not met",
                    span,
                    caption=_found(one),
                    help="change the playbook until it is, or the requirement if it asks too much",
                )
            )
        elif one.verdict is Verdict.UNDECIDED:
            told.append(
                warning(
                    "requirement-undecided",
                    f"whether `{one.text}` is met cannot be told",
                    span,
                    caption=_found(one),
                    help=""
                    if one.value is None
                    else "more draws may tell: --draws with four times as many halves the error",
                )
            )
    return told


def _found(one: Judged) -> str:
    if one.value is None:
        return one.why
    return f"projected {one.value:.6g}, by the draws {one.low:.6g} ... {one.high:.6g}"


def _judged(requirement: Requirement, known: Known) -> Judged:
    span = requirement.origin.span()
    values, limit = _draws(requirement, known)

    def told(
        verdict: Verdict,
        value: float | None = None,
        low: float | None = None,
        high: float | None = None,
        why: str = "",
    ) -> Judged:
        unit = METRICS.get(requirement.metric, "count")
        return Judged(
            requirement.text, span.file, span.line, verdict, unit, value, low, high, limit, why
        )

    if values is None:
        return told(Verdict.UNDECIDED, why=f"`{requirement.metric}` is not projected")
    value, low, high = statistic(values, requirement.statistic)
    holds = _HOLDS[requirement.operator]
    bound = limit if limit is not None else 0.0
    ends = {holds(end, bound) for end in (low, high)}
    if len(ends) == 2:
        return told(Verdict.UNDECIDED, value, low, high)
    return told(Verdict.MET if ends == {True} else Verdict.NOT_MET, value, low, high)


def _draws(requirement: Requirement, known: Known) -> tuple[list[float] | None, float | None]:
    """Return the draws that are compared, and the limit; a part of another metric is taken off the
    draws, which are then compared with 0."""
    world = requirement.world
    source = known.flows[requirement.flow] if requirement.flow else known.worlds[world]
    values = source.get(requirement.metric)
    if values is None:
        return None, None
    limit = float(requirement.limit)
    if not requirement.of:
        return list(values), limit
    other = known.worlds["without" if world == "difference" else world].get(requirement.of)
    if other is None:
        return None, None
    return [a - limit * b for a, b in zip(values, other, strict=False)], 0.0


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
