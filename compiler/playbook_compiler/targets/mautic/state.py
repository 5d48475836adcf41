"""One export while it runs: the graph, the account of losses, and the objects that flows need."""

from __future__ import annotations

from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.quoting import unquoted
from playbook_compiler.export.wording import Wording, variation, word
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Guardrails, Message, Playbook
from playbook_compiler.targets.mautic.fields import Fields
from playbook_compiler.targets.mautic.logic import Groups
from playbook_compiler.targets.mautic.template import dialect, inert
from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment by its stable name; one without filters is filled from outside."""

    name: str
    label: str
    description: str
    groups: Groups = ()


@dataclass(frozen=True, slots=True)
class Export:
    """What the campaigns of one export share. The collections fill while flows are lowered."""

    graph: TriggerGraph
    lowering: Lowering
    fields: Fields
    segments: dict[str, Segment] = field(default_factory=dict)
    wordings: dict[tuple[str, str], Wording] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    offers: set[str] = field(default_factory=set)

    @property
    def playbook(self) -> Playbook:
        """The playbook that is exported."""
        return self.graph.playbook

    @property
    def guardrails(self) -> Guardrails | None:
        """The playbook's guardrails."""
        return self.graph.playbook.guardrails

    def inert(self, text: str) -> str:
        """Return text of the playbook in which no token can begin."""
        return inert(text)

    def segment(self, segment: Segment) -> str:
        """Keep a segment and return its name."""
        self.segments.setdefault(segment.name, segment)
        return segment.name

    def wording(self, message: Message, offer: str) -> Wording:
        """Return what a message with an offer says, made once."""
        key = (message.id, offer)
        if key not in self.wordings:
            self.wordings[key] = word(
                self.playbook,
                dialect(self.fields),
                self.lowering,
                message,
                self.playbook.offers.get(offer),
                unquoted(self.graph, message.id),
            )
        return self.wordings[key]

    def email_names(self) -> list[tuple[str, str, str]]:
        """Return (name, message, offer) of the e-mails that flows send, by name."""
        return sorted(
            (variation(message, offer), message, offer)
            for (message, offer), wording in self.wordings.items()
            if wording.html
        )
