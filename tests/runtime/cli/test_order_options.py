"""The flags of commands that read orders."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.runtime.cli.command import playbook, process

from playbook_runtime.cli.order_options import order_options
from playbook_runtime.orders.options import OrderInput, OrderOptions

seen: list[OrderInput] = []


@click.command()
@click.argument("orders")
@order_options
def command(orders: str, order_input: OrderInput) -> None:
    """Take orders."""
    seen.append(order_input)


FLAGS = {
    "--source": "generic",
    "--encoding": "gbk",
    "--skip-lines": "3",
    "--date-format": "DD/MM/YYYY",
    "--currency": "EUR",
    "--timezone": "Europe/Berlin",
    "--max-rejects": "7",
    "--quarantine": "q.csv",
    "--customers": "c.csv",
    "--events": "e.csv",
}


def test_flags_become_options() -> None:
    flags = [word for pair in FLAGS.items() for word in pair]
    maps = ["--map", "customer_id=Kunde", "--map", "total=Summe"]
    result = CliRunner().invoke(command, ["o.csv", *maps, *flags])
    assert result.exit_code == 0, result.output
    assert seen[-1] == OrderInput(
        OrderOptions(
            map={"customer_id": "Kunde", "total": "Summe"},
            source="generic",
            encoding="gbk",
            skip_lines=3,
            date_format="DD/MM/YYYY",
            currency="EUR",
            timezone="Europe/Berlin",
            max_rejects=7,
            quarantine=Path("q.csv"),
        ),
        Path("c.csv"),
        Path("e.csv"),
    )


def test_without_flags_the_options_are_the_defaults() -> None:
    assert CliRunner().invoke(command, ["o.csv"]).exit_code == 0
    assert seen[-1] == OrderInput(OrderOptions(), None, None)


def test_a_map_without_equals_is_a_usage_error() -> None:
    result = CliRunner().invoke(command, ["o.csv", "--map", "Kunde"])
    assert result.exit_code == 2
    assert "customer_id=Kunde" in result.output


def test_the_flags_import_nothing_heavy() -> None:
    code = (
        "import sys, playbook_runtime.cli.order_options; "
        "print(sorted({'numpy', 'duckdb', 'numba'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--timezone", "Berlin"], "did you mean Europe/Berlin?"),
        (["--timezone", "america/new york"], "did you mean America/New_York?"),
        (["--timezone", "Europe/Brelin"], "did you mean Europe/Berlin?"),
        (["--source", "shopfy"], "did you mean shopify?"),
        (["--encoding", "klingon"], "there is no encoding called klingon"),
        (["--date-format", "YYYY"], "names no day, month and year"),
        (["--currency", "EURO"], "EURO is not an ISO 4217 currency"),
        (["--map", "custmer_id=a"], "did you mean customer_id?"),
    ],
)
def test_a_wrong_option_is_wrong_usage(tmp_path: Path, flags: list[str], said: str) -> None:
    (tmp_path / "orders.csv").write_text(
        "order_id,customer_id,ordered_at,total\n1,a,2024-01-01,5\n"
    )
    done = playbook("fit", "orders.csv", *flags, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Invalid value for '{flags[0]}': " in done.stderr
    assert said in " ".join(done.stderr.split())
    assert "orders.csv" not in done.stderr


def test_a_file_that_is_missing_has_no_line(tmp_path: Path) -> None:
    done = process("fit", "nowhere.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "--> nowhere.csv\n" in done.stderr


def test_lines_set_aside_are_counted_in_words(tmp_path: Path) -> None:
    rows = "".join(f"{n},c,2024-01-{n:02},5\n" for n in range(1, 29))
    for bad, said in (("x,c,,5\n", "; line 30\n"), ("x,c,,5\ny,c,,5\n", "; lines 30, 31\n")):
        (tmp_path / "orders.csv").write_text(f"order_id,customer_id,ordered_at,total\n{rows}{bad}")
        assert said in playbook("fit", "orders.csv", cwd=tmp_path).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["demo", "--draws", "many"], "expected a whole number from 2 to 100,000, found 'many'"),
        (["demo", "--draws", "1"], "expected a whole number from 2 to 100,000, found '1'"),
        (["fit", "o.csv", "--skip-lines", "-1"], "expected a whole number of at least 0"),
    ],
)
def test_a_number_that_cannot_be_is_told_with_its_bounds(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = playbook(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
