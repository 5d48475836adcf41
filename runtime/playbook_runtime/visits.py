"""Visits to the shop, where the playbook says how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from playbook_compiler.model import VISITS, Playbook
from playbook_compiler.units import Duration, Rate


def visits_a_day(playbook: Playbook | None) -> Decimal | None:
    """Return the visits of a day by `assume: {visits: {rate: 24000 per 1mo}}`; None without it."""
    assume: Mapping[str, object] = playbook.assume if playbook is not None else {}
    rate = getattr(assume.get(VISITS), "rate", None)
    if not isinstance(rate, Rate) or not isinstance(rate.per, Duration):
        return None
    return rate.count / rate.per.nominal_days


def visits_of(playbook: Playbook, days: int) -> int | None:
    """Return the visits of so many days to come; None where the playbook does not say them."""
    a_day = visits_a_day(playbook)
    return None if a_day is None else round(a_day * days)
