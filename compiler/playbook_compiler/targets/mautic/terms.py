"""What Mautic calls our channels, events and fields, as data and short rules."""

from __future__ import annotations

import hashlib
import re
from typing import Final

TARGET: Final = "mautic"
NAME_LIMIT: Final = 190
_TAG_BEGINS = re.compile(r"<(?![\s=])")
ALIAS_LIMIT: Final = 25
PREFIX: Final = "pb_"
# The names of Mautic's own channels, as its Do Not Contact list knows them.
CHANNELS: Final = {"email": "email", "sms": "sms", "push": "notification"}
SENDS: Final = {
    "email": "email.send",
    "sms": "sms.send_text_sms",
    "push": "notification.send_notification",
}
# Decisions that hang on the sending of an e-mail.
DECISIONS: Final = {"message_opened": "email.open", "link_clicked": "email.click"}
UNSUBSCRIBED: Final = 1
# Mautic counts the days of the week from Sunday.
WEEKDAYS: Final = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
LAST_ORDER: Final = "last_order"
# What a contact field is named after, for dates that several constructs share.
EVENT_FIELDS: Final = {"order_placed": LAST_ORDER}
AGE_FIELDS: Final = {
    "days_since_last_order": LAST_ORDER,
    "days_since_first_order": "first_order",
    "days_as_customer": "customer_since",
}
PERSON: Final = {"first_name": "firstname", "last_name": "lastname", "email": "email"}


def alias(name: str) -> str:
    """Return the alias of a contact field of ours: at most 25 letters, digits and underscores."""
    plain = PREFIX + re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if len(plain) <= ALIAS_LIMIT and plain == PREFIX + name.replace(".", "_"):
        return plain
    digest = hashlib.sha256(name.encode()).hexdigest()[:7]
    return f"{plain[: ALIAS_LIMIT - 8]}_{digest}"


def shown(text: str) -> str:
    """Return a name for people in Mautic: one line, without markup, not too long.

    Mautic shows names in pages: what an author wrote in angle brackets stays text there.
    """
    line = _TAG_BEGINS.sub("‹", " ".join(text.split()))
    return line if len(line) <= NAME_LIMIT else line[: NAME_LIMIT - 1] + "…"


def tag(name: str) -> str:
    """Return a tag's name in Mautic, which would take a tag away whose name begins with a minus."""
    line = shown(name)
    return f"\u2011{line[1:]}" if line.startswith("-") else line
