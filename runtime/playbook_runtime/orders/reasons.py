"""Why a row did not become an order of its own: one code a rule, with the sentence for people."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from playbook_compiler.values import dataclass


class Fate(StrEnum):
    """What becomes of a row. Rows read = accepted + merged + quarantined + left out."""

    ACCEPTED = "accepted"
    MERGED = "merged"
    QUARANTINED = "quarantined"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule. `field` is the field whose cell is to blame; `private` cells are never shown."""

    code: int
    name: str
    fate: Fate
    sentence: str
    field: str = ""
    private: bool = False


def _quarantined(code: int, name: str, sentence: str, field: str, private: bool = False) -> Reason:
    return Reason(code, name, Fate.QUARANTINED, sentence, field, private)


ACCEPTED: Final = Reason(0, "order", Fate.ACCEPTED, "became an order")
REFUND: Final = Reason(
    80, "refund", Fate.ACCEPTED, "negative amount, taken off the customer's latest earlier order"
)
ANONYMOUS: Final = Reason(
    81, "anonymous", Fate.ACCEPTED, "order without e-mail: nobody to follow, so not projected"
)

RAGGED: Final = _quarantined(
    1, "ragged-row", "the row does not have as many cells as the header", "", True
)
MISSING_ORDER_ID: Final = _quarantined(10, "missing-order-id", "no order id", "order_id", True)
MISSING_CUSTOMER: Final = _quarantined(11, "missing-customer", "no customer", "customer_id", True)
BAD_DATE: Final = _quarantined(12, "bad-date", "not a date of a known form", "ordered_at")
DATE_OUT_OF_RANGE: Final = _quarantined(
    13, "date-out-of-range", "the date is outside 1995-2035", "ordered_at"
)
BAD_AMOUNT: Final = _quarantined(14, "bad-amount", "not an amount", "total")
AMOUNT_TOO_LARGE: Final = _quarantined(
    15, "amount-too-large", "the amount is above the limit of 1,000,000", "total"
)
BAD_REFUND: Final = _quarantined(16, "bad-refund", "the refund is not an amount", "refunded")
REFUND_ABOVE_TOTAL: Final = _quarantined(
    17, "refund-above-total", "the refund is larger than the order", "refunded"
)
BAD_CURRENCY: Final = _quarantined(18, "bad-currency", "no known currency", "currency")
ORDER_CONFLICT: Final = _quarantined(
    19, "order-conflict", "the order id stands for two customers or two days", "order_id", True
)
ORDER_INCOMPLETE: Final = _quarantined(
    20, "order-incomplete", "another row of the same order is set aside", "order_id", True
)
UNKNOWN_STATUS: Final = _quarantined(21, "unknown-status", "unknown financial status", "status")
NO_FIRST_ROW: Final = _quarantined(
    22, "continuation-without-order", "a line item whose order is not in the file", "order_id", True
)
MISSING_EVENT: Final = _quarantined(23, "missing-event", "no event name", "event")
BAD_CONSENT: Final = _quarantined(
    24, "bad-consent", "consent is not yes, no or unknown", "consent_email"
)
CUSTOMER_CONFLICT: Final = _quarantined(
    25, "customer-conflict", "the customer has two different rows", "customer_id", True
)

CANCELLED: Final = Reason(40, "cancelled", Fate.LEFT_OUT, "cancelled")
VOIDED: Final = Reason(41, "voided", Fate.LEFT_OUT, "payment voided or expired")
UNPAID: Final = Reason(42, "unpaid", Fate.LEFT_OUT, "payment pending")
REFUNDED: Final = Reason(43, "refunded", Fate.LEFT_OUT, "refunded in full")
GIFT_CARDS: Final = Reason(44, "gift-cards", Fate.LEFT_OUT, "gift cards only: a liability, no sale")
OTHER_CURRENCY: Final = Reason(45, "other-currency", Fate.LEFT_OUT, "in another currency")
EMPTY_ROW: Final = Reason(46, "empty-row", Fate.LEFT_OUT, "every cell empty")

IDENTICAL: Final = Reason(60, "identical", Fate.MERGED, "repeats another row cell for cell")
LINE: Final = Reason(61, "line", Fate.MERGED, "further row of an order")
DOUBLE_CLICK: Final = Reason(
    62, "double-click", Fate.MERGED, "same customer and value within 30 seconds"
)

REASONS: Final[tuple[Reason, ...]] = tuple(
    value for value in globals().copy().values() if isinstance(value, Reason)
)
BY_CODE: Final = {reason.code: reason for reason in REASONS}
QUARANTINE_CODES: Final = (1, 39)  # a row of an order in this range sets its other rows aside too
