"""Ways that part: conditions, branches and random samples."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from playbook_compiler.export.capability import Support
from playbook_compiler.graph import (
    CASE,
    NO,
    VARIANT,
    Node,
)
from playbook_compiler.steps import (
    Branch,
    Split,
)
from playbook_compiler.targets.klaviyo import actions
from playbook_compiler.targets.klaviyo.actions import Action
from playbook_compiler.targets.klaviyo.body import Body
from playbook_compiler.targets.klaviyo.conditions import lower_condition
from playbook_compiler.targets.klaviyo.formula import Groups, is_never
from playbook_compiler.units import plain


def decide(
    id_: str, groups: Groups, yes: str | None, no: str | None
) -> tuple[list[Action], str | None]:
    """Return the split that groups make, of the kind that can read them; none where it is sure."""
    if not groups:
        return [], yes
    if is_never(groups):
        return [], no
    if any(test["type"] == "metric-property" for group in groups for test in group):
        branches = [actions.Branch("yes", groups, yes)]
        return [actions.multi_branch(id_, id_, branches, no)], id_
    return [actions.conditional(id_, groups, yes, no)], id_


def lower_branch(body: Body, node: Node, step: Branch) -> tuple[list[Action], str | None]:
    body.export.lowering.note("step.branch", node.id, node.origin.key_span("branch"))
    branches = []
    otherwise = body.entry(node.id, NO)
    for number, case in enumerate(step.branch, 1):
        groups = lower_condition(case.condition, body.scope).true.yes
        target = body.entry(node.id, CASE, str(number))
        if is_never(groups):
            continue
        if not groups:  # always true: the ways after it are never taken
            otherwise = target
            break
        branches.append(actions.Branch(str(case.condition), groups, target))
    if not branches:
        return [], otherwise
    made = actions.multi_branch(node.step_id, node.step_id, branches, otherwise)
    return [made], node.step_id


def lower_split(body: Body, node: Node, step: Split) -> tuple[list[Action], str | None]:
    """Return random samples one after the other, each of those that the earlier ones left."""
    lowering, span = body.export.lowering, node.origin.key_span("split")
    arms = [
        (body.entry(node.id, VARIANT, name), name, variant.share.fraction)
        for name, variant in step.variants.items()
        if variant.share.fraction > 0
    ]
    made: list[Action] = []
    left, real_left = Decimal(1), Decimal(1)
    shares, lost = [], []
    rest = arms[-1]
    for number, (target, name, share) in enumerate(arms[:-1], 1):
        percent = int((100 * share / left).quantize(Decimal(1), ROUND_HALF_EVEN))
        if percent >= 100:  # the arms after it are too small for a percent
            rest = arms[number - 1]
            lost += [later for _, later, _ in arms[number:]]
            break
        if percent == 0:
            lost.append(name)
            continue
        id_ = node.step_id if not made else f"{node.step_id}~{number}"
        made.append(actions.random_split(id_, percent, target, None))
        shares.append(f"{name} {_percent(real_left * percent)}")
        left -= share
        real_left *= 1 - Decimal(percent) / 100
    for name in lost:
        how = f"`{name}` is too small: Klaviyo samples 1 to 99 whole percent"
        lossy = f"`{name}` gets nobody"
        lowering.note("step.split", node.id, span, how, Support.REFUSED, lossy, kept=True)
    last_target, last_name, _ = rest
    shares.append(f"{last_name} {_percent(real_left * 100)}")
    for number, action in enumerate(made):
        following = made[number + 1]["temporary_id"] if number + 1 < len(made) else last_target
        action["links"]["next_if_false"] = following
    how = f"{lowering.capabilities['step.split'].how} (shares: {', '.join(shares)})"
    lowering.note("step.split", node.id, span, how)
    if step.experiment is not None:
        lowering.note("step.split.experiment", node.id, node.origin.key_span("experiment"))
    return made, made[0]["temporary_id"] if made else last_target


def _percent(number: Decimal) -> str:
    return f"{plain(round(number, 2))}%"
