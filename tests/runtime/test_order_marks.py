"""What the orders say of categories and marketplaces, where a playbook asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.statistics.worlds import graph_of

from playbook_compiler.diagnostics import has_errors
from playbook_compiler.graph import TriggerGraph
from playbook_runtime.heard import conditions_of
from playbook_runtime.kernel.tables import NEVER
from playbook_runtime.launch import OTHER, Mark
from playbook_runtime.observed import Observed
from playbook_runtime.order_marks import marked_orders, own_marks
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.read_data import read_data

PLAYBOOK = """playbook: 1
name: small
currency: EUR
timezone: Europe/Berlin
sender: {name: Small, email: hello@small.example, address: "Teeweg 1, Berlin"}
messages:
  hello: {subject: Hello, body: "Hello {{ unsubscribe_url }} {{ sender_address }}"}
marketplaces: {amazon: {offers: false}}
flows:
  tea: {trigger: {event: order_placed, where: order has category = Tea}, steps: [send: hello]}
"""
ORDERS = """order_id,customer_id,ordered_at,total,category,marketplace
1,a,2025-01-02T12:00:00,10.00,tea,
2,a,2025-01-05T12:00:00,10.00,teaware,Amazon
3,a,2025-01-09T12:00:00,10.00,TEA,
4,b,2025-01-03T12:00:00,10.00,,ebay
"""
TEA, POT, UNKNOWN = Mark("Tea", ""), Mark(OTHER, "amazon"), Mark("", OTHER)


def read(folder: Path, orders: str) -> tuple[TriggerGraph, Observed]:
    (folder / "orders.csv").write_text(orders)
    (folder / "playbook.yaml").write_text(PLAYBOOK)
    graph = graph_of(folder / "playbook.yaml")
    given = OrderInput(OrderOptions(), None, None)
    data, found = read_data(graph.playbook, folder / "orders.csv", given, None)
    assert data is not None and not has_errors(found), found
    return graph, data


def test_marks_are_spelt_like_the_playbook_and_the_rest_is_other(tmp_path: Path) -> None:
    graph, data = read(tmp_path, ORDERS)
    marked, findings = marked_orders(graph.playbook, conditions_of(graph), data)
    assert findings == []
    assert marked.marks.marks == (UNKNOWN, POT, TEA)
    assert marked.marks.shares == pytest.approx((0.25, 0.5, 1.0))


def test_each_customer_has_his_own(tmp_path: Path) -> None:
    graph, data = read(tmp_path, ORDERS)
    marked, _ = marked_orders(graph.playbook, conditions_of(graph), data)
    latest, orders, moment = own_marks(data, marked)
    a, b = (0, 1) if data.history.purchases[0] == 3 else (1, 0)
    assert orders[[a, b]].tolist() == [[0, 1, 2], [1, 0, 0]]
    assert latest[[a, b]].tolist() == [2, 0]
    assert moment[a, 2] == data.time.max() and moment[a, 0] == NEVER


def test_a_column_that_is_missing_is_told(tmp_path: Path) -> None:
    bare = "\n".join(line.rsplit(",", 2)[0] for line in ORDERS.splitlines())
    graph, data = read(tmp_path, bare + "\n")
    marked, (finding,) = marked_orders(graph.playbook, conditions_of(graph), data)
    assert marked.marks.marks == ()
    assert "no column `category`" in finding.message
    assert own_marks(data, marked)[1].shape == (2, 0)
