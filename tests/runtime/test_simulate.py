"""The projection as a whole, on a small demo shop: null playbook, seeds, order of lines, as-of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from playbook_compiler.diagnostics import has_errors
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.units import Duration
from playbook_runtime.checked import compile_and_check
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.library import playbook_path
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.output.projection_json import projection_json
from playbook_runtime.projection import Projection
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings
from playbook_runtime.simulate import project

CUSTOMERS, DRAWS = 300, 8
QUARTER = Duration(days=90)


@dataclass(frozen=True)
class Shop:
    """The files of a shop."""

    orders: Path
    customers: Path
    events: Path


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, CUSTOMERS, 3)
    return Shop(*(folder / f"{name}.csv" for name in ("orders", "customers", "events")))


@cache
def compiled(path: Path) -> TriggerGraph:
    graph = compile_and_check(str(path)).graph
    assert graph is not None
    return graph


@cache
def projected(
    shop: Shop,
    path: Path | None = None,
    *,
    horizon: Duration = QUARTER,
    draws: int = DRAWS,
    seed: int = 1,
    as_of: date | None = None,
    threads: int = 1,
    conservative: bool = False,
) -> Projection:
    """Return the projection of a playbook, the shipped `growth` unless said otherwise.

    Each is made once; `projected.__wrapped__` makes one anew.
    """
    graph = compiled(path or playbook_path("growth"))
    given = OrderInput(OrderOptions(), shop.customers, shop.events)
    data, found = read_data(graph.playbook, shop.orders, given, as_of)
    assert data is not None and not has_errors(found)
    projection, found = project(
        graph, data, Settings(horizon, draws, seed, as_of, threads, conservative=conservative)
    )
    assert projection is not None and not has_errors(found)
    return projection


def told(projection: Projection) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(projection_json(projection))
    return result


def with_nothing_at_stake(text: str) -> str:
    """Return `growth` with costs of zero, and flows that are expected to do nothing at all."""
    text = text.replace("message_costs: {email: 0.0008}", "message_costs: {email: 0}")
    text = text.replace("cost: 1.50", "cost: 0")
    nothing = "expect: {added_orders: 0 per 1000, redemption: 0%}"
    text = text.replace("expect: coupon.email", nothing)
    head, flows, rest = re.split(r"^(flows:\n)", text, flags=re.M)[0:3]
    rest, messages = rest.split("\nmessages:\n")
    rest = re.sub(r"^  ([a-z-]+):\n", rf"  \1:\n    {nothing}\n", rest, flags=re.M)
    return head + flows + rest + "\nmessages:\n" + messages


def test_growth_with_neither_effects_nor_costs_is_the_baseline_in_every_metric(
    shop: Shop, tmp_path: Path
) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(with_nothing_at_stake(playbook_path("growth").read_text("utf-8")), "utf-8")
    projection = projected(shop, path)
    assert projection.with_playbook == projection.without
    nothing = projection.difference.values()
    assert all(one.p10 == one.mean == one.p50 == one.p90 == 0 for one in nothing)
    assert projection.with_unproven == projection.with_playbook
    assert projection.probability_profit_positive == 0
    assert all(flow.orders.mean == flow.profit.mean == 0 for flow in projection.flows)
    assert sum(flow.sent.mean for flow in projection.flows) > 100
    assert not any(flow.offers_used.mean for flow in projection.flows)


def test_the_null_playbook_is_not_null_as_shipped(shop: Shop) -> None:
    projection = projected(shop)
    assert projection.difference["orders"].mean != 0
    assert projection.difference["message_cost"].mean > 0


def test_profit_is_contribution_less_costs_in_both_worlds(shop: Shop) -> None:
    projection = projected(shop)
    won = sum(month.acquisition or 0 for month in projection.stages)
    assert won > 300_000  # 80% of 1,500.00 a month for a quarter
    for world in (projection.without, projection.with_playbook, projection.with_unproven):
        spent = world["message_cost"].mean + world["offer_cost"].mean + won
        assert world["contribution"].mean - spent == pytest.approx(world["profit"].mean, abs=1e-6)
        assert world["retention_cost"].mean == pytest.approx(
            world["message_cost"].mean + world["offer_cost"].mean, abs=1e-6
        )
    for name, value in projection.difference.items():
        apart = projection.with_playbook[name].mean - projection.without[name].mean
        assert value.mean == pytest.approx(apart, abs=1e-6)


def test_the_months_add_up_to_the_horizon(shop: Shop) -> None:
    projection = projected(shop)
    assert [one.month for one in projection.months] == sorted(
        one.month for one in projection.months
    )
    for name in ("orders", "revenue", "contribution", "message_cost", "offer_cost"):
        for world in ("without", "with_playbook", "difference"):
            total = sum(getattr(one, world)[name].mean for one in projection.months)
            assert total == pytest.approx(getattr(projection, world)[name].mean, abs=2)


def test_the_parts_of_profit_add_up_to_it_in_both_worlds(shop: Shop) -> None:
    projection = projected(shop)
    for world in ("without", "with_playbook", "difference"):
        total = sum(one.sign * getattr(one, world).mean for one in projection.money)
        assert total == pytest.approx(getattr(projection, world)["profit"].mean, abs=1e-6)


def test_requirements_are_judged_in_their_order(shop: Shop) -> None:
    projection = projected(shop)
    asked = compiled(playbook_path("growth")).playbook.require
    assert [one.text for one in projection.requirements] == [one.text for one in asked]
    assert all(one.value is not None for one in projection.requirements)


def test_conservative_brings_less(shop: Shop) -> None:
    usual, careful = projected(shop), projected(shop, conservative=True)
    assert careful.conservative and not usual.conservative
    assert careful.difference["orders"].mean < usual.difference["orders"].mean
    assert careful.without == usual.without


def test_the_same_seed_gives_the_same_bytes_on_one_thread_and_on_two(shop: Shop) -> None:
    one = projection_json(projected(shop, threads=1))
    assert projection_json(projected.__wrapped__(shop, threads=1)) == one
    assert projection_json(projected.__wrapped__(shop, threads=2)) == one


def test_another_seed_gives_other_draws_of_the_same_shop(shop: Shop) -> None:
    one, other = told(projected(shop)), told(projected(shop, seed=2))
    assert one["without"]["orders"] != other["without"]["orders"]
    assert one["data"] == other["data"] and one["digest"] == other["digest"]


def test_the_order_of_lines_changes_nothing_but_the_files_digest(
    shop: Shop, tmp_path: Path
) -> None:
    def reversed_lines(path: Path) -> Path:
        header, *lines = path.read_text("utf-8").splitlines(keepends=True)
        mixed = tmp_path / path.name
        mixed.write_text(header + "".join(lines[1::2] + lines[::2][::-1]), "utf-8")
        assert sorted(mixed.read_text("utf-8").splitlines()) == sorted(
            [header.strip(), *map(str.strip, lines)]
        )
        return mixed

    other = Shop(*(reversed_lines(p) for p in (shop.orders, shop.customers, shop.events)))
    one, two = told(projected(shop)), told(projected(other))
    assert one["data"].pop("sha256") != two["data"].pop("sha256")
    assert one == two


def test_what_happens_after_the_as_of_date_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    as_of = date(2026, 4, 30)

    def cut(path: Path, column: int) -> Path:
        header, *lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if line.split(",")[column][:10] <= as_of.isoformat()]
        assert 50 < len(kept) < len(lines) - 50
        result = tmp_path / path.name
        result.write_text(header + "".join(kept), "utf-8")
        return result

    past = Shop(cut(shop.orders, 2), shop.customers, cut(shop.events, 2))
    one, two = (told(projected(files, as_of=as_of)) for files in (shop, past))
    assert one.pop("data") != two.pop("data")
    assert one == two
    assert told(projected(past))["without"] == one["without"]  # as-of is the last order's day


def test_more_draws_begin_with_the_same_draws(shop: Shop) -> None:
    """Of two draws the 10% and 90% quantiles tell both: they are the first two of three."""
    few, more = projected(shop, draws=2), projected(shop, draws=3)

    def two(projection: Projection, name: str) -> tuple[float, float]:
        one = projection.without[name]
        apart = (one.p90 - one.p10) / 0.8
        return one.mean - apart / 2, one.mean + apart / 2

    for name in ("orders", "revenue"):
        low, high = two(few, name)
        three = more.without[name]
        rest = 3 * three.mean - low - high
        ordered = sorted((low, high, rest))
        assert three.p50 == pytest.approx(ordered[1])
        assert three.p10 == pytest.approx(0.8 * ordered[0] + 0.2 * ordered[1])
        assert three.p90 == pytest.approx(0.2 * ordered[1] + 0.8 * ordered[2])


def test_a_flow_more_changes_neither_the_world_without_nor_who_enters_the_others(
    shop: Shop, tmp_path: Path
) -> None:
    extra = (
        "\nflows:\n  regulars:\n    strategy: S10\n    trigger: order_placed\n"
        "    audience: orders >= 1000\n    exit_on: []\n    steps: [{send: refill}]\n"
    )
    path = tmp_path / "playbook.yaml"
    text = playbook_path("growth").read_text("utf-8")
    path.write_text(text.replace("\nflows:\n", extra), "utf-8")
    one, two = told(projected(shop)), told(projected(shop, path))
    assert len(two["flows"]) == len(one["flows"]) + 1
    assert [flow for flow in two["flows"] if flow["flow"] != "regulars"] == one["flows"]
    for same in ("without", "with", "difference", "with_unproven", "backtest", "family"):
        assert two[same] == one[same]
