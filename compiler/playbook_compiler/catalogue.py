"""The built-in facts, message variables, order-line fields, events and channels, as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from playbook_compiler.countries import COUNTRIES
from playbook_compiler.facts import (
    Catalogue,
    Channel,
    Event,
    Fact,
    IdKind,
    Nature,
    RunKey,
    ValueType,
    Where,
)

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
_CHANNELS = (
    Channel("email", "E-mail."),
    Channel("sms", "Text message to a phone."),
    Channel("push", "Push notification of an app or browser."),
    Channel("in_app", "Message inside the shop's app or site."),
    Channel("post", "Card or letter, or an insert in the parcel."),
    Channel("ads", "Audience of an advertising platform.", message=False),
    Channel("community", "Group or chat community of the shop.", message=False),
    Channel("chat", "One-to-one chat or messenger."),
    Channel("phone", "Phone call by a person."),
)
_MESSAGE_CHANNELS = tuple(sorted(one.name for one in _CHANNELS if one.message))

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
        "Segment by recency, frequency and monetary value.",
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
        "Stage of the customer's life with the shop.",
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

_ORDER = (
    Fact("order.id", _T.TEXT, "The order's number in the shop."),
    Fact("order.total", _T.MONEY, "What the customer pays for the order.", unit="money", least=0),
    Fact("order.discount", _T.MONEY, "Discount on the order.", unit="money", least=0),
    Fact("order.nth", _T.INTEGER, "1 for the first order, 2 for the second.", least=1),
    Fact(
        "order.marketplace",
        _T.TEXT,
        "Marketplace of the order.",
        missing_for="orders in the shop itself",
    ),
)
_PRODUCT = (
    Fact("product.sku", _T.TEXT, "The product's key.", ids=IdKind.PRODUCT),
    Fact("product.category", _T.TEXT, "The product's category.", ids=IdKind.CATEGORY),
    Fact("product.name", _T.TEXT, "The product's name in the shop."),
    Fact("product.price", _T.MONEY, "The product's price.", unit="money", least=0),
)
_CART = (
    Fact("cart.id", _T.TEXT, "The cart's number in the shop."),
    Fact("cart.total", _T.MONEY, "Value of the goods in the cart.", unit="money", least=0),
)
_SENT = (
    Fact("message", _T.TEXT, "The message's id.", ids=IdKind.MESSAGE),
    Fact("channel", _T.ENUM, "The message's channel.", ids=IdKind.CHANNEL),
)
_POINTS = (Fact("points", _T.INTEGER, "How many points.", unit="points", least=0),)
_OFFER = (Fact("offer", _T.TEXT, "The offer's id.", ids=IdKind.OFFER),)
_TOPIC = (Fact("topic", _T.TEXT, "What the case is about.", missing_for="cases without a topic"),)
_SCORE = (
    Fact("score", _T.INTEGER, "Satisfaction from 0 to 10.", unit="score 0-10", least=0, most=10),
)
_RATING = (Fact("rating", _T.INTEGER, "Stars from 1 to 5.", unit="stars", least=1, most=5),)
_TIERS = (
    Fact("tier", _T.ENUM, "The new level.", ids=IdKind.TIER),
    Fact("direction", _T.ENUM, "Whether the level rose or fell.", members=("up", "down")),
)

_N, _K = Nature, RunKey
_EVENTS = (
    Event("sign_up", "A person subscribes to the newsletter.", _N.SIGN_UP),
    Event("account_created", "A person opens an account in the shop.", _N.SIGN_UP),
    Event("order_placed", "An order is placed.", _N.ORDER, key=_K.ORDER, fields=_ORDER),
    Event("order_paid", "An order is paid.", _N.AFTER_ORDER, key=_K.ORDER, fields=_ORDER),
    Event("order_shipped", "An order leaves.", _N.AFTER_ORDER, key=_K.ORDER, fields=_ORDER),
    Event(
        "out_for_delivery",
        "The carrier brings the order today.",
        _N.AFTER_ORDER,
        key=_K.ORDER,
        fields=_ORDER,
    ),
    Event(
        "order_delivered",
        "The order reaches the customer.",
        _N.AFTER_ORDER,
        key=_K.ORDER,
        fields=_ORDER,
    ),
    Event(
        "order_returned",
        "The customer sends goods of an order back.",
        _N.AFTER_ORDER,
        key=_K.ORDER,
        fields=_ORDER,
    ),
    Event(
        "cart_abandoned",
        "A cart is left without an order.",
        _N.BEFORE_ORDER,
        key=_K.CART,
        fields=_CART + _PRODUCT,
    ),
    Event(
        "product_browsed",
        "A known visitor looks at a product.",
        _N.BEFORE_ORDER,
        key=_K.PRODUCT,
        fields=_PRODUCT,
    ),
    Event(
        "wish_listed",
        "A product is put on the wish list.",
        _N.BEFORE_ORDER,
        key=_K.PRODUCT,
        fields=_PRODUCT,
    ),
    Event(
        "review_left",
        "The customer reviews a product.",
        _N.AFTER_ORDER,
        key=_K.PRODUCT,
        fields=_RATING + _PRODUCT,
    ),
    Event(
        "feedback_given",
        "The customer answers the satisfaction question.",
        _N.AFTER_ORDER,
        key=_K.ORDER,
        fields=_SCORE + _ORDER,
    ),
    Event("message_opened", "A message is opened.", _N.AFTER_MESSAGE, fields=_SENT),
    Event("link_clicked", "A link in a message is clicked.", _N.AFTER_MESSAGE, fields=_SENT),
    Event("unsubscribed", "The customer leaves a channel.", _N.AFTER_MESSAGE, fields=(_SENT[1],)),
    Event(
        "offer_redeemed",
        "An order uses an offer.",
        _N.PROGRAMME,
        key=_K.ORDER,
        fields=_OFFER + _ORDER,
    ),
    Event("points_earned", "Points are credited.", _N.PROGRAMME, human=False, fields=_POINTS),
    Event("points_redeemed", "Points are spent.", _N.PROGRAMME, fields=_POINTS),
    Event(
        "points_expiring",
        "Points are about to lapse.",
        _N.PROGRAMME,
        human=False,
        fields=_POINTS,
    ),
    Event("tier_changed", "The level changes.", _N.PROGRAMME, human=False, fields=_TIERS),
    Event("referred", "A person whom the customer recommended buys.", _N.PROGRAMME),
    Event(
        "subscription_renewed",
        "A subscription delivers again.",
        _N.PROGRAMME,
        human=False,
        fields=_PRODUCT,
    ),
    Event(
        "subscription_cancelled",
        "The customer ends a subscription.",
        _N.PROGRAMME,
        fields=_PRODUCT,
    ),
    Event("support_case_opened", "The customer asks for help.", _N.OTHER, fields=_TOPIC),
    Event("support_case_closed", "A support case is solved.", _N.OTHER, fields=_TOPIC),
)

_M = Where.MESSAGE
_VARIABLES = (
    Fact("first_name", _T.TEXT, "First name.", _M, static=True, missing_for=_UNTOLD),
    Fact("last_name", _T.TEXT, "Last name.", _M, static=True, missing_for=_UNTOLD),
    Fact("email", _T.TEXT, "E-mail address.", _M, static=True, missing_for=_UNTOLD),
    *(replace(one, where=_M) for one in _ORDER),
    Fact("order.ordered_at", _T.DATE, "Day of the order.", _M),
    Fact("order.tracking_url", _T.TEXT, "Link to the parcel.", _M, missing_for="orders not sent"),
    Fact("order.status_url", _T.TEXT, "Link to the order in the shop.", _M),
    *(replace(one, where=_M) for one in _PRODUCT),
    Fact("product.url", _T.TEXT, "Link to the product.", _M),
    Fact("product.image_url", _T.TEXT, "Link to the product's picture.", _M),
    *(replace(one, where=_M) for one in _CART),
    Fact("cart.url", _T.TEXT, "Link back to the cart.", _M),
    Fact("offer.code", _T.TEXT, "The customer's code for the message's offer.", _M),
    Fact("offer.valid_until", _T.DATE, "Last day of the message's offer.", _M),
    Fact("sender.name", _T.TEXT, "The shop's name as sender.", _M),
    Fact("sender.email", _T.TEXT, "The shop's address as sender.", _M),
    Fact("sender.address", _T.TEXT, "The shop's postal address.", _M),
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
    events={one.name: one for one in _EVENTS},
    channels={one.name: one for one in _CHANNELS},
)
