"""Many messages a month are possible, and no frequency cap limits them."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.contact import MARKETING, capped, flow_contacts
from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
# About three a week: a choice of ours, and the cap that the shipped playbooks have.
MANY_A_MONTH = 12


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find playbooks whose flows together can send over a dozen marketing messages a month."""
    if capped(graph.playbook) is not None:
        return
    flows = flow_contacts(graph, (MARKETING,))
    once_each = sum(one.in_month for one in flows if one.bound is None)
    most = once_each + sum(one.bound for one in flows if one.bound is not None)
    if most <= MANY_A_MONTH:
        return
    if once_each:
        counted = f"up to {most} marketing messages a month, with one order or event for each flow"
    else:
        counted = f"up to {most} marketing messages a month"
    playbook = graph.playbook
    span = playbook.origin.key_span("guardrails" if playbook.origin.has("guardrails") else "flows")
    yield hint(
        RULE,
        f"a customer can get {counted}, and no cap limits them",
        span,
        caption="no cap on all channels together",
        help="add `guardrails: {frequency: [{at_most: 3, per: 7d}]}`;"
        " `playbook graph --format contact` shows which flows it comes from",
    )
