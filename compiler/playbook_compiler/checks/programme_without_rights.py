"""Levels or a paid membership that give nothing: nobody has a reason to rise or to join."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find levels none of which has a right, and a membership without any."""
    programmes = graph.playbook.programmes
    if programmes is None:
        return
    tiers, membership = programmes.tiers, programmes.membership
    if tiers is not None and not any(tiers.rights.values()):
        top = tiers.in_order[-1]
        yield warning(
            RULE,
            "no level gives anything",
            tiers.origin.key_span(),
            caption="no `rights`",
            help=f"say what is in it for customers: `rights: {{{top}: [free-shipping]}}`",
        )
    if membership is not None and not membership.rights:
        yield warning(
            RULE,
            "members pay and get nothing",
            membership.origin.key_span(),
            caption="no `rights`",
            help="say what is in it for them: `rights: [free-shipping]`",
        )
