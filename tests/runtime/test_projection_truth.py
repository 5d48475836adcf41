"""The projection against what is true: the demo shop's later orders, and flows that do nothing."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import numpy as np
import pytest

from playbook_runtime.behaviour.backtest import backtest, origins_for
from playbook_runtime.behaviour.expectations import conditional_expected_purchases
from playbook_runtime.behaviour.fit import akaike_weights, fit_families
from playbook_runtime.behaviour.likelihood import rows_of
from playbook_runtime.behaviour.model import FAMILIES
from playbook_runtime.behaviour.spend import fit_spend
from playbook_runtime.checked import compile_and_check
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.kernel.layout import WITHOUT, World, world_column
from playbook_runtime.kernel.run import Horizon, run
from playbook_runtime.kernel.tables import HISTORY, People
from playbook_runtime.observed import Observed
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.prepare import Prepared, prepare
from playbook_runtime.program import build_program
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings, calendar
from playbook_runtime.simulate import project

HEAD = """\
playbook: 1
name: shop
currency: EUR
timezone: Europe/Berlin
sender: {name: Shop, email: hello@shop.example, address: "Weg 1, Berlin"}
economics: {gross_margin: 50%, message_costs: {email: 0}}
assume: {consent: {email: 60%}, link_clicked: {rate: 30%, of: sends}}
guardrails: {consent: {email: opt-in}}
messages:
  receipt: {kind: transactional, subject: Thank you}
  news: {subject: News}
offers: {code: {percent_off: 10%, valid: 14d}}
flows:
"""
INERT = """\
  inert:
    trigger: order_placed
    steps: [{send: receipt}]
"""
ACTIVE = """\
  active:
    trigger: order_placed
    steps:
      - wait: 10d
      - {send: news, offer: code, expect: {added_orders: 60..140 per 1000}}
      - wait: {until: link_clicked, at_most: 7d}
        happened: [{send: news, id: again}]
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder)
    return folder


def data_of(shop: Path, flows: str, tmp_path: Path) -> tuple[object, Observed]:
    path = tmp_path / "playbook.yaml"
    path.write_text(HEAD + flows, encoding="utf-8")
    graph = compile_and_check(str(path)).graph
    assert graph is not None
    options = OrderInput(OrderOptions(), None, None)
    data, _ = read_data(graph.playbook, shop / "orders.csv", options, None)
    assert data is not None
    return graph, data


def prepared_of(graph: object, data: Observed, draws: int) -> tuple[Prepared, Horizon]:
    days = calendar(data.as_of, Settings().horizon, "Europe/Berlin")
    fits, _ = fit_families(data.history, FAMILIES, with_weak_prior=True)
    spend, _ = fit_spend(data.history, with_weak_prior=True)
    assert spend is not None
    first = int(data.history.first_day.min())
    tested, _ = backtest(
        data.day,
        data.customer_hash,
        data.value_minor,
        until_day=data.as_of_day,
        origins=origins_for(first, data.as_of_day, days.days),
        horizon_days=days.days,
    )
    settings = Settings(draws=draws)
    found = prepare(graph, data, days, settings, fits, spend, tested.drift)  # type: ignore[arg-type]
    return found, Horizon(1, days.start, days.end)


def test_drift_is_a_factor_about_one(shop: Path, tmp_path: Path) -> None:
    found, _ = prepared_of(*data_of(shop, INERT, tmp_path), draws=400)
    drift = found.headline.drift
    assert 0.95 < statistics.median(drift) < 1.05
    assert 0.25 <= drift.min() < 0.9 < 1.1 < drift.max() <= 4.0


def test_the_world_without_is_the_closed_form_and_covers_what_truly_came(
    shop: Path, tmp_path: Path
) -> None:
    graph, data = data_of(shop, INERT, tmp_path)
    found, horizon = prepared_of(graph, data, draws=200)
    program, _ = build_program(graph, found.launch)  # type: ignore[arg-type]
    history = found.people.kind == HISTORY
    people = People(*(column[history] for column in found.people))
    fits, _ = fit_families(data.history, FAMILIES, with_weak_prior=True)
    chosen = fits[int(np.argmax(akaike_weights(fits)))].parameters.in_days()
    n = len(found.headline.drift)
    still = found.headline._replace(
        drift=np.ones(n),
        behaviour=np.tile(chosen.values, (n, 1)),
        m=np.full(n, chosen.m),
    )
    counts = run(program, found.launch.zones, people, still, horizon)
    orders = counts[:, world_column(WITHOUT, World.ORDERS)]
    rows = rows_of(data.history, 1.0)
    expected = float((rows.count * conditional_expected_purchases(chosen, rows, 365)).sum())
    error = orders.std(ddof=1) / np.sqrt(n)
    assert abs(orders.mean() - expected) < 4 * error
    drawn = run(program, found.launch.zones, people, found.headline, horizon)
    low, high = np.quantile(drawn[:, world_column(WITHOUT, World.ORDERS)], [0.05, 0.95])
    truth = json.loads((shop / "truth.json").read_text(encoding="utf-8"))
    assert low < truth["later_orders"] < high


def test_a_flow_that_does_nothing_adds_exactly_nothing(shop: Path, tmp_path: Path) -> None:
    graph, data = data_of(shop, INERT + ACTIVE, tmp_path)
    projection, _ = project(graph, data, Settings(draws=20))  # type: ignore[arg-type]
    assert projection is not None
    active, inert = sorted(projection.flows, key=lambda flow: flow.flow)
    assert inert.sent.mean > 1000
    assert (inert.orders.p10, inert.orders.mean, inert.orders.p90) == (0.0, 0.0, 0.0)
    assert (inert.profit.p10, inert.profit.mean, inert.profit.p90) == (0.0, 0.0, 0.0)
    assert active.orders.p10 > 0


RUNAWAY = """\
  runaway:
    trigger: order_placed
    steps: [{send: receipt, expect: {added_orders: 3000 per 1000, within: 7d}}]
"""


def test_orders_that_feed_on_themselves_are_an_error_and_end(shop: Path, tmp_path: Path) -> None:
    graph, data = data_of(shop, RUNAWAY, tmp_path)
    projection, found = project(graph, data, Settings(draws=2))  # type: ignore[arg-type]
    assert projection is None
    (only,) = [one for one in found if one.is_error]
    assert only.rule == "runaway-orders"
    assert only.span.file.endswith("playbook.yaml")


NAMED_ENTRY = """\
  named:
    trigger: order_placed
    steps: [{send: news, id: entry, expect: {added_orders: 5 per 1000}}]
"""


def test_a_step_that_is_called_entry_is_no_effect_of_its_flow(shop: Path, tmp_path: Path) -> None:
    graph, data = data_of(shop, NAMED_ENTRY, tmp_path)
    found, _ = prepared_of(graph, data, draws=2)
    program, _ = build_program(graph, found.launch)  # type: ignore[arg-type]
    assert [(slot.flow, slot.step) for slot in found.launch.slots] == [("named", "entry")]
    assert program.flow_slots.tolist() == [[0, 0]]
