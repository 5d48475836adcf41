"""Which stage of the business the history is in, by the rules of the playbook or built-in ones."""

from __future__ import annotations

from playbook_compiler.model import Playbook
from playbook_runtime.diagnose.model import StageFound
from playbook_runtime.diagnose.months import FullMonths, name
from playbook_runtime.observed import Observed
from playbook_runtime.stage_timeline import past_months
from playbook_runtime.stages import built_in_stages, rule_text, stages_by_month, trailing_means


def stage_found(data: Observed, playbook: Playbook | None, full: FullMonths) -> StageFound:
    """Return the stage after the last full month."""
    stages = playbook.stages if playbook is not None else built_in_stages()
    past = past_months(data)
    months = [name(month) for month in range(full.first, full.last + 1)]
    means = trailing_means([past.orders[month] for month in months])
    readings = [
        (mean, past.customers[month]) for mean, month in zip(means, months, strict=True)
    ] or [(None, len(data.history))]
    reached = stages_by_month(readings, stages)
    stage = reached[-1]
    names = list(stages)
    following = names[names.index(stage) + 1 :]
    entered = [month for month, one in zip(months, reached, strict=False) if one == stage]
    return StageFound(
        stage=stage,
        rule=rule_text(stages[stage].enter),
        since=entered[0] if entered and stage != names[0] else "",
        orders_per_month=None if readings[-1][0] is None else float(readings[-1][0]),
        customers=readings[-1][1],
        next_stage=following[0] if following else "",
        next_rule=rule_text(stages[following[0]].enter) if following else "",
        stated=playbook.stage if playbook is not None else "auto",
        own_rules=bool(playbook is not None and _wrote_stages(playbook)),
    )


def _wrote_stages(playbook: Playbook) -> bool:
    """Whether the playbook says its stages, or has the built-in ones."""
    return any(stage.origin.has() for stage in playbook.stages.values())
