"""`playbook backtest`: its table, its JSON and the schema of it, and when nothing can be tested."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator, FormatChecker
from tests.runtime.behaviour.cdnow import orders
from tests.runtime.behaviour.seasonal_shop import seasonal_orders

from playbook_compiler.schema import schema_text
from playbook_runtime.cli.backtest import command
from playbook_runtime.cli.fit import command as fit_command
from playbook_runtime.output.backtest_json import backtest_schema

PUBLISHED = Path(__file__).parents[3] / "docs" / "reference" / "backtest.schema.json"


def run(*arguments: object, of=command) -> Result:
    """Run the command; no exception may be anything but an orderly exit."""
    result = CliRunner().invoke(of, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def write(path: Path, columns: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Path:
    rows = zip(*(column.tolist() for column in columns), strict=True)
    lines = [
        f"{customer},{date(1970, 1, 1) + timedelta(days=day)},{value / 100:.2f}"
        for day, customer, value in rows
    ]
    path.write_text("\n".join(["customer_id,date,total", *lines]) + "\n")
    return path


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("cdnow") / "orders.csv", orders("sample"))


@pytest.fixture(scope="module")
def seasonal(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("shop") / "orders.csv", seasonal_orders(2_000, 1_000, 1))


@pytest.fixture(scope="module")
def told(cdnow: Path) -> dict:
    result = run(cdnow, "--horizon", "90d", "--draws", "60", "--output-format", "json")
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_json_fits_its_published_schema(told: dict, update: bool) -> None:
    if update:
        PUBLISHED.write_text(schema_text(backtest_schema()), encoding="utf-8")
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert schema == backtest_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(told)


def test_three_origins_of_cdnow(told: dict) -> None:
    """Sums by hand: purchases are days with an order, of customers seen by the origin."""
    assert [one["origin"] for one in told["origins"]] == ["1997-10-03", "1998-01-01", "1998-04-01"]
    days, customers, _ = orders("sample")
    purchases = {(int(c), int(d)) for c, d in zip(customers, days, strict=True)}
    for one in told["origins"]:
        origin = (date.fromisoformat(one["origin"]) - date(1970, 1, 1)).days
        known = {c for c, d in purchases if d <= origin}
        later = [c for c, d in purchases if origin < d <= origin + 90]
        before = [c for c, d in purchases if origin - 90 < d <= origin]
        assert one["horizon_days"] == 90
        assert one["customers"] == len(known)
        assert one["actual"] == sum(c in known for c in later)
        assert one["recent"] == len(before)
        assert one["inside"] == (
            one["predicted"]["p10"] <= one["actual"] <= one["predicted"]["p90"]
        )
        assert one["mae"] < one["naive_mae"]
        assert one["season"] == "none"
    assert told["drift"]["degrees"] == 7
    assert told["data"] == {"rows": 6919, "orders": 6919, "customers": 2357, "quarantined": 0}


def test_same_seed_same_bytes(cdnow: Path) -> None:
    arguments = (cdnow, "--until", "1997-09-30", "--draws", "4")
    first = run(*arguments).stdout
    assert run(*arguments).stdout == first
    assert run(*arguments, "--seed", "2").stdout != first


def test_later_orders_are_left_out(cdnow: Path, tmp_path: Path) -> None:
    kept = [
        line
        for number, line in enumerate(cdnow.read_text().splitlines())
        if not number or line.split(",")[1] <= "1998-01-31"
    ]
    cut = tmp_path / "orders.csv"
    cut.write_text("\n".join(kept) + "\n")
    arguments = ("--horizon", "60d", "--draws", "20", "--until", "1998-01-31")
    whole = json.loads(run(cdnow, *arguments, "--output-format", "json").stdout)
    alone = json.loads(run(cut, *arguments, "--output-format", "json").stdout)
    assert whole["origins"] == alone["origins"]
    assert whole["drift"] == alone["drift"]


def test_text_says_what_the_table_means(cdnow: Path) -> None:
    result = run(cdnow, "--horizon", "12mo", "--draws", "40")
    assert result.exit_code == 0
    assert "Mean absolute error by customer" in result.stdout
    flat = " ".join(result.stdout.split())
    assert "Season: none is modelled." in flat
    assert "these cover 546 days" in flat
    assert "The stretches are shorter than the horizon of 365 days" in flat
    assert "naive: each customer's own past rate, carried forward." in flat
    assert max(len(line) for line in result.stdout.splitlines()) <= 100
    assert result.stdout.isascii()


def test_a_cut_month_is_told_and_nothing_is_made_of_it(cdnow: Path) -> None:
    cut = " ".join(run(cdnow, "--draws", "2", "--until", "1998-03-14").stdout.split())
    assert "The last month is cut: 1998-03 is seen up to 1998-03-14." in cut
    assert "The last month" not in run(cdnow, "--draws", "2", "--until", "1998-03-31").stdout


def test_own_index_is_used_and_off_is_off(seasonal: Path, tmp_path: Path) -> None:
    index = tmp_path / "weeks.csv"
    weeks = "".join(f"{week},{2 if week > 26 else 1}\n" for week in range(1, 53))
    index.write_text("week,index\n" + weeks)
    for choice, season in (("auto", "estimated"), (str(index), "given"), ("off", "none")):
        arguments = ("--seasonality", choice, "--draws", "4", "--output-format", "json")
        found = json.loads(run(seasonal, *arguments).stdout)
        assert {one["season"] for one in found["origins"]} == {season}
    told = json.loads(
        run(seasonal, "--seasonality", index, "--output-format", "json", of=fit_command).stdout
    )
    assert told["season"]["source"] == "given"
    assert told["season"]["index"][51] / told["season"]["index"][0] == pytest.approx(2)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("month,index\n1,1\n", 1, "the first line is not `week,index`"),
        ("week,index\n1,1\n1,2\n", 3, "week 1 stands here twice"),
        ("week,index\n53,1\n", 2, "expected a week from 1 to 52, found '53'"),
        ("week,index\n1,-1\n", 2, "expected a number above 0, found '-1'"),
        ("week,index\n1\n", 2, "expected two columns, found 1"),
        ("week,index\n" + "".join(f"{n},1\n" for n in range(1, 52)), 1, "no index for week 52"),
        (
            "week,index\n1,9999\n" + "".join(f"{n},1\n" for n in range(2, 53)),
            1,
            "each week must have 0.01",
        ),
        ("", 1, "the first line is not `week,index`"),
    ],
)
def test_wrong_index_is_located(
    cdnow: Path, tmp_path: Path, text: str, line: int, message: str
) -> None:
    index = tmp_path / "weeks.csv"
    index.write_text(text)
    for of in (command, fit_command):
        result = run(cdnow, "--seasonality", index, of=of)
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"error[seasonality-file]: {message}" in result.stderr
        assert f"weeks.csv:{line}:1" in result.stderr or line == 1


def test_index_that_is_not_there(cdnow: Path, tmp_path: Path) -> None:
    result = run(cdnow, "--seasonality", tmp_path / "none.csv")
    assert result.exit_code == 1
    assert "can't be read" in result.stderr


def test_too_short_a_history_is_1_and_says_why(cdnow: Path) -> None:
    result = run(cdnow, "--until", "1997-02-15")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "warning[no-backtest]" in result.stderr
    assert "a backtest needs about 84 days of orders" in result.stderr


@pytest.mark.parametrize("horizon", ["soon", "0d", "9y", "2h"])
def test_wrong_horizon_is_wrong_usage(cdnow: Path, horizon: str) -> None:
    result = run(cdnow, "--horizon", horizon)
    assert result.exit_code == 2
    assert "--horizon" in result.stderr


def test_until_before_the_first_order_is_wrong_usage(cdnow: Path) -> None:
    result = run(cdnow, "--until", "1990-01-01")
    assert result.exit_code == 2
    assert "the orders run from 1997-01-01 to 1998-06-30" in result.stderr


def test_command_is_light_until_it_runs() -> None:
    code = (
        "import sys, playbook_runtime.cli.backtest;"
        "print([name for name in ('numpy', 'scipy', 'duckdb', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={"PYTHONPATH": ":".join(sys.path)})  # fmt: skip
    assert done.stdout.strip() == "[]"
