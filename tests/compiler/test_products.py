"""`products:` in the playbook, and as a CSV file beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, folder, read, short, told

from playbook_compiler.driver import Loaded, load
from playbook_compiler.units import Duration

TABLE = """\
sku,name,category,lasts,goes_with,price,margin
sencha,"Sencha, first flush",tea,30d,kyusu | cup,12.50,64%
kyusu,Kyusu,teaware,,,80.00,
cup,Cup,teaware,,,9.00,
"""


def from_file(path: Path, table: str | bytes, more: str = "") -> Loaded:
    folder(path, {"playbook.yaml": f"{HEAD}products: products.csv\n{more}"})
    raw = table.encode() if isinstance(table, str) else table
    (path / "products.csv").write_bytes(raw)
    return load(str(path))


def test_a_file_reads_as_the_same_products_as_a_mapping(tmp_path: Path) -> None:
    loaded = from_file(tmp_path, TABLE)
    listed = read(
        tmp_path,
        HEAD + "products:\n"
        '  sencha: {name: "Sencha, first flush", category: tea, lasts: 30d, price: 12.50,\n'
        "    margin: 64%, goes_with: [kyusu, cup]}\n"
        "  kyusu: {name: Kyusu, category: teaware, price: 80}\n"
        "  cup: {name: Cup, category: teaware, price: 9}\n",
    )
    assert loaded.playbook is not None, told(loaded)
    assert listed.playbook is not None, told(listed)
    assert loaded.playbook.products == listed.playbook.products
    assert loaded.playbook.products["sencha"].lasts == Duration(days=30)


@pytest.mark.parametrize(
    "table",
    [
        TABLE.replace(",", ";").replace("Sencha; first", "Sencha, first"),
        TABLE.replace("\n", "\r\n"),
        "\ufeff" + TABLE,
        TABLE.replace("sku", "Product").replace("goes_with", "Goes with"),
        TABLE + "\n,,,,,,\n",
    ],
    ids=["semicolons", "windows lines", "byte order mark", "other names", "empty rows"],
)
def test_files_as_table_programs_write_them(tmp_path: Path, table: str) -> None:
    loaded = from_file(tmp_path, table)
    assert loaded.playbook is not None, told(loaded)
    assert sorted(loaded.playbook.products) == ["cup", "kyusu", "sencha"]
    assert loaded.playbook.products["sencha"].goes_with == ("kyusu", "cup")


@pytest.mark.parametrize(
    ("table", "findings"),
    [
        ("", ["products.csv:1:1 missing-key"]),
        ("name,category\nSencha,tea\n", ["products.csv:1:1 missing-key"]),
        ("sku,name,name\na,b,c\n", ["products.csv:1:1 duplicate-key"]),
        ("sku,category\na,tea\nb,tea,\n", ["products.csv:3:1 bad-csv"]),
        ("sku,category\na,tea\na,tea\n", ["products.csv:3:1 duplicate-key"]),
        ("sku,category\n,tea\n", ["products.csv:2:1 missing-key"]),
        ('sku,category\n"a,tea\n', ["products.csv:2:1 bad-csv"]),
        ("sku,lasts\na,30\n", ["products.csv:2:1 bad-duration"]),
        ("sku,price\na,9\nb,12.50 EUR\n", ["products.csv:3:1 bad-money"]),
        ("sku,goes_with\na,bb\n", ["products.csv:2:1 unknown-product"]),
        ('sku,name,lasts\na,"x\ny",30d\nb,c,3\n', ["products.csv:4:1 bad-duration"]),
    ],
)
def test_mistakes_are_told_with_their_row(tmp_path: Path, table: str, findings: list[str]) -> None:
    assert told(from_file(tmp_path, table)) == findings


def test_columns_that_mean_nothing_are_named(tmp_path: Path) -> None:
    loaded = from_file(tmp_path, "sku,catgory,colour\na,tea,green\n")
    (found,) = loaded.diagnostics
    assert (short(found), found.is_error) == ("products.csv:1:1 unread-column", False)
    assert "`catgory`, `colour`" in found.message
    assert found.help == "did you mean `category`?"


@pytest.mark.parametrize(
    ("name", "rule"),
    [("../products.csv", "path-outside"), ("/etc/products.csv", "path-outside"),
     ("produce.csv", "no-such-file"), ("products.txt", "bad-include")],
)  # fmt: skip
def test_the_file_stays_in_the_folder_and_is_a_table(tmp_path: Path, name: str, rule: str) -> None:
    files = {"playbook.yaml": f"{HEAD}products: {name}\n", "products.txt": TABLE}
    folder(tmp_path / "shop", files)
    (tmp_path / "products.csv").write_text(TABLE, encoding="utf-8")
    assert [short(one).split()[1] for one in load(str(tmp_path / "shop")).diagnostics] == [rule]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder(tmp_path / "shop", {"playbook.yaml": f"{HEAD}products: products.csv\n"})
    (tmp_path / "products.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "shop" / "products.csv").symlink_to(tmp_path / "products.csv")
    assert [short(one).split()[1] for one in load(str(tmp_path / "shop")).diagnostics] == [
        "path-outside"
    ]


def test_a_file_in_another_encoding_says_so(tmp_path: Path) -> None:
    loaded = from_file(tmp_path, "sku,name\na,Grüner Tee\n".encode("cp1252"))
    assert [short(one).split()[1] for one in loaded.diagnostics] == ["not-utf-8"]


def test_products_of_a_file_and_of_the_playbook_are_joined(tmp_path: Path) -> None:
    folder(
        tmp_path,
        {
            "playbook.yaml": f"{HEAD}products: products.csv\ninclude: [more.yaml]\n",
            "more.yaml": "products: {matcha: {category: tea, goes_with: [cup]}}\n",
            "products.csv": TABLE,
        },
    )
    loaded = load(str(tmp_path))
    assert loaded.playbook is not None, told(loaded)
    assert sorted(loaded.playbook.products) == ["cup", "kyusu", "matcha", "sencha"]


def test_conditions_and_margins_know_the_files_products(tmp_path: Path) -> None:
    more = "audiences: {t: bought(category teas) within 90d, s: bought(product sencha)}\n"
    assert told(from_file(tmp_path, TABLE, more)) == ["playbook.yaml:6:32 unknown-category"]
    more = "economics: {gross_margin: {default: 50%, tee: 60%}}\n"
    assert told(from_file(tmp_path, TABLE, more)) == ["playbook.yaml:6:42 unknown-category"]
