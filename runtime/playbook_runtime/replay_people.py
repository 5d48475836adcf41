"""Who lived through a replay, and what is recorded of them: customers, newcomers, sign-ups.

Facts are those of the day before the replay. What the customers file says has no date: it is taken
to hold all the time.

Every order of the files is an order here, also the second one of a day, before the first day as
after it: an engine counts them so, and starts a flow at each. Only a projection takes the orders of
a day for one, since it draws days on which somebody buys (population.py).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from playbook_compiler.conditions import Compare, Condition, InSet, IsKnown
from playbook_compiler.model import Guardrails
from playbook_compiler.values import replace
from playbook_runtime.assumed import ASKS_NOBODY, consent_rule
from playbook_runtime.kernel.run import Recorded
from playbook_runtime.kernel.scratch import ITEM_WIDTH
from playbook_runtime.kernel.tables import (
    HISTORY,
    I64,
    NEVER,
    NEWCOMER,
    U64,
    UNKNOWN,
    People,
    joined,
)
from playbook_runtime.launch import Launch
from playbook_runtime.observed import Observed
from playbook_runtime.order_marks import MarkedOrders
from playbook_runtime.orders.model import Labels
from playbook_runtime.population import SCORES, answers, people_of_history

ORDER: Final = -1  # an item that is an order
ORDER_PLACED: Final = "order_placed"


def replayed_people(
    before: Observed,
    after: Observed,
    launch: Launch,
    zones: tuple[str, ...],
    statics: tuple[Condition, ...],
    guardrails: Guardrails | None,
    marked: MarkedOrders,
) -> People:
    """Return everybody who is there in a replay, ascending by hash; `marked` are all orders up to
    its last day.

    `before` is what is known on the day before it, `after` what is known on its last day: whoever
    only orders in between is a newcomer, and whoever has events but no order comes with the first.
    """
    days = after.as_of_day - before.as_of_day
    earlier = replace(marked, of_order=marked.of_order[after.day <= before.as_of_day])
    known = people_of_history(before, launch, zones, statics, guardrails, days, earlier)
    known = known._replace(orders=before.history.orders)
    later = people_of_history(after, launch, zones, statics, guardrails, days, marked)
    new = ~np.isin(later.key, known.key)
    came = _forgotten(_chosen(later, new), before, launch, statics)
    parts = [known, came, _without_orders(before, after, launch, zones, statics, guardrails)]
    people = joined(parts)
    people = _chosen(people, np.argsort(people.key, kind="stable"))
    known_before = (people.orders > 0) | _earlier_events(before, people.key)
    kind = np.where(known_before, HISTORY, NEWCOMER).astype(np.int8)
    return people._replace(kind=kind)


def recorded_items(
    before: Observed, after: Observed, launch: Launch, people: People, marked: MarkedOrders
) -> Recorded:
    """Return what people did on the days after `before` up to the last of `after`. Orders stand
    before events of the same moment."""
    within = after.day > before.as_of_day
    discount = after.orders.discount_minor[after.orders.day <= after.as_of_day]
    columns = [
        (
            after.customer_hash[within],
            after.time[within],
            np.full(int(within.sum()), ORDER),
            after.value_minor[within],
            discount[within],
            marked.of_order[within],
        )
    ]
    events = after.events
    if events is not None:
        place = {name: launch.events.index(name) for name in launch.events if name != ORDER_PLACED}
        number = np.array([place.get(name, NEVER) for name in (*events.event.names, "")])
        what = number[events.event.codes]
        used = (what != NEVER) & (events.day > before.as_of_day) & (events.day <= after.as_of_day)
        nothing = np.zeros(int(used.sum()), np.int64)
        hashes = events.customer_hash[events.customer[used]]
        columns.append((hashes, events.time[used], what[used], nothing, nothing, nothing - 1))
    hashes, moment, what, value, discount, mark = (
        np.concatenate(column) for column in zip(*columns, strict=True)
    )
    row = np.searchsorted(people.key, hashes)
    # Of a file without a zone, moments may lie some hours beside the shop's day.
    moment = np.clip(moment, launch.start, launch.end - 1)
    order = np.lexsort((value, what, moment, row))
    items = np.column_stack([moment, what, value, discount, mark]).astype(np.int64)[order]
    first = np.searchsorted(row[order], np.arange(len(people.key) + 1)).astype(np.int64)
    return Recorded(first, np.ascontiguousarray(items).reshape(-1, ITEM_WIDTH))


def _chosen(people: People, rows: npt.NDArray[Any]) -> People:
    columns: list[Any] = [column[rows] for column in people]
    return People(*columns)


def _forgotten(
    people: People, before: Observed, launch: Launch, statics: tuple[Condition, ...]
) -> People:
    """Return newcomers as they were before their first order: without orders and scores."""
    n = len(people.key)
    nothing, never = np.zeros(n, np.int64), np.full(n, NEVER)
    static = people.static.copy()
    for column, one in enumerate(statics):
        if _is_score(one):
            static[:, column] = UNKNOWN
    return people._replace(
        x=nothing,
        t_x=np.zeros(n),
        T=np.zeros(n),
        repeat_value=nothing,
        orders=nothing,
        revenue=nothing,
        first_order=never,
        last_order=never,
        base=np.zeros(n, np.int8),
        static=static,
        last_event=_columns(
            [_latest_before(before, event, people.key) for event in launch.events], n
        ),
        latest_mark=nothing - 1,
        mark_orders=np.zeros_like(people.mark_orders),
        mark_moment=np.full_like(people.mark_moment, NEVER),
        basis=nothing,
        basis_at=never,
    )


def _is_score(condition: Condition) -> bool:
    fact = getattr(condition, "fact", None)
    return fact is not None and fact.name in SCORES


def _without_orders(
    before: Observed,
    after: Observed,
    launch: Launch,
    zones: tuple[str, ...],
    statics: tuple[Condition, ...],
    guardrails: Guardrails | None,
) -> People:
    """Return those of whom there are events but no order up to the last day."""
    events = after.events
    if events is None:
        hashes = np.zeros(0, np.uint64)
    else:
        seen = events.customer[events.day <= after.as_of_day]
        hashes = np.unique(events.customer_hash[seen])
        hashes = hashes[~np.isin(hashes, after.history.customer_hash)]
    n = len(hashes)
    nothing, never = np.zeros(n, np.int64), np.full(n, NEVER)
    zone = _of_customers(after, "zone", hashes)
    place = {name: number for number, name in enumerate(zones)}
    facts = {name: _of_customers(after, name, hashes) for name in ("country", "zone", "channel")}
    static = [
        np.full(n, UNKNOWN, np.int8)
        if _is_score(one) or not isinstance(one, Compare | InSet | IsKnown)
        else answers(one, facts)
        for one in statics
    ]
    consent = [
        np.ones(n, np.int8)
        if consent_rule(guardrails, channel) in ASKS_NOBODY
        else _consent(after, channel, hashes)
        for channel in launch.channels
    ]
    last = [_latest_before(before, event, hashes) for event in launch.events]
    return People(
        key=hashes,
        kind=np.full(n, NEWCOMER, np.int8),
        x=nothing,
        t_x=np.zeros(n),
        T=np.zeros(n),
        repeat_value=nothing,
        orders=nothing,
        revenue=nothing,
        first_order=never,
        last_order=never,
        zone=np.array([place.get(name, -1) for name in zone], np.int64),
        consent=_columns(consent, n).astype(np.int8),
        base=np.zeros(n, np.int8),
        month=nothing,
        index=nothing,
        birthday=_birthday(after, hashes),
        cohort=nothing - 1,
        static=_columns(static, n).astype(np.int8),
        last_event=_columns(last, n),
        latest_mark=nothing - 1,
        mark_orders=np.zeros((n, len(launch.orders.marks)), np.int64),
        mark_moment=np.full((n, len(launch.orders.marks)), NEVER),
        basis=nothing,
        basis_at=never,
    )


def _rows(data: Observed, hashes: U64) -> tuple[I64, npt.NDArray[np.bool_]]:
    """Return the rows of people in the customers file, and who stands there."""
    customers = data.customers
    if customers is None or not len(customers):
        return np.zeros(len(hashes), np.int64), np.zeros(len(hashes), np.bool_)
    row = np.minimum(np.searchsorted(customers.customer_hash, hashes), len(customers) - 1)
    return row.astype(np.int64), customers.customer_hash[row] == hashes


def _of_customers(data: Observed, name: str, hashes: U64) -> npt.NDArray[np.object_]:
    found = np.full(len(hashes), "", dtype=object)
    labels: Labels | None = getattr(data.customers, name) if data.customers is not None else None
    if labels is not None:
        row, there = _rows(data, hashes)
        texts = np.array([*labels.names, ""], dtype=object)[labels.codes]
        found[there] = texts[row[there]]
    return found


def _consent(data: Observed, channel: str, hashes: U64) -> npt.NDArray[np.int8]:
    found = np.full(len(hashes), -1, np.int8)
    if data.customers is not None and channel in data.customers.consent:
        row, there = _rows(data, hashes)
        found[there] = data.customers.consent[channel][row[there]]
    return found


def _birthday(data: Observed, hashes: U64) -> I64:
    found = np.zeros(len(hashes), np.int64)
    if data.customers is not None:
        row, there = _rows(data, hashes)
        found[there] = data.customers.birthday[row[there]]
    return found


def _latest_before(before: Observed, event: str, hashes: U64) -> I64:
    """Return the latest moment of an event before the replay, or NEVER."""
    found = np.full(len(hashes), NEVER)
    events = before.events
    if events is not None and event in events.event.names and len(hashes):
        mine = (events.event.codes == events.event.names.index(event)) & (
            events.day <= before.as_of_day
        )
        of = events.customer_hash[events.customer[mine]]
        row = np.minimum(np.searchsorted(hashes, of), len(hashes) - 1)
        there = hashes[row] == of
        np.maximum.at(found, row[there], events.time[mine][there])
    return found


def _earlier_events(before: Observed, keys: U64) -> npt.NDArray[np.bool_]:
    """Return of whom there is an event before the replay."""
    events = before.events
    if events is None:
        return np.zeros(len(keys), np.bool_)
    seen = events.customer[events.day <= before.as_of_day]
    return np.isin(keys, events.customer_hash[seen])


def _columns(found: list[Any], n: int) -> npt.NDArray[Any]:
    return np.column_stack(found) if found else np.zeros((n, 0), np.int64)
