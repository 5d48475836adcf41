"""Codes of a public list, as a kind of value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.reading import Invalid, Kind, Node
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Code(Kind):
    """A code of a public list too long to be told in a message: currencies, time zones.

    `has` decides without the list, which is made only for did-you-mean. `said_for` gives codes
    that people say otherwise.
    """

    name: str
    says: str
    has: Callable[[str], bool]
    listed: Callable[[], Iterable[str]]
    said_for: tuple[tuple[str, str], ...] = ()

    @property
    def expects(self) -> str:
        return self.says

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        if self.has(text):
            return text
        folded = {code.casefold(): code for code in self.listed()}
        said = dict(self.said_for).get(text.strip().casefold())
        guess = said or folded.get(text.casefold()) or nearest(text, folded.values())
        return node.refuse(
            f"unknown-{self.name}",
            f"`{shown(text)}` is not {self.says}",
            caption=f"expected {self.says}",
            help=f"did you mean `{guess}`?" if guess else f"write {self.says}",
            fix=node.rewritten(guess, safe=text.casefold() == guess.casefold()) if guess else None,
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        definitions[self.name] = {"type": "string", "description": self.says}
        return {"$ref": f"#/$defs/{self.name}"}
