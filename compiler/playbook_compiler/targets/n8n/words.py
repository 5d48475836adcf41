"""Texts of messages as data: literals, values with a default, and choices between two texts.

The shared wording writes a mark for each value; the marks are characters that no text may hold, and
are turned into data here. A Code node fills them in, escaped for where they stand.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any, TypeAlias

from playbook_compiler.export.dialect import (
    Dialect,
    Filled,
    IfTags,
    Place,
    Reading,
    Said,
)
from playbook_compiler.values import dataclass, field

Parts: TypeAlias = list[Any]
_VALUE, _IF, _NUMBER_ENDS, _ELSE, _END = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_RESERVED = re.compile("[\ue000-\ue00f]")
_MARK = re.compile(f"([{_VALUE}{_IF}])(\\d+){_NUMBER_ENDS}|([{_ELSE}{_END}])")
UNSUBSCRIBE = 0
_EVENT = ("order.", "product.", "cart.", "trigger.")


@dataclass(frozen=True, slots=True)
class Marks:
    """What the marks of one message stand for, by number; the first is the link to unsubscribe."""

    held: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {
                "value": ["customer", "unsubscribe_url"],
                "default": "",
                "place": "attribute",
            }
        ]
    )

    def keep(self, what: dict[str, Any]) -> int:
        """Return the number of what a mark stands for."""
        self.held.append(what)
        return len(self.held) - 1


def inert(text: str) -> str:
    """Return text without the characters that marks are made of."""
    return _RESERVED.sub("", text)


def dialect(marks: Marks) -> Dialect:
    """Return the dialect that writes marks."""

    def variable(expression: str, default: str, place: Place) -> str:
        where, _, name = expression.partition(":")
        held = {"value": [where, name], "default": default, "place": str(place)}
        return f"{_VALUE}{marks.keep(held)}{_NUMBER_ENDS}"

    def condition(expression: str) -> IfTags:
        where, _, name = expression.partition(":")
        number = marks.keep({"value": [where, name]})
        return IfTags(f"{_IF}{number}{_NUMBER_ENDS}", _ELSE, _END)

    def value(name: str, reading: Reading) -> Said | None:
        if name.startswith("offer."):
            return Filled(f"offer:{name.removeprefix('offer.')}")
        if name.startswith(_EVENT):
            own = name.removeprefix("trigger.")
            reading.lowering.need("event field", own, "in the `trigger` of the call")
            return Filled(f"trigger:{own}")
        own = name.removeprefix("customer.")
        reading.lowering.need("fact", own, "in the customer's record, when known")
        return Filled(f"customer:{own}")

    return Dialect(
        value=value,
        variable=variable,
        condition=condition,
        inert=inert,
        inert_html=inert,
        unsubscribe_url=f"{_VALUE}{UNSUBSCRIBE}{_NUMBER_ENDS}",
    )


def parts(text: str, marks: Marks, place: str = "") -> Parts:
    """Return a marked text as data. `place` is where all of it stands, where marks do not say."""
    whole: Parts = []
    waiting: list[tuple[dict[str, Any], Parts]] = []
    into, at = whole, 0
    for found in _MARK.finditer(text):
        if found.start() > at:
            into.append(text[at : found.start()])
        at = found.end()
        sign = found[1] or found[3]
        if sign == _VALUE:
            held = dict(marks.held[int(found[2])])
            into.append({**held, "place": place or held["place"]})
        elif sign == _IF:
            choice = {**marks.held[int(found[2])], "then": [], "otherwise": []}
            into.append(choice)
            waiting.append((choice, into))
            into = choice["then"]
        elif sign == _ELSE and waiting:
            into = waiting[-1][0]["otherwise"]
        elif waiting:
            into = waiting.pop()[1]
    if at < len(text):
        into.append(text[at:])
    return whole


def page_parts(html: str, preview: str, marks: Marks) -> Parts:
    """Return a page as data, with the preview line at its top, where nobody sees it but the list of
    mails."""
    if not preview:
        return parts(html, marks)
    style = "display:none;max-height:0;overflow:hidden"
    head, body, rest = re.split(r"(<body[^>]*>)", html, maxsplit=1)
    return [
        *parts(f'{head}{body}<div style="{style}">', marks),
        *_as_html(parts(preview, marks)),
        *parts(f"</div>{rest}", marks),
    ]


def _as_html(several: Parts) -> Parts:
    """Return the parts of a plain text as they may stand in a page."""
    made: Parts = []
    for one in several:
        if isinstance(one, str):
            made.append(escape(one))
        elif "then" in one:
            then, otherwise = _as_html(one["then"]), _as_html(one["otherwise"])
            made.append({**one, "then": then, "otherwise": otherwise})
        else:
            made.append({**one, "place": "html"})
    return made
