"""A workflow while it is made: nodes by name, and what leads from each to the next."""

from __future__ import annotations

from typing import Any, TypeAlias

from playbook_compiler.export.bundle import stable_uuid
from playbook_compiler.targets.n8n.nodes import PREFIX, VERSIONS, Json, Made
from playbook_compiler.values import dataclass, field

TARGET = "n8n"
_WIDE, _HIGH = 240, 160
_ID_LENGTH = 16
# A loose end: the node, and the number of its way out.
Ends: TypeAlias = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Workflow:
    """The nodes of one flow in the order in which they were made."""

    flow: str
    nodes: dict[str, tuple[Made, str]] = field(default_factory=dict)
    links: dict[str, list[list[str]]] = field(default_factory=dict)

    def add(self, name: str, made: Made, ends: Ends = (), step: str = "") -> Ends:
        """Put a node behind loose ends and return its own; without ends it is not put at all.

        A node without anything before it is begun with `begin`.
        """
        return self.begin(name, made, ends, step) if ends else ()

    def begin(self, name: str, made: Made, ends: Ends = (), step: str = "") -> Ends:
        """Put a node into the workflow, the first of a line where `ends` are none."""
        assert name not in self.nodes, name
        self.nodes[name] = (made, step)
        self.links[name] = [[] for _ in range(made.outputs)]
        for before, way in ends:
            self.links[before][way].append(name)
        return ((name, 0),)

    def ways(self, name: str) -> list[Ends]:
        """Return the loose end of each way out of a node."""
        if name not in self.nodes:
            return []
        return [((name, way),) for way in range(self.nodes[name][0].outputs)]

    def rows(self) -> list[Json]:
        """Return the nodes as n8n takes them."""
        places = self._places()
        return [
            {
                "id": stable_uuid(TARGET, "node", f"{self.flow}/{name}"),
                "name": name,
                "type": PREFIX + made.type,
                "typeVersion": VERSIONS[made.type],
                "position": places[name],
                "parameters": made.parameters,
                **(made.extra or {}),
                **self._webhook_id(name, made),
                "notes": f"playbook: {self.flow}/{step}" if step else f"playbook: {self.flow}",
            }
            for name, (made, step) in self.nodes.items()
        ]

    def _webhook_id(self, name: str, made: Made) -> Json:
        calls = made.type == "webhook" or made.parameters.get("resume") == "webhook"
        if not calls and made.type != "wait":
            return {}
        return {"webhookId": stable_uuid(TARGET, "webhook", f"{self.flow}/{name}")}

    def connections(self) -> dict[str, Any]:
        """Return what leads where, as n8n takes it."""
        return {
            name: {
                "main": [
                    [{"node": target, "type": "main", "index": 0} for target in way] for way in ways
                ]
            }
            for name, ways in self.links.items()
            if any(ways)
        }

    def _places(self) -> dict[str, list[int]]:
        """Return where nodes stand: as far to the right as the longest way to them, each column
        filled from the top. Nodes stand after those that lead to them."""
        column = dict.fromkeys(self.nodes, 0)
        for name in self.nodes:
            for way in self.links[name]:
                for target in way:
                    column[target] = max(column[target], column[name] + 1)
        used: dict[int, int] = {}
        places = {}
        for name in self.nodes:
            row = used.get(column[name], 0)
            used[column[name]] = row + 1
            places[name] = [column[name] * _WIDE, row * _HIGH]
        return places


def workflow_id(flow: str) -> str:
    """Return a workflow's stable id: sixteen signs, as n8n's own have."""
    return stable_uuid(TARGET, "workflow", flow).replace("-", "")[:_ID_LENGTH]
