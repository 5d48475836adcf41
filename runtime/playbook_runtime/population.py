"""Whom a simulation runs over: the customers of the history, newcomers and sign-ups to come."""

from __future__ import annotations

import math
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from playbook_compiler.condition_evaluation import passes
from playbook_compiler.conditions import (
    Between,
    Compare,
    Condition,
    InSet,
    InTop,
    IsKnown,
    nodes,
)
from playbook_compiler.model import Guardrails
from playbook_compiler.programmes import Tiers
from playbook_compiler.units import DAY_SECONDS
from playbook_runtime.assumed import ASKS_NOBODY, consent_rule, known_consent
from playbook_runtime.cohorts import cohorts_of_history, cohorts_to_come
from playbook_runtime.customer_facts import static_fact
from playbook_runtime.kernel.instructions import CUT_FACTS
from playbook_runtime.kernel.tables import (
    HISTORY,
    I64,
    NEVER,
    NEWCOMER,
    NO,
    PROSPECT,
    UNKNOWN,
    YES,
    People,
)
from playbook_runtime.launch import Launch
from playbook_runtime.observed import Observed
from playbook_runtime.order_marks import MarkedOrders, own_marks
from playbook_runtime.rfm import FIFTHS, segment

STATIC_FACTS = ("country", "zone", "channel")
# Scores from 1 to 5, those of the as-of date.
SCORES = ("rfm.r", "rfm.f", "rfm.m")
SEGMENT = "rfm"


def people_of_history(
    data: Observed,
    launch: Launch,
    zones: tuple[str, ...],
    statics: tuple[Condition, ...],
    guardrails: Guardrails | None,
    horizon_days: int,
    marked: MarkedOrders,
    tiers: Tiers | None = None,
) -> People:
    """Return one row for each customer of the history, ascending by hash.

    Orders of one day count as one: what the purchase model draws are purchases, days on which
    somebody buys, and a fact such as `orders` must count the same before the start and after it.
    """
    history = data.history
    first, last = data.first_and_last_moment()
    n = len(history)
    facts = {name: static_fact(data, name) for name in STATIC_FACTS}
    scores = rfm_scores(data)
    facts[SEGMENT] = _segments(data, scores)
    latest_mark, mark_orders, mark_moment = own_marks(data, marked)
    consent = [
        np.ones(n, dtype=np.int8)
        if consent_rule(guardrails, channel) in ASKS_NOBODY
        else known_consent(data, channel)
        for channel in launch.channels
    ]
    basis, basis_at = opening_basis(data, tiers, launch.start)
    return People(
        key=history.customer_hash,
        kind=np.full(n, HISTORY, dtype=np.int8),
        x=history.x,
        t_x=history.t_x.astype(np.float64),
        T=history.T.astype(np.float64),
        repeat_value=history.repeat_value_minor,
        orders=history.purchases,
        revenue=history.value_minor,
        first_order=first,
        last_order=last,
        zone=_codes(facts["zone"], zones),
        consent=_stacked(consent, n, np.int8),
        base=(history.last_day > data.as_of_day - horizon_days).astype(np.int8),
        month=np.zeros(n, dtype=np.int64),
        index=np.zeros(n, dtype=np.int64),
        birthday=_birthdays(data),
        cohort=cohorts_of_history(data, launch.cohorts),
        basis=basis,
        basis_at=basis_at,
        static=_stacked([_answers(one, facts, scores) for one in statics], n, np.int8),
        last_event=_stacked([_latest(data, event) for event in launch.events], n, np.int64),
        latest_mark=latest_mark,
        mark_orders=mark_orders,
        mark_moment=mark_moment,
    )


def opening_basis(
    data: Observed, tiers: Tiers | None, start: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return what counts for each customer's level at the start, and the mean moment of it.

    Of the single orders before the start only this mean is kept: what they count for is over all
    at once, so long after it. Points that were earned before are not known. By `orders`, those of
    one day count once, as they do after the start.
    """
    n = len(data.history)
    basis, moment = np.zeros(n, dtype=np.int64), np.full(n, NEVER)
    if tiers is None or tiers.basis.figure == "points_earned":
        return basis, moment
    over = tiers.basis.over
    counts = np.ones(len(data.day), dtype=bool)
    if over is not None:
        counts = data.time > start - int(over.nominal_days * DAY_SECONDS)
    if tiers.basis.figure == "orders":
        counts &= _first_of_its_day(data)
    rows, time = data.order_rows(data.customer_hash[counts]), data.time[counts]
    value = data.value_minor[counts]
    amount = np.ones_like(value) if tiers.basis.figure == "orders" else value
    np.add.at(basis, rows, amount)
    ago = np.zeros(n)
    np.add.at(ago, rows, amount.astype(np.float64) * (start - time))
    some = basis > 0
    moment[some] = start - np.floor(ago[some] / basis[some]).astype(np.int64)
    return basis, moment


def _first_of_its_day(data: Observed) -> npt.NDArray[np.bool_]:
    """Return which orders are the first in the file of their customer on their day."""
    span = int(data.day.max()) + 1
    key = data.order_rows(data.customer_hash) * span + data.day
    first = np.zeros(len(key), dtype=bool)
    first[np.unique(key, return_index=True)[1]] = True
    return first


def people_to_come(
    kind: int, months: tuple[str, ...], most: npt.NDArray[np.int64], launch: Launch
) -> People:
    """Return rows for newcomers or prospects: as many a month as the largest draw of it has.

    A person is keyed by kind, month and index, the same in every run.
    """
    word = {NEWCOMER: "newcomer", PROSPECT: "prospect"}[kind]
    month = np.repeat(np.arange(len(most), dtype=np.int64), most)
    index = np.concatenate([np.arange(count) for count in most] or [np.zeros(0)]).astype(np.int64)
    keys = [
        int.from_bytes(blake2b(f"{word}/{months[m]}/{i}".encode(), digest_size=8).digest(), "big")
        for m, i in zip(month.tolist(), index.tolist(), strict=True)
    ]
    n = len(keys)
    consent = np.full((n, len(launch.channels)), -1, dtype=np.int8)
    if kind == PROSPECT and "email" in launch.channels:
        consent[:, launch.channels.index("email")] = 1
    nothing = np.zeros(n, dtype=np.int64)
    return People(
        key=np.array(keys, dtype=np.uint64),
        kind=np.full(n, kind, dtype=np.int8),
        x=nothing,
        t_x=np.zeros(n),
        T=np.zeros(n),
        repeat_value=nothing,
        orders=nothing,
        revenue=nothing,
        first_order=np.full(n, NEVER),
        last_order=np.full(n, NEVER),
        zone=np.full(n, -1, dtype=np.int64),
        consent=consent,
        base=np.zeros(n, dtype=np.int8),
        month=month,
        index=index,
        birthday=nothing,
        cohort=cohorts_to_come(kind, months, launch.cohorts)[month],
        basis=nothing,
        basis_at=np.full(n, NEVER),
        static=np.full((n, len(launch.statics)), UNKNOWN, dtype=np.int8),
        last_event=np.full((n, len(launch.events)), NEVER),
        latest_mark=np.full(n, -1, dtype=np.int64),
        mark_orders=np.zeros((n, len(launch.orders.marks)), dtype=np.int64),
        mark_moment=np.full((n, len(launch.orders.marks)), NEVER),
    )


def zones_of(data: Observed, shop: str) -> tuple[str, ...]:
    """Return the zones that customers live in, the shop's first."""
    labels = data.customers.zone if data.customers is not None else None
    return (shop, *(name for name in (labels.names if labels is not None else ()) if name != shop))


def can_answer(condition: Condition) -> bool:
    """Return whether a condition is one on a fact that never changes and that files can tell, or on
    a score, which is taken not to change."""
    tests = (Compare, InSet, Between, IsKnown)
    if isinstance(condition, tests) and condition.fact.name in (*SCORES, SEGMENT):
        return True
    return (
        isinstance(condition, Compare | InSet | IsKnown)
        and condition.fact.name in STATIC_FACTS
        and not (isinstance(condition, Compare) and condition.operator not in ("=", "!="))
    )


def answers(
    condition: Condition, facts: dict[str, npt.NDArray[np.object_]]
) -> npt.NDArray[np.int8]:
    """Return what a condition on an unchanging fact says of each customer."""
    assert isinstance(condition, Compare | InSet | IsKnown)
    values = facts[condition.fact.name]
    known = values != ""
    match condition:
        case IsKnown(known=wanted):
            return np.where(known == wanted, YES, NO).astype(np.int8)
        case Compare(operator=operator, value=value):
            holds = (values == str(value)) == (operator == "=")
        case InSet(values=several):
            holds = np.isin(values.astype(str), [str(value) for value in several])
    return np.where(known, np.where(holds, YES, NO), UNKNOWN).astype(np.int8)


def rfm_scores(data: Observed) -> dict[str, npt.NDArray[np.int64]]:
    """Return recency, frequency and monetary score of each customer of the history, by `rfm`: 5 for
    the best fifth; equals share the lower score. Where all last orders are of one day, nobody has
    bought later than others: all have the recency 5, or every customer of a new shop was lost."""
    of = {
        "rfm.r": data.first_and_last_moment()[1],
        "rfm.f": data.history.purchases,
        "rfm.m": data.history.value_minor,
    }
    found = {}
    for name, values in of.items():
        ascending = np.sort(values)
        lower = np.searchsorted(ascending, values, side="left")
        found[name] = 1 + FIFTHS * lower // max(1, len(values))
    if len(np.unique(data.history.last_day)) == 1:
        found["rfm.r"] = np.full(len(data.history), FIFTHS)
    return found


def _answers(
    condition: Condition,
    facts: dict[str, npt.NDArray[np.object_]],
    scores: dict[str, npt.NDArray[np.int64]],
) -> npt.NDArray[np.int8]:
    assert isinstance(condition, Compare | InSet | Between | IsKnown)
    if condition.fact.name not in SCORES:
        return answers(condition, facts)
    values = scores[condition.fact.name]
    if isinstance(condition, IsKnown):
        return np.full(len(values), YES if condition.known else NO, dtype=np.int8)
    by_score = [passes(condition, score) is True for score in range(FIFTHS + 1)]
    return np.where(np.array(by_score)[values], YES, NO).astype(np.int8)


def _segments(data: Observed, scores: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.object_]:
    """Return the RFM segment of each customer of the history, as of the as-of date."""
    columns = (*(scores[name].tolist() for name in SCORES), data.history.purchases.tolist())
    found = np.empty(len(data.history), dtype=object)
    found[:] = [segment(*row) for row in zip(*columns, strict=True)]
    return found


def cuts_of(
    data: Observed, orders: I64, conditions: Iterable[Condition], start: int
) -> dict[str, float]:
    """Return for each test such as `revenue in top 20%` the least value of those in the top at the
    as-of date, so that whoever reaches it later belongs to them, too. Money in minor units;
    `orders` is what counts for each customer of the history as his orders so far."""
    found = {}
    for condition in conditions:
        for leaf in nodes(condition):
            if isinstance(leaf, InTop) and leaf.fact.name in CUT_FACTS:
                values = np.sort(_numbers(data, orders, leaf.fact.name, start))
                count = math.ceil(leaf.share.fraction * len(values))
                found[str(leaf)] = float(values[-max(1, count)])
    return found


def _numbers(data: Observed, orders: I64, fact: str, start: int) -> npt.NDArray[np.float64]:
    """Return a fact of the kernel's for each customer of the history, as at the start."""
    history = data.history
    first, last = data.first_and_last_moment()
    if fact == "orders":
        return orders.astype(np.float64)
    if fact == "revenue":
        return history.value_minor.astype(np.float64)
    if fact == "aov":
        return history.value_minor.astype(np.float64) / orders
    moment = last if fact == "days_since_last_order" else first
    return ((start - moment) // DAY_SECONDS).astype(np.float64)


def _birthdays(data: Observed) -> npt.NDArray[np.int64]:
    """Return month * 100 + day for each customer of the history, 0 where unknown."""
    found = np.zeros(len(data.history), dtype=np.int64)
    customers = data.customers
    if customers is not None:
        rows = data.order_rows(customers.customer_hash)
        found[rows[rows >= 0]] = customers.birthday[rows >= 0]
    return found


def typical_gap(data: Observed) -> int | None:
    """Return the median, over customers with two purchases, of their mean gap, in whole seconds;
    None where nobody has two."""
    x, t_x = data.history.x, data.history.t_x
    again = x > 0
    if not again.any():
        return None
    return round(float(np.median(t_x[again] / x[again])) * DAY_SECONDS)


def _codes(texts: npt.NDArray[np.object_], names: tuple[str, ...]) -> npt.NDArray[np.int64]:
    place = {name: n for n, name in enumerate(names)}
    return np.array([place.get(text, -1) for text in texts], dtype=np.int64)


def _latest(data: Observed, event: str) -> npt.NDArray[np.int64]:
    """Return the latest moment of an event for each customer of the history, or NEVER."""
    found = np.full(len(data.history), NEVER)
    if event == "order_placed":
        return data.first_and_last_moment()[1]
    events = data.events
    if events is not None and event in events.event.names:
        mine = (events.event.codes == events.event.names.index(event)) & (
            events.day <= data.as_of_day
        )
        rows = data.order_rows(events.customer_hash[events.customer[mine]])
        np.maximum.at(found, rows[rows >= 0], events.time[mine][rows >= 0])
    return found


def _stacked(columns: list[npt.NDArray[Any]], n: int, dtype: type) -> npt.NDArray[Any]:
    if not columns:
        return np.zeros((n, 0), dtype=dtype)
    return np.column_stack(columns).astype(dtype)
