"""Every orders file of the hostile corpus ends as its manifest says, at the line it says."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from tests.shared_data import shared

from playbook_compiler.diagnostics import has_errors
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders

OPTIONS = OrderOptions(timezone="America/New_York")

NAMES = (
    "o00-control.csv",
    "o01-ragged-short.csv",
    "o03-quoted-newline.csv",
    "o05-stray-quote.csv",
    "o07-bom.csv",
    "o09-gbk.csv",
    "o11-mixed-encodings.csv",
    "o13-tabs-named-csv.csv",
    "o15-preamble.csv",
    "o17-dup-header.csv",
    "o19-header-only.csv",
    "o21-blank-lines.csv",
    "o23-mixed-eol.csv",
    "o25-chinese-header.csv",
    "o31-ambiguous-dmy.csv",
    "o33-dst-fold.csv",
    "o35-1900-9999.csv",
    "o37-epoch-mix.csv",
    "o39-tz-mix.csv",
    "o45-negative-zero.csv",
    "o47-dup-identical.csv",
    "o49-missing-ids.csv",
    "o51-leading-zero-ids.csv",
    "o53-uint64-ids.csv",
    "o55-1e308.csv",
    "o57-amount-junk.csv",
    "o59-mixed-currency.csv",
    "o61-tiny-float-sum.csv",
    "o65-formula.csv",
    "o67-ansi-rtl.csv",
    "o71-gz-truncated.csv.gz",
    "o73-zip-named-csv.csv",
    "o81-parquet-truncated.parquet",
    "o83-parquet-scrambled-footer.parquet",
    "o85-not-parquet.parquet",
)


def manifest() -> dict[str, dict[str, str]]:
    """Return the manifest's rows on orders by file name."""
    with shared("corpus", "manifest.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["file"].startswith("orders/")]
    return {row["file"].removeprefix("orders/"): row for row in rows}


def test_the_list_here_is_the_whole_manifest() -> None:
    assert sorted(manifest()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_file_ends_as_the_manifest_says(name: str) -> None:
    wanted = manifest()[name]
    orders, found = read_orders(shared("corpus", "orders", name), OPTIONS)
    lines = wanted["line_col_or_line"].split(":")[0].split("-")
    if wanted["expect"] == "error":
        assert orders is None
        assert has_errors(found)
        if lines[0]:
            assert found[-1].span.line == int(lines[0])
        return
    assert orders is not None
    assert not has_errors(found)
    assert bool(found) is (wanted["expect"] != "accept")
    reading = orders.reading
    assert reading.quarantined == int(wanted["quarantined_rows"])
    assert reading.accepted == int(wanted["accepted_rows"])
    assert Decimal(reading.control_total_minor) / 100 == Decimal(wanted["accepted_amount"])
    if wanted["expect"] != "accept":
        assert min(one.span.line for one in found) == int(lines[0])


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("o01-ragged-short.csv", [8]),
        ("o35-1900-9999.csv", [8, 9, 10, 11]),
        ("o49-missing-ids.csv", [8, 9]),
        ("o55-1e308.csv", [8, 9]),
        ("o57-amount-junk.csv", list(range(8, 17))),
    ],
)
def test_quarantine_file_names_the_physical_lines(
    name: str, lines: list[int], own_folder: Path
) -> None:
    read_orders(shared("corpus", "orders", name), OPTIONS)
    with (own_folder / f"{name}.quarantine.csv").open(encoding="utf-8", newline="") as stream:
        assert [int(row["line"]) for row in csv.DictReader(stream)] == lines


def test_wording_that_helps() -> None:
    def said(name: str) -> str:
        _, found = read_orders(shared("corpus", "orders", name), OPTIONS)
        return f"{found[-1].message} | {found[-1].help}"

    assert said("o09-gbk.csv") == (
        "byte 0xD5 is not UTF-8 (looks like GBK) | if so, say it: --encoding gbk"
    )
    assert "(found on line 4?) | use --skip-lines 3" in said("o15-preamble.csv")
    assert "amount appears twice (columns 4 and 7)" in said("o17-dup-header.csv")
    assert "USD 8, EUR 4, JPY 4, none 4" in said("o59-mixed-currency.csv")
    assert "02/04/2024" in said("o31-ambiguous-dmy.csv")
    assert "line 8), as line 4: counted once" in said("o47-dup-identical.csv")


def test_declaring_what_was_unclear_reads_the_file() -> None:
    def orders_of(name: str, **options: object) -> int:
        path = shared("corpus", "orders", name)
        orders, _ = read_orders(path, OrderOptions(**options))  # type: ignore[arg-type]
        assert orders is not None
        return orders.reading.accepted

    assert orders_of("o15-preamble.csv", skip_lines=3) == 20
    assert orders_of("o31-ambiguous-dmy.csv", date_format="DD/MM/YYYY") == 20
    assert orders_of("o59-mixed-currency.csv", currency="USD") == 8
    assert orders_of("o09-gbk.csv", encoding="gbk") == 20
