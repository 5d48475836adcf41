"""The built-in events with their fields, and the channels, as data."""

from __future__ import annotations

from playbook_compiler.facts import Channel, Event, Fact, IdKind, Nature, RunKey, ValueType

CHANNELS = (
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

_T = ValueType
ORDER_FIELDS = (
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
PRODUCT_FIELDS = (
    Fact("product.sku", _T.TEXT, "The product's key.", ids=IdKind.PRODUCT),
    Fact("product.category", _T.TEXT, "The product's category.", ids=IdKind.CATEGORY),
    Fact("product.name", _T.TEXT, "The product's name in the shop."),
    Fact("product.price", _T.MONEY, "The product's price.", unit="money", least=0),
)
CART_FIELDS = (
    Fact("cart.id", _T.TEXT, "The cart's number in the shop."),
    Fact("cart.total", _T.MONEY, "Value of the goods in the cart.", unit="money", least=0),
)
_SENT = (
    Fact("message", _T.TEXT, "The message's id.", ids=IdKind.MESSAGE),
    Fact("channel", _T.ENUM, "The message's channel.", ids=IdKind.CHANNEL),
)
_POINTS = (Fact("points", _T.INTEGER, "How many points.", unit="points", least=0),)
_ENDS = Fact("expires_on", _T.DATE, "Last day on which it can be used.")
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
EVENTS = (
    Event("sign_up", "A person subscribes to the newsletter.", _N.SIGN_UP),
    Event("account_created", "A person opens an account in the shop.", _N.SIGN_UP),
    Event("order_placed", "An order is placed.", _N.ORDER, key=_K.ORDER, fields=ORDER_FIELDS),
    Event("order_paid", "An order is paid.", _N.AFTER_ORDER, key=_K.ORDER, fields=ORDER_FIELDS),
    Event("order_shipped", "An order leaves.", _N.AFTER_ORDER, key=_K.ORDER, fields=ORDER_FIELDS),
    Event(
        "out_for_delivery",
        "The carrier brings the order today.",
        _N.AFTER_ORDER,
        key=_K.ORDER,
        fields=ORDER_FIELDS,
    ),
    Event(
        "order_delivered",
        "The order reaches the customer.",
        _N.AFTER_ORDER,
        key=_K.ORDER,
        fields=ORDER_FIELDS,
    ),
    Event(
        "order_returned",
        "The customer sends goods of an order back.",
        _N.AFTER_ORDER,
        key=_K.ORDER,
        fields=ORDER_FIELDS,
    ),
    Event(
        "cart_abandoned",
        "A cart is left without an order.",
        _N.BEFORE_ORDER,
        key=_K.CART,
        fields=CART_FIELDS + PRODUCT_FIELDS,
    ),
    Event(
        "product_browsed",
        "A known visitor looks at a product.",
        _N.BEFORE_ORDER,
        key=_K.PRODUCT,
        fields=PRODUCT_FIELDS,
    ),
    Event(
        "wish_listed",
        "A product is put on the wish list.",
        _N.BEFORE_ORDER,
        key=_K.PRODUCT,
        fields=PRODUCT_FIELDS,
    ),
    Event(
        "review_left",
        "The customer reviews a product.",
        _N.AFTER_ORDER,
        key=_K.PRODUCT,
        fields=_RATING + PRODUCT_FIELDS,
    ),
    Event(
        "feedback_given",
        "The customer answers the satisfaction question.",
        _N.AFTER_ORDER,
        key=_K.ORDER,
        fields=_SCORE + ORDER_FIELDS,
    ),
    Event("message_opened", "A message is opened.", _N.AFTER_MESSAGE, fields=_SENT),
    Event("link_clicked", "A link in a message is clicked.", _N.AFTER_MESSAGE, fields=_SENT),
    Event("unsubscribed", "The customer leaves a channel.", _N.AFTER_MESSAGE, fields=(_SENT[1],)),
    Event(
        "offer_redeemed",
        "An order uses an offer.",
        _N.PROGRAMME,
        key=_K.ORDER,
        fields=_OFFER + ORDER_FIELDS,
    ),
    Event("points_earned", "Points are credited.", _N.PROGRAMME, human=False, fields=_POINTS),
    Event("points_redeemed", "Points are spent.", _N.PROGRAMME, fields=_POINTS),
    Event(
        "points_expiring",
        "Points are about to lapse.",
        _N.PROGRAMME,
        human=False,
        fields=(*_POINTS, _ENDS),
    ),
    Event("tier_changed", "The level changes.", _N.PROGRAMME, human=False, fields=_TIERS),
    Event("referred", "A person whom the customer recommended buys.", _N.PROGRAMME),
    Event(
        "subscription_renewed",
        "A subscription delivers again.",
        _N.PROGRAMME,
        human=False,
        fields=PRODUCT_FIELDS,
    ),
    Event(
        "subscription_cancelled",
        "The customer ends a subscription.",
        _N.PROGRAMME,
        fields=PRODUCT_FIELDS,
    ),
    Event("support_case_opened", "The customer asks for help.", _N.OTHER, fields=_TOPIC),
    Event("support_case_closed", "A support case is solved.", _N.OTHER, fields=_TOPIC),
)
# What triggers that are no events tell; those of other kinds tell nothing beyond the customer.
TRIGGERS = {
    "replenishment:": (*ORDER_FIELDS, *PRODUCT_FIELDS),
    "date:": (Fact("date", _T.DATE, "The day that the trigger is about."),),
    "points_reach:": _POINTS,
    "points_expiring:": (*_POINTS, _ENDS),
    "offer_expiring:": (*_OFFER, _ENDS),
    "tier_changed:": _TIERS,
}


def trigger_source(kind: str, event: str = "") -> str | None:
    """Return what a flow's trigger is called where its fields are looked up; None: it has none."""
    if event:
        return event
    return f"{kind}:" if f"{kind}:" in TRIGGERS else None
