"""Ids of what a playbook defines elsewhere, as a kind of value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from playbook_compiler.condition_ids import full_ids
from playbook_compiler.diagnostics import shown
from playbook_compiler.meant import id_meant, several_ids
from playbook_compiler.reading import Invalid, Kind, Node, listed, with_article
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Reference(Kind):
    """The id of something that the playbook defines, or that the catalogue knows.

    `said_for` gives ids that people say otherwise, with the help line for each.
    """

    section: str
    noun: str
    advice: str = ""
    said_for: tuple[tuple[str, str], ...] = ()

    @property
    def expects(self) -> str:
        return f"the id of {with_article(self.noun)}"

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        return self.look_up(node, text, node.span)

    def look_up(self, node: Node, text: str, span: Span) -> str | Invalid:
        """Return the id that `text` is, or INVALID after noting that the playbook has none such.

        In a tactic its own ids come first; elsewhere a short id may mean that of a tactic.
        """
        known = frozenset(node.known.names(self.section))
        found = full_ids(text, known, node.origin.tactic)
        if len(found) == 1:
            return found[0]
        if found:
            return node.refuse(
                f"unknown-{self.noun}",
                f"`{shown(text)}` can be several: {listed(found)}",
                span=span,
                caption="not clear which is meant",
                help=f"write one of them in full: `{found[0]}`",
            )
        alone = node.known.text_alone(text) if self.section == "messages" else ""
        if alone:
            return node.refuse(
                f"unknown-{self.noun}",
                f"`{shown(text)}` is no {self.noun} yet: {shown(alone)} has a text, and nothing"
                " that says what it is sent as",
                span=span,
                caption=f"not {with_article(self.noun)} of this playbook",
                help="begin that file with a line of ---, `subject: ...` and another line of ---;"
                f" or define `{shown(text)}` under `messages:` with `body: {shown(alone)}`",
            )
        several = several_ids(text, known)
        return node.refuse(
            f"unknown-{self.noun}",
            f"unknown {self.noun} `{shown(text)}`",
            span=span,
            caption=f"not {with_article(self.noun)} of this playbook",
            help=(f"one {self.noun} stands here: {several}" if several else "")
            or self.suggestion(text, known)
            or self.advice
            or f"define it under `{self.section}:`",
            fix=None
            if several or text.casefold() in dict(self.said_for)
            else node.meant(text, id_meant(text, known), known, span),
        )

    def suggestion(self, text: str, known: Iterable[str]) -> str:
        """Return the help line that names the id which `text` is said for, or is like."""
        guess = id_meant(text, known)
        return dict(self.said_for).get(text.casefold()) or (
            f"did you mean `{guess}`?" if guess else ""
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string", "description": self.expects}
