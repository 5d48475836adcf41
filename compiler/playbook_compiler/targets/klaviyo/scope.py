"""Where a condition stands, and what stands in for one that Klaviyo cannot know."""

from __future__ import annotations

from playbook_compiler.conditions import Condition
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.model import Playbook
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo.formula import Lowered
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a condition stands: `name` for the report, the metric that `trigger.*` belongs to, and
    whether it is part of a segment (which holds other audiences' conditions, not their segments).
    `reads_event`: tests of the event that started the flow may stand there.
    """

    playbook: Playbook
    lowering: Lowering
    name: str
    metric: str = ""
    in_segment: bool = False
    audiences: tuple[str, ...] = ()
    segments: set[str] | None = None
    reads_event: bool = True


def loss(condition: Condition) -> str:
    """Return in words what `--allow-lossy` makes of the condition."""
    return (
        f"it is read from the profile property `{stand_in_name(condition)}`, which the shop fills"
    )


def stand_in_name(condition: Condition) -> str:
    """Return the profile property that stands for a condition which Klaviyo cannot know."""
    return f"playbook: {condition}"


def stand_in(condition: Condition, scope: Scope) -> Lowered:
    """Return a test of the profile property: unset, it is neither true nor false."""
    name = stand_in_name(condition)
    scope.lowering.need("property", name, "true or false, kept up to date by the shop")
    property_ = tests.custom(name)
    return Lowered.where(
        tests.is_set(property_), tests.compare(property_, "boolean", "equals", True)
    )
