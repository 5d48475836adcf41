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
from playbook_compiler.values import dataclass, field

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
# The ways that lead from one flow into another.
ACROSS = (STARTS, EMITS)
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
    """A playbook's flows as one graph. Nodes stand in the order of flows and of steps in them: a
    node stands after those of its flow that lead to it."""

    playbook: Playbook
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    _by_flow: Mapping[str, tuple[Node, ...]] = field(init=False, compare=False, repr=False)
    _out: Mapping[str, tuple[Edge, ...]] = field(init=False, compare=False, repr=False)
    _across: Mapping[str, tuple[Edge, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        by_flow: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            by_flow.setdefault(node.flow, []).append(node)
        out: dict[str, list[Edge]] = {}
        across: dict[str, list[Edge]] = {}
        for edge in self.edges:
            (across if edge.way in ACROSS else out).setdefault(edge.source, []).append(edge)
        for name, found in (("_by_flow", by_flow), ("_out", out), ("_across", across)):
            kept = {key: tuple(several) for key, several in found.items()}
            object.__setattr__(self, name, kept)

    def of_flow(self, flow: str) -> tuple[Node, ...]:
        """Return a flow's nodes: trigger first, end last."""
        return self._by_flow.get(flow, ())

    def out(self, node_id: str) -> tuple[Edge, ...]:
        """Return the edges on which a run goes on from a node, in the order of its ways."""
        return self._out.get(node_id, ())

    def across(self, node_id: str) -> tuple[Edge, ...]:
        """Return the edges on which a node starts other flows."""
        return self._across.get(node_id, ())
