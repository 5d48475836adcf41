"""Every metric's page is its test: each YAML block says what was counted, and what comes of it."""

from __future__ import annotations

import math
import random
import re
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
import yaml
from tests.runtime.profits import profit_of

from playbook_compiler.family import members
from playbook_compiler.requirements import METRICS as REQUIRABLE
from playbook_compiler.values import fields, replace
from playbook_runtime import metrics
from playbook_runtime.customer_counts import CustomerCounts
from playbook_runtime.metric_values import (
    Unit,
    family,
    is_table,
    metric_values,
    metrics_of,
    tables,
)
from playbook_runtime.projection import WorldCounts
from playbook_runtime.rfm import SCORES, segment

PAGES = Path(__file__).parents[3] / "docs" / "metrics"
MODULES = members(metrics)
NUMBERS = {name: module for name, module in MODULES.items() if not is_table(module)}
TABLES = {name: module for name, module in MODULES.items() if is_table(module)}
FIELDS = tuple(field.name for field in fields(WorldCounts))
LISTS = tuple(
    field.name
    for field in fields(CustomerCounts)
    if isinstance(getattr(CustomerCounts(), field.name), tuple)
)
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page_of(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def examples(name: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in _BLOCK.findall(page_of(name))]


def counted(**some: int) -> WorldCounts:
    """Return counts in which all that is not said is 0."""
    return WorldCounts(**(dict.fromkeys(FIELDS, 0) | some))


def of_customers(some: dict[str, Any]) -> CustomerCounts:
    return replace(
        CustomerCounts(),
        **{name: tuple(told) if name in LISTS else told for name, told in some.items()},
    )


def any_world(seed: int) -> WorldCounts:
    draw = random.Random(seed)
    return WorldCounts(**{name: draw.randrange(1, 10**6) for name in FIELDS})


@pytest.mark.parametrize("name", NUMBERS)
def test_a_page_s_examples_come_out_as_it_says(name: str) -> None:
    found = examples(name)
    assert found, f"docs/metrics/{name}.md has no worked example"
    for example in found:
        assert NUMBERS[name].value(counted(**example["counts"])) == example["value"]


@pytest.mark.parametrize("name", TABLES)
def test_a_page_s_tables_come_out_as_it_says(name: str) -> None:
    found = examples(name)
    assert found, f"docs/metrics/{name}.md has no worked example"
    for example in found:
        table = TABLES[name].table(of_customers(example["counts"]))
        assert {row: list(ratio) for row, ratio in table.items()} == example["table"]
        assert list(table) == list(example["table"]), "in the order in which it is shown"


@pytest.mark.parametrize(("name", "module"), MODULES.items(), ids=MODULES)
def test_a_metric_is_one_file_and_one_page(name: str, module: ModuleType) -> None:
    assert module.__doc__, "the docstring is the user's page"
    assert page_of(name).startswith(f"# {name}\n\n{module.__doc__.strip()}\n")
    assert "\n## Formula\n\n```text\n" in page_of(name)
    assert "\nSource: " in page_of(name)
    assert module.UNIT in get_args(Unit)


def test_no_page_is_without_its_metric() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(MODULES)


@pytest.mark.parametrize("name", [one.name for one in family() if one.unit in ("share", "ratio")])
def test_a_page_says_what_nothing_divided_by_nothing_is(name: str) -> None:
    said = [example for example in examples(name.replace("_", "-")) if example["value"] == 0]
    assert said, "a share or ratio shows the case of an empty shop"


@pytest.mark.parametrize("metric", family(), ids=lambda one: one.name)
def test_a_metric_reads_what_it_says_and_nothing_else(metric: Any) -> None:
    world = any_world(3)
    for name in FIELDS:
        other = replace(world, **{name: getattr(world, name) + 7})
        changes = metric.value(other) != metric.value(world)
        assert changes == (name in metric.reads), name


@pytest.mark.parametrize("metric", [one for one in family() if one.unit == "share"])
def test_a_share_is_a_part_of_a_whole(metric: Any) -> None:
    assert metric.parts is not None
    part, whole = metric.parts(any_world(5))
    assert metric.value(any_world(5)) == part / whole


def test_what_was_not_counted_has_no_metrics() -> None:
    known = counted()
    assert set(metric_values(known)) - set(metric_values(replace(known, visits=None))) == {
        "conversion",
        "visits",
    }
    told = {one.name for one in metrics_of(("orders", "revenue", "horizon_days"))}
    assert told == {"aov", "orders", "orders_per_month", "revenue"}


def test_an_empty_shop_has_every_metric_and_all_are_zero() -> None:
    assert set(metric_values(counted()).values()) == {0.0}
    for metric in tables().values():
        assert all(ratio.value == 0 for ratio in metric.table(CustomerCounts()).values())


def test_the_values_are_floats_by_name_in_order() -> None:
    values = metric_values(any_world(1))
    assert list(values) == sorted(values)
    assert {"aov", "crr", "orders", "profit", "repeat_purchase_rate"} < set(values)
    assert all(type(value) is float and math.isfinite(value) for value in values.values())


@pytest.mark.parametrize("seed", range(20))
def test_what_the_metrics_promise_of_each_other(seed: int) -> None:
    counts = any_world(seed)
    values = metric_values(counts)
    programmes = counts.membership_fees - counts.liability_change - counts.programme_cost
    apart = counts.acquisition_cost + counts.repayment
    assert values["profit"] == (
        values["contribution"] - values["retention_cost"] + programmes - apart
    )
    assert values["profit"] == profit_of(counts)
    assert values["retention_cost"] == values["message_cost"] + values["offer_cost"]
    assert math.isclose(
        values["customer_value"], values["purchase_frequency"] * values["aov"], rel_tol=1e-12
    )
    # Revenue = traffic x conversion x AOV x repurchase rate.
    assert math.isclose(
        values["revenue"],
        values["visits"] * values["conversion"] * values["aov"] * values["purchase_frequency"],
        rel_tol=1e-12,
    )


def test_crr_is_e_less_n_over_b() -> None:
    base, active, won = 2_500, 2_400, 1_200
    counts = counted(base_customers=base, active_customers=active, retained_customers=active - won)
    assert metric_values(counts)["crr"] == (active - won) / base


def test_the_tables_of_segments_on_the_page_are_the_ones_that_hold() -> None:
    rows = re.findall(r"^\| \*\*R (\d)\*\* \| (.+) \|$", page_of("rfm"), re.MULTILINE)
    told = [(int(recency), cells.split(" | ")) for recency, cells in rows]
    assert [recency for recency, _ in told] == [5, 4, 3, 2, 1] * 2
    for (recency, cells), monetary in product(told[:5], (4, 5)):
        assert cells == _names(recency, monetary)
    for (recency, cells), monetary in product(told[5:], (1, 2, 3)):
        assert cells == _names(recency, monetary)


def _names(recency: int, monetary: int) -> list[str]:
    """The names by frequency score: bought once where the score is 1, often where it is more."""
    bought = (1, 9, 9, 9, 9)
    return [
        segment(recency, frequency, monetary, purchases)
        for frequency, purchases in zip(SCORES, bought, strict=True)
    ]


def test_a_requirement_knows_every_metric_in_the_unit_that_it_has() -> None:
    units = {one.name: "count" if one.unit == "ratio" else one.unit for one in family()}
    assert dict(REQUIRABLE) == units
