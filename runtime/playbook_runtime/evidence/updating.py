"""What the shop's own experiments (`evidence:`) make of the library's priors.

Normal prior times normal likelihood: precisions 1/sd^2 add up, means are weighed by them. Factors
are updated on the log of the ratio of rates, added orders on their own scale, per 1,000 customers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from playbook_compiler.experiments import ShopExperiment
from playbook_compiler.model import Playbook
from playbook_compiler.values import dataclass, replace
from playbook_runtime.evidence import library
from playbook_runtime.evidence.model import Evidence, Form, Grade, Normal, nine_digits
from playbook_runtime.evidence.rates import as_rate, log_rate_variance

PER_THOUSAND = 1000
# Counts of buyers tell of these, and of nothing else.
COUNTED_BY_BUYERS = frozenset({Form.PURCHASE_RATE, Form.PURCHASE_PROBABILITY, Form.ADDED_ORDERS})
# Where nothing else is known (or only what vendors claim), the experiment is all there is.
_GRADES = {Grade.A: Grade.OWN_A, Grade.B: Grade.OWN_B, Grade.C: Grade.OWN_C}


@dataclass(frozen=True, slots=True)
class Measured:
    """What one experiment found, on the effect's scale: the log of a ratio of rates, or orders per
    1,000; `sd` is its standard error."""

    mean: float
    sd: float


def shop_rows(playbook: Playbook) -> Mapping[str, Evidence]:
    """Return the library by id, with what the playbook's experiments make of it.

    Experiments that `experiment_findings` refuses change nothing.
    """
    by_effect: dict[str, list[ShopExperiment]] = {}
    for experiment in playbook.evidence.values():
        found = library.find(experiment.effect)
        if found is not None and found.form in COUNTED_BY_BUYERS:
            by_effect.setdefault(experiment.effect, []).append(experiment)
    return {
        name: updated(found, by_effect[name]) if name in by_effect else found
        for name, found in library.BY_ID.items()
    }


def updated(found: Evidence, experiments: Sequence[ShopExperiment]) -> Evidence:
    """Return an entry after experiments on its effect; their order does not matter.

    ValueError for an entry that counts of buyers do not tell of.
    """
    before = as_rate(found)
    if found.form not in COUNTED_BY_BUYERS or not isinstance(before.prior, Normal):
        raise ValueError(f"counts of buyers do not tell of {found.id}")
    ordered = sorted(experiments, key=lambda one: one.id)
    results = [Measured(before.prior.mean, before.prior.sd)]
    results += [measured(one, before) for one in ordered]
    precision = math.fsum(1 / one.sd**2 for one in results)
    mean = math.fsum(one.mean / one.sd**2 for one in results) / precision
    counts = "; ".join(f"{one.id}: {counts_text(one)}" for one in ordered)
    return replace(
        before,
        prior=Normal(nine_digits(mean), nine_digits(math.sqrt(1 / precision))),
        grade=_GRADES.get(found.grade, Grade.OWN),
        source=f"{found.source}; own experiments: {counts}",
    )


def measured(experiment: ShopExperiment, found: Evidence) -> Measured:
    """Return what an experiment found of an entry's effect.

    The effect is taken as even over its window and gone after it (the model's box): added orders
    counted over a part of it are carried on to its end, and a factor counted over more than it is
    freed of the days on which nothing was at work. A cell of nobody adds 1/2 to all four cells.
    """
    treated, p1 = _share(experiment, experiment.treated.buyers, experiment.treated.customers)
    control, p0 = _share(experiment, experiment.control.buyers, experiment.control.customers)
    counted_days = float(experiment.within.nominal_days)
    if found.form is Form.ADDED_ORDERS:
        part = min(1.0, counted_days / found.window_days)
        variance = p1 * (1 - p1) / treated + p0 * (1 - p0) / control
        scale = PER_THOUSAND / part
        return Measured(scale * (p1 - p0), scale * math.sqrt(variance))
    log_ratio = math.log(math.log1p(-p1) / math.log1p(-p0))
    error = math.sqrt(log_rate_variance(p1, treated) + log_rate_variance(p0, control))
    return _undiluted(log_ratio, error, max(1.0, counted_days / found.window_days))


def counts_text(experiment: ShopExperiment) -> str:
    """Return the counts in words: `66 of 8,000 bought against 12 of 4,000 within 14d`."""
    treated, control = experiment.treated, experiment.control
    return (
        f"{treated.buyers:,} of {treated.customers:,} bought against"
        f" {control.buyers:,} of {control.customers:,} within {experiment.within}"
    )


def _share(experiment: ShopExperiment, buyers: int, customers: int) -> tuple[float, float]:
    """Return an arm's customers and the share of them who bought, corrected for empty cells."""
    arms = (experiment.treated, experiment.control)
    if any(arm.buyers in (0, arm.customers) for arm in arms):
        return customers + 1.0, (buyers + 0.5) / (customers + 1.0)
    return float(customers), buyers / customers


def _undiluted(log_ratio: float, error: float, times: float) -> Measured:
    """Return a log ratio counted over `times` the effect's window as that within the window.

    1 + (ratio - 1) times, for a loss as for the gain that would undo it; its error by the slope.
    """
    ratio = math.exp(abs(log_ratio))
    within = 1 + (ratio - 1) * times
    return Measured(math.copysign(math.log(within), log_ratio), error * ratio * times / within)
