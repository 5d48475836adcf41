"""ISO 4217: how many decimals a currency has, and how large an order may sensibly be."""

from __future__ import annotations

from typing import Final

NO_CURRENCY: Final = "XXX"  # ISO 4217's own code for "no currency involved"; read with 2 decimals

_TWO: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG XXX"
)
_NONE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"
EXPONENTS: Final[dict[str, int]] = {
    code: decimals
    for decimals, codes in ((2, _TWO), (0, _NONE), (3, _THREE))
    for code in codes.split()
}
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
