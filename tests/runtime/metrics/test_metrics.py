"""Every metric's page is its test: each YAML block says what was counted, and what the value is."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from playbook_compiler.family import members
from playbook_compiler.requirements import METRICS as REQUIRABLE
from playbook_compiler.values import fields
from playbook_runtime import metrics
from playbook_runtime.metric_values import UNITS, family, metric_values
from playbook_runtime.projection import WorldCounts

PAGES = Path(__file__).parents[3] / "docs" / "metrics"
MODULES = members(metrics)
FIELDS = tuple(field.name for field in fields(WorldCounts))
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page_of(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def examples(name: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in _BLOCK.findall(page_of(name))]


def counted(**some: int) -> WorldCounts:
    """Return counts in which all that is not said is 0."""
    return WorldCounts(**(dict.fromkeys(FIELDS, 0) | some))


def any_world(seed: int) -> WorldCounts:
    draw = random.Random(seed)
    return WorldCounts(**{name: draw.randrange(1, 10**6) for name in FIELDS})


@pytest.mark.parametrize("name", MODULES)
def test_a_page_s_examples_come_out_as_it_says(name: str) -> None:
    found = examples(name)
    assert found, f"docs/metrics/{name}.md has no worked example"
    for example in found:
        assert MODULES[name].value(counted(**example["counts"])) == example["value"]


@pytest.mark.parametrize(("name", "module"), MODULES.items(), ids=MODULES)
def test_a_metric_is_one_file_and_one_page(name: str, module: ModuleType) -> None:
    assert module.__doc__, "the docstring is the user's page"
    assert page_of(name).startswith(f"# {name}\n\n{module.__doc__.strip()}\n")
    assert "\n## Formula\n\n```text\n" in page_of(name)
    assert module.UNIT in UNITS


def test_no_page_is_without_its_metric() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(MODULES)


@pytest.mark.parametrize("name", [one.name for one in family() if one.unit in ("share", "ratio")])
def test_a_page_says_what_nothing_divided_by_nothing_is(name: str) -> None:
    said = [example for example in examples(name.replace("_", "-")) if example["value"] == 0]
    assert said, "a share or ratio shows the case of an empty shop"


def test_an_empty_shop_has_every_metric_and_all_are_zero() -> None:
    assert set(metric_values(counted()).values()) == {0.0}


def test_the_values_are_floats_by_name_in_order() -> None:
    values = metric_values(any_world(1))
    assert list(values) == sorted(values)
    assert {"aov", "crr", "orders", "profit", "repeat_purchase_rate"} < set(values)
    assert all(type(value) is float and math.isfinite(value) for value in values.values())


@pytest.mark.parametrize("seed", range(20))
def test_what_the_metrics_promise_of_each_other(seed: int) -> None:
    values = metric_values(any_world(seed))
    assert values["profit"] == values["contribution"] - values["retention_cost"]
    assert values["retention_cost"] == values["message_cost"] + values["offer_cost"]
    assert math.isclose(
        values["customer_value"], values["purchase_frequency"] * values["aov"], rel_tol=1e-12
    )


def test_crr_is_e_less_n_over_b() -> None:
    base, active, won = 2_500, 2_400, 1_200
    counts = counted(base_customers=base, active_customers=active, retained_customers=active - won)
    assert metric_values(counts)["crr"] == (active - won) / base


def test_a_requirement_reads_a_metric_in_the_unit_that_it_has() -> None:
    units = {one.name: one.unit for one in family()}
    for name, unit in REQUIRABLE.items():
        if name == "points_liability":  # of programmes, which are not simulated yet
            continue
        assert unit == ("count" if units[name] == "ratio" else units[name]), name
