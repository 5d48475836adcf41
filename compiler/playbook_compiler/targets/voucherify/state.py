"""One export while it runs: the graph, the account of losses, and the requests made so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from playbook_compiler.export.bundle import Payload, Request, file_name, ref, stable_uuid
from playbook_compiler.export.capability import Support
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.records import Record, keys_of
from playbook_compiler.targets.voucherify import naming
from playbook_compiler.values import dataclass, field

# Kinds of objects in the order in which they are made: what another refers to stands before it.
PATHS: Final[Mapping[str, str]] = {
    "segment": "/v1/segments",
    "validation-rule": "/v1/validation-rules",
    "campaign": "/v1/campaigns",
    "card-definition": "/v2/loyalties/card-definitions",
    "tier-structure": "/v2/loyalties/tier-structures",
    "tier": "/v2/loyalties/tier-structures/{tier-structure}/tiers",
    "benefit": "/v2/loyalties/benefits",
    "earning-rule": "/v2/loyalties/earning-rules",
    "reward": "/v2/loyalties/rewards",
    "campaign-reward": "/v1/rewards",
    "program": "/v2/loyalties/programs",
    "program-rewards": "/v2/loyalties/programs/{program}/rewards/batch",
}
KINDS: Final = tuple(PATHS)
OPERATIONS: Final[Mapping[str, str]] = {"program-rewards": "assign_rewards"}


@dataclass(frozen=True, slots=True)
class Export:
    """What the parts of one export share. `requests` are by id, in the order they were made in.

    `segments` are the segments of audiences and other conditions, by the name they were asked for:
    a customer is meant who is in one of them; None means everybody.
    """

    graph: TriggerGraph
    lowering: Lowering
    requests: dict[str, Request] = field(default_factory=dict)
    segments: dict[str, tuple[str, ...] | None] = field(default_factory=dict)

    @property
    def playbook(self) -> Playbook:
        """The playbook that is exported."""
        return self.graph.playbook

    @property
    def decimals(self) -> int:
        """How many decimals amounts have."""
        return self.graph.playbook.decimals

    def title(self, label: str) -> str:
        """Return the name that people see in Voucherify."""
        return naming.title(self.playbook.name, label)

    def make(self, kind: str, name: str, payload: Payload, inside: str = "") -> str:
        """Add a request and return the placeholder for the id of what it makes.

        `inside` is the placeholder of the object that the path leads through.
        """
        path = PATHS[kind]
        if "{" in path:
            before, _, rest = path.partition("{")
            path = before + inside + rest.partition("}")[2]
        if "name" in payload:
            payload = {**payload, "name": self._unique(path, str(payload["name"]))}
        request = Request(
            kind,
            name,
            OPERATIONS.get(kind, f"create_{kind.replace('-', '_')}"),
            "POST",
            path,
            payload,
            stable_uuid(naming.TARGET, kind, name),
            f"{FOLDERS[kind]}/{file_name(name)}.json",
        )
        assert request.id not in self.requests, request.id
        self.requests[request.id] = request
        return ref(kind, name)

    def _unique(self, path: str, title: str) -> str:
        """Return a title that nothing else has in the same list, in which it is looked for."""
        taken = {one.payload.get("name") for one in self.requests.values() if one.path == path}
        found, number = title, 2
        while found in taken:
            found, number = f"{title[: naming.NAME_MOST - 8]} ({number})", number + 1
        return found

    def has(self, kind: str, name: str) -> bool:
        """Return whether an object is made."""
        return f"{kind}.{name}" in self.requests

    def plan(self) -> list[Request]:
        """Return the requests in the order in which they can be carried out."""
        return sorted(self.requests.values(), key=lambda one: KINDS.index(one.kind))

    def product(self, text: str, note: str) -> str:
        """Return the placeholder of a product of Voucherify's catalogue."""
        return self.lowering.need("product", naming.slug(text), naming.inert(note))

    def custom_event(self, event: str) -> str:
        """Return the placeholder of a custom event's definition, which the shop sends."""
        note = "the id (ms_...) of the custom event of this name, which the shop sends"
        return self.lowering.need("custom_event", event, note)

    def drop(self, record: Record, construct: str, name: str, how: str) -> None:
        """Say of every key that is written in a record that it is left out with the record."""
        for key in keys_of(type(record)):
            if record.origin.has(key):
                span = record.origin.key_span(key)
                self.lowering.note(f"{construct}.{key}", name, span, how, Support.DROPPED)

    def keep(self, record: Record, construct: str, name: str) -> None:
        """Say by their rows what is written in one of several records, of which others may be left
        out: only what has no entry yet."""
        told = {(entry.construct, entry.span) for entry in self.lowering.entries}
        for key in keys_of(type(record)):
            if record.origin.has(key):
                span = record.origin.key_span(key)
                if (f"{construct}.{key}", span) not in told:
                    self.lowering.note(f"{construct}.{key}", name, span)

    def identity(self, kind: str, name: str) -> dict[str, Any]:
        """Return the metadata by which an object is known again."""
        return naming.metadata(kind, name)


FOLDERS: Final[Mapping[str, str]] = {
    kind: kind if kind.endswith("s") else f"{kind}s" for kind in KINDS
}
