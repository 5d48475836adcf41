"""One export while it runs: the graph, the account of losses, and what the processes ask for."""

from __future__ import annotations

from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.quoting import unquoted
from playbook_compiler.export.wording import Wording, variation, word
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Guardrails, Message, Playbook
from playbook_compiler.steps import Start
from playbook_compiler.targets.bpmn.names import VARIABLES
from playbook_compiler.targets.bpmn.template import DIALECT
from playbook_compiler.values import dataclass, field

_TRUE_OR_FALSE = ("may_enter", "held_out", "suppressed", "zone_known", "marketplace_allows")


@dataclass(frozen=True, slots=True, order=True)
class Variable:
    """What the application keeps for every run. `means` is in the playbook's words."""

    name: str
    type: str
    means: str
    about: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """What the flows of one export share. The collections fill while flows are lowered."""

    graph: TriggerGraph
    lowering: Lowering
    variables: dict[str, Variable] = field(default_factory=dict)
    wordings: dict[tuple[str, str], Wording] = field(default_factory=dict)
    offers: set[str] = field(default_factory=set)

    @property
    def playbook(self) -> Playbook:
        """The playbook that is exported."""
        return self.graph.playbook

    @property
    def guardrails(self) -> Guardrails | None:
        """The playbook's guardrails."""
        return self.graph.playbook.guardrails

    @property
    def holds_out(self) -> bool:
        """Whether some customers are kept out of all marketing."""
        return self.guardrails is not None and self.guardrails.holdout.fraction > 0

    def given(self, name: str) -> str:
        """Note that expressions read one of the variables that every run has."""
        kind = "boolean" if name in _TRUE_OR_FALSE else "text"
        return self.read(name, kind, name, VARIABLES[name])

    def read(self, name: str, type_: str, means: str, about: str = "", unit: str = "") -> str:
        """Note that expressions read a variable, and return its name."""
        unit = "minor units" if unit == "money" else unit
        self.variables.setdefault(name, Variable(name, type_, means, about, unit))
        return name

    def variation(self, message: Message, offer: str) -> str:
        """Return the name of a message with its offer, its texts made once."""
        key = (message.id, offer)
        if key not in self.wordings:
            self.wordings[key] = word(
                self.playbook,
                DIALECT,
                self.lowering,
                message,
                self.playbook.offers.get(offer),
                unquoted(self.graph, message.id),
            )
        return variation(message.id, offer)

    def is_started(self, flow: str) -> bool:
        """Return whether another flow, or itself, starts a flow."""
        return any(
            isinstance(node.what, Start) and node.what.start == flow
            for node in self.graph.nodes.values()
        )
