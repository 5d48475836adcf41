"""What an unquoted YAML scalar says: the rules of YAML 1.2's core schema, and where readers differ.

https://yaml.org/spec/1.2.2/#103-core-schema. Whatever a YAML 1.1 reader (PyYAML, most editors'
helpers, every engine that the file may pass through) would take for something else is reported:
as a warning where this reader's text is certainly what was meant, as an error where it is not.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from playbook_compiler.diagnostics import Severity, shown
from playbook_compiler.values import dataclass

NUMBER_DIGITS_LIMIT = 18

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TRAPS: dict[str, str] = {
    **dict.fromkeys(("yes", "Yes", "YES", "on", "On", "ON"), "true"),
    **dict.fromkeys(("no", "No", "NO", "off", "Off", "OFF"), "false"),
}
_NUMBER_START = frozenset("0123456789+-.")
_CURLY = re.compile(r"[„“‚»«”](?P<inside>[^„“‚‘»«”’]*)[“”‘’«»]")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
# What both PyYAML and YAML 1.2 take for the same float: a dot, and a sign in the exponent.
_FLOAT = re.compile(r"(?:[-+]?[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?")
# Lengths, shares and windows of time, which begin like numbers and are text to every reader.
_MEASURED = re.compile(r"[0-9]{1,6}(?:%|mo|min|[dhmswy])|[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}")
# The forms below are looked for in what is left: compiled when that first happens.
_NOT_FINITE = r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_DISPUTED = (
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>_*[0-9a-fA-F][0-9a-fA-F_]*)|0o(?P<oct>_*[0-7][0-7_]*)"
    r"|0b(?P<bin>_*[01][01_]*)|(?P<zeros>0[0-9_]+)"
    r"|(?P<decimal>(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?))"
)
_SEXAGESIMAL = r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
_TIME = r"(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9])?"
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:.*)?"


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why an unquoted scalar should be written otherwise; `replacement` is the safe spelling."""

    rule: str
    severity: Severity
    message: str
    caption: str
    help: str
    replacement: str | None = None


def read_plain(text: str) -> tuple[bool | int | Decimal | str | None, Complaint | None]:
    """Return the value of an unquoted scalar, and a complaint where readers differ on it.

    Numbers are int, or Decimal with the digits as written. A number that is refused stays text.
    """
    if text in _WORDS:
        return _WORDS[text], None
    if text[0] not in _NUMBER_START:
        return text, _trap(text) if text in _TRAPS else None
    if _INTEGER.fullmatch(text):
        complaint = _out_of_range(text)
        return (int(text) if complaint is None else text), complaint
    if _FLOAT.fullmatch(text):
        complaint = _out_of_range(text)
        return (Decimal(text) if complaint is None else text), complaint
    return text, _number_complaint(text)


def is_text_key(text: str) -> bool:
    """Return whether an unquoted mapping key is text to every reader, or a plain whole number."""
    if text in _WORDS or _FLOAT.fullmatch(text):
        return False
    return text[0] not in _NUMBER_START or not re.fullmatch(_NOT_FINITE, text)


def ambiguous_number(text: str) -> str | None:
    """Return the spelling that every reader takes for the number that `text` is to YAML 1.2.

    None where `text` is no number, or one on which readers agree.

    >>> ambiguous_number("1e6"), ambiguous_number("0x1F"), ambiguous_number("1_000")
    ('1000000', '31', '1000')
    """
    match = re.fullmatch(_DISPUTED, text)
    if match is None or _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text):
        return None
    if len(text) > 2 * NUMBER_DIGITS_LIMIT:
        return None
    sign = "-" if match["sign"] == "-" else ""
    for group, base in (("hex", 16), ("oct", 8), ("bin", 2), ("zeros", 10)):
        if match[group] is not None:
            return sign + str(int(match[group].replace("_", ""), base))
    number = Decimal(match["decimal"].replace("_", ""))
    if number and not -NUMBER_DIGITS_LIMIT <= number.adjusted() < NUMBER_DIGITS_LIMIT:
        return None
    return sign + f"{number:f}"


def inside_curly_quotes(text: str) -> str | None:
    """Return what stands between the curly quotes around a text, None without such quotes.

    >>> inside_curly_quotes("“A code”"), inside_curly_quotes("“Tea” and “milk”")
    ('A code', None)
    """
    match = _CURLY.fullmatch(text)
    return match["inside"] if match is not None else None


def quoted(text: str) -> str:
    """Return a one-line text as a double-quoted scalar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _trap(text: str) -> Complaint:
    return Complaint(
        "yaml-1-1-word",
        Severity.WARNING,
        f"`{text}` is text here, but reads as {_TRAPS[text]} in YAML 1.1",
        "means something else to other programs",
        f"write true or false where that is meant, or {quoted(text)} where it is text",
        quoted(text),
    )


def _number_complaint(text: str) -> Complaint | None:
    if _MEASURED.fullmatch(text):
        return None
    if re.fullmatch(_NOT_FINITE, text):
        return Complaint(
            "not-finite",
            Severity.ERROR,
            f"`{text}` is not a number to count with",
            "infinity and not-a-number are not allowed",
            "write a number, or leave the key out",
        )
    if re.fullmatch(_DISPUTED, text):
        return _disputed(text)
    if re.fullmatch(_SEXAGESIMAL, text) and not re.fullmatch(_TIME, text):
        return Complaint(
            "yaml-1-1-word",
            Severity.WARNING,
            f"`{shown(text)}` is text here, but reads as a number of sixtieths in YAML 1.1",
            "means something else to other programs",
            f"write {quoted(shown(text))}",
            quoted(text),
        )
    day = re.fullmatch(_DATE, text)
    if day is not None and not _is_date(day):
        written = "-".join(day.groups())
        return Complaint(
            "not-a-date",
            Severity.ERROR,
            f"{written} is not a date",
            "there is no such day",
            f"write a day of the calendar, or {quoted(shown(text))} if it is a name",
        )
    return None


def _disputed(text: str) -> Complaint:
    number = ambiguous_number(text)
    if number is None:
        return _too_small(text) if "e-" in text.lower() else _too_large(text)
    return Complaint(
        "ambiguous-number",
        Severity.ERROR,
        f"`{text}` {_readings(text, number)}",
        "not the same value to every reader",
        f"write {number} if it is a number, {quoted(text)} if it is text",
    )


def _readings(text: str, number: str) -> str:
    digits = text.lstrip("+-")
    if "_" in text:
        return f"is {number} in YAML 1.1 and text in 1.2"
    if digits[:2] in ("0x", "0X"):
        return f"reads as {number} (hexadecimal)"
    if digits[:2] == "0o":
        return f"is text in YAML 1.1 and {number} in 1.2"
    if digits[:2] == "0b":
        return f"is {number} in YAML 1.1 (binary) and text in 1.2"
    if digits.isdigit() and digits[0] == "0":
        if set(digits) <= set("01234567"):
            octal = ("-" if text[0] == "-" else "") + str(int(digits, 8))
            return f"reads as {octal} (octal) in YAML 1.1 and as {number} in 1.2"
        return f"is text in YAML 1.1 and {number} in 1.2"
    return f"is text in YAML 1.1 and the number {number} in 1.2"


def _out_of_range(text: str) -> Complaint | None:
    if len(text) <= NUMBER_DIGITS_LIMIT and "e" not in text and "E" not in text:
        return None
    mantissa, _, exponent = text.lower().partition("e")
    if sum(char.isdigit() for char in mantissa) > NUMBER_DIGITS_LIMIT:
        return Complaint(
            "number-too-long",
            Severity.ERROR,
            f"a number has at most {NUMBER_DIGITS_LIMIT} digits;"
            f" `{shown(text[:40])}{'…' if len(text) > 40 else ''}` has more",
            "too many digits",
            "put it in quotes if it is an id, or round it",
        )
    if exponent:
        # An exponent of a thousand digits must not be computed, only seen to be absurd.
        power = int(exponent) if len(exponent) <= 6 else 10**6
        nothing = not mantissa.strip("+-0.")
        if not nothing and abs(power) > NUMBER_DIGITS_LIMIT:
            return _too_small(text) if exponent.startswith("-") else _too_large(text)
    return None


def _too_large(text: str) -> Complaint:
    return Complaint(
        "number-out-of-range",
        Severity.ERROR,
        f"{shown(text[:40])} is too large",
        "larger than anything to count here",
        "write a smaller number, or put it in quotes if it is an id",
    )


def _too_small(text: str) -> Complaint:
    return Complaint(
        "number-out-of-range",
        Severity.ERROR,
        f"{shown(text[:40])} is too small",
        "smaller than anything to count here",
        "write 0",
    )


def _is_date(match: re.Match[str]) -> bool:
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True
