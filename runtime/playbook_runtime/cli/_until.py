"""The day up to which orders are read on the command line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from playbook_runtime.orders.model import Reading

EPOCH = date(1970, 1, 1)


def until_of(asked: date | None, reading: Reading) -> date:
    """Return the day that was asked for, else that of the last order; BadParameter before the
    first."""
    first, last = (EPOCH + timedelta(days=day) for day in (reading.first_day, reading.last_day))
    if asked is not None and asked < first:
        raise click.BadParameter(
            f"{asked} is before the first order; the orders run from {first} to {last}",
            param_hint="'--until'",
        )
    return asked or last
