"""Files that are not what they seem: refused with a place and a word on what to do."""

from __future__ import annotations

import gzip
import os
from functools import partial
from pathlib import Path

import pytest
from tests.runtime.orders.conftest import Reader

from playbook_runtime.orders import guard
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders

gzipped = partial(gzip.compress, mtime=0)  # the same bytes in every test process
TEXT = "customer_id,ordered_at,total\na,2024-01-01,5.00\nb,2024-01-02,6.00\n"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty-file"),
        (b"\n\n", "no-header"),
        (b"PK\x03\x04" + b"\0" * 60, "not-csv"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 60, "not-csv"),
        (b"%PDF-1.7", "not-csv"),
        (b"\n<!doctype html><html>", "not-csv"),
        (b'{"orders": []}', "not-csv"),
        (TEXT.encode("utf-16"), "wide-text"),
        (TEXT.encode("utf-32"), "wide-text"),
        (TEXT.encode("utf-16-le"), "wide-text"),
        (TEXT.encode() + b"c,2024-01-03,7\x00\n", "nul-byte"),
        (gzipped(gzipped(TEXT.encode())), "gzip-twice"),
        (gzipped(b"PK\x03\x04"), "not-csv"),
        (gzipped(TEXT.encode())[:-3], "gzip-damaged"),
        (gzipped(TEXT.encode())[:-8] + b"\0" * 8, "gzip-damaged"),
        (b"PAR1" + b"\0" * 40 + b"PAR1", "parquet-damaged"),
        (b"PAR1" + b"\xff" * 40 + b"PAR1", "parquet-damaged"),
        (TEXT.encode() + b'c,2024-01-03,7,"open\nd,2024-01-04,8\n', "open-quote"),
    ],
)
def test_refused(read: Reader, content: bytes, rule: str) -> None:
    orders, found = read(content)
    assert orders is None
    assert [one.rule for one in found] == [rule]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "gbk", "cp1252"])
def test_declared_encodings_are_read(read: Reader, encoding: str) -> None:
    orders, found = read(TEXT.encode(encoding), encoding=encoding)
    assert orders is not None
    assert found == []
    assert len(orders) == 2


def test_gzip_and_plain_give_the_same_orders(read: Reader) -> None:
    plain, _ = read(TEXT)
    packed, _ = read(gzipped(TEXT.encode()), "orders.csv.gz")
    assert plain is not None
    assert packed is not None
    assert plain.value_minor.tolist() == packed.value_minor.tolist()


def test_a_gzip_bomb_is_not_unpacked(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "GZIP_FREE_BYTES", 1 << 20)
    _, found = read(gzipped(b"a,b,c\n" * 5_000_000), "orders.csv.gz")
    assert [one.rule for one in found] == ["gzip-bomb"]


def test_no_file_a_folder_a_pipe(own_folder: Path) -> None:
    def rule(path: Path) -> str:
        return read_orders(path, OrderOptions())[1][0].rule

    assert rule(own_folder / "absent.csv") == "no-such-file"
    assert rule(own_folder) == "not-a-file"
    assert rule(Path(os.devnull)) == "not-a-file"


def test_a_name_with_wildcards_is_just_a_name(read: Reader, own_folder: Path) -> None:
    (own_folder / "orders2.csv").write_text(TEXT + "c,2024-01-03,7\n")
    orders, _ = read(TEXT, "orders[2]*.csv")
    assert orders is not None
    assert len(orders) == 2


def test_the_first_bad_byte_is_placed_in_code_points(read: Reader) -> None:
    content = TEXT.encode() + "ü,".encode() + b"caf\xe9,1\n"
    _, found = read(content)
    assert (found[0].span.line, found[0].span.column) == (4, 6)
    assert "other lines are UTF-8" not in found[0].message


def test_western_text_is_not_taken_for_chinese(read: Reader) -> None:
    _, found = read("customer_id,ordered_at,total,W\u00e4hrung\n".encode("latin-1"))
    assert "--encoding cp1252" in found[0].help


def test_a_quote_that_swallows_rows_is_an_error(read: Reader) -> None:
    text = (
        'customer_id,ordered_at,total,note\na,2024-01-01,5,"say\nb,2024-01-02,6,x\n'
        'c,2024-01-03,7,y"\nd,2024-01-04,8,z\n'
    )
    orders, found = read(text)
    assert orders is None
    assert [(one.rule, one.span.line) for one in found] == [("open-quote", 2)]


def test_rows_too_long_and_too_short_are_set_aside_at_their_lines(read: Reader) -> None:
    orders, found = read(
        "customer_id,ordered_at,total,note\n"
        'a,2024-01-01,5,"two\nlines"\n'
        "b,2024-01-02,6,x,extra\n\n"
        "c,2024-01-03\n"
        "d,2024-01-04,free,\n"
        "e,2024-01-05,7,\n"
    )
    assert orders is not None
    assert len(orders) == 2
    assert [(one.rule, one.span.line) for one in found] == [("ragged-row", 4), ("bad-amount", 7)]


def test_a_file_that_changes_while_it_is_read(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own_folder / "orders.csv"
    path.write_text(TEXT)
    from playbook_runtime.orders import table

    real = table.load_text

    def slow(*arguments: object) -> object:
        path.write_text(TEXT + "c,2024-01-03,7\n")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(table, "load_text", slow)
    orders, found = read_orders(path, OrderOptions())
    assert orders is None
    assert [one.rule for one in found] == ["file-changed"]


def test_a_line_without_end_is_no_header(read: Reader) -> None:
    orders, found = read('"' + "a" * 200_000)
    assert orders is None
    assert [one.rule for one in found] == ["missing-column"]
