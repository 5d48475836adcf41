"""The reference page says what the code does: every source, field, alias, flag stands there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from playbook_runtime.cli.order_options import order_options
from playbook_runtime.orders.columns import MERGE_WINDOW_SECONDS
from playbook_runtime.orders.rejects import FREE_REJECTS, REJECT_SHARE
from playbook_runtime.orders.sources import Source, all_sources

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "orders.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("source", all_sources(), ids=lambda source: source.name)
def test_every_source_stands_there(source: Source) -> None:
    if source.refusal:
        assert f"`{source.name}`" in PAGE
    else:
        assert f"\n## {source.name}\n" in PAGE
        assert source.prepare is not None
        assert set(source.required) <= set(source.aliases)


def test_every_field_of_generic_and_no_other_alias() -> None:
    generic = next(source for source in all_sources() if source.name == "generic")
    table = PAGE.split("## generic")[1].split("`--map customer_id")[0]
    known = {alias for aliases in generic.aliases.values() for alias in aliases}
    for field, aliases in generic.aliases.items():
        assert f"`{field}`" in table
        assert aliases[0] in table
    rows = [row.split("|")[3] for row in table.splitlines() if row.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"[a-z][a-z_-]+", row)}
    assert named <= known


def test_every_flag_stands_there() -> None:
    command = click.Command("any", callback=lambda order_input: None)
    decorated = order_options(command.callback or (lambda: None))
    flags = [flag for option in decorated.__click_params__ for flag in option.opts]  # type: ignore[attr-defined]
    assert len(flags) == 11
    assert [flag for flag in flags if f"`{flag} " not in PAGE] == []


def test_the_numbers_of_the_rules() -> None:
    assert f"within {MERGE_WINDOW_SECONDS} seconds" in PAGE
    assert f"More than {FREE_REJECTS} rows" in PAGE
    assert f"more than {REJECT_SHARE:.0%}" in PAGE
