"""The generic source: columns by name, orders of several rows, duplicates, refunds, currencies."""

from __future__ import annotations

import csv
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
from tests.runtime.orders.conftest import Reader

from playbook_runtime.orders.reasons import Fate

HEADER = "order_id,customer_id,ordered_at,total\n"


def tallies(orders: object) -> dict[str, int]:
    """Return rows by rule."""
    assert orders is not None
    return {one.reason.name: one.rows for one in orders.reading.tallies}  # type: ignore[attr-defined]


def rules(found: object) -> list[str]:
    """Return the rules of diagnostics."""
    return [one.rule for one in found]  # type: ignore[attr-defined]


def test_columns_are_sorted_by_hash_and_time(read: Reader) -> None:
    orders, found = read(HEADER + "1,b,2024-01-02,2.00\n2,a,2024-01-03,3.00\n3,b,2024-01-01,1.00\n")
    assert orders is not None
    assert found == []
    hashes = {
        key: int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big") for key in "ab"
    }
    assert orders.customer_hash.dtype == np.uint64
    assert orders.customer_hash.tolist() == sorted(hashes.values())
    assert orders.customer_key.tolist() == sorted("ab", key=lambda key: hashes[key])
    mine = orders.customer_key[orders.customer] == "b"
    assert orders.value_minor[mine].tolist() == [100, 200]
    assert orders.order_customer_hash[mine].tolist() == [hashes["b"]] * 2
    assert (orders.customer.dtype, orders.day.dtype) == (np.int32, np.int32)
    assert (orders.time.dtype, orders.value_minor.dtype) == (np.int64, np.int64)
    assert orders.discount_minor.tolist() == [-1, -1, -1]
    assert orders.category is None
    assert orders.reading.sanity_line() == (
        "3 rows -> 3 orders -> 2 customers, 2024-01-01 ... 2024-01-03"
    )


def test_names_in_any_case_and_alias(read: Reader) -> None:
    orders, _ = read(
        "Client ID;Order-Date;REVENUE;Category;Sales Channel;Discount\n"
        "7;2024-01-01;1,50;tea;web;0,50\n8;2024-01-02;2,00;;shop;\n"
    )
    assert orders is not None
    assert sorted(orders.value_minor.tolist()) == [150, 200]
    assert orders.category is not None
    assert orders.category.names == ("tea",)
    assert sorted(orders.category.codes.tolist()) == [-1, 0]
    assert orders.channel is not None
    assert orders.channel.names == ("shop", "web")
    assert sorted(orders.discount_minor.tolist()) == [-1, 50]
    assert orders.reading.columns["total"] == "REVENUE"


def test_without_customer_id_the_email_tells_customers_apart(read: Reader) -> None:
    orders, _ = read("email,date,amount\n Ann@X.com ,2024-01-01,1\nann@x.COM,2024-02-01,2\n")
    assert orders is not None
    assert orders.customer_key.tolist() == ["ann@x.com"]
    assert orders.reading.key == "email"


def test_without_order_id_equal_rows_are_two_orders(read: Reader) -> None:
    orders, _ = read("customer_id,date,amount\na,2024-01-01,1\na,2024-01-01,1\n")
    assert orders is not None
    assert len(orders) == 2


def test_equal_orders_seconds_apart_are_one(read: Reader) -> None:
    head = "customer_id,date,amount\n"
    once, _ = read(
        head + "a,2024-01-01 10:00:00,1\na,2024-01-01 10:00:20,1\na,2024-01-01 10:00:45,1\n"
    )
    other, _ = read(
        head + "a,2024-01-01 10:00:00,1\na,2024-01-01 10:00:20,2\na,2024-01-01 10:01:00,1\n"
    )
    assert tallies(once) == {"order": 1, "double-click": 2}
    assert tallies(other) == {"order": 3}


def test_rows_of_one_order_add_up_when_their_amounts_differ(read: Reader) -> None:
    orders, found = read(
        HEADER + "1,a,2024-01-01,5.00\n1,a,2024-01-01,7.00\n2,b,2024-01-01,3.00\n"
        "2,b,2024-01-01,3.00\n"
    )
    assert orders is not None
    assert sorted(orders.value_minor.tolist()) == [300, 1200]
    assert tallies(orders) == {"order": 2, "identical": 1, "line": 1}
    assert "their amounts add up" in found[-1].message


def test_a_total_repeated_on_every_row_counts_once(read: Reader) -> None:
    orders, found = read(
        "order_id,customer_id,ordered_at,total,sku\n"
        "1,a,2024-01-01,5.00,x\n1,a,2024-01-01,5.00,y\n2,b,2024-01-01,3.00,x\n"
    )
    assert orders is not None
    assert sorted(orders.value_minor.tolist()) == [300, 500]
    assert "the order's, once" in found[-1].message


def test_an_order_of_two_customers_or_days_is_set_aside_whole(read: Reader) -> None:
    orders, _ = read(
        HEADER + "1,a,2024-01-01,5\n1,b,2024-01-01,5\n2,a,2024-01-01,5\n2,a,2024-03-01,5\n"
        "3,a,2024-01-01,5\n"
    )
    assert tallies(orders) == {"order": 1, "order-conflict": 4}


def test_a_bad_row_takes_its_order_with_it(read: Reader) -> None:
    orders, _ = read(HEADER + "1,a,2024-01-01,5\n1,a,2024-01-01,free\n2,a,2024-01-02,6\n")
    assert tallies(orders) == {"order": 1, "bad-amount": 1, "order-incomplete": 1}


def test_refunded_column_is_taken_off_and_full_refunds_left_out(read: Reader) -> None:
    orders, _ = read(
        "customer_id,date,amount,refunded\na,2024-01-01,10.00,4.00\nb,2024-01-01,10.00,-10.00\n"
        "c,2024-01-01,10.00,\nd,2024-01-01,10.00,11.00\ne,2024-01-01,10.00,x\n"
    )
    assert orders is not None
    assert sorted(orders.value_minor.tolist()) == [600, 1000]
    assert tallies(orders) == {
        "order": 2, "bad-refund": 1, "refund-above-total": 1, "refunded": 1,
    }  # fmt: skip
    assert orders.reading.control_total_minor == 1600


def test_a_refund_row_lowers_the_latest_earlier_order(read: Reader) -> None:
    orders, found = read(
        HEADER + "1,a,2024-01-01,10.00\n2,a,2024-02-01,10.00\n3,a,2024-02-15,-4.00\n"
        "4,a,2024-03-01,10.00\n5,z,2024-03-01,-1.00\n"
    )
    assert orders is not None
    assert orders.value_minor.tolist() == [1000, 600, 1000]
    reading = orders.reading
    assert reading.refund_rows == 2
    assert reading.unmatched_refunds_minor == 100
    assert reading.control_total_minor == 2500
    assert reading.count(Fate.ACCEPTED) == 5
    assert rules(found) == ["refund-row"]


def test_one_currency_of_several(read: Reader) -> None:
    text = (
        "customer_id,date,amount,currency\na,2024-01-01,10.00,EUR\nb,2024-01-01,1000,jpy\n"
        "c,2024-01-01,5.00,eur\nd,2024-01-01,5.00,\n"
    )
    orders, found = read(text)
    assert orders is None
    assert found[-1].message == "3 currencies (EUR 2, JPY 1, none 1)"
    euros, _ = read(text, currency="EUR")
    yen, _ = read(text, currency="jpy")
    assert euros is not None
    assert yen is not None
    assert (euros.currency, sorted(euros.value_minor.tolist())) == ("EUR", [500, 1000])
    assert tallies(euros) == {"order": 2, "bad-currency": 1, "other-currency": 1}
    assert (yen.currency, yen.value_minor.tolist()) == ("JPY", [1000])
    pounds, found = read(text, currency="GBP")
    assert pounds is None
    assert rules(found) == ["no-such-currency"]


def test_without_a_currency_column_it_is_declared_or_none(read: Reader) -> None:
    text = "customer_id,date,amount\na,2024-01-01,1000\n"
    yen, _ = read(text, currency="JPY")
    none, _ = read(text)
    assert yen is not None
    assert none is not None
    assert (yen.currency, yen.value_minor.tolist()) == ("JPY", [1000])
    assert (none.currency, none.value_minor.tolist()) == ("XXX", [100000])


def test_rows_with_nothing_in_them_are_left_out(read: Reader) -> None:
    orders, found = read(HEADER + "1,a,2024-01-01,5\n,,,\n , ,,\n")
    assert tallies(orders) == {"order": 1, "empty-row": 2}
    assert found == []


def test_ids_stay_text(read: Reader) -> None:
    ids = ["NA", "null", "00012", "12", "nan", "18446744073709551617", "1e5", "-"]
    rows = "".join(f"{number},{one},2024-01-01,5\n" for number, one in enumerate(ids))
    orders, _ = read(HEADER + rows)
    assert orders is not None
    assert sorted(orders.customer_key.tolist()) == sorted(ids)


def test_more_than_twenty_rows_and_one_percent_stop_the_run(read: Reader, own_folder: Path) -> None:
    def text(bad: int, good: int) -> str:
        rows = [f"{n},a,2024-01-01,free\n" for n in range(bad)]
        return HEADER + "".join(rows + [f"g{n},b,2024-01-01,5\n" for n in range(good)])

    assert read(text(20, 5))[0] is not None
    assert read(text(21, 5))[0] is None
    assert read(text(21, 2079))[0] is not None  # exactly 1%
    assert read(text(21, 5), max_rejects=21)[0] is not None
    stopped, found = read(text(3, 5), max_rejects=2)
    assert stopped is None
    assert rules(found) == ["bad-amount", "too-many-rejects"]
    assert (own_folder / "orders.csv.quarantine.csv").exists()


def test_quarantine_file_is_formula_safe_and_where_it_is_told(
    read: Reader, own_folder: Path
) -> None:
    target = own_folder / "aside.csv"
    read(HEADER + '1,"=cmd()",2024-01-01,@SUM(1)\n2,a,2024-01-01,5\n', quarantine=target)
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows == [
        {
            "line": "2",
            "reason": "bad-amount",
            "column": "total",
            "value": "'@SUM(1)",
            "row": "1,=cmd(),2024-01-01,@SUM(1)",
        }
    ]
    assert not (own_folder / "orders.csv.quarantine.csv").exists()


def test_nothing_set_aside_writes_no_file(read: Reader, own_folder: Path) -> None:
    read(HEADER + "1,a,2024-01-01,5\n")
    assert sorted(path.name for path in own_folder.iterdir()) == ["orders.csv"]


def test_no_personal_data_in_diagnostics(read: Reader) -> None:
    _, found = read(
        "order_id,customer_id,ordered_at,total,email,name\n"
        "1,ann@x.com,2024-01-01,5,ann@x.com,Ann\n1,bob@x.com,2024-01-01,5,bob@x.com,Bob\n"
        "2,,2024-01-01,5,eve@x.com,Eve\n3,z@x.com\n4,cy\x07@x.com,2024-01-01,6,c@x.com,Cy\n"
    )
    assert len(found) == 4
    assert not any("@" in f"{one.message} {one.help}" for one in found)


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"map": {"customer": "a"}}, "unknown-field"),
        ({"map": {"customer_id": "custmer"}}, "unknown-column"),
        ({"source": "shopfy"}, "unknown-source"),
        ({"timezone": "Berlin"}, "unknown-timezone"),
        ({"date_format": "YYYY"}, "date-format"),
        ({"currency": "EURO"}, "unknown-currency"),
        ({"encoding": "klingon"}, "unknown-encoding"),
    ],
)
def test_options_that_make_no_sense_say_so(
    read: Reader, options: dict[str, object], rule: str
) -> None:
    orders, found = read(HEADER + "1,a,2024-01-01,5\n", **options)
    assert orders is None
    assert rules(found) == [rule]


def test_map_names_the_columns(read: Reader) -> None:
    orders, _ = read(
        "Nr,Kunde,Datum,Summe\n1,a,2024-01-01,5\n",
        map={"order_id": "Nr", "customer_id": "kunde", "ordered_at": "Datum", "total": "Summe"},
    )
    assert orders is not None
    assert orders.reading.columns["customer_id"] == "Kunde"
