"""How texts of messages stand in the export: in Liquid, as authored, for whoever sends them."""

from __future__ import annotations

import json
from typing import Final

from playbook_compiler.export.dialect import (
    Dialect,
    Filled,
    IfTags,
    Place,
    Reading,
    Said,
    inert_tags,
    inert_tags_html,
)


def _value(name: str, reading: Reading) -> Said | None:
    return Filled(name)


def _variable(expression: str, default: str, place: Place) -> str:
    """Return a variable with its default; in a page it is escaped when it is filled in."""
    said = f"{{{{ {expression}"
    if default:
        said += f" | default: {_quoted(default)}"
    return said + (" }}" if place is Place.TEXT else " | escape }}")


def _quoted(text: str) -> str:
    """Return a text between quotes that it cannot end."""
    plain = text.replace("{", "(").replace("}", ")").replace("%", " percent")
    return json.dumps(plain.replace("\\", "").replace('"', "'"), ensure_ascii=False)


def _condition(expression: str) -> IfTags:
    return IfTags(f"{{% if {expression} %}}", "{% else %}", "{% endif %}")


DIALECT: Final = Dialect(
    value=_value,
    variable=_variable,
    condition=_condition,
    inert=inert_tags,
    inert_html=inert_tags_html,
    unsubscribe_url="{{ unsubscribe_url }}",
    address="{{ sender_address }}",
)
