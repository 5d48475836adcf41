"""The steps of a trigger DAG as rows of the instruction table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from playbook_compiler.calendar_units import Weekday
from playbook_compiler.changes import FIELD, SUPPRESS, TAG, Change
from playbook_compiler.conditions import Value
from playbook_compiler.graph import CASE, HAPPENED, NEXT, NO, VARIANT, YES, Node, TriggerGraph
from playbook_compiler.message_choice import LADDER, ROTATION
from playbook_compiler.model import Flow
from playbook_compiler.steps import (
    Branch,
    Call,
    Grant,
    If,
    Membership,
    Send,
    Split,
    Start,
    Task,
    UntilEvent,
    UntilTime,
    Update,
    Wait,
)
from playbook_compiler.units import Duration, Money
from playbook_compiler.values import dataclass, field
from playbook_runtime.condition_code import CodeList, Names
from playbook_runtime.heard import ladder_events
from playbook_runtime.kernel import instructions as code
from playbook_runtime.launch import REPAID, Launch, Slot

FREE = Money(Decimal(0))


@dataclass(slots=True)
class Tables:
    """Rows as they grow while a graph is lowered."""

    durations: list[tuple[int, int, int]] = field(default_factory=list)
    windows: list[tuple[int, int]] = field(default_factory=list)
    arm_end: list[int] = field(default_factory=list)
    arm_target: list[str] = field(default_factory=list)
    splits: list[str] = field(default_factory=list)
    rotations: list[str] = field(default_factory=list)

    def duration(self, duration: Duration) -> int:
        return self.row(duration.months, duration.days, duration.seconds)

    def row(self, months: int, days: int, seconds: int) -> int:
        """Return the number of a duration, which may be negative: so long before."""
        row = (months, days, seconds)
        if row not in self.durations:
            self.durations.append(row)
        return self.durations.index(row)

    def window(self, start: int, end: int) -> int:
        if (start, end) not in self.windows:
            self.windows.append((start, end))
        return self.windows.index((start, end))


Row = tuple[tuple[int, ...], str]


def instructions(
    graph: TriggerGraph,
    launch: Launch,
    names: Names,
    tables: Tables,
    conditions: CodeList,
    waits: Sequence[str],
) -> list[Row]:
    """Return instruction rows with the node each begins; a branch takes one row a case."""
    place = {node_id: n for n, node_id in enumerate(sorted(graph.nodes))}
    draft: list[tuple[dict[int, int | str], str]] = []
    for node in graph.nodes.values():
        if node.kind == "trigger":
            continue
        flow = graph.playbook.flows[node.flow]
        rank = 1000 + (100 - flow.priority) * 2**20 + place[node.id]
        for n, row in enumerate(_node_rows(graph, launch, node, names, tables, conditions, waits)):
            row[code.RANK] = rank
            draft.append((row, node.id if n == 0 else f"{node.id}#{n}"))
    first = {name: n for n, (_, name) in enumerate(draft)}
    rows = []
    for row, name in draft:
        cells = [0] * code.CODE_WIDTH
        for column, value in row.items():
            cells[column] = first[value] if isinstance(value, str) else value
        rows.append((tuple(cells), name))
    return rows


def _node_rows(
    graph: TriggerGraph,
    launch: Launch,
    node: Node,
    names: Names,
    tables: Tables,
    conditions: CodeList,
    waits: Sequence[str],
) -> list[dict[int, int | str]]:
    """Return the rows of one node; targets are node ids, turned into row numbers later."""
    ways = {(edge.way, edge.name): edge.target for edge in graph.out(node.id)}
    following = ways.get((NEXT, ""), "")
    match node.what:
        case None:
            return [{code.OP: code.END}]
        case Send() as send:
            return _send_rows(graph, launch, node, send, names, tables, waits, following)
        case Grant(grant=gift) if gift.offer:
            return [
                {
                    code.OP: code.GRANT,
                    code.NEXT: following,
                    code.A: names.offers[gift.offer],
                    code.D: launch.sends.index(node.id),
                }
            ]
        case Grant(grant=gift) if gift.points is not None and names.points:
            return [
                {
                    code.OP: code.GRANT,
                    code.NEXT: following,
                    code.A: -1,
                    code.B: gift.points,
                }
            ]
        case Update(update=change):
            return [{code.OP: code.UPDATE, code.NEXT: following, **_change(change, names)}]
        case Membership():
            return [{code.OP: code.LIST, code.NEXT: following}]
        case Call():
            return [{code.OP: code.CALL, code.NEXT: following}]
        case Start(start=flow):
            return [{code.OP: code.STARTS, code.NEXT: following, code.A: names.flows[flow]}]
        case Wait(wait=Duration() as duration):
            return [{code.OP: code.WAIT, code.NEXT: following, code.A: tables.duration(duration)}]
        case Wait(wait=UntilTime(until=moment)):
            at = moment.at if isinstance(moment, Weekday) else moment
            return [
                {
                    code.OP: code.WAIT_UNTIL,
                    code.NEXT: following,
                    code.A: moment.number if isinstance(moment, Weekday) else -1,
                    code.B: -1 if at is None else at.minutes * 60,
                }
            ]
        case Wait(wait=UntilEvent() as until, since=since):
            timed_out = next(t for (way, _), t in ways.items() if way not in (NEXT, HAPPENED))
            return [
                {
                    code.OP: code.WAIT_EVENT,
                    code.NEXT: ways[HAPPENED, ""],
                    code.OTHERWISE: timed_out,
                    code.A: waits.index(until.until),
                    code.B: tables.duration(until.at_most),
                    code.C: int(since == "entry"),
                }
            ]
        case If(condition=condition):
            return [
                {
                    code.OP: code.IF,
                    code.NEXT: ways[YES, ""],
                    code.OTHERWISE: ways[NO, ""],
                    code.A: conditions.of(node.flow, condition),
                }
            ]
        case Branch(branch=cases):
            last = len(cases)
            return [
                {
                    code.OP: code.IF,
                    code.NEXT: ways[CASE, str(n)],
                    code.OTHERWISE: ways[NO, ""] if n == last else f"{node.id}#{n}",
                    code.A: conditions.of(node.flow, case.condition),
                }
                for n, case in enumerate(cases, 1)
            ]
        case Split(variants=variants):
            first, total = len(tables.arm_end), Decimal(0)
            for name in sorted(variants):
                total += variants[name].share.fraction
                tables.arm_end.append(int((total * 1_000_000).to_integral_value(ROUND_HALF_EVEN)))
                tables.arm_target.append(ways[VARIANT, name])
            tables.splits.append(node.id)
            return [
                {
                    code.OP: code.SPLIT,
                    code.A: first,
                    code.B: len(variants),
                    code.C: len(tables.splits) - 1,
                }
            ]
        case Task(cost=cost):
            micro = (cost or FREE).micro(names.decimals)
            return [{code.OP: code.TASK, code.NEXT: following, code.A: micro}]
        case _:
            return [{code.OP: code.PASS, code.NEXT: following}]


def _send_rows(
    graph: TriggerGraph,
    launch: Launch,
    node: Node,
    send: Send,
    names: Names,
    tables: Tables,
    waits: Sequence[str],
    following: str,
) -> list[dict[int, int | str]]:
    """Return a row for each message of a send: alone, behind the rotation that chooses one, or with
    the wait between the messages of a ladder."""
    slot, slots = slots_of(launch, node.flow, node.step_id)
    at = send.at
    window = -1 if at is None else tables.window(at.start.minutes, at.end.minutes)
    choice = send.send
    ladder = choice.order == LADDER
    rows: list[dict[int, int | str]] = []
    if choice.order == ROTATION:
        tables.rotations.append(node.id)
        number = len(tables.rotations) - 1
        rows.append({code.OP: code.ROTATE, code.A: len(choice.messages), code.B: number})
    for place, name in enumerate(choice.messages):
        message = graph.playbook.messages[name]
        row: dict[int, int | str] = {
            code.OP: code.SEND,
            code.NEXT: following,
            code.OTHERWISE: following,
            code.A: names.messages[name],
            code.B: names.channels[message.channel],
            code.C: names.offers[send.offer] if send.offer else -1,
            code.D: launch.sends.index(node.id),
            code.E: slot,
            code.F: slots,
            code.G: window,
            code.H: int(message.kind == "marketing"),
            code.K: len(choice.messages) if ladder else 1,
            code.L: place if ladder else 0,
        }
        rows.append(row)
        if ladder and place < len(choice.messages) - 1:
            waited = ladder_events(send)
            # The rung behind this one and, where it has one, its wait.
            rung = f"{node.id}#{len(rows) + len(waited)}"
            row[code.OTHERWISE] = rung
            if waited and send.reached is not None:
                row[code.NEXT] = f"{node.id}#{len(rows)}"
                rows.append(
                    {
                        code.OP: code.WAIT_EVENT,
                        code.NEXT: following,
                        code.OTHERWISE: rung,
                        code.A: waits.index(waited[0]),
                        code.B: tables.duration(send.reached.within),
                    }
                )
    return rows


def _change(change: Change, names: Names) -> dict[int, int | str]:
    """Return what an update does: the state of a tag or field, or a channel."""
    if change.deed == SUPPRESS:
        if change.name not in names.channels:  # a flow that is off
            return {code.OP: code.PASS}
        return {code.A: code.SUPPRESS, code.B: names.channels[change.name]}
    key = (FIELD if change.deed == FIELD else TAG, change.name)
    value: Value = change.deed == TAG
    if change.deed == FIELD:
        assert change.value is not None, "a field is set to something"
        value = change.value
    told = names.told.get(key)
    if told is None:  # a flow that is off
        return {code.OP: code.PASS}
    states = told.states
    if value not in states:  # a tag that is only taken away
        assert value is False
    return {
        code.A: code.TELL,
        code.B: list(names.told).index(key),
        code.C: states.index(value),
    }


def row_of(rows: list[Row], node_id: str) -> int:
    return next(n for n, (_, name) in enumerate(rows) if name == node_id)


def first_row(graph: TriggerGraph, flow: Flow, rows: list[Row]) -> int:
    trigger = graph.of_flow(flow.id)[0]
    return row_of(rows, graph.out(trigger.id)[0].target)


def slots_of(launch: Launch, flow: str, step: str) -> tuple[int, int]:
    """Return the first slot of a step and how many it has; they stand next to each other."""
    found = [n for n, slot in enumerate(launch.slots) if (slot.flow, slot.step) == (flow, step)]
    return (found[0], len(found)) if found else (0, 0)


def repaid_slot(launch: Launch, slot: Slot) -> int:
    """Return the slot that says how many of a slot's extra orders are repaid, or -1."""
    for n, other in enumerate(launch.slots):
        if (other.flow, other.step, other.form) == (slot.flow, slot.step, REPAID):
            return n
    return -1


def waited_events(graph: TriggerGraph) -> list[str]:
    found: set[str] = set()
    for node in graph.nodes.values():
        if isinstance(node.what, Wait) and isinstance(node.what.wait, UntilEvent):
            found.add(node.what.wait.until)
        elif isinstance(node.what, Send):
            found |= set(ladder_events(node.what))
    return sorted(found)
