"""Which flows start which: by `start`, and by events that only the system emits."""

from __future__ import annotations

from decimal import Decimal

from playbook_compiler.checks._flows import enters_without_limit
from playbook_compiler.cycles import cycles
from playbook_compiler.emissions import Deed, Reactions, deeds, reactions, undoes
from playbook_compiler.graph import EMITS, HAPPENED, STARTS, Node, TriggerGraph
from playbook_compiler.reactions import Effect, Turn
from playbook_compiler.steps import UntilTime, Wait
from playbook_compiler.units import TimeOfDay
from playbook_compiler.values import dataclass, replace
from playbook_compiler.waits import days_on, least_waits


@dataclass(frozen=True, slots=True)
class Starting:
    """`node` of the flow `source` starts the flow `target` after `days` in the run at least and
    `most` at most, people not asked. `turn` is how, where it is not by a `start` step."""

    source: str
    target: str
    node: Node
    days: Decimal
    most: Decimal
    turn: Turn | None = None


def startings(graph: TriggerGraph) -> list[Starting]:
    """Return every way in which a running flow starts one that a customer may enter at any time.

    Ways on which a person has to act first are left out, and so are flows whose `entry` limits how
    often a customer enters: both end every circle.
    """
    flows = [flow for flow in graph.playbook.flows.values() if flow.enabled]
    endless = {flow.id for flow in flows if enters_without_limit(flow)}
    emits = any(edge.way == EMITS for edge in graph.edges)
    reacting = reactions(graph.playbook) if emits else None
    found: list[Starting] = []
    for flow in flows:
        starting = [node for node in graph.of_flow(flow.id) if graph.across(node.id)]
        if not starting:
            continue
        least = least_waits(graph, flow.id, through_people=False)
        most = _most_waits(graph, flow.id)
        for node in starting:
            if node.id in least:
                ways = _ways(graph, node, reacting)
                found.extend(
                    Starting(
                        flow.id, target, node, least[node.id] + after, most[node.id] + after, turn
                    )
                    for target, after, turn in ways
                    if target in endless
                )
    return found


def _ways(
    graph: TriggerGraph, node: Node, reacting: Reactions | None
) -> list[tuple[str, Decimal, Turn | None]]:
    """Return the flows that a node starts, after how many days more, and by which turn."""
    ways: list[tuple[str, Decimal, Turn | None]] = [
        (graph.nodes[edge.target].flow, Decimal(0), None)
        for edge in graph.across(node.id)
        if edge.way == STARTS
    ]
    if reacting is not None:
        ways += [(one.flow, one.turn.after, one.turn) for one in reacting.to(node)]
    return ways


def _most_waits(graph: TriggerGraph, flow: str) -> dict[str, Decimal]:
    """Return the most days from a flow's trigger to each node, people and full caps left out."""
    nodes = graph.of_flow(flow)
    most = {nodes[0].id: Decimal(0)} if nodes else {}
    for node in nodes:
        if node.id not in most:
            continue
        for edge in graph.out(node.id):
            if edge.way != HAPPENED:
                at = most[node.id] + days_on(node, edge) + _until_moment(node)
                most[edge.target] = max(at, most.get(edge.target, at))
    return most


def _until_moment(node: Node) -> int:
    """Return the days that a wait for a time of day or a weekday can take."""
    if not isinstance(node.what, Wait) or not isinstance(node.what.wait, UntilTime):
        return 0
    return 1 if isinstance(node.what.wait.until, TimeOfDay) else 7


def within_a_day(found: list[Starting]) -> list[Starting]:
    """Return the ways that can take less than a day."""
    return [replace(one, most=min(one.most, Decimal(1))) for one in found if one.days < 1]


def endless(found: list[Starting], graph: TriggerGraph) -> list[Starting]:
    """Return the ways that flows on a circle can go again and again.

    A condition is entered only by those who did not meet it: a way by which a deed turns a test
    goes on only where something on the circle turns it back, or time does so within a round.
    """
    while True:
        within = {
            flow: number
            for number, component in enumerate(cycles(ways(found)))
            for flow in component
        }
        around = [one for one in found if one.source in within]
        around = [one for one in around if within[one.source] == within.get(one.target)]
        rounds: dict[int, Decimal] = {}
        for one in around:
            number = within[one.source]
            rounds[number] = rounds.get(number, Decimal(0)) + one.most
        done = _deeds(within, graph) if any(one.turn for one in around) else {}
        kept = [
            one
            for one in around
            if one.turn is None
            or _turns_back(one.turn, rounds[within[one.source]], done[within[one.source]])
        ]
        if len(kept) == len(found):
            return kept
        found = kept


def _deeds(within: dict[str, int], graph: TriggerGraph) -> dict[int, dict[Effect, list[Deed]]]:
    """Return what the flows of each circle do without people, by what it changes."""
    done: dict[int, dict[Effect, list[Deed]]] = {}
    for flow, number in within.items():
        here = done.setdefault(number, {})
        reached = least_waits(graph, flow, through_people=False)
        for node in graph.of_flow(flow):
            if node.id in reached:
                for deed in deeds(node, graph.playbook):
                    here.setdefault(deed.effect, []).append(deed)
    return done


def _turns_back(turn: Turn, round_: Decimal, done: dict[Effect, list[Deed]]) -> bool:
    if turn.lapse is not None and (not turn.lapse or turn.lapse < round_):
        return True
    if turn.undone_by is None:
        return False
    return any(undoes(deed, turn) for deed in done.get(turn.undone_by, ()))


def ways(found: list[Starting]) -> dict[str, list[str]]:
    """Return the flows that each flow starts, sorted."""
    targets: dict[str, set[str]] = {}
    for one in found:
        targets.setdefault(one.source, set()).add(one.target)
    return {source: sorted(targets[source]) for source in sorted(targets)}


def quickest(found: list[Starting]) -> dict[tuple[str, str], Starting]:
    """Return the quickest way from each flow to each that it starts."""
    best: dict[tuple[str, str], Starting] = {}
    for one in sorted(found, key=lambda one: (one.days, one.node.id)):
        best.setdefault((one.source, one.target), one)
    return best
