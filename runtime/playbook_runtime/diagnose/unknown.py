"""What the data cannot tell, and what to bring so that they can."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from playbook_compiler.model import Playbook
from playbook_runtime.behaviour.window import customers_from_before
from playbook_runtime.counted import count_of, word_of
from playbook_runtime.diagnose.matrix import CURRENCIES, YEAR
from playbook_runtime.diagnose.model import Unknown
from playbook_runtime.diagnose.months import FullMonths, last_day
from playbook_runtime.diagnose.purchases import Purchases
from playbook_runtime.lifecycle import GAPS_NEEDED, Silence
from playbook_runtime.observed import Observed
from playbook_runtime.orders.currency import NO_CURRENCY
from playbook_runtime.orders.model import UNKNOWN_CONSENT
from playbook_runtime.settings import EPOCH

SEASONS: Final = 24  # months: two of each
FEW_CUSTOMERS: Final = 300
_SHOPIFY: Final = "shopify"


def unknown_things(
    data: Observed,
    purchases: Purchases,
    playbook: Playbook | None,
    full: FullMonths,
    silence: Silence,
    *,
    with_channels: bool,
    with_visits: bool,
) -> tuple[Unknown, ...]:
    """Return what cannot be told, what matters to most numbers first."""
    return (
        *_of_time(data, purchases, full),
        *_of_orders(data, playbook),
        *_of_customers(data, purchases, silence, with_channels),
        *_of_money(playbook, with_visits),
    )


def _of_time(data: Observed, purchases: Purchases, full: FullMonths) -> Iterator[Unknown]:
    begins = EPOCH + timedelta(days=int(purchases.first_day.min()))
    before = customers_from_before(data.history)
    more = (
        f"; about {before:,} of {count_of(purchases.customers, 'customer')} seem to be such, so"
        " that this matters here"
        if before
        else ""
    )
    yield Unknown(
        "before-the-log",
        f"Who bought before {begins}, where the file begins: such customers count as new with their"
        f" first order in the file{more}.",
        "orders since the shop opened, if there are older ones",
    )
    if len(full) < YEAR:
        yield Unknown(
            "a-year",
            f"Anything about a year: the file covers {_months(len(full))}.",
            "at least 12 full months of orders",
        )
    if len(full) < SEASONS:
        yield Unknown(
            "season",
            f"Seasons: with {_months(len(full))}, a good December cannot be told from growth.",
            "24 full months of orders",
        )
    if full.partial is not None:
        yield Unknown(
            "partial-month",
            f"How the month of {data.as_of} went: it is not over, and is in no table of months.",
            f"orders up to the month's end; or --as-of {_month_end(full.partial)}, if these are all"
            " of the month",
        )


def _month_end(month: int) -> date:
    return EPOCH + timedelta(days=last_day(month))


def _of_orders(data: Observed, playbook: Playbook | None) -> Iterator[Unknown]:
    reading = data.orders.reading
    if reading.anonymous_orders:
        yield Unknown(
            "no-buyer",
            f"Who placed {count_of(reading.anonymous_orders, 'order')} without a buyer"
            " (marketplace, point of"
            " sale): they are in no number about customers.",
            "an export that has an e-mail address or customer id in these orders",
        )
    if data.orders.category is None:
        yield Unknown(
            "products",
            "What was bought: no column says a category, so that shops with several kinds of goods"
            " are judged as a whole.",
            "a column with the category (--map category=COLUMN)",
        )
    if reading.source == _SHOPIFY:
        yield Unknown(
            "refund-dates",
            "When money was refunded: the export has no date of refunds, so that they lower the"
            " month of the order.",
            "nothing; keep it in mind when the last months look better than the ones before",
        )
    elif not reading.refund_rows:
        yield Unknown(
            "refunds",
            "What was sent back: there is no refund in the file, so that revenue is that of orders,"
            " not of what customers kept.",
            "refunds as rows with a negative amount, or totals net of refunds",
        )
    if (data.orders.discount_minor < 0).all():
        yield Unknown(
            "discounts",
            "Which orders used a discount: no column says it, so that buyers who only come for"
            " codes are not told apart.",
            "a column with the discount (--map discount=COLUMN)",
        )
    if reading.currency == NO_CURRENCY:
        yield Unknown(
            "currency",
            "In which currency the amounts are: none is named.",
            "--currency EUR, or a playbook",
        )
    told = playbook.matrix.valuable if playbook is not None and playbook.matrix else None
    if told is None and reading.currency not in CURRENCIES:
        yield Unknown(
            "order-value",
            "Whether your orders are worth much for your trade: there is no built-in mark for this"
            " currency.",
            "`matrix: {valuable: AMOUNT}` in the playbook",
        )


def _of_customers(
    data: Observed, purchases: Purchases, silence: Silence, with_channels: bool
) -> Iterator[Unknown]:
    if purchases.customers < FEW_CUSTOMERS:
        yield Unknown(
            "few-customers",
            f"Much: {count_of(purchases.customers, 'customer')}"
            f" {word_of(purchases.customers, 'is', 'are')}"
            " few. Read the intervals, not the shares.",
            "time; a test on so few proves nothing either",
        )
    if not silence.is_known:
        yield Unknown(
            "pauses",
            f"After which silence a customer is gone: known pauses between two purchases are"
            f" {silence.gaps}, and {GAPS_NEEDED} are needed. Dormant is taken as more than"
            f" {silence.dormant_after} days, lost as more than {silence.lost_after}.",
            "a longer history, in which more customers have bought again",
        )
    customers = data.customers
    consented = customers.consent if customers is not None else {}
    if "email" not in consented and (data.orders.email_consent == UNKNOWN_CONSENT).all():
        yield Unknown(
            "consent",
            "Whom you may write to: no file says who has consented.",
            "--customers with a column consent_email (yes or no), and consent_sms if you send any",
        )
    if not with_channels:
        yield Unknown(
            "channel",
            "Which channel brings customers who stay: no file says by which one they came.",
            "--customers with a column channel, or one in the orders",
        )
    events = data.events
    if events is None:
        yield Unknown(
            "events",
            "What happens between orders (sign-ups, carts, deliveries, opens, clicks): there is no"
            " events file.",
            "--events with columns event, customer_id, occurred_at",
        )


def _of_money(playbook: Playbook | None, with_visits: bool) -> Iterator[Unknown]:
    economics = playbook.economics if playbook is not None else None
    if economics is None:
        yield Unknown(
            "margin",
            "What an order leaves: lifetime value is told as revenue, not as contribution.",
            "`economics: {gross_margin: ...}` in a playbook",
        )
    if economics is None or economics.acquisition is None:
        yield Unknown(
            "acquisition-cost",
            "When a customer has paid for having been won: nothing says what winning one costs.",
            "`economics: {acquisition: {cost_per_customer: ...}}` in a playbook",
        )
    if not with_visits:
        yield Unknown(
            "visits",
            "How many visitors buy (conversion): an orders file knows buyers only.",
            "`assume: {visits: {rate: 24000 per 1mo}}`, or visit events in --events",
        )


def _months(count: int) -> str:
    return count_of(count, "full month")
