"""The actions of one flow while they are made, and the delays among them."""

from __future__ import annotations

from playbook_compiler.export.capability import Support
from playbook_compiler.model import Flow
from playbook_compiler.targets.klaviyo import actions
from playbook_compiler.targets.klaviyo.actions import Action
from playbook_compiler.targets.klaviyo.scope import Scope
from playbook_compiler.targets.klaviyo.state import Export
from playbook_compiler.units import Duration, TimeOfDay
from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Body:
    """The actions of one flow while they are made, by node."""

    export: Export
    flow: Flow
    scope: Scope
    held_out_here: bool
    hold_until: TimeOfDay | None
    entries: dict[str, str | None] = field(default_factory=dict)
    made: dict[str, list[Action]] = field(default_factory=dict)

    def entry(self, node_id: str, way: str, name: str = "") -> str | None:
        """Return the first action on a way out of a node, or None where the run ends."""
        for edge in self.export.graph.out(node_id):
            if edge.way == way and (not name or edge.name == name):
                return self.entries[edge.target]
        return None


def delay_actions(
    body: Body, duration: Duration, id_: str, next_: str | None
) -> tuple[list[Action], str, Support | None]:
    """Return a delay, how it differs from the duration, and whether it does."""
    if duration.is_zero:
        return [], "nothing to wait for: no action", None
    how, support = "", None
    if duration.months or (duration.days and duration.seconds):
        support = Support.APPROXIMATED
    if duration.seconds and not (duration.months or duration.days):
        if duration.seconds % 3600 == 0:
            unit, value = "hours", duration.seconds // 3600
        else:
            unit, value = "minutes", -(-duration.seconds // 60)
            if duration.seconds % 60:
                how, support = f"{value} whole minutes", Support.APPROXIMATED
    elif duration.seconds:
        unit, value = "hours", round(duration.nominal_days * 24)
        how = f"{value} hours, a day being 24 of them"
    else:
        unit, value = "days", round(duration.nominal_days)
        if duration.months:
            how = f"{value} days, a month being 30.4 of them"
    until = body.hold_until if unit == "days" else None
    return [actions.delay(id_, next_, unit, value, until)], how, support
