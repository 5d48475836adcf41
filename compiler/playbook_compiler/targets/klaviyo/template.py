"""How Klaviyo writes the texts of messages: templates in the manner of Django."""

from __future__ import annotations

from typing import Final

from playbook_compiler.export.bundle import file_name
from playbook_compiler.export.dialect import (
    Dialect,
    Filled,
    IfTags,
    Place,
    Reading,
    Said,
    Tag,
    default_in,
    inert_tags,
    inert_tags_html,
)
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.triggers import Replenishment, Trigger


def coupon_name(offer: str) -> str:
    """Return the name of an offer's coupon in Klaviyo."""
    return file_name(offer)


def _value(name: str, reading: Reading) -> Said | None:
    """Return what Klaviyo has for a variable, None where it has nothing."""
    offer = reading.offer
    if name in terms.PERSON:
        return Filled(terms.PERSON[name])
    if name.startswith("customer."):
        own = name.removeprefix("customer.")
        reading.lowering.need("property", own, "custom profile property that the shop fills")
        return Filled(f"person|lookup:'{own}'")
    if name == "offer.code" and offer is not None:
        return Tag(terms.COUPON_TAG.format(name=coupon_name(offer.id)))
    if name == "offer.valid_until" and offer is not None and offer.valid is not None:
        return Tag(terms.DAYS_LATER.format(days=round(offer.valid.nominal_days)))
    own = name.removeprefix("trigger.")
    if own in terms.EVENT:
        return Filled(terms.EVENT[own])
    return Filled(f"event|lookup:'{own}'") if name.startswith("trigger.") else None


def _is_metric(trigger: Trigger) -> bool:
    """Return whether a trigger that is no event starts with a metric, as an order is one."""
    return isinstance(trigger, Replenishment)


def _variable(expression: str, default: str, place: Place) -> str:
    """Return a variable with its default, quoted so that it cannot end early.

    Klaviyo prints a default as it stands.
    """
    text = default_in(place, default.replace("'", "’").replace("\\", ""))
    return f"{{{{ {expression}|default:'{text}' }}}}"


def _condition(expression: str) -> IfTags:
    return IfTags(f"{{% if {expression} %}}", "{% else %}", "{% endif %}")


DIALECT: Final = Dialect(
    value=_value,
    variable=_variable,
    condition=_condition,
    inert=inert_tags,
    inert_html=inert_tags_html,
    unsubscribe_url=terms.UNSUBSCRIBE_URL,
    unsubscribe_html="{% unsubscribe %}",
    address=terms.ORGANIZATION_ADDRESS,
    carries=_is_metric,
)
