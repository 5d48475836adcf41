"""Customers by stage of life: new, growing, mature, dormant, lost, as shares of all.

A fraction. New have bought once, growing twice, mature three times or more. Dormant is who has been
silent for longer than nine in ten pauses between two purchases in this shop; lost, for twice as
long. With fewer than 30 such pauses the marks are 180 and 365 days. The fact `lifecycle` that
conditions read is the same.
"""

from __future__ import annotations

from typing import Final

from playbook_compiler.catalogue import LIFECYCLE
from playbook_runtime.customer_counts import CustomerCounts, Ratio

UNIT: Final = "share"


def table(counts: CustomerCounts) -> dict[str, Ratio]:
    """Return the share of all customers by stage, in the order of a life."""
    everybody = sum(counts.lifecycle.values())
    return {stage: Ratio(counts.lifecycle.get(stage, 0), everybody) for stage in LIFECYCLE}
