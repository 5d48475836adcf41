"""What `simulate` prints: the text as golden files, the JSON against its published schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from tests.runtime.projections import (
    ASSUMPTIONS,
    DIFFERENCE,
    NONE,
    SHOP,
    WELCOME,
    about,
    between,
    null_shop,
    small_shop,
)

from playbook_compiler.values import replace
from playbook_runtime.estimate import Estimate
from playbook_runtime.metric_values import family
from playbook_runtime.output.figures import chance, figure, half_width, places_for, signed
from playbook_runtime.output.projection_json import projection_json
from playbook_runtime.output.projection_schema import METRICS, projection_schema, schema_text
from playbook_runtime.output.projection_text import projection_text
from playbook_runtime.output.projection_worth import pays_words
from playbook_runtime.projection import BreakEven, Check, Pays, Projection

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "report"
PUBLISHED = ROOT / "docs" / "reference" / "projection.schema.json"
SHOPS: dict[str, Callable[[], Projection]] = {
    "shop": lambda: SHOP,
    "null": null_shop,
    "small": small_shop,
}


def plain(projection: Projection, width: int = 100, encoding: str = "utf-8") -> str:
    return projection_text(projection, width, colour=False, encoding=encoding)


def words(projection: Projection) -> str:
    """Return the text with every stretch of blanks as one, so that wrapping does not matter."""
    return " ".join(plain(projection).split())


def golden(path: Path, text: str, update: bool) -> None:
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; --update rewrites it"


# The text


@pytest.mark.parametrize("name", SHOPS)
def test_the_text_is_as_recorded(name: str, update: bool) -> None:
    golden(CASES / f"{name}.txt", plain(SHOPS[name]()), update)


@pytest.mark.parametrize("name", SHOPS)
@pytest.mark.parametrize("width", [0, 80, 100, 500])
def test_no_line_is_wider_than_a_hundred_columns(name: str, width: int) -> None:
    assert max(map(len, plain(SHOPS[name](), width).splitlines())) <= 100


def test_colour_only_emphasises() -> None:
    coloured = projection_text(SHOP, 100, colour=True)
    assert coloured != plain(SHOP)
    assert click.unstyle(coloured) == plain(SHOP)


@pytest.mark.parametrize("name", SHOPS)
def test_a_terminal_of_ascii_gets_ascii(name: str) -> None:
    assert plain(SHOPS[name](), encoding="ascii").isascii()


def test_a_control_character_of_a_note_reaches_no_terminal() -> None:
    assert "\x1b" not in plain(replace(SHOP, notes=("red \x1b[31m ink",)))


def test_no_difference_reads_as_zero() -> None:
    lines = plain(null_shop()).splitlines()
    profit = next(line for line in lines if line.startswith(" profit"))
    assert profit.split() == ["profit", "402,123", "402,123", "0", "0", "...", "0"]
    assert "No difference: nothing in this playbook changes an order" in plain(null_shop())


def test_unproven_effects_alone_are_no_nothing() -> None:
    nothing = null_shop()
    told = words(replace(nothing, difference_unproven=DIFFERENCE))
    assert "unproven, and left out" in told
    assert "with unproven effects" in told


def test_the_line_with_unproven_effects_is_there_only_where_it_differs() -> None:
    assert " with unproven effects 412,000 +9,900 -1,800 ... +22,000" in words(SHOP)
    assert "with unproven" not in words(replace(SHOP, difference_unproven=SHOP.difference))


def test_costs_are_one_row_with_a_minus() -> None:
    assert "messages & rewards 0 -5,900 -5,900 -6,300 ... -5,500" in words(SHOP)


def test_money_is_in_major_units_with_the_currency_s_own_decimals() -> None:
    assert "profit 402,100 409,700 +7,600" in words(SHOP)
    assert "money in JPY" in words(small_shop())
    assert "profit 80,420 81,950 +1,520" in words(small_shop())


def test_the_backtest_stands_next_to_the_naive_forecast() -> None:
    assert (
        "Backtest: predicted 3,021 orders, actual 2,958 (inside the 80 % band; naive: 3,440)."
        in words(SHOP)
    )
    assert "came nearer" not in words(SHOP)


def test_it_is_said_when_the_naive_forecast_was_nearer() -> None:
    check = Check(
        date(2025, 11, 14), 365, between(2_000.0, 2_200.0, 2_400.0), 2_958, 2_900.0, False
    )
    told = words(replace(SHOP, backtest=(check,)))
    assert "(outside the 80 % band; naive: 2,900)" in told
    assert "The naive forecast, each customer's own past rate carried forward, came nearer" in told


def test_it_is_said_why_there_is_no_backtest() -> None:
    assert "Backtest: none. The orders cover 47 days;" in words(small_shop())
    long = replace(SHOP, backtest=())
    assert "Backtest: none. Before the day it would start from, too few customers" in words(long)


def test_what_it_rests_on_is_counted_by_who_said_so() -> None:
    assert (
        "Rests on: 2 assumptions of yours, 3 built in (grade A 1, D 1, none 1),"
        " 1 read in your files, 1 unproven left out." in words(SHOP)
    )
    for one in ASSUMPTIONS:
        assert f"{one.effect}: {one.value}" in words(SHOP)


def test_few_draws_are_told_and_what_to_write() -> None:
    assert "by about 460 either way." in words(SHOP)
    assert "That is a lot" not in words(SHOP)
    assert "That is a lot; --draws 160 halves it." in words(small_shop())


def test_the_sums_over_flows_are_told() -> None:
    assert "Held back: holdout group 336, no consent 184, frequency cap 96." in words(SHOP)
    assert "Offers: 352 used, of them 166 on orders that would have come anyway" in words(SHOP)


def test_a_flow_of_cents_keeps_them_where_they_are_known() -> None:
    flows = (
        replace(WELCOME, flow="large", profit=about(3_700.0, 4_670.0)),
        replace(WELCOME, flow="known", profit=about(-240.0, 20.0)),
        replace(WELCOME, flow="vague", profit=about(39.0, 225.0)),
    )
    lines = [line for line in plain(replace(SHOP, flows=flows)).splitlines() if line]
    told = {line.split()[0]: line for line in reversed(lines)}  # the first table has the profit
    assert told["large"].endswith(" +37 +- 47")
    assert told["known"].endswith(" -2.4 +- 0.2")
    assert told["vague"].endswith(" 0 +- 2")


def test_a_playbook_without_flows_has_no_table_of_them() -> None:
    told = plain(replace(SHOP, flows=()))
    assert "extra orders" not in told
    assert "\n\n\n" not in told


def test_rows_that_were_set_aside_are_told() -> None:
    assert "17 rows quarantined: no date" in plain(SHOP)
    silent = replace(SHOP, data=replace(SHOP.data, details=(), quarantined=1))
    assert "    1 row quarantined" in plain(silent)


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [
        (0.0, 2, "0"),
        (12.344, 1, "+12.3"),
        (-0.3, 0, "0"),
        (13_549.0, -2, "+13,500"),
        (-5.0, 0, "-5"),
    ],
)
def test_a_difference_has_a_sign_unless_it_is_zero(value: float, places: int, said: str) -> None:
    assert signed(value, places) == said


@pytest.mark.parametrize(
    ("width", "mean", "most", "places"),
    [
        (21_900.0, 13_500.0, 0, -2),  # three digits of the width
        (21_900.0, 59.0, 0, 0),  # but two of a mean that is small beside it
        (660.0, 460.0, 0, 0),
        (0.0, 0.0, 2, 2),  # nothing uncertain: all there is
        (0.5, 0.4, 2, 2),
    ],
)
def test_no_more_digits_than_the_interval_leaves(
    width: float, mean: float, most: int, places: int
) -> None:
    assert places_for(width, mean, most) == places


def test_figures() -> None:
    assert figure(-0.2, 0) == "0"
    assert figure(1_234_567.0, -3) == "1,235,000"
    assert half_width(about(120.4, 70.2), 0) == "120 +- 70"
    assert half_width(NONE, 0) == "0"
    assert [chance(p) for p in (0.0, 0.82, 1.0)] == ["under 1 %", "82 %", "over 99 %"]


# The JSON


def valid(document: Any) -> bool:
    validator = Draft202012Validator(projection_schema(), format_checker=FormatChecker())
    return not list(validator.iter_errors(document))


def test_the_published_schema_is_that_of_the_code(update: bool) -> None:
    Draft202012Validator.check_schema(projection_schema())
    golden(PUBLISHED, schema_text(), update)


def test_the_json_is_as_recorded(update: bool) -> None:
    golden(CASES / "shop.json", projection_json(SHOP), update)


@pytest.mark.parametrize("name", SHOPS)
def test_the_json_is_valid(name: str) -> None:
    document = json.loads(projection_json(SHOPS[name]()))
    validator = Draft202012Validator(projection_schema(), format_checker=FormatChecker())
    validator.validate(document)


def test_the_json_has_the_keys_of_the_contract_in_their_order() -> None:
    document = json.loads(projection_json(SHOP))
    assert list(document)[:18] == [
        "version", "seed", "as_of", "horizon_days", "digest", "currency", "money", "without",
        "with", "difference", "with_unproven", "difference_unproven",
        "probability_profit_positive", "monte_carlo_error", "flows", "backtest", "assumptions",
        "data",
    ]  # fmt: skip
    quantiles = ["mean", "p10", "p50", "p90"]
    assert all(list(q) == quantiles for q in document["difference"].values())
    flow, check, assumption = (document[key][0] for key in ("flows", "backtest", "assumptions"))
    assert list(flow)[:6] == ["flow", "entered", "sent", "held_back", "orders", "profit"]
    assert all(list(flow[key]) == quantiles for key in list(flow)[1:6])
    assert list(check)[:5] == ["origin", "predicted", "actual", "naive", "inside"]
    assert list(check["predicted"]) == quantiles
    assert list(assumption)[:5] == ["id", "effect", "source", "grade", "value"]
    assert list(document["data"])[:4] == ["rows", "orders", "customers", "quarantined"]


def test_the_schema_asks_for_metrics_that_there_are() -> None:
    assert set(METRICS) <= {metric.name for metric in family()}
    said = {*SHOP.difference, *SHOP.contact}
    everywhere = {"conversion", "points_liability", "visits"}  # read what few worlds count
    assert said | everywhere == {metric.name for metric in family()}, "the example has them all"


BREAKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a metric is missing": lambda d: d["with"].pop("profit"),
    "a quantile is missing": lambda d: d["flows"][0]["profit"].pop("p10"),
    "money in major units": lambda d: d.update(money="major"),
    "another version": lambda d: d.update(version=2),
    "a chance over 1": lambda d: d.update(probability_profit_positive=81.8),
    "a date that is none": lambda d: d.update(as_of="14.11.2026"),
    "actual with a fraction": lambda d: d["backtest"][0].update(actual=2_958.4),
    "an unknown grade": lambda d: d["assumptions"][0].update(grade="E"),
    "an unknown key": lambda d: d["data"].update(file="/home/me/orders.csv"),
    "rows below 0": lambda d: d["data"].update(rows=-1),
}


@pytest.mark.parametrize("name", BREAKS)
def test_the_schema_sees_a_broken_document(name: str) -> None:
    document = json.loads(projection_json(SHOP))
    BREAKS[name](document)
    assert not valid(document)


def test_equal_numbers_are_equal_bytes_whatever_the_order_of_metrics() -> None:
    turned = replace(
        SHOP,
        without=dict(reversed(SHOP.without.items())),
        flows=tuple(
            replace(flow, held_back_by=dict(reversed(flow.held_back_by.items())))
            for flow in SHOP.flows
        ),
    )
    assert projection_json(turned) == projection_json(SHOP)


def test_numbers_have_nine_digits_and_no_negative_zero() -> None:
    shaken = replace(SHOP, monte_carlo_error=46_200.000_000_01)
    assert projection_json(shaken) == projection_json(SHOP)
    flow = replace(WELCOME, profit=Estimate(-0.0, -0.0, -0.0, -0.0))
    assert "-0.0" not in projection_json(replace(null_shop(), flows=(flow,)))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        projection_json(replace(SHOP, monte_carlo_error=value))


def test_the_json_is_ascii_and_names_no_path_of_a_machine() -> None:
    text = projection_json(replace(small_shop(), data=replace(SHOP.data, file="/home/me/o.csv")))
    assert text.isascii()
    assert "/home" not in text


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.003, 0.0031, "rate > +0.30..+0.31 %"),
        (0.011, 0.011, "rate > +1.1 %"),
        (0.0098, 0.0102, "rate > +1.0 %"),
        (-0.02, 0.3, "rate > -2..+30 %"),
        (0.0, 0.052, "rate > +0.0..+5.2 %"),
        (1.5, 2.5, "rate > +150..+250 %"),
        (0.0002, 0.9, "rate > +0.02..+90.00 %"),
    ],
)
def test_both_ends_of_what_pays_have_the_same_places(low: float, high: float, words: str) -> None:
    assert pays_words(BreakEven(Pays.ABOVE, 1.0, 0.1, "rate", low, high)) == words
