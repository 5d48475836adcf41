"""ISO 4217: how many decimals a currency has, and how large an order may sensibly be."""

from __future__ import annotations

from typing import Final

from playbook_compiler.currency import DECIMALS

NO_CURRENCY: Final = "XXX"  # ISO 4217's own code for "no currency involved"; read with 2 decimals

EXPONENTS: Final[dict[str, int]] = {**DECIMALS, NO_CURRENCY: 2}
# A thousand units of these buy less than a few euros, so that the limit of a million would bite.
_SMALL_UNITS: Final = (
    "ARS BIF CLP COP GNF IDR IQD IRR JPY KHR KRW LAK LBP MGA MMK MNT NGN PYG RWF SYP TZS UGX UZS "
    "VND XAF XOF"
)
LIMIT: Final = 1_000_000


def exponent(currency: str) -> int:
    """Return the number of decimals of an ISO 4217 code (KeyError for an unknown one)."""
    return EXPONENTS[currency]


def order_limit(currency: str) -> int:
    """Return the largest amount of one order that is believed, in whole units of the currency."""
    return LIMIT * 10_000 if currency in _SMALL_UNITS.split() else LIMIT
