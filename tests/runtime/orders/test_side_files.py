"""Customers and events files: keys as in the orders, the same guards, the same account."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.orders.customers import Customers, read_customers
from playbook_runtime.orders.events import Events, read_events
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders
from playbook_runtime.orders.reasons import Fate


def customers_of(folder: Path, text: str, key: str | None = None) -> Customers | None:
    """Read text as a customers file."""
    path = folder / "customers.csv"
    path.write_text(text, encoding="utf-8")
    return read_customers(path, OrderOptions(), key)[0]


def events_of(folder: Path, text: str, **options: str) -> Events | None:
    """Read text as an events file."""
    path = folder / "events.csv"
    path.write_text(text, encoding="utf-8")
    return read_events(path, OrderOptions(**options))[0]  # type: ignore[arg-type]


def test_the_demo_shop_is_read_whole(own_folder: Path) -> None:
    truth = write_demo_shop(own_folder, 200)
    options = OrderOptions(timezone=truth.timezone)
    orders, found = read_orders(own_folder / "orders.csv", options)
    assert orders is not None
    assert found == []
    assert orders.reading.orders == truth.orders
    assert orders.reading.control_total_minor == truth.revenue_minor
    customers, found = read_customers(own_folder / "customers.csv", options, orders.reading.key)
    assert customers is not None
    assert found == []
    assert len(customers) == truth.customers
    assert set(orders.customer_hash.tolist()) <= set(customers.customer_hash.tolist())
    events, found = read_events(own_folder / "events.csv", options, orders.reading.key)
    assert events is not None
    assert found == []
    assert events.event.names == ("cart_abandoned", "order_delivered", "sign_up")
    assert events.reading.count(Fate.ACCEPTED) == events.reading.rows == len(events)


def test_consent_by_channel_and_marks(own_folder: Path) -> None:
    customers = customers_of(
        own_folder,
        "customer_id,email,consent_email,consent_sms,Consent_Push,birthday,zone,country,first_name\n"
        "a,a@x.com,yes,no,,1990-02-29,Europe/Berlin,DE,Ann\n"
        "b,b@x.com,FALSE,unknown,1,--03-09,Mars/Olympus,,Bob\n",
    )
    assert customers is not None
    of = {key: index for index, key in enumerate(customers.customer_key.tolist())}
    a, b = of["a"], of["b"]
    assert {channel: (values[a], values[b]) for channel, values in customers.consent.items()} == {
        "email": (1, 0), "sms": (0, -1), "push": (-1, 1),
    }  # fmt: skip
    assert (customers.birthday[a], customers.birthday[b]) == (229, 309)
    assert customers.zone is not None
    assert customers.zone.names == ("Europe/Berlin",)
    assert (customers.zone.codes[a], customers.zone.codes[b]) == (0, -1)
    assert customers.country is not None
    assert customers.country.codes[b] == -1
    assert customers.channel is None
    assert np.all(np.diff(customers.customer_hash.astype(object)) > 0)


def test_customers_can_be_keyed_by_email_like_the_orders(own_folder: Path) -> None:
    text = "customer_id,email,consent_email\n1, Ann@X.com,yes\n"
    by_id, by_email = customers_of(own_folder, text), customers_of(own_folder, text, "email")
    assert by_id is not None
    assert by_email is not None
    assert by_id.customer_key.tolist() == ["1"]
    assert by_email.customer_key.tolist() == ["ann@x.com"]


def test_customers_rows_are_accounted_for(own_folder: Path) -> None:
    customers = customers_of(
        own_folder,
        "customer_id,consent_email\na,yes\na,yes\nb,yes\nb,no\n,yes\nc,perhaps\nd,\n,\nshort\n",
    )
    assert customers is not None
    assert sorted(customers.customer_key.tolist()) == ["a", "d"]
    assert {one.reason.name: one.rows for one in customers.reading.tallies} == {
        "order": 2, "ragged-row": 1, "missing-customer": 1, "bad-consent": 1,
        "customer-conflict": 2, "identical": 1, "empty-row": 1,
    }  # fmt: skip
    assert sum(one.rows for one in customers.reading.tallies) == customers.reading.rows == 9


def test_events_are_sorted_and_accounted_for(own_folder: Path) -> None:
    events = events_of(
        own_folder,
        "event,customer_id,happened_at,order_id\n"
        "Cart Abandoned,a,2024-05-01 10:00:00,\nsign_up,a,2024-04-01,\n"
        "Cart Abandoned,a,2024-05-01 10:00:00,\norder_delivered,a,2024-06-01T10:00:00+02:00,77\n"
        ",a,2024-05-01,\nsign_up,,2024-05-01,\nsign_up,a,soon,\n",
        timezone="Europe/Berlin",
    )
    assert events is not None
    assert events.event.names == ("cart_abandoned", "order_delivered", "sign_up")
    assert events.event.codes.tolist() == [2, 0, 1]
    assert events.key.tolist() == ["", "", "77"]
    assert events.time.tolist()[1:] == [1714550400, 1717228800]
    assert {one.reason.name: one.rows for one in events.reading.tallies} == {
        "order": 3, "missing-customer": 1, "bad-date": 1, "missing-event": 1, "identical": 1,
    }  # fmt: skip


def test_the_orders_map_only_counts_where_it_fits(own_folder: Path) -> None:
    path = own_folder / "customers.csv"
    path.write_text("customer_id,consent_email\na,yes\n")
    options = OrderOptions(map={"customer_id": "Kunde", "total": "Summe"}, skip_lines=3)
    customers, found = read_customers(path, options)
    assert customers is not None
    assert found == []


def test_files_without_the_needed_columns(own_folder: Path) -> None:
    path = own_folder / "side.csv"
    path.write_text("name,age\nAnn,3\n")
    assert [one.rule for one in read_customers(path, OrderOptions())[1]] == ["missing-column"]
    assert [one.rule for one in read_events(path, OrderOptions())[1]] == ["missing-column"]
