"""A recommendation that costs more than a newcomer from advertising."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playbook_compiler.checks._programmes import cost_of
from playbook_compiler.diagnostics import Diagnostic, Label, hint
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import plain

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find referral rewards above `acquisition.cost_per_customer`; percentages are not counted."""
    playbook = graph.playbook
    referral = playbook.programmes.referral if playbook.programmes is not None else None
    acquisition = playbook.economics.acquisition if playbook.economics is not None else None
    if referral is None or acquisition is None:
        return
    both = [reward for reward in (referral.referrer, referral.newcomer) if reward is not None]
    total = sum((cost_of(reward, playbook) or Decimal(0) for reward in both), Decimal(0))
    usual = acquisition.cost_per_customer
    if total > usual.amount:
        yield hint(
            RULE,
            f"a recommended newcomer costs {plain(total)} in rewards, one from advertising {usual}",
            referral.origin.key_span(),
            caption="expected less than other newcomers cost",
            help="give less, unless those who are recommended buy more: then write down why",
            labels=(Label(acquisition.origin.span("cost_per_customer"), "what others cost"),),
        )
