"""What the tags of Klaviyo's templates (in the manner of Django) mean in our messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Final

from playbook_compiler.importing.tags import Grammar, Told
from playbook_compiler.targets.klaviyo import terms

_UNTIL = re.compile(
    r"\{%\s*today\s+'%Y-%m-%d'\s+as\s+today\s*%\}\{\{\s*today\|days_later:(\d{1,4})\s*\}\}"
)
_COUPON = re.compile(r"coupon_code\s+['\"]([^'\"]+)['\"]")
_UNSUBSCRIBE = re.compile(r"(?:unsubscribe|manage_preferences)(?:\s+['\"]([^'\"]*)['\"])?\s*\Z")
_LOOKUP = re.compile(r"(person|event)\s*\|\s*lookup\s*:\s*['\"]([^'\"]+)['\"]\Z")
_DOTTED = re.compile(r"(person|event)\.([\w.$-]+)\Z")
_URL: Final = "{{ unsubscribe_url }}"
_KNOWN: Final = {
    **{expression: f"customer.{name}" for name, expression in terms.PERSON.items()},
    "person.first_name": "customer.first_name",
    "person.last_name": "customer.last_name",
    "email": "customer.email",
    "organization.name": "sender.name",
    "organization.full_address": "sender_address",
    "organization.url": "sender.url",
}
# Returns our variable for a field of the event or a property, as (`event`, `SKU`), or None.
FieldOf = Callable[[str, str], str | None]


def grammar(field_of: FieldOf) -> Grammar:
    """Return the meaning of tags, where `field_of` answers for the event and the profile."""

    def name(expression: str) -> str | None:
        known = _KNOWN.get(expression) or field_of("expression", expression)
        if known is not None:
            return known
        said = _LOOKUP.match(expression) or _DOTTED.match(expression)
        return field_of(said[1], said[2]) if said is not None else None

    return Grammar(name, name, _alone, _UNTIL)


def _alone(words: str, told: Told) -> tuple[str, str] | None:
    coupon = _COUPON.match(words)
    if coupon is not None:
        told.coupons.append(coupon[1])
        return "{{ offer.code }}", "{{ offer.code }}"
    if words in ("unsubscribe_link", "manage_preferences_link"):
        return _URL, _URL
    leave = _UNSUBSCRIBE.match(words)
    if leave is None:
        return None
    return _URL, f'<a href="{_URL}">{escape(leave[1] or "Unsubscribe")}</a>'
