"""What Klaviyo calls our events, facts and variables, as data."""

from __future__ import annotations

from playbook_compiler.values import dataclass

PLACED_ORDER = "Placed Order"
ORDERED_PRODUCT = "Ordered Product"
RECEIVED = {"email": "Received Email", "sms": "Received SMS", "push": "Received Push"}
ENGAGED = {
    "email": ("Opened Email", "Clicked Email"),
    "sms": ("Clicked SMS",),
    "push": ("Opened Push",),
}
HOLDOUT = "playbook_holdout"
ENTERED = "playbook_entered: "
# Events of one order: Klaviyo counts those of any order.
OF_AN_ORDER = (
    *("order_paid", "order_shipped", "out_for_delivery", "order_delivered", "order_returned"),
)


@dataclass(frozen=True, slots=True)
class Metric:
    """A Klaviyo metric; `note` says where it is not quite our event."""

    name: str
    note: str = ""


METRICS = {
    "sign_up": Metric("Subscribed to Email Marketing", "signing up is subscribing to e-mail"),
    "account_created": Metric("Created Account", "sent by the shop or its app"),
    "order_placed": Metric(PLACED_ORDER),
    "order_paid": Metric(PLACED_ORDER, "Klaviyo's shop integrations send paid orders as placed"),
    "order_shipped": Metric("Fulfilled Order"),
    "out_for_delivery": Metric("Marked Out for Delivery", "sent by the Shopify integration"),
    "order_delivered": Metric("Delivered Shipment", "sent by the Shopify integration"),
    "order_returned": Metric("Refunded Order", "a refund stands for the return"),
    "cart_abandoned": Metric(
        "Started Checkout", "a checkout without an order after an hour is an abandoned cart"
    ),
    "product_browsed": Metric("Viewed Product"),
    "wish_listed": Metric("Added to Wishlist", "sent by the shop or its app"),
    "review_left": Metric("Submitted Review", "sent by the review app"),
    "feedback_given": Metric("Gave Feedback", "sent by the survey app"),
    "message_opened": Metric("Opened Email", "opens of any e-mail, not of this run's alone"),
    "link_clicked": Metric("Clicked Email", "clicks in any e-mail, not in this run's alone"),
    "unsubscribed": Metric("Unsubscribed from Email Marketing", "of e-mail only"),
}
# Fields of events that Klaviyo's integrations spell the same way; others are the shop's own.
TRIGGER_FIELDS = {
    "order.total": "$value",
    "cart.total": "$value",
    "product.name": "ProductName",
    "product.sku": "SKU",
    "product.category": "Categories",
    "product.price": "Price",
}
# What a template says for each of our variables.
PERSON = {
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "person.email",
}
EVENT = {
    "order.id": "event.extra.order_number",
    "order.total": "event|lookup:'$value'",
    "order.tracking_url": "event.extra.fulfillments.0.tracking_url",
    "order.status_url": "event.extra.order_status_url",
    "product.sku": "event.SKU",
    "product.category": "event.Categories.0",
    "product.name": "event.ProductName",
    "product.price": "event.Price",
    "product.url": "event.URL",
    "product.image_url": "event.ImageURL",
    "cart.total": "event|lookup:'$value'",
    "cart.url": "event.extra.checkout_url",
}
COUPON_TAG = "{{% coupon_code '{name}' %}}"
DAYS_LATER = "{{% today '%Y-%m-%d' as today %}}{{{{ today|days_later:{days} }}}}"
UNSUBSCRIBE_URL = "{% unsubscribe_link %}"
ORGANIZATION_ADDRESS = "{{ organization.full_address }}"


_NOTES = {metric.name: metric.note for metric in METRICS.values() if metric.note}


def metric_note(name: str) -> str:
    """Return what a person should know who looks a metric up."""
    known = {metric.name for metric in METRICS.values()} | {ORDERED_PRODUCT}
    known |= {*RECEIVED.values(), *(one for names in ENGAGED.values() for one in names)}
    if name in known:
        return _NOTES.get(name, "") if name != PLACED_ORDER else ""
    return "sent to Klaviyo by the shop under this name"


def event_metric(event: str) -> Metric:
    """Return the metric of an event; a custom event has its own name there."""
    return METRICS.get(event, Metric(event, "sent to Klaviyo by the shop under this name"))
