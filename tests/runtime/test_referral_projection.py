"""Referral in a projection: rewards in the headline, gains only with what is unproven."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbook_compiler.graph import TriggerGraph
from playbook_runtime.checked import compile_and_check
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.observed import Observed
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings
from playbook_runtime.simulate import project

TEXT = """\
playbook: 1
name: shop
currency: EUR
timezone: Europe/Berlin
economics: {gross_margin: 50%}
programmes:
  referral: {referrer: {credit: 5.00}, newcomer: {percent_off: 10%}, reward_after: 14d}
"""
OFTEN = "assume: {referred: {rate: 4 per 1mo}}\n"
TOO_OFTEN = "assume: {referred: {rate: 900 per 1d}}\n"


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 200, 5)
    return folder / "orders.csv"


def read(orders: Path, text: str, folder: Path) -> tuple[TriggerGraph, Observed]:
    path = folder / "playbook.yaml"
    path.write_text(text, encoding="utf-8")
    graph = compile_and_check(str(path)).graph
    assert graph is not None
    data, _ = read_data(graph.playbook, orders, OrderInput(OrderOptions(), None, None), None)
    assert data is not None
    return graph, data


def test_the_headline_has_the_rewards_and_what_is_unproven_the_gains(
    orders: Path, tmp_path: Path
) -> None:
    projection, findings = project(*read(orders, TEXT, tmp_path), Settings(draws=8))
    assert projection is not None, findings
    assert not [one for one in findings if one.rule == "not-yet-simulated"]
    assert projection.difference["orders"].mean == 0
    assert projection.difference["profit"].mean < 0
    assert projection.difference_unproven["orders"].mean > 0
    told = {one.id: one for one in projection.assumptions}
    assert (told["programmes.referred"].grade, told["programmes.anyway"].grade) == ("none", "none")
    assert told["programmes.referred"].in_headline
    assert not told["programmes.anyway"].in_headline


def test_what_the_playbook_assumes_of_friends_is_taken(orders: Path, tmp_path: Path) -> None:
    projection, _ = project(*read(orders, TEXT + OFTEN, tmp_path), Settings(draws=2))
    assert projection is not None
    told = {one.id: one for one in projection.assumptions}["programmes.referred"]
    assert (told.grade, told.source) == ("own", "assume.referred")


def test_friends_who_bring_more_friends_than_they_are_are_an_error(
    orders: Path, tmp_path: Path
) -> None:
    projection, findings = project(*read(orders, TEXT + TOO_OFTEN, tmp_path), Settings(draws=2))
    assert projection is None
    (only,) = [one for one in findings if one.is_error]
    assert (only.rule, only.span.line) == ("endless-referral", 8)
