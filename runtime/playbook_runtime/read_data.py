"""Orders, customers and events of one shop, read together and cut at the as-of date."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from playbook_compiler.diagnostics import Diagnostic, error, warning
from playbook_compiler.model import Playbook
from playbook_compiler.source import Span
from playbook_compiler.values import replace
from playbook_runtime.counted import count_of
from playbook_runtime.observed import Observed, observed
from playbook_runtime.orders.currency import NO_CURRENCY
from playbook_runtime.orders.customers import read_customers
from playbook_runtime.orders.events import read_events
from playbook_runtime.orders.options import OrderInput
from playbook_runtime.orders.read import read_orders
from playbook_runtime.settings import EPOCH

LONGEST_SILENCE = timedelta(days=5 * 366)


def read_data(
    playbook: Playbook, orders: Path, given: OrderInput, as_of: date | None
) -> tuple[Observed | None, list[Diagnostic]]:
    """Return what the files of a shop say up to a day; the playbook's currency and zone hold
    where the flags say nothing."""
    options = replace(given.options, timezone=given.options.timezone or playbook.timezone)
    return read_files(orders, replace(given, options=options), as_of, playbook.currency)


def read_files(
    orders: Path, given: OrderInput, as_of: date | None, currency: str | None = None
) -> tuple[Observed | None, list[Diagnostic]]:
    """Return what the files of a shop say up to a day. Orders in another currency than that of
    its playbook are an error; None where there is no playbook."""
    options = given.options
    read, found = read_orders(orders, options)
    if read is None:
        return None, found
    span = Span.of_file(str(orders))
    if currency is not None and read.currency not in (NO_CURRENCY, currency):
        found.append(
            error(
                "currency-differs",
                f"the orders are in {read.currency}, the playbook in {currency}",
                span,
                help=f"write `currency: {read.currency}` in the playbook, or take only the orders"
                f" in {currency} with --currency {currency}",
            )
        )
        return None, found
    customers = events = None
    if given.customers is not None:
        customers, more = read_customers(given.customers, options, read.reading.key)
        found += more
    if given.events is not None:
        events, more = read_events(given.events, options, read.reading.key)
        found += more
    last = EPOCH + timedelta(days=read.reading.last_day)
    if as_of is not None and as_of - last > LONGEST_SILENCE:
        found.append(
            error(
                "as-of-too-late",
                f"{as_of} is years after the last order, which is of {last}",
                span,
                help="choose an earlier --as-of, or leave it out: then it is the last order's day",
            )
        )
        return None, found
    if as_of is not None and as_of > last:
        found.append(
            warning(
                "as-of-after-last-order",
                f"the last order is of {last}, {count_of((as_of - last).days, 'day')} before"
                f" {as_of}:"
                " all this time counts as silence of every customer",
                span,
                help="leave --as-of out, or export the orders up to that day",
            )
        )
    data = observed(read, customers, events, as_of)
    if data is None:
        first = EPOCH + timedelta(days=read.reading.first_day)
        found.append(
            error(
                "no-orders-yet",
                f"there is no order up to {as_of}; the first is of {first}",
                span,
                help="choose a later --as-of",
            )
        )
    return data, found
