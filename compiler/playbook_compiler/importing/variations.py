"""One message out of its texts with an offer and without: `{% if offer.code %}` between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from playbook_compiler.importing.imported import Data

_ASKS_FOR_CODE = re.compile(
    r"\{% if offer\.code %\}((?:(?!\{%).)*)(?:\{% else %\}((?:(?!\{%).)*))?\{% endif %\}", re.DOTALL
)


class Said(Protocol):
    """The texts of a message."""

    channel: str
    kind: str
    subject: str
    preview: str
    body: str


def message_data(messages: Mapping[str, Mapping[str, Said]]) -> dict[str, Data]:
    """Return messages by id, each out of its texts by offer, empty for none."""
    found: dict[str, Data] = {}
    for name, said in sorted(messages.items()):
        first = next(iter(said.values()))
        plain = said.get("")
        offered = next((one for offer, one in said.items() if offer), None)
        data: Data = {"channel": first.channel, "kind": first.kind}
        subject, preview, body = first.subject, first.preview, first.body
        if plain is not None and offered is not None:
            subject = _line(offered.subject, plain.subject)
            preview = _line(offered.preview, plain.preview)
            body = _paragraphs(offered.body, plain.body)
        if subject:
            data["subject"] = subject
        if preview:
            data["preview"] = preview
        if body:
            data["body"] = f"{body}\n" if "\n" in body else body
        found[name] = data
    return found


def _line(offered: str, plain: str) -> str:
    if offered == plain:
        return plain
    otherwise = f"{{% else %}}{plain}" if plain else ""
    return f"{{% if offer.code %}}{offered}{otherwise}{{% endif %}}"


def _paragraphs(offered: str, plain: str) -> str:
    """Return two texts as one; what they begin and end with stands outside of the `if`."""
    if offered == plain or _without_offer(offered) == _tight(plain):
        return offered  # the engine asks by itself whether there is a code
    one, other = offered.split("\n\n"), plain.split("\n\n")
    begins = _common(one, other)
    one, other = one[begins:], other[begins:]
    ends = _common(one[::-1], other[::-1])
    first, last = offered.split("\n\n")[:begins], one[len(one) - ends :] if ends else []
    with_offer, without = one[: len(one) - ends], other[: len(other) - ends]
    lines = ["{% if offer.code %}", *["\n\n".join(with_offer)] * bool(with_offer)]
    if without:
        lines += ["{% else %}", "\n\n".join(without)]
    return "\n\n".join([*first, "\n".join([*lines, "{% endif %}"]), *last])


def _without_offer(text: str) -> str:
    """Return what a text says to those who have no code."""
    return _tight(_ASKS_FOR_CODE.sub(lambda found: found[2] or "", text))


def _tight(text: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for here, there in zip(one, other, strict=False):
        if here != there or "{%" in here:
            break
        count += 1
    return count
