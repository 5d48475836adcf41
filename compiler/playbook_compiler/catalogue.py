"""The built-in facts, message variables and order-line fields, as data; and all in one table."""

from __future__ import annotations

from collections.abc import Iterable

from playbook_compiler.countries import COUNTRIES
from playbook_compiler.event_catalogue import (
    CART_FIELDS,
    CHANNELS,
    EVENTS,
    ORDER_FIELDS,
    PRODUCT_FIELDS,
    TRIGGERS,
)
from playbook_compiler.facts import Catalogue, Fact, IdKind, ValueType, Where
from playbook_compiler.values import replace

NEVER_BOUGHT = "customers who never bought"
_UNOBSERVED = "everyone, where the playbook has no such programme or file"
_UNTOLD = "customers of whom the files do not tell it"

RFM_SEGMENTS = (
    "champion",
    "loyal",
    "potential-loyalist",
    "new",
    "promising",
    "needs-attention",
    "about-to-sleep",
    "at-risk",
    "cannot-lose",
    "hibernating",
    "lost",
)
LIFECYCLE = ("new", "growing", "mature", "dormant", "lost")
_MESSAGE_CHANNELS = tuple(sorted(one.name for one in CHANNELS if one.message))

_T = ValueType
_FACTS = (
    Fact("orders", _T.INTEGER, "Orders so far.", unit="orders", least=0),
    Fact("revenue", _T.MONEY, "Sum of all order values so far.", unit="money", least=0),
    Fact(
        "aov",
        _T.MONEY,
        "Average order value: revenue / orders.",
        unit="money",
        least=0,
        missing_for=NEVER_BOUGHT,
    ),
    Fact(
        "days_since_first_order",
        _T.DAYS,
        "Full local days since the first order.",
        unit="days",
        least=0,
        missing_for=NEVER_BOUGHT,
    ),
    Fact(
        "days_since_last_order",
        _T.DAYS,
        "Full local days since the latest order.",
        unit="days",
        least=0,
        missing_for=NEVER_BOUGHT,
    ),
    Fact(
        "days_as_customer",
        _T.DAYS,
        "Full local days since the sign-up or the first order, whichever came first.",
        unit="days",
        least=0,
        missing_for="customers with neither a sign-up date nor an order",
    ),
    Fact(
        "probability_alive",
        _T.SHARE,
        "Probability that the customer has not left for good (BG/NBD).",
        unit="share",
        least=0,
        most=1,
        missing_for=NEVER_BOUGHT,
    ),
    Fact(
        "expected_orders",
        _T.NUMBER,
        "Orders expected within the next stretch of time, as in `expected_orders(90d)`.",
        unit="orders",
        least=0,
        missing_for=NEVER_BOUGHT,
        takes_duration=True,
    ),
    Fact(
        "rfm",
        _T.ENUM,
        "Segment by recency, frequency and monetary value, as `playbook diagnose` lists them.",
        members=RFM_SEGMENTS,
        missing_for=NEVER_BOUGHT,
    ),
    Fact(
        "rfm.r",
        _T.INTEGER,
        "Recency score: 5 for the fifth of customers who bought last.",
        unit="score 1-5",
        least=1,
        most=5,
        missing_for=NEVER_BOUGHT,
    ),
    Fact(
        "rfm.f",
        _T.INTEGER,
        "Frequency score: 5 for the fifth of customers who buy most often.",
        unit="score 1-5",
        least=1,
        most=5,
        missing_for=NEVER_BOUGHT,
    ),
    Fact(
        "rfm.m",
        _T.INTEGER,
        "Monetary score: 5 for the fifth of customers who spend most.",
        unit="score 1-5",
        least=1,
        most=5,
        missing_for=NEVER_BOUGHT,
    ),
    Fact(
        "lifecycle",
        _T.ENUM,
        "Stage of the customer's life with the shop, as `playbook diagnose` lists them.",
        members=LIFECYCLE,
        missing_for=NEVER_BOUGHT,
    ),
    Fact(
        "tier",
        _T.ENUM,
        "Level in the shop's tier programme.",
        ids=IdKind.TIER,
        missing_for=_UNOBSERVED,
    ),
    Fact(
        "points",
        _T.INTEGER,
        "Points that can be redeemed now.",
        unit="points",
        least=0,
        missing_for=_UNOBSERVED,
    ),
    Fact(
        "channel",
        _T.TEXT,
        "Channel by which the customer was acquired.",
        static=True,
        missing_for=_UNTOLD,
    ),
    Fact(
        "marketplace",
        _T.TEXT,
        "Marketplace on which the customer buys; unknown for the shop's own customers.",
        static=True,
        missing_for="customers of the shop itself",
    ),
    Fact(
        "country",
        _T.ENUM,
        "Country as ISO 3166-1 code of two capital letters.",
        members=COUNTRIES,
        static=True,
        missing_for=_UNTOLD,
    ),
    Fact(
        "zone",
        _T.TEXT,
        "Time zone by its IANA name such as Europe/Berlin.",
        static=True,
        missing_for=_UNTOLD,
    ),
    Fact(
        "birthday",
        _T.YEARLY_DATE,
        "Day of birth as month-day.",
        static=True,
        missing_for=_UNTOLD,
    ),
    Fact("tags", _T.SET, "Tags that the shop or a flow has set."),
    Fact(
        "consent",
        _T.SET,
        "Channels on which marketing is allowed.",
        members=_MESSAGE_CHANNELS,
        missing_for=_UNTOLD,
    ),
    Fact(
        "orders_per_month",
        _T.NUMBER,
        "The shop's orders a month: mean of the last three full months.",
        Where.SHOP,
        unit="orders a month",
        least=0,
        missing_for="a shop younger than three full months",
    ),
    Fact(
        "customers",
        _T.INTEGER,
        "Customers of the shop who ever bought.",
        Where.SHOP,
        unit="customers",
        least=0,
    ),
)

_M = Where.MESSAGE
_VARIABLES = (
    Fact("first_name", _T.TEXT, "First name.", _M, static=True, missing_for=_UNTOLD),
    Fact("last_name", _T.TEXT, "Last name.", _M, static=True, missing_for=_UNTOLD),
    Fact("email", _T.TEXT, "E-mail address.", _M, static=True, missing_for=_UNTOLD),
    *(replace(one, where=_M) for one in ORDER_FIELDS),
    Fact("order.ordered_at", _T.DATE, "Day of the order.", _M),
    Fact("order.tracking_url", _T.TEXT, "Link to the parcel.", _M, missing_for="orders not sent"),
    Fact("order.status_url", _T.TEXT, "Link to the order in the shop.", _M),
    *(replace(one, where=_M) for one in PRODUCT_FIELDS),
    Fact("product.url", _T.TEXT, "Link to the product.", _M),
    Fact("product.image_url", _T.TEXT, "Link to the product's picture.", _M),
    *(replace(one, where=_M) for one in CART_FIELDS),
    Fact("cart.url", _T.TEXT, "Link back to the cart.", _M),
    Fact("offer.code", _T.TEXT, "The customer's code for the message's offer.", _M),
    Fact("offer.valid_until", _T.DATE, "Last day of the message's offer.", _M),
    Fact("sender.name", _T.TEXT, "The shop's name as sender.", _M),
    Fact("sender.email", _T.TEXT, "The shop's address as sender.", _M),
    Fact("sender.address", _T.TEXT, "The shop's postal address.", _M),
    Fact("sender.url", _T.TEXT, "The shop on the internet, if `sender` says it.", _M),
    Fact("sender_address", _T.TEXT, "The shop's postal address.", _M),
    Fact("unsubscribe_url", _T.TEXT, "Link by which the customer leaves the channel.", _M),
)
_L = Where.LINE
_LINES = (
    Fact("category", _T.TEXT, "Category of the line's product.", _L, ids=IdKind.CATEGORY),
    Fact("product", _T.TEXT, "Key of the line's product.", _L, ids=IdKind.PRODUCT),
    Fact("name", _T.TEXT, "Name of the line's product.", _L),
    Fact("quantity", _T.INTEGER, "Pieces on the line.", _L, unit="pieces", least=0),
    Fact("price", _T.MONEY, "Price of one piece.", _L, unit="money", least=0),
)


def _by_name(facts: Iterable[Fact]) -> dict[str, Fact]:
    return {one.name: one for one in facts}


BUILT_IN = Catalogue(
    facts=_by_name(_FACTS),
    variables=_by_name(_VARIABLES),
    lines=_by_name(_LINES),
    events={one.name: one for one in EVENTS},
    channels={one.name: one for one in CHANNELS},
    triggers=TRIGGERS,
)
