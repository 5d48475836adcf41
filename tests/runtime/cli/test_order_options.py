"""The flags of commands that read orders."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
from click.testing import CliRunner

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
