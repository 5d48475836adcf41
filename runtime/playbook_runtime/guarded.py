"""The rules that keep customers from harm, as one line each: what a reviewer looks at first."""

from __future__ import annotations

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Guardrails, Playbook
from playbook_runtime.projected_change import RuleChange

_NONE = "none"


def rule_changes(old: TriggerGraph | None, new: TriggerGraph | None) -> tuple[RuleChange, ...]:
    """Return holdout, caps, quiet hours and the depth of discounts of both sides."""
    told = [{} if graph is None else _rules(graph.playbook) for graph in (old, new)]
    return tuple(
        RuleChange(name, label, *(side.get(name, _NONE) for side in told))
        for name, label in _LABELS.items()
    )


_LABELS = {
    "holdout": "holdout group",
    "frequency": "frequency caps",
    "quiet_hours": "quiet hours",
    "deepest_discount": "deepest discount of an offer",
}


def _rules(playbook: Playbook) -> dict[str, str]:
    found = {"deepest_discount": _deepest(playbook)}
    rules = playbook.guardrails
    if rules is None:
        return found
    if rules.holdout.fraction:
        found["holdout"] = str(rules.holdout)
    if rules.frequency:
        found["frequency"] = ", ".join(_caps(rules))
    if rules.quiet_hours is not None:
        found["quiet_hours"] = f"{rules.quiet_hours.start} to {rules.quiet_hours.end}"
    return found


def _caps(rules: Guardrails) -> list[str]:
    return [
        f"{cap.channel + ' ' if cap.channel else ''}{cap.at_most} per {cap.per}"
        for cap in rules.frequency
    ]


def _deepest(playbook: Playbook) -> str:
    """Return the deepest percentage that an offer takes off, with the bound if there is one."""
    shares = [one.percent_off for one in playbook.offers.values() if one.percent_off is not None]
    deepest = str(max(shares, key=lambda one: one.fraction)) if shares else _NONE
    discounts = playbook.guardrails.discounts if playbook.guardrails is not None else None
    bound = discounts.deepest if discounts is not None else None
    return f"{deepest} (at most {bound})" if bound is not None else deepest
