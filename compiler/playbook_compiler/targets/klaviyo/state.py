"""One export while it runs: the graph, the account of losses, and the objects that flows need."""

from __future__ import annotations

from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.quoting import unquoted
from playbook_compiler.export.wording import Wording, variation, word
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Guardrails, Message, Playbook
from playbook_compiler.targets.klaviyo.formula import Groups
from playbook_compiler.targets.klaviyo.template import DIALECT
from playbook_compiler.units import TimeOfDay
from playbook_compiler.values import dataclass, field

CHANNELS = ("email", "sms", "push")


@dataclass(frozen=True, slots=True)
class Export:
    """What the flows of one export share. The collections fill while flows are lowered.

    `sent` are the messages, each with its offer, of every node that sends them.
    """

    graph: TriggerGraph
    lowering: Lowering
    wordings: dict[tuple[str, str], Wording] = field(default_factory=dict)
    sent: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    audiences: set[str] = field(default_factory=set)
    coupons: set[str] = field(default_factory=set)
    offers: set[str] = field(default_factory=set)
    segments: dict[str, tuple[str, Groups]] = field(default_factory=dict)
    tasks: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def playbook(self) -> Playbook:
        """The playbook that is exported."""
        return self.graph.playbook

    @property
    def guardrails(self) -> Guardrails | None:
        """The playbook's guardrails."""
        return self.graph.playbook.guardrails

    @property
    def quiet_end(self) -> TimeOfDay | None:
        """The end of the quiet hours."""
        guardrails = self.guardrails
        quiet = guardrails.quiet_hours if guardrails is not None else None
        return None if quiet is None else quiet.end

    def wording(self, message: Message, offer: str) -> Wording:
        """Return what a message with an offer says, made once."""
        key = (message.id, offer)
        if key not in self.wordings:
            self.wordings[key] = word(
                self.playbook,
                DIALECT,
                self.lowering,
                message,
                self.playbook.offers.get(offer),
                unquoted(self.graph, message.id, DIALECT.carries),
            )
        return self.wordings[key]

    @property
    def used(self) -> set[tuple[str, str]]:
        """The messages, each with its offer, that a step sends to which somebody can come."""
        return {one for several in self.sent.values() for one in several}

    def template_ids(self) -> list[tuple[str, str, str]]:
        """Return (template, message, offer) of the e-mails that flows send, by name."""
        return sorted(
            (variation(message, offer), message, offer)
            for (message, offer), wording in self.wordings.items()
            if wording.html and (message, offer) in self.used
        )
