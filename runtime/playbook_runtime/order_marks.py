"""Marks of orders: their categories and marketplaces, where a playbook asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from playbook_compiler.conditions import (
    Bought,
    Compare,
    Condition,
    InSet,
    IsKnown,
    OrderHas,
    Value,
    nodes,
)
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.facts import IdKind
from playbook_compiler.model import Playbook
from playbook_compiler.source import Span
from playbook_compiler.triggers import BY_PRODUCT, Replenishment
from playbook_compiler.values import dataclass
from playbook_runtime.condition_code import (
    CATEGORY,
    MARKETPLACE,
    NOT_SIMULATED,
    ORDER_MARKETPLACE,
)
from playbook_runtime.heard import subscription_of
from playbook_runtime.kernel.tables import NEVER
from playbook_runtime.launch import OTHER, Mark, OrderMarks
from playbook_runtime.observed import Observed
from playbook_runtime.orders.model import NO_CODE, Labels
from playbook_runtime.program_subscription import categories_asked

YEAR = 365
Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class MarkedOrders:
    """Which marks there are, and of which each order up to the as-of date is."""

    marks: OrderMarks
    of_order: Int64s


def marked_orders(
    playbook: Playbook, conditions: Iterable[Condition], data: Observed
) -> tuple[MarkedOrders, list[Diagnostic]]:
    """Return the marks that a playbook asks for, and what of them the orders do not tell."""
    named = _named(playbook, tuple(conditions))
    columns = {CATEGORY: data.orders.category, MARKETPLACE: data.orders.marketplace}
    known = data.orders.day <= data.as_of_day
    asked = [name for name in (CATEGORY, MARKETPLACE) if named[name]]
    findings = [
        _missing(data, name) for name in asked if columns[name] is None and name == CATEGORY
    ]
    told = [name for name in asked if columns[name] is not None]
    nothing = MarkedOrders(OrderMarks(), np.full(int(known.sum()), -1))
    if not told:
        return nothing, findings
    texts = [
        _texts(columns[name] if name in told else None, named[name], known)
        for name in (CATEGORY, MARKETPLACE)
    ]
    pairs = list(zip(*texts, strict=True))
    marks = tuple(Mark(*pair) for pair in sorted(set(pairs)))
    place = {(mark.category, mark.marketplace): n for n, mark in enumerate(marks)}
    of_order = np.array([place[pair] for pair in pairs], dtype=np.int64)
    recent = of_order[data.day > data.as_of_day - YEAR]
    counts = np.bincount(recent if len(recent) else of_order, minlength=len(marks))
    shares = tuple((np.cumsum(counts) / counts.sum()).tolist())
    return MarkedOrders(OrderMarks(marks, shares), of_order), findings


def own_marks(data: Observed, marked: MarkedOrders) -> tuple[Int64s, Int64s, Int64s]:
    """Return (latest mark, orders by mark, latest moment by mark) of each customer."""
    number, count = len(data.history), len(marked.marks.marks)
    orders = np.zeros((number, count), dtype=np.int64)
    moment = np.full((number, count), NEVER)
    latest = np.full(number, -1, dtype=np.int64)
    if count:
        rows = data.order_rows(data.customer_hash)
        np.add.at(orders, (rows, marked.of_order), 1)
        np.maximum.at(moment, (rows, marked.of_order), data.time)
        latest[rows] = marked.of_order  # the last one wins: orders stand in order of time
    return latest, orders, moment


def _named(playbook: Playbook, conditions: tuple[Condition, ...]) -> dict[str, set[str]]:
    """Return the categories and marketplaces that a playbook names; OTHER where it only asks."""
    found: dict[str, set[str]] = {CATEGORY: set(), MARKETPLACE: set()}
    for condition in conditions:
        for leaf in nodes(condition):
            match leaf:
                case OrderHas(test=test) if test.fact.name == CATEGORY:
                    found[CATEGORY] |= {OTHER, *_values(test)}
                case Bought(kind=IdKind.CATEGORY, name=name):
                    found[CATEGORY].add(name)
                case Compare() | InSet() | IsKnown() if leaf.fact.name in (
                    MARKETPLACE,
                    ORDER_MARKETPLACE,
                ):
                    found[MARKETPLACE] |= {OTHER, *_values(leaf)}
    if playbook.economics is not None:
        found[CATEGORY] |= set(playbook.economics.gross_margin.by_category)
    by_product = any(
        isinstance(flow.trigger, Replenishment) and flow.trigger.replenishment == BY_PRODUCT
        for flow in playbook.flows.values()
    )
    if by_product or any(offer.product for offer in playbook.offers.values()):
        found[CATEGORY] |= {one.category for one in playbook.products.values() if one.category}
    subscription = subscription_of(playbook)
    if subscription is not None and subscription.products is not None:
        found[CATEGORY] |= {OTHER, *categories_asked(subscription.products)}
    found[MARKETPLACE] |= set(playbook.marketplaces)
    return found


def _values(test: Condition) -> Iterator[str]:
    values: tuple[Value, ...] = ()
    if isinstance(test, Compare):
        values = (test.value,)
    elif isinstance(test, InSet):
        values = test.values
    yield from (str(value) for value in values)


def _texts(labels: Labels | None, named: set[str], known: npt.NDArray[np.bool_]) -> list[str]:
    """Return of each order what it is called: as the playbook spells it, OTHER, or empty."""
    if labels is None:
        return [""] * int(known.sum())
    spelt = {name.casefold(): name for name in named}
    names = [spelt.get(name.casefold(), OTHER) for name in labels.names]
    return ["" if one == NO_CODE else names[one] for one in labels.codes[known].tolist()]


def _missing(data: Observed, column: str) -> Diagnostic:
    return warning(
        NOT_SIMULATED,
        f"the orders have no column `{column}`: no order is of any, and what the playbook asks of"
        " it is unknown",
        Span.of_file(data.orders.reading.file),
        caption=f"no column {column}",
    )
