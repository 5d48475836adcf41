"""The trigger DAG: the compiled form that checks, targets, views and the simulation read.

One node for a trigger, a step and the end of each flow; edges say which way a run goes on. Node ids
are `flow/step`, stable under reordering and editing of other steps, so that random streams, remote
objects and diffs can be keyed by them.
"""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.model import Playbook
from playbook_compiler.reading import Origin
from playbook_compiler.steps import Step
from playbook_compiler.triggers import Trigger
from playbook_compiler.values import dataclass

TRIGGER_STEP = "trigger"
END_STEP = "end"

# The ways from one node to the next. `variant` and `case` edges carry a name.
NEXT = "next"
YES = "yes"
NO = "no"
VARIANT = "variant"
CASE = "case"
HAPPENED = "happened"
TIMED_OUT = "timed-out"
STARTS = "starts"
EMITS = "emits"
WAYS = (NEXT, YES, NO, VARIANT, CASE, HAPPENED, TIMED_OUT, STARTS, EMITS)


@dataclass(frozen=True, slots=True)
class Node:
    """A trigger, a step or an end. `kind` is the trigger's `trigger`, the step's kind, or `end`."""

    id: str
    flow: str
    kind: str
    what: Trigger | Step | None
    origin: Origin

    @property
    def step_id(self) -> str:
        """The id within the flow."""
        return self.id.removeprefix(f"{self.flow}/")


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A way from node to node; `name` tells variants (`coupon`) and cases (`1`, `2`) apart."""

    source: str
    target: str
    way: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class TriggerGraph:
    """A playbook's flows as one graph. Nodes stand in the order of flows and of steps in them."""

    playbook: Playbook
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]

    def of_flow(self, flow: str) -> tuple[Node, ...]:
        """Return a flow's nodes: trigger first, end last."""
        return tuple(node for node in self.nodes.values() if node.flow == flow)

    def out(self, node_id: str) -> tuple[Edge, ...]:
        """Return the edges that leave a node, in the order of its ways."""
        return tuple(edge for edge in self.edges if edge.source == node_id)
