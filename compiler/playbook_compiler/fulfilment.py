"""Whether the playbook does what a checklist says it does: by a flow, a message or a programme."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checklists import DoneBy
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.reading import Origin
from playbook_compiler.source import Span
from playbook_compiler.steps import Send, Step, children
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """Whether an item is done in a stage; `why` in words where not, `span` is what does it."""

    done: bool
    why: str = ""
    span: Span | None = None


def fulfilment(by: DoneBy, playbook: Playbook, stage: str = "") -> Fulfilment:
    """Return whether the playbook does an item in a stage; in any stage where `stage` is empty."""
    match by.kind:
        case "flow":
            return _by_flow(playbook.flows[by.name], stage)
        case "message":
            return _by_message(by.name, playbook, stage)
        case _:
            programme = getattr(playbook.programmes, by.name, None)
            if programme is None:
                return Fulfilment(False, f"the playbook has no programme `{by.name}`")
            origin: Origin = programme.origin
            return Fulfilment(True, span=origin.key_span())


def _by_flow(flow: Flow, stage: str) -> Fulfilment:
    span = flow.origin.key_span()
    if not flow.enabled:
        return Fulfilment(False, f"the flow `{flow.id}` is paused", span)
    if stage and stage not in flow.stages:
        return Fulfilment(False, f"the flow `{flow.id}` does not run in the stage {stage}", span)
    return Fulfilment(True, span=span)


def _by_message(name: str, playbook: Playbook, stage: str) -> Fulfilment:
    sending = [flow for flow in playbook.flows.values() if name in _sent(flow.steps)]
    states = [_by_flow(flow, stage) for flow in sending]
    for state in states:
        if state.done:
            return state
    why = states[0].why if states else f"no flow sends the message `{name}`"
    return Fulfilment(False, why, states[0].span if states else None)


def _sent(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        if isinstance(step, Send):
            yield from step.send.messages
        for _, inner in children(step):
            yield from _sent(inner)
