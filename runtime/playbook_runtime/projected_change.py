"""What a change of a playbook does to its projection: the two sides on the same draws, paired."""

from __future__ import annotations

from datetime import date

from playbook_compiler.values import dataclass
from playbook_runtime.estimate import Estimate
from playbook_runtime.projection import DataAccount, Increment, Judged


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric with either side's playbook, as futures with their luck, and the expected
    difference, new less old, draw by draw. `above` is the share of draws in which it is above 0;
    `unproven` the difference with the gains that nothing proves, None where there are none."""

    name: str
    unit: str
    old: Estimate
    new: Estimate
    difference: Estimate
    above: float
    unproven: Estimate | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether no draw differs."""
        return self.difference == Estimate.exactly(0.0)

    @property
    def told_apart(self) -> bool:
        """Whether the 80% interval of the difference lies on one side of 0."""
        return self.difference.p10 > 0 or self.difference.p90 < 0


@dataclass(frozen=True, slots=True)
class FlowChange:
    """What one flow that differs is worth more, or less, than before: the mean of first-in and
    last-in on its new side less that on its old side. `how` is one of the diff's."""

    flow: str
    how: str
    worth: Increment


@dataclass(frozen=True, slots=True)
class RequirementChange:
    """One line of `require:`; None on a side that does not have it."""

    text: str
    old: Judged | None
    new: Judged | None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that keeps customers from harm, as either side says it."""

    name: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ProjectedChange:
    """The paired effect of a change, over one horizon; money in minor units.

    `contact` is what is done to customers, as futures. `rest` is the part of the difference that
    is no flow's of `flows`: unchanged flows that gain or lose by the change, and what flows do to
    each other. `notes` are sentences that the reader needs.
    """

    seed: int
    draws: int
    flow_draws: int
    as_of: date
    horizon_days: int
    currency: str
    decimals: int
    data: DataAccount
    command: str
    metrics: tuple[MetricChange, ...]
    contact: tuple[MetricChange, ...]
    flows: tuple[FlowChange, ...]
    rest: Increment
    requirements: tuple[RequirementChange, ...]
    rules: tuple[RuleChange, ...]
    notes: tuple[str, ...]

    def metric(self, name: str) -> MetricChange:
        """Return a metric by its name; KeyError for one that is not projected."""
        return {one.name: one for one in self.metrics}[name]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing differs in any draw, unproven gains included."""
        return all(
            one.is_nothing and one.unproven in (None, Estimate.exactly(0.0))
            for one in (*self.metrics, *self.contact)
        )
