"""Levers of the programmes in the tornado say what the list of assumptions says of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from playbook_compiler.units import Duration
from playbook_runtime.checked import compile_and_check
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.kernel.tables import PROGRAMME_DRAWS, rows
from playbook_runtime.launching import Launched, launched
from playbook_runtime.levers import Lever, levers
from playbook_runtime.membership import buys, savers_of
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings

SHOP = """\
playbook: 1
name: shop
currency: EUR
timezone: Europe/Berlin
economics: {gross_margin: 50%, order_costs: {shipping: 4.90}}
programmes:
  membership:
    fee: 39.00 per 1y
    rights: [free-shipping]
    expect: {join: 2%..6%}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Launched:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 250, 3)
    path = folder / "playbook.yaml"
    path.write_text(SHOP, encoding="utf-8")
    graph = compile_and_check(str(path)).graph
    assert graph is not None
    given = OrderInput(OrderOptions(), folder / "customers.csv", folder / "events.csv")
    data, _ = read_data(graph.playbook, folder / "orders.csv", given, None)
    assert data is not None
    found, _ = launched(graph, data, Settings(Duration(days=120), 20))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def found(shop: Launched) -> dict[str, Lever]:
    return {one.id: one for one in levers(shop.prepared, shop.program, np.ones(20))}


def test_levers_of_programmes_have_the_grades_of_their_assumptions(
    shop: Launched, found: dict[str, Lever]
) -> None:
    told = {one.id: one.grade for one in shop.prepared.assumptions}
    mine = {name: one.grade for name, one in found.items() if name.startswith("programmes.")}
    assert mine == {"programmes.join": "own", "programmes.renew": "none"}
    assert mine.items() <= told.items()


def test_joining_is_shown_as_a_share(found: dict[str, Lever]) -> None:
    lever = found["programmes.join"]
    assert (lever.low.text, lever.high.text) == ("2 %", "6 %")
    assert "log" not in lever.label


def test_at_its_ends_that_share_joins_in_every_draw(
    shop: Launched, found: dict[str, Lever]
) -> None:
    """Computed anew: who buys in a year, and of these who joins at the constant of the end."""
    savers = savers_of(rows(shop.prepared.people, 0, shop.prepared.launch.customers))
    column = PROGRAMME_DRAWS.index("join")
    lever = found["programmes.join"]
    for share, end in ((0.02, lever.low), (0.06, lever.high)):
        for d in range(len(end.draws.number)):
            r, alpha, a, b = end.draws.behaviour[d].tolist()
            k, m = int(end.draws.k[d]), int(end.draws.m[d])
            joined, all_buyers = [], []
            for one in savers:
                weight = buys(one, r, alpha, a, b, k, m)
                rate = (r + k * one.x) / (alpha + one.T) / k * float(end.draws.drift[d])
                saved = rate * 365 * 490
                logit = float(end.draws.programme[d, column]) + (saved - 3900) / 3900
                joined.append(weight / (1 + math.exp(-logit)))
                all_buyers.append(weight)
            assert math.fsum(joined) / math.fsum(all_buyers) == pytest.approx(share, rel=1e-3)
    apart = lever.high.draws.programme - lever.low.draws.programme
    assert not np.delete(apart, column, axis=1).any(), "another column moved"


def test_the_fitted_model_is_moved_as_a_whole_by_how_much_is_bought(shop: Launched) -> None:
    orders = np.arange(20.0) * shop.prepared.headline.drift[:20]
    moved = {one.id: one for one in levers(shop.prepared, shop.program, orders)}
    low, high = moved["model.buying"].low.draws, moved["model.buying"].high.draws
    for place, end in ((2, low), (17, high)):  # the 10% and the 90% of 20 draws
        assert (end.behaviour == shop.prepared.headline.behaviour[place]).all()
        assert (end.k == shop.prepared.headline.k[place]).all()
        assert np.array_equal(end.drift, shop.prepared.headline.drift[:20])
    assert moved["model.buying"].low.text == "2 orders"
    worth = [float(end.text.split()[0]) for end in (moved["model.order_value"].low,
                                                    moved["model.order_value"].high)]  # fmt: skip
    assert worth[0] < worth[1]
