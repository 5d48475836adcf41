"""The steps of a trigger DAG as rows of the instruction table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from playbook_compiler.calendar_units import Weekday
from playbook_compiler.graph import CASE, HAPPENED, NEXT, NO, VARIANT, YES, Node, TriggerGraph
from playbook_compiler.model import Flow
from playbook_compiler.steps import Branch, If, Send, Split, Task, UntilEvent, UntilTime, Wait
from playbook_compiler.units import Duration, Money
from playbook_compiler.values import dataclass, field
from playbook_runtime.condition_code import CodeList, Names
from playbook_runtime.kernel import instructions as code
from playbook_runtime.launch import Launch

FREE = Money(Decimal(0))


@dataclass(slots=True)
class Tables:
    """Rows as they grow while a graph is lowered."""

    durations: list[tuple[int, int, int]] = field(default_factory=list)
    windows: list[tuple[int, int]] = field(default_factory=list)
    arm_end: list[int] = field(default_factory=list)
    arm_target: list[str] = field(default_factory=list)
    splits: list[str] = field(default_factory=list)

    def duration(self, duration: Duration) -> int:
        row = (duration.months, duration.days, duration.seconds)
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
        case Send() as send if send.send.order == "one":
            message = graph.playbook.messages[send.send.messages[0]]
            slot, slots = slots_of(launch, node.flow, node.step_id)
            window = -1 if send.at is None else tables.window(
                send.at.start.minutes, send.at.end.minutes
            )  # fmt: skip
            return [
                {
                    code.OP: code.SEND,
                    code.NEXT: following,
                    code.A: names.messages[message.id],
                    code.B: names.channels[message.channel],
                    code.C: names.offers[send.offer] if send.offer else -1,
                    code.D: launch.sends.index(node.id),
                    code.E: slot,
                    code.F: slots,
                    code.G: window,
                    code.H: int(message.kind == "marketing"),
                }
            ]
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
                    code.A: conditions.add(condition),
                }
            ]
        case Branch(branch=cases):
            last = len(cases)
            return [
                {
                    code.OP: code.IF,
                    code.NEXT: ways[CASE, str(n)],
                    code.OTHERWISE: ways[NO, ""] if n == last else f"{node.id}#{n}",
                    code.A: conditions.add(case.condition),
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


def row_of(rows: list[Row], node_id: str) -> int:
    return next(n for n, (_, name) in enumerate(rows) if name == node_id)


def first_row(graph: TriggerGraph, flow: Flow, rows: list[Row]) -> int:
    trigger = graph.of_flow(flow.id)[0]
    return row_of(rows, graph.out(trigger.id)[0].target)


def slots_of(launch: Launch, flow: str, step: str) -> tuple[int, int]:
    """Return the first slot of a step and how many it has; they stand next to each other."""
    found = [n for n, slot in enumerate(launch.slots) if (slot.flow, slot.step) == (flow, step)]
    return (found[0], len(found)) if found else (0, 0)


def waited_events(graph: TriggerGraph) -> list[str]:
    return sorted(
        {
            node.what.wait.until
            for node in graph.nodes.values()
            if isinstance(node.what, Wait) and isinstance(node.what.wait, UntilEvent)
        }
    )
