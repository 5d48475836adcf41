"""Shopify's export: orders over several rows, gift cards, cancelled, refunded, guests."""

from __future__ import annotations

import pytest
from tests.runtime.orders.conftest import Reader
from tests.shared_data import shared

from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders

HEADER = (
    "Name,Email,Financial Status,Accepts Marketing,Currency,Total,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem requires shipping,Cancelled at,"
    "Refunded Amount,Source\n"
)
DAY = "2025-03-09 01:59:00 -0500"


def first(name: str = "#1", email: str = "ann@x.com", **cells: str) -> str:
    """Return an order's first row."""
    row = {
        "status": "paid", "marketing": "yes", "currency": "USD", "total": "40.00", "discount": "",
        "created": DAY, "quantity": "1", "item": "Mug", "price": "40.00", "shipping": "true",
        "cancelled": "", "refunded": "0.00", "source": "web",
    } | cells  # fmt: skip
    return ",".join((name, email, *row.values())) + "\n"


def item(name: str = "#1", what: str = "Mug", price: str = "5.00", shipping: str = "true") -> str:
    """Return a further row of an order."""
    return f"{name},ann@x.com,,,,,,{DAY},1,{what},{price},{shipping},,,\n"


def tallies(orders: object) -> dict[str, int]:
    """Return rows by rule."""
    assert orders is not None
    return {one.reason.name: one.rows for one in orders.reading.tallies}  # type: ignore[attr-defined]


def test_the_sample_shop() -> None:
    path = shared("samples", "shopify_127orders_sample_MIT.csv")
    orders, found = read_orders(path, OrderOptions())
    assert orders is not None
    assert found == []
    reading = orders.reading
    assert reading.source == "shopify"
    assert (reading.orders, reading.anonymous_orders, reading.customers) == (122, 5, 57)
    assert (reading.rows, reading.merged, reading.accepted) == (249, 122, 127)
    assert reading.control_total_minor == 1463925
    assert reading.sanity_line() == (
        "249 rows -> 122 orders -> 57 customers, 2025-01-01 ... 2025-07-27"
    )


def test_the_full_header_with_quirks() -> None:
    path = shared("samples", "edge_shopify_full_header_AUTHORED.csv")
    orders, found = read_orders(path, OrderOptions())
    assert orders is None
    assert found[-1].message == "3 currencies (USD 3, EUR 1, JPY 1)"
    orders, _ = read_orders(path, OrderOptions(currency="USD", timezone="America/New_York"))
    assert tallies(orders) == {
        "order": 1, "cancelled": 1, "refunded": 1, "other-currency": 2, "line": 1, "anonymous": 1,
    }  # fmt: skip
    assert orders is not None
    assert orders.value_minor.tolist() == [48_20 - 25_00]  # without the gift card
    assert orders.reading.anonymous_minor == 12_00
    assert orders.email_consent.tolist() == [1]
    yen, _ = read_orders(path, OrderOptions(currency="JPY"))
    assert yen is not None
    assert yen.value_minor.tolist() == [1200]


def test_further_rows_belong_to_their_order(read: Reader) -> None:
    orders, _ = read(HEADER + first() + item() + first("#2", "bob@x.com") + item("#2") + item("#2"))
    assert tallies(orders) == {"order": 2, "line": 3}


def test_emails_in_any_case_are_one_customer(read: Reader) -> None:
    orders, _ = read(HEADER + first("#1", "Ann@X.com") + first("#2", " ann@x.COM ", total="3.00"))
    assert orders is not None
    assert orders.customer_key.tolist() == ["ann@x.com"]
    assert len(orders) == 2


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"cancelled": DAY}, "cancelled"),
        ({"status": "voided"}, "voided"),
        ({"status": "expired"}, "voided"),
        ({"status": "pending"}, "unpaid"),
        ({"status": "refunded", "refunded": "40.00"}, "refunded"),
        ({"item": "Gift Card - $40", "shipping": "false"}, "gift-cards"),
        ({"status": "queer"}, "unknown-status"),
    ],
)
def test_what_is_no_sale_is_left_out_with_all_its_rows(
    read: Reader, cells: dict[str, str], rule: str
) -> None:
    more = item(what="Gift Card", shipping="false") if rule == "gift-cards" else item()
    orders, _ = read(HEADER + first(**cells) + more + first("#2"))
    assert tallies(orders) == {"order": 1, rule: 2}


@pytest.mark.parametrize(
    "status", ["paid", "partially_paid", "partially_refunded", "authorized", "Paid"]
)
def test_statuses_that_are_sales(read: Reader, status: str) -> None:
    orders, _ = read(HEADER + first(status=status, refunded="15.00"))
    assert orders is not None
    assert orders.value_minor.tolist() == [2500]


def test_gift_cards_within_an_order_are_taken_off(read: Reader) -> None:
    orders, _ = read(
        HEADER + first(total="65.00") + item(what="Gift card", price="25.00", shipping="false")
    )
    assert orders is not None
    assert orders.value_minor.tolist() == [4000]


def test_guests_are_revenue_but_no_customers(read: Reader) -> None:
    orders, _ = read(HEADER + first() + first("#2", "", total="12.00"))
    assert orders is not None
    reading = orders.reading
    assert (reading.orders, reading.anonymous_orders, reading.anonymous_minor) == (1, 1, 1200)
    assert reading.control_total_minor == 5200


def test_double_clicks_are_one_order(read: Reader) -> None:
    orders, _ = read(
        HEADER
        + first("#1")
        + first("#2", created="2025-03-09 01:59:20 -0500")
        + first("#3", created="2025-03-09 02:10:00 -0500")
    )
    assert orders is not None
    assert tallies(orders) == {"order": 2, "double-click": 1}
    assert orders.reading.notes == ("merge window for equal orders: 30 seconds",)


def test_spreadsheet_guards_are_taken_off(read: Reader) -> None:
    orders, _ = read(HEADER + first('"=""#1"""', "'ann@x.com"))
    assert orders is not None
    assert orders.customer_key.tolist() == ["ann@x.com"]


def test_overlapping_exports_count_an_order_once(read: Reader) -> None:
    gift = item(what="Gift card", price="10.00", shipping="false")
    one = first() + gift
    orders, _ = read(HEADER + one + first("#2", created="2025-04-01 10:00:00 -0400") + one)
    assert orders is not None
    assert sorted(orders.value_minor.tolist()) == [3000, 4000]
    assert tallies(orders) == {"order": 2, "identical": 2, "line": 1}


def test_one_name_for_two_orders_is_set_aside(read: Reader) -> None:
    orders, _ = read(HEADER + first() + first(total="9.00") + first("#2"))
    assert tallies(orders) == {"order": 1, "order-conflict": 2}


def test_items_without_their_order_are_set_aside(read: Reader) -> None:
    orders, found = read(HEADER + item("#7") + item("#7") + first())
    assert tallies(orders) == {"order": 1, "continuation-without-order": 2}
    assert found[0].span.line == 2


def test_consent_is_that_of_the_latest_order_which_says_it(read: Reader) -> None:
    later = "2025-05-01 10:00:00 -0400"
    orders, _ = read(
        HEADER
        + first("#2", marketing="no", created=later)
        + first("#1", marketing="yes")
        + first("#3", marketing="", created="2025-06-01 10:00:00 -0400")
    )
    assert orders is not None
    assert orders.email_consent.tolist() == [0]


def test_exports_without_a_buyer_are_refused_at_once(read: Reader) -> None:
    orders, found = read_orders(
        shared("samples", "edge_amazon_all_orders_AUTHORED.tsv"), OrderOptions()
    )
    assert orders is None
    assert [one.rule for one in found] == ["no-buyer"]
    orders, found = read("Date,Order #,Status,Customer,Customer type,Net Sales\n")
    assert orders is None
    assert "no buyer key" in found[0].message
