"""What a reader gets of a diagnosis: the text on a terminal, and the JSON of the contract."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from tests.runtime.diagnose.logs import FIRST, random_log, read

from playbook_compiler.values import replace
from playbook_runtime.customer_counts import Ratio
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.diagnose.curve import Course, Verdict
from playbook_runtime.diagnose.intervals import reading
from playbook_runtime.diagnose.model import Diagnosis
from playbook_runtime.diagnose.road import diagnose
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.output.diagnose_json import diagnosis_json
from playbook_runtime.output.diagnose_pooling import by_quarter
from playbook_runtime.output.diagnose_schema import diagnosis_schema, schema_text
from playbook_runtime.output.diagnose_tables import lines_of, share_cells
from playbook_runtime.output.diagnose_text import diagnosis_text
from playbook_runtime.read_data import read_files

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases" / "diagnosis"
PUBLISHED = ROOT / "docs" / "reference" / "diagnosis.schema.json"
SHOPS = ("demo", "small", "one-order")


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Diagnosis]:
    folder = tmp_path_factory.mktemp("shops")
    write_demo_shop(folder)
    given = OrderInput(OrderOptions(), folder / "customers.csv", folder / "events.csv")
    demo, _ = read_files(folder / "orders.csv", given, None)
    assert demo is not None
    small = read(folder, random_log(2), date(2025, 9, 17))
    one = read(folder, {"a": [(FIRST, 1_234)]})
    return {
        "demo": diagnose(demo, None),
        "small": diagnose(small, None),
        "one-order": diagnose(one, None),
    }


def golden(path: Path, text: str, update: bool) -> None:
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; --update rewrites it"


@pytest.mark.parametrize("name", SHOPS)
def test_the_text_is_as_recorded(name: str, shops: dict[str, Diagnosis], update: bool) -> None:
    golden(CASES / f"{name}.txt", diagnosis_text(shops[name]), update)


@pytest.mark.parametrize("name", SHOPS)
@pytest.mark.parametrize("width", [0, 80, 500])
def test_no_line_is_wider_than_a_hundred_columns(
    name: str, width: int, shops: dict[str, Diagnosis]
) -> None:
    assert max(map(len, diagnosis_text(shops[name], width).splitlines())) <= 100


def test_colour_only_emphasises(shops: dict[str, Diagnosis]) -> None:
    import click

    coloured = diagnosis_text(shops["demo"], colour=True)
    assert coloured != diagnosis_text(shops["demo"])
    assert click.unstyle(coloured) == diagnosis_text(shops["demo"])


def test_names_from_outside_are_written_in_what_the_terminal_can_show(
    shops: dict[str, Diagnosis],
) -> None:
    channel = shops["demo"].channels[0]
    named = replace(shops["demo"], channels=(replace(channel, channel="Märkte\x1b[31m"),))
    plain = diagnosis_text(named, encoding="ascii")
    assert plain.isascii()
    assert "\x1b" not in diagnosis_text(named)
    assert "Märkte" in diagnosis_text(named)


def test_the_published_schema_is_that_of_the_code(update: bool) -> None:
    Draft202012Validator.check_schema(diagnosis_schema())
    golden(PUBLISHED, schema_text(), update)


@pytest.mark.parametrize("name", SHOPS)
def test_the_json_is_valid(name: str, shops: dict[str, Diagnosis]) -> None:
    document = json.loads(diagnosis_json(shops[name]))
    Draft202012Validator(diagnosis_schema(), format_checker=FormatChecker()).validate(document)
    assert list(document) == diagnosis_schema()["required"]


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"money": "major"}, {"as_of": "yesterday"}, {"more": 1}]
)
def test_the_schema_refuses_what_is_no_diagnosis(
    change: dict[str, object], shops: dict[str, Diagnosis]
) -> None:
    document = json.loads(diagnosis_json(shops["small"])) | change
    validator = Draft202012Validator(diagnosis_schema(), format_checker=FormatChecker())
    assert list(validator.iter_errors(document))


def test_shares_in_the_json_are_parts_of_what_they_say(shops: dict[str, Diagnosis]) -> None:
    document = json.loads(diagnosis_json(shops["demo"]))
    for row in document["x_order_repurchase"].values():
        assert row["value"] == pytest.approx(row["part"] / row["of"], rel=1e-8)
        assert row["p10"] <= row["value"] <= row["p90"]


@pytest.mark.parametrize("course", Course)
def test_every_verdict_has_its_sentence(course: Course, shops: dict[str, Diagnosis]) -> None:
    verdict = Verdict(course, "so it is", (13, 18), 900, 200, 0.9, 0.8, 1.0)
    text = " ".join(diagnosis_text(replace(shops["demo"], verdict=verdict)).split())
    assert "bought 0.90 times as often in months 16 to 18 as in months 13 to 15" in text
    assert "(90% interval 0.80 ... 1.00): so it is." in text


def test_quarters_are_added_up_not_averaged(shops: dict[str, Diagnosis]) -> None:
    quarters = by_quarter(shops["demo"].cohorts)
    first = [one for one in shops["demo"].cohorts if one.cohort in ("2024-11", "2024-12")]
    assert quarters[0].cohort == "2024 Q4"
    assert quarters[0].customers == sum(one.customers for one in first)
    parts = [one.curve["2"] for one in first]
    assert quarters[0].curve["2"] == reading(
        Ratio(sum(one.part for one in parts), sum(one.whole for one in parts))
    )
    youngest = {one.cohort: set(one.curve) for one in shops["demo"].cohorts}
    assert set(quarters[-2].curve) == youngest["2026-09"], "ages that all three months have"


def test_cells_stand_nearer_where_there_is_little_room() -> None:
    rows = [("a", "b"), ("cc", "1")]
    assert list(lines_of(rows, "utf-8", 100)) == ["a    b", "cc   1"]
    assert list(lines_of(rows, "utf-8", 5)) == ["a   b", "cc  1"]
    assert list(lines_of([("茶", "1"), ("ab", "2")], "utf-8", 100)) == ["茶   1", "ab   2"]


def test_a_share_of_nobody_is_a_dash() -> None:
    assert share_cells(None) == share_cells(reading(Ratio(0, 0))) == ("-", "")
    assert share_cells(reading(Ratio(1, 4))) == ("25.0 %", "7.8 ... 56.7")
