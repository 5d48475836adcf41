"""`playbook fit`: its JSON contract, its text, and what it says when nothing can be fitted."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.runtime.behaviour.cdnow import orders

from playbook_runtime.cli.fit import command


def run(*arguments: object) -> Result:
    """Run the command; no exception may be anything but an orderly exit."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def write(path: Path, rows: list[tuple[object, str, str]]) -> Path:
    lines = ["customer_id,date,total", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory) -> Path:
    days, customers, values = (column.tolist() for column in orders("sample"))
    rows = [
        (customer, (date(1970, 1, 1) + timedelta(days=day)).isoformat(), f"{value / 100:.2f}")
        for day, customer, value in zip(days, customers, values, strict=True)
    ]
    return write(tmp_path_factory.mktemp("cdnow") / "orders.csv", rows)


def test_json_contract(cdnow: Path) -> None:
    result = run(cdnow, "--until", "1997-09-30", "--family", "bg-nbd", "--output-format", "json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert list(found) == [
        "version", "family", "k", "m", "parameters", "log_likelihood",
        "customers", "repeat_customers", "spend", "season", "models",
    ]  # fmt: skip
    assert list(found["parameters"]) == ["r", "alpha", "a", "b"]
    assert list(found["spend"]) == ["p", "q", "gamma", "log_likelihood"]
    assert (found["version"], found["family"], found["k"], found["m"]) == (1, "bg-nbd", 1, 0)
    assert (found["customers"], found["repeat_customers"]) == (2357, 946)
    assert found["parameters"]["alpha"] == pytest.approx(4.4136, abs=6e-5)
    assert found["log_likelihood"] == pytest.approx(-9582.429, abs=6e-4)
    assert found["spend"]["gamma"] == pytest.approx(15.4435, abs=6e-5)
    assert found["spend"]["log_likelihood"] == pytest.approx(-4055.918, abs=6e-4)
    assert found["season"] is None
    assert [(one["k"], one["m"]) for one in found["models"]] == [(1, 0), (2, 0), (3, 0), (4, 0)]
    assert found["models"][0]["aic"] == pytest.approx(8 + 2 * 9582.429, abs=2e-3)
    assert sum(one["weight"] for one in found["models"]) == pytest.approx(1)


def test_same_file_same_bytes_whatever_the_order_of_its_rows(cdnow: Path, tmp_path: Path) -> None:
    header, *rows = cdnow.read_text().splitlines()
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join([header, *reversed(rows)]) + "\n")
    first = run(cdnow, "--output-format", "json")
    assert run(turned, "--output-format", "json").stdout == first.stdout
    assert json.loads(first.stdout)["customers"] == 2357


def test_day_as_time_unit(cdnow: Path) -> None:
    arguments = (cdnow, "--until", "1997-09-30", "--output-format", "json")
    week, day = (
        json.loads(run(*arguments, "--time-unit", unit).stdout) for unit in ("week", "day")
    )
    assert day["parameters"]["alpha"] == pytest.approx(7 * week["parameters"]["alpha"], rel=1e-6)
    assert day["parameters"]["r"] == pytest.approx(week["parameters"]["r"], rel=1e-6)
    assert day["spend"] == week["spend"]


def test_auto_takes_the_better_family_and_the_text_names_both(cdnow: Path) -> None:
    result = run(cdnow, "--until", "1997-09-30")
    assert result.exit_code == 0
    assert (
        "6,919 rows -> 6,919 orders -> 2,357 customers, 1997-01-01 ... 1998-06-30" in result.stdout
    )
    assert "2,357 customers, 946 of them bought on two days or more (40.1%)" in result.stdout
    assert "Purchases: MBG/NBD" in result.stdout
    assert "BG/NBD fits less well by 0.293" in result.stdout
    assert "MBG/CNBD-2 fits less well by 271.1" in result.stdout
    assert "4 more fit still less well" in result.stdout
    assert "  r          0.5248   0.4283 ... 0.6432 " in result.stdout
    assert "a/(a+b) = 35.6% leave after a purchase" in result.stdout
    assert "a purchase is worth 35.17 on average" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) < 140


def test_until_before_the_first_order_is_wrong_usage(cdnow: Path) -> None:
    result = run(cdnow, "--until", "1990-01-01")
    assert result.exit_code == 2
    assert "'--until'" in result.stderr
    assert "the orders run from 1997-01-01 to 1998-06-30" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("until", ["30.9.1997", "1997-02-30", "soon"])
def test_until_that_is_no_date_is_wrong_usage(cdnow: Path, until: str) -> None:
    result = run(cdnow, "--until", until)
    assert result.exit_code == 2
    assert "--until" in result.stderr


def test_nobody_came_back(tmp_path: Path) -> None:
    file = write(tmp_path / "new.csv", [(n, f"2026-01-{n:02}", "10.00") for n in range(1, 10)])
    result = run(file)
    assert result.exit_code == 1
    assert "error[no-repeat-customers]: none of the 9 customers" in result.stderr
    assert "new.csv\n" in result.stderr
    assert result.stdout == ""


def test_until_on_the_first_day_leaves_nobody_who_came_back(cdnow: Path) -> None:
    result = run(cdnow, "--until", "1997-01-01", "--output-format", "json")
    assert result.exit_code == 1
    assert "no-repeat-customers" in result.stderr
    assert result.stdout == ""


def test_spend_that_cannot_be_fitted_is_null(tmp_path: Path) -> None:
    days = ("2026-01-01", "2026-02-01", "2026-04-05")
    rows = [(n, day, "0.00") for n in range(1, 9) for day in days]
    file = write(tmp_path / "free.csv", [*rows, (99, "2026-06-30", "5.00")])
    result = run(file, "--output-format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["spend"] is None
    assert "warning[spend-not-fitted]" in result.stderr
    assert "warning[few-repeat-customers]" in result.stderr
    text = run(file)
    assert "Spend: no model" in text.stdout
    assert "not identified" in text.stdout


def test_file_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path / "missing.csv")
    assert result.exit_code == 1
    assert "missing.csv\n" in result.stderr


def test_files_that_a_fit_does_not_read_are_named(cdnow: Path) -> None:
    result = run(cdnow, "--customers", "people.csv", "--output-format", "json")
    assert result.exit_code == 0
    assert "hint[unused-input]: --customers is not used here" in result.stderr


def test_command_is_light_until_it_runs() -> None:
    code = (
        "import sys, playbook_runtime.cli.fit;"
        "print([name for name in ('numpy', 'scipy', 'duckdb', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={"PYTHONPATH": ":".join(sys.path)})  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_models_that_fit_alike_are_not_told_apart_by_a_minus_nothing(tmp_path: Path) -> None:
    days = ("2024-01-01", "2024-01-31", "2024-03-11")
    result = run(write(tmp_path / "one.csv", [("a", day, "10") for day in days]))
    assert "MBG/CNBD-4 fits as well" in result.stdout
    assert "-0.000" not in result.stdout
