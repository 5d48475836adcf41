"""One export while it runs: the graph, the account of losses, and the objects that flows need."""

from __future__ import annotations

from typing import Any

from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.quoting import unquoted
from playbook_compiler.export.wording import Wording, variation, word
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Message, Playbook
from playbook_compiler.targets.resend import terms
from playbook_compiler.targets.resend.template import dialect
from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Export:
    """What the flows of one export share. The collections fill while flows are lowered.

    `properties` maps a key to string or number, `events` a name to its fields' types.
    """

    graph: TriggerGraph
    lowering: Lowering
    properties: dict[str, str] = field(default_factory=dict)
    events: dict[str, dict[str, str]] = field(default_factory=dict)
    segments: set[str] = field(default_factory=set)
    offers: set[str] = field(default_factory=set)
    wordings: dict[tuple[str, str], Wording] = field(default_factory=dict)

    @property
    def playbook(self) -> Playbook:
        """The playbook that is exported."""
        return self.graph.playbook

    def keep(self, name: str, kind: str, note: str) -> str:
        """Note a property of contacts that the shop fills, and return how it is named."""
        self.properties.setdefault(terms.key(name), kind)
        self.lowering.need("property", terms.key(name), note)
        return terms.property_field(name)

    def hear(self, name: str, fields: dict[str, str], note: str) -> str:
        """Note an event that the shop sends, and return its name."""
        self.events.setdefault(name, {}).update(fields)
        self.lowering.need("event", name, note)
        return name

    def wording(self, message: Message, offer: str) -> Wording:
        """Return what a message with an offer says, made once."""
        pair = (message.id, offer)
        if pair not in self.wordings:
            self.wordings[pair] = word(
                self.playbook,
                dialect(self.keep),
                self.lowering,
                message,
                self.playbook.offers.get(offer),
                unquoted(self.graph, message.id),
            )
        return self.wordings[pair]

    def template_ids(self) -> list[tuple[str, str, str]]:
        """Return (template, message, offer) of the e-mails that flows send, by name."""
        return sorted(
            (variation(message, offer), message, offer) for message, offer in self.wordings
        )


def value_of(value: Any) -> str | float:
    """Return a number for JSON as it is written: whole ones whole."""
    return int(value) if value == int(value) else float(value)
