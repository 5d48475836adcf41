"""What Dittofeed calls our events, facts and channels, as data."""

from __future__ import annotations

import hashlib
import re
from typing import Final

TARGET: Final = "dittofeed"
# Dittofeed's own events; the rest are sent by the shop under our names.
SENT, NODE_DONE = "DFInternalMessageSent", "DFJourneyNodeProcessed"
SUBSCRIPTION: Final = "DFSubscriptionChange"
DELIVERED, OPENED, CLICKED = "DFEmailDelivered", "DFEmailOpened", "DFEmailClicked"
OWN_EVENTS: Final = {
    "message_opened": (OPENED, {}),
    "link_clicked": (CLICKED, {}),
    "unsubscribed": (SUBSCRIPTION, {"action": "Unsubscribe"}),
}
# What is bought comes as one event for each line of an order.
PRODUCT_ORDERED: Final = "product_ordered"
PRODUCT_FIELDS: Final = {"product": "product.sku", "category": "product.category"}
CHANNELS: Final = {"email": "Email", "sms": "Sms", "push": "MobilePush"}
ENGAGED: Final = {"email": (OPENED, CLICKED)}
REACHED: Final = {
    ("email", "delivered"): (DELIVERED, OPENED, CLICKED),
    ("email", "opened"): (OPENED, CLICKED),
    ("email", "clicked"): (CLICKED,),
    ("sms", "delivered"): ("DFSmsDelivered",),
}
# The property that says whose event it is: the key of runs that have no order, cart or product.
CUSTOMER_KEY: Final = "customer_id"
RUN_KEYS: Final = {"order": "order.id", "cart": "cart.id", "product": "product.sku"}
# User properties that every workspace has, by the names that they have here.
PERSON: Final = {"first_name": "firstName", "last_name": "lastName", "email": "email"}
DEFAULT_PROPERTIES: Final = frozenset(
    [
        *("id", "anonymousId", "email", "phone", "deviceToken"),
        *("firstName", "lastName", "language", "timezone", "latLon"),
    ]
)
ENTERED: Final = "trigger~entered"
# Names of segments that all flows ask. No id of the playbook has the sign, and no node begins so.
HOLDOUT, CAP = "guardrails~~holdout", "guardrails~~cap~{channel}"
# Secrets of the webhook channel, which a person fills in.
API_SECRET, WRITE_KEY_SECRET, ADMIN_KEY_SECRET = (
    "playbook_api_url",
    "playbook_write_key",
    "playbook_admin_key",
)
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\Z")


def event_of(event: str) -> tuple[str, dict[str, str]]:
    """Return the name of an event in Dittofeed, and the properties that tell it from others."""
    return OWN_EVENTS.get(event, (event, {}))


def identifier(text: str) -> str:
    """Return a name for a trait, property or secret: letters, digits and underscores alone.

    Dots become two underscores; what else is not plain is told apart by a digest.
    """
    plain = text.replace(".", "__")
    if _PLAIN.match(plain):
        return plain
    slug = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:32]
    return f"{slug}_{hashlib.sha256(text.encode()).hexdigest()[:8]}".lstrip("_")


def node_name(flow: str, node: str) -> str:
    """Return the name of what belongs to one node of a flow: unlike that of any audience."""
    return f"{flow}~{node}"


def tag_trait(tag: str) -> str:
    """Return the trait that says whether a customer has a tag."""
    return identifier(f"tag_{tag}")


def group_name(channel: str) -> str:
    """Return the name of the subscription group of a channel's marketing."""
    return f"marketing-{channel}"
