"""One export while it runs: the graph, the account of losses, and the words of messages."""

from __future__ import annotations

from typing import Any

from playbook_compiler.conditions import Condition
from playbook_compiler.export.bundle import file_name
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.quoting import unquoted
from playbook_compiler.export.wording import Wording, word
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Guardrails, Message, Playbook
from playbook_compiler.targets.n8n.nodes import Json
from playbook_compiler.targets.n8n.rules import test_data
from playbook_compiler.targets.n8n.words import Marks, dialect
from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Export:
    """What the workflows of one export share."""

    graph: TriggerGraph
    lowering: Lowering
    wordings: dict[tuple[str, str], tuple[Wording, Marks]] = field(default_factory=dict)
    offers: set[str] = field(default_factory=set)

    @property
    def playbook(self) -> Playbook:
        """The playbook that is exported."""
        return self.graph.playbook

    @property
    def guardrails(self) -> Guardrails | None:
        """The playbook's guardrails."""
        return self.graph.playbook.guardrails

    def test(self, condition: Condition, name: str) -> list[Any]:
        """Return a condition as data; `name` is the flow or step that asks it."""
        return test_data(condition, self.playbook, self.lowering, name)

    def wording(self, message: Message, offer: str) -> tuple[Wording, Marks]:
        """Return what a message with an offer says, and its marks, made once."""
        key = (message.id, offer)
        if key not in self.wordings:
            marks = Marks()
            self.wordings[key] = (
                word(
                    self.playbook,
                    dialect(marks),
                    self.lowering,
                    message,
                    self.playbook.offers.get(offer),
                    unquoted(self.graph, message.id),
                ),
                marks,
            )
        return self.wordings[key]

    def credential(self, name: str, note: str) -> Json:
        """Return a credential of the account, by its id."""
        return {
            "id": self.lowering.need("credential", name, note),
            "name": f"playbook: {name}",
        }

    @property
    def shop(self) -> Json:
        """The credential for calls of the shop."""
        return self.credential("shop", "header auth for calls of the shop's service")

    def address(self, name: str, note: str) -> str:
        """Return the placeholder of an address that a person fills in."""
        return self.lowering.need("url", name, note)


def webhook_path(flow: str) -> str:
    """Return the path by which a flow's workflow is called."""
    return f"playbook/{file_name(flow)}"
