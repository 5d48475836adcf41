"""A message that is sent because it was opened or clicked: reading it sends it again."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._conditions import meanings
from playbook_compiler.checks._flows import Sent, enters_without_limit, sends
from playbook_compiler.checks._reading import Reader, readers
from playbook_compiler.cycles import cycles, shortest_round
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Message

RULE = name_of(__name__)
# Messages and flows are nodes of one graph; no id of a flow has a blank in it.
_READ = "read "


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find messages that start, when they are read, the flow that sends them: by its trigger, by an
    audience of readers, by `start`, or by way of another message.

    It ends where the author limits how often a customer enters one of the flows; the 30 days that
    stand where nothing is said are no such limit.
    """
    playbook = graph.playbook
    sent = list(sends(graph))
    messages: dict[str, Message] = {one.message.id: one.message for one in sent}
    endless = {flow.id for flow in playbook.flows.values() if not _is_limited(flow)}
    reading = {
        one.flow.id: one
        for one in readers(playbook, meanings(playbook), list(messages.values()))
        if one.flow.id in endless
    }
    if not reading:
        return
    ways: dict[str, set[str]] = {}
    for one in sent:
        ways.setdefault(one.flow.id, set()).add(_READ + one.message.id)
    for name, reader in reading.items():
        for message in reader.messages:
            ways.setdefault(_READ + message, set()).add(name)
    for flow in {edge.source.split("/")[0]: None for edge in graph.edges if edge.way == "starts"}:
        ways.setdefault(flow, set()).update(_started(graph, flow) & endless)
    yield from _circles({name: sorted(ways[name]) for name in sorted(ways)}, sent, reading)


def _is_limited(flow: Flow) -> bool:
    """Whether a customer enters once, or no sooner than after a time that the author wrote."""
    if flow.entry is not None and flow.entry.rule == "once":
        return True
    return flow.origin.has("entry") and not enters_without_limit(flow)


def _started(graph: TriggerGraph, flow: str) -> set[str]:
    return {
        graph.nodes[edge.target].flow
        for node in graph.of_flow(flow)
        for edge in graph.across(node.id)
        if edge.way == "starts" and graph.playbook.flows[flow].enabled
    }


def _circles(
    ways: dict[str, list[str]], sent: list[Sent], reading: dict[str, Reader]
) -> Iterator[Diagnostic]:
    within = {node: n for n, component in enumerate(cycles(ways)) for node in component}
    told: set[int] = set()
    for one in sent:
        flow, read = one.flow.id, _READ + one.message.id
        number = within.get(flow)
        if number is None or within.get(read) != number:
            continue
        itself = flow in ways.get(read, ())
        if number in told and not itself:
            continue
        told.add(number)
        if itself:
            yield _found(one, [flow], reading)
        else:
            inside = {
                node: [target for target in ways[node] if within.get(target) == number]
                for node in ways
                if within.get(node) == number
            }
            yield _found(one, _round(inside, flow, read), reading)


def _round(ways: dict[str, list[str]], flow: str, read: str) -> list[str]:
    """Return the flows from `flow`, whose message is read, back to it."""
    around = shortest_round({**ways, flow: [read]}, flow)
    return [node for node in around if not node.startswith(_READ)]


def _found(sent: Sent, around: list[str], reading: dict[str, Reader]) -> Diagnostic:
    name = sent.message.id
    way = f" ({' -> '.join((*around, around[0]))})" if len(around) > 1 else ""
    starts = [reading[flow] for flow in (*around[1:], around[0]) if flow in reading]
    return error(
        RULE,
        f"`{name}` starts the flow that sends it: reading it sends it again{way}",
        sent.node.origin.span("send"),
        caption="the message that the trigger waits for",
        help=(
            "send another message, let the trigger name others"
            f" (`where: trigger.message != {name}`), or limit entry: `entry: once`"
        ),
        labels=tuple(Label(one.span, "starts when it is read") for one in starts),
    )
