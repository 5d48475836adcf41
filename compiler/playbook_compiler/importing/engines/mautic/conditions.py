"""Conditions of campaigns and filters of segments as conditions of ours."""

from __future__ import annotations

import re
from typing import Any, Final

from playbook_compiler.condition_tokens import written
from playbook_compiler.importing.engines.mautic.reading import Reading, Row, listed
from playbook_compiler.values import dataclass

HOLDOUT: Final = "pb_holdout"
_SIGNS: Final = {
    "=": "=",
    "eq": "=",
    "!=": "!=",
    "neq": "!=",
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """Reads the conditions of one campaign. `path` is its place in the input."""

    reading: Reading
    data: Row
    flow: str
    path: str

    def condition(self, id_: str, event: Row, properties: Row, path: str) -> str:
        """Return what a condition asks; a fact stands for what cannot be said."""
        kind = event.get("type")
        if kind == "lead.tags" and isinstance(properties.get("tags"), list):
            tags = [str(one) for one in properties["tags"] if str(one).isprintable() and one]
            if tags:
                return " or ".join(f"tags has {written(one)}" for one in tags)
        if kind == "lead.field_value":
            text = self.compared(properties)
            if text:
                return text
        if kind == "lead.segments":
            filtered = self.segments(properties)
            if filtered is not None:
                return filtered
        fact = self.reading.names.stand_in(f"{self.flow} {id_}")
        self.reading.notes.left(
            path,
            f"the condition `{event.get('name')}`",
            "its segment or field cannot be said",
            f"`{fact}` stands for it: fill it in for each customer, or write the condition",
        )  # fmt: skip
        return fact

    def segments(self, properties: Row) -> str | None:
        """Return the filters of the segments that a condition asks, empty where all pass; None
        where one of them cannot be said."""
        found: list[str] = []
        for number in properties.get("segments") or ():
            lists = listed(self.data, "lists")
            one = next((one for one in lists if one.get("id") == number), None)
            text = self.filters(one) if one is not None else None
            if text is None:
                return None
            found += [text] if text else []
        return " or ".join(found)

    def filters(self, segment: Row) -> str | None:
        """Return a segment's filters: `or` begins a new group of those that hold together."""
        groups: list[list[str]] = [[]]
        for one in listed(segment, "filters"):
            if one.get("field") == HOLDOUT:
                self.reading.held_out.append(self.path)
                continue
            properties = one.get("properties")
            inside = properties.get("filter") if isinstance(properties, dict) else None
            value = one.get("filter") if inside is None else inside
            kind, operator = str(one.get("type")), str(one.get("operator"))
            text = self.filter(str(one.get("field")), operator, value, kind)
            if not text:
                return None
            if one.get("glue") == "or" and groups[-1]:
                groups.append([])
            groups[-1].append(text)
        return " or ".join(" and ".join(group) for group in groups if group)

    def filter(self, alias: str, operator: str, value: Any, kind: str) -> str:
        """Return one filter as a condition, empty where it cannot be said."""
        days = re.fullmatch(r"-([0-9]{1,5}) days", str(value))
        if alias == "pb_last_order" and kind == "date":
            sign = {"lte": ">=", "gt": "<"}.get(operator)
            return f"days_since_last_order {sign} {days[1]}" if sign and days is not None else ""
        if kind == "boolean" and str(value) in ("0", "1") and operator in ("=", "!="):
            fact = self.reading.names.named(alias, "boolean")
            yes = (str(value) == "1") == (operator == "=")
            return f"{fact} = {'true' if yes else 'false'}" if fact else ""
        return self.compared({"field": alias, "operator": operator, "value": value})

    def compared(self, properties: Row) -> str:
        """Return a comparison of a contact field, empty where it cannot be said."""
        alias, operator, value = (properties.get(key) for key in ("field", "operator", "value"))
        if not isinstance(alias, str):
            return ""
        if operator in ("empty", "!empty"):
            fact = self.reading.names.named(alias, "?")
            return f"{fact} is {'unknown' if operator == 'empty' else 'known'}" if fact else ""
        sign, text = _SIGNS.get(str(operator)), str(value)
        if (
            self.reading.types.get(alias) == "boolean"
            and text in ("0", "1")
            and sign in ("=", "!=")
        ):
            fact = self.reading.names.named(alias, "boolean")
            yes = (text == "1") == (sign == "=")
            return f"{fact} = {'true' if yes else 'false'}" if fact else ""
        number = re.fullmatch(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?", text) is not None
        fact = self.reading.names.named(alias, "number" if number else "text")
        if sign is None or fact is None or not text or not text.isprintable():
            return ""
        if number:
            return f"{fact} {sign} {text}"
        return f"{fact} {sign} {written(text)}" if sign in ("=", "!=") else ""
