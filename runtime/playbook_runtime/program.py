"""The trigger DAG lowered to the flat tables that the kernel runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from playbook_compiler.currency import DECIMALS
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.facts import Nature
from playbook_compiler.graph import CASE, HAPPENED, NEXT, NO, VARIANT, YES, Node, TriggerGraph
from playbook_compiler.model import Economics, Flow, Guardrails, Offer, WhenCapped
from playbook_compiler.steps import Branch, If, Send, Split, Task, UntilEvent, Wait
from playbook_compiler.triggers import EventTrigger, Inactivity
from playbook_compiler.units import DAY_SECONDS, Duration, Money
from playbook_runtime.condition_code import CodeList, Names
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.launch import ENTRY_STEP, RATE, Launch, stream

ORDER, SIGN_UP, UNSUBSCRIBED = "order_placed", "sign_up", "unsubscribed"
_KEYS = {Nature.ORDER: code.KEY_ORDER, Nature.AFTER_ORDER: code.KEY_ORDER}
_NATURES = {
    Nature.AFTER_ORDER: code.AFTER_ORDER,
    Nature.AFTER_MESSAGE: code.AFTER_MESSAGE,
    Nature.BEFORE_ORDER: code.BEFORE_ORDER,
}
FREE = Money(Decimal(0))


def _nature(graph: TriggerGraph, launch: Launch, event: str) -> Nature:
    """Return what brings an event: what is assumed of it, else what the catalogue says."""
    return launch.natures.get(event) or graph.playbook.catalogue.events[event].nature


def window_seconds(duration: Duration) -> int:
    """Return a window of effect or of a cap in elapsed seconds."""
    return int((duration.nominal_days * DAY_SECONDS).quantize(Decimal(1), ROUND_HALF_EVEN))


@dataclass(slots=True)
class _Tables:
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


def build_program(graph: TriggerGraph, launch: Launch) -> tuple[Program, list[Diagnostic]]:
    """Return the program of a graph for one launch, and what of it cannot be simulated yet."""
    playbook = graph.playbook
    decimals = DECIMALS[playbook.currency]
    tables = _Tables()
    flows = sorted(playbook.flows.values(), key=lambda flow: flow.id)
    offers = sorted(playbook.offers.values(), key=lambda offer: offer.id)
    messages = sorted(playbook.messages.values(), key=lambda message: message.id)
    names = Names(
        flows={flow.id: n for n, flow in enumerate(flows)},
        messages={message.id: n for n, message in enumerate(messages)},
        channels={name: n for n, name in enumerate(launch.channels)},
        offers={offer.id: n for n, offer in enumerate(offers)},
        events={name: n for n, name in enumerate(launch.events)},
        statics={text: n for n, text in enumerate(launch.statics)},
        audiences=playbook.audiences,
        decimals=decimals,
        duration=tables.duration,
    )
    conditions = CodeList(names)
    natures = {event: _nature(graph, launch, event) for event in launch.events}
    waits = _waited_events(graph)
    rows = _instructions(graph, launch, names, tables, conditions, waits)
    guardrails = playbook.guardrails
    economics = playbook.economics
    thresholds, threshold_flows, threshold_first = _thresholds(flows, tables)
    event_flows, event_first = _by_event(flows, launch)
    quiet = _quiet_window(guardrails, tables)
    hold = [_holds_unknown_zone(guardrails, name) for name in launch.channels]
    integer = np.int64

    def numbers(values: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(values, dtype=integer)

    def streams(texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        return np.array([stream(text) for text in texts], dtype=np.uint64)

    flow_where = [conditions.add(flow.trigger.where) for flow in flows]
    flow_audience = [conditions.add(flow.audience) for flow in flows]
    flow_exit_when = [conditions.add(flow.exit_when) for flow in flows]
    offer_audience = [
        conditions.add(playbook.audiences[offer.audience].where if offer.audience else None)
        for offer in offers
    ]
    offer_valid = [-1 if o.valid is None else tables.duration(o.valid) for o in offers]
    cap_delay = tables.duration(_delay(guardrails))
    entry = [_entry(flow, tables) for flow in flows]
    existing = [_existing(flow, thresholds, tables) for flow in flows]
    source_lag = [tables.duration(occurrence.lag) for occurrence in launch.occurrences]
    caps = guardrails.frequency if guardrails is not None else ()
    program = Program(
        code=np.array([row for row, _ in rows], dtype=integer).reshape(-1, code.CODE_WIDTH),
        durations=np.array(tables.durations, dtype=integer).reshape(-1, 3),
        windows=np.array(tables.windows, dtype=integer).reshape(-1, 2),
        condition_code=np.array(conditions.rows, dtype=integer).reshape(-1, 3),
        condition_number=np.array(conditions.numbers, dtype=np.float64),
        condition_first=numbers([*conditions.first, len(conditions.rows)]),
        flow_first=numbers([_first(graph, flow, rows) for flow in flows]),
        flow_on=np.array([flow.enabled for flow in flows], dtype=np.int8),
        flow_where=numbers(flow_where),
        flow_audience=numbers(flow_audience),
        flow_exit_when=numbers(flow_exit_when),
        flow_entry=np.array(entry, dtype=integer).reshape(-1, 2),
        flow_exit_on=np.array(
            [[event in (flow.exit_on or ()) for event in launch.events] for flow in flows],
            dtype=np.int8,
        ).reshape(-1, len(launch.events)),
        flow_key=numbers([_key(flow, natures) for flow in flows]),
        flow_slots=np.array(
            [_slots(launch, flow.id, ENTRY_STEP) for flow in flows], dtype=integer
        ).reshape(-1, 2),
        existing=np.array(existing, dtype=integer).reshape(-1, 2),
        existing_stream=streams([f"existing/{flow.id}" for flow in flows]),
        event_flows=numbers(event_flows),
        event_first=numbers(event_first),
        event_wait=numbers([waits.index(e) if e in waits else -1 for e in launch.events]),
        thresholds=numbers(thresholds),
        threshold_flows=numbers(threshold_flows),
        threshold_first=numbers(threshold_first),
        channel_cost=numbers(
            [_message_cost(economics, name).micro(decimals) for name in launch.channels]
        ),
        channel_hold=np.array(hold, dtype=np.int8),
        channel_quiet=numbers([quiet for _ in launch.channels]),
        channel_stream=streams([f"consent/{name}" for name in launch.channels]),
        channel_share=np.array(
            [launch.consent_share.get(name, 0.0) for name in launch.channels], dtype=np.float64
        ),
        email=names.channels.get("email", -1),
        cap_limit=numbers([cap.at_most for cap in caps]),
        cap_window=numbers([window_seconds(cap.per) for cap in caps]),
        cap_channel=numbers([names.channels[c.channel] if c.channel else -1 for c in caps]),
        cap_delay=cap_delay,
        offer_kind=numbers([_benefit(offer, economics, decimals)[0] for offer in offers]),
        offer_value=numbers([_benefit(offer, economics, decimals)[1] for offer in offers]),
        offer_valid=numbers(offer_valid),
        offer_minimum=numbers([(o.minimum or FREE).minor(decimals) for o in offers]),
        offer_once=np.array([offer.once_per_customer for offer in offers], dtype=np.int8),
        offer_audience=numbers(offer_audience),
        offer_stream=streams([f"redemption/{offer.id}" for offer in offers]),
        stackable=int(_stackable(guardrails)),
        arm_end=numbers(tables.arm_end),
        arm_target=numbers([_row_of(rows, target) for target in tables.arm_target]),
        split_stream=streams([f"split/{node}" for node in tables.splits]),
        slot_form=numbers(
            [code.FORM_RATE if s.form == RATE else code.FORM_ADDED for s in launch.slots]
        ),
        slot_window=numbers([slot.window_seconds for slot in launch.slots]),
        slot_add=np.array([slot.add for slot in launch.slots], dtype=np.int8),
        slot_stream=streams([f"{s.form}/{s.flow}/{s.step}" for s in launch.slots]),
        slot_value_stream=streams([f"value/{s.flow}/{s.step}/{s.form}" for s in launch.slots]),
        slot_flow=numbers([names.flows[slot.flow] for slot in launch.slots]),
        source_event=numbers([names.events[o.event] for o in launch.occurrences]),
        source_nature=numbers(
            [_NATURES.get(natures[o.event], code.ANY_TIME) for o in launch.occurrences]
        ),
        source_rate=np.array(
            [_rate(natures[o.event], o.rate, launch) for o in launch.occurrences], dtype=np.float64
        ),
        source_lag=numbers(source_lag),
        source_stream=streams([f"event/{o.event}" for o in launch.occurrences]),
        order_event=names.events[ORDER],
        sign_up_event=names.events.get(SIGN_UP, -1),
        unsubscribed_event=names.events.get(UNSUBSCRIBED, -1),
        messages=len(messages),
        margin_ppm=_margin_ppm(economics),
        fixed_micro=fixed_costs(economics).micro(decimals),
        holdout=float(launch.holdout),
        month_start=numbers(launch.month_start),
        month_length=numbers(launch.month_length),
    )
    return program, conditions.findings


_Row = tuple[tuple[int, ...], str]


def _instructions(
    graph: TriggerGraph,
    launch: Launch,
    names: Names,
    tables: _Tables,
    conditions: CodeList,
    waits: Sequence[str],
) -> list[_Row]:
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
    tables: _Tables,
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
            slot, slots = _slots(launch, node.flow, node.step_id)
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


def _row_of(rows: list[_Row], node_id: str) -> int:
    return next(n for n, (_, name) in enumerate(rows) if name == node_id)


def _first(graph: TriggerGraph, flow: Flow, rows: list[_Row]) -> int:
    trigger = graph.of_flow(flow.id)[0]
    return _row_of(rows, graph.out(trigger.id)[0].target)


def _slots(launch: Launch, flow: str, step: str) -> tuple[int, int]:
    """Return the first slot of a step and how many it has; they stand next to each other."""
    found = [n for n, slot in enumerate(launch.slots) if (slot.flow, slot.step) == (flow, step)]
    return (found[0], len(found)) if found else (0, 0)


def _waited_events(graph: TriggerGraph) -> list[str]:
    return sorted(
        {
            node.what.wait.until
            for node in graph.nodes.values()
            if isinstance(node.what, Wait) and isinstance(node.what.wait, UntilEvent)
        }
    )


def _entry(flow: Flow, tables: _Tables) -> tuple[int, int]:
    entry = flow.entry
    if entry is None or entry.rule == "always":
        return code.ALWAYS, 0
    if entry.rule == "once" or entry.again_after is None:
        return code.ONCE, 0
    return code.AGAIN, tables.duration(entry.again_after)


def _key(flow: Flow, natures: Mapping[str, Nature]) -> int:
    if not isinstance(flow.trigger, EventTrigger):
        return code.KEY_NONE
    nature = natures[flow.trigger.event]
    if nature is Nature.BEFORE_ORDER:
        return code.KEY_EVENT
    return _KEYS.get(nature, code.KEY_NONE)


def _by_event(flows: Sequence[Flow], launch: Launch) -> tuple[list[int], list[int]]:
    """Return flows by the event that starts them, as one list and where each event begins."""
    listed: list[int] = []
    first = [0]
    for event in launch.events:
        listed.extend(
            n
            for n, flow in enumerate(flows)
            if isinstance(flow.trigger, EventTrigger)
            and flow.trigger.event == event
            and flow.trigger.at_least == 1
        )
        first.append(len(listed))
    return listed, first


def _inactivity(flow: Flow) -> Duration | None:
    return flow.trigger.inactive_for if isinstance(flow.trigger, Inactivity) else None


def _threshold_lengths(flows: Sequence[Flow]) -> list[Duration]:
    lengths = {length for flow in flows if (length := _inactivity(flow)) is not None}
    return sorted(lengths, key=lambda length: (length.nominal_days, str(length)))


def _thresholds(flows: Sequence[Flow], tables: _Tables) -> tuple[list[int], list[int], list[int]]:
    """Return the lapse timer: its durations in order, the flows of each, and where they begin."""
    lengths = _threshold_lengths(flows)
    listed: list[int] = []
    first = [0]
    for length in lengths:
        listed.extend(n for n, flow in enumerate(flows) if _inactivity(flow) == length)
        first.append(len(listed))
    return [tables.duration(length) for length in lengths], listed, first


def _existing(flow: Flow, thresholds: Sequence[int], tables: _Tables) -> tuple[int, int]:
    """Return (spread in seconds, threshold) of those who are past it on day one; -1 skips them."""
    length = _inactivity(flow)
    if length is None:
        return -1, -1
    threshold = list(thresholds).index(tables.duration(length))
    over = flow.existing.over if flow.existing is not None else None
    return (-1 if over is None else window_seconds(over)), threshold


def _quiet_window(guardrails: Guardrails | None, tables: _Tables) -> int:
    quiet = guardrails.quiet_hours if guardrails is not None else None
    return -1 if quiet is None else tables.window(quiet.start.minutes, quiet.end.minutes)


def _holds_unknown_zone(guardrails: Guardrails | None, channel: str) -> bool:
    quiet = guardrails.quiet_hours if guardrails is not None else None
    if quiet is not None and quiet.unknown:
        return quiet.unknown == "hold"
    return channel != "email"


def _delay(guardrails: Guardrails | None) -> Duration:
    capped = guardrails.when_capped if guardrails is not None else None
    return capped.delay if isinstance(capped, WhenCapped) else Duration()


def _stackable(guardrails: Guardrails | None) -> bool:
    discounts = guardrails.discounts if guardrails is not None else None
    return discounts is not None and discounts.stackable


def _message_cost(economics: Economics | None, channel: str) -> Money:
    return economics.message_costs.get(channel, FREE) if economics is not None else FREE


def _margin_ppm(economics: Economics | None) -> int:
    """Return gross margin less the payment provider's share, in parts per million."""
    if economics is None:
        return 1_000_000
    costs = economics.order_costs
    payment = costs.payment if costs is not None else None
    return economics.gross_margin.default.ppm - (payment.share.ppm if payment is not None else 0)


def fixed_costs(economics: Economics | None) -> Money:
    """Return what an order costs whatever its value: shipping, payment, expected returns."""
    costs = economics.order_costs if economics is not None else None
    if costs is None:
        return FREE
    payment = costs.payment.fixed.amount if costs.payment is not None else Decimal(0)
    returns = costs.return_rate.fraction * costs.returns.amount
    return Money(costs.shipping.amount + payment + returns)


def _benefit(offer: Offer, economics: Economics | None, decimals: int) -> tuple[int, int]:
    """Return (kind, size) of an offer's benefit: ppm, or minor units."""
    if offer.percent_off is not None:
        return code.PERCENT, offer.percent_off.ppm
    if offer.amount_off is not None:
        return code.AMOUNT, offer.amount_off.minor(decimals)
    if offer.credit is not None:
        return code.CREDIT, offer.credit.minor(decimals)
    if offer.free_shipping:
        costs = economics.order_costs if economics is not None else None
        return code.SHIPPING, (costs.shipping if costs is not None else FREE).minor(decimals)
    return code.GIFT, (offer.cost or FREE).minor(decimals)


def _rate(nature: Nature, rate: float, launch: Launch) -> float:
    """Return an assumed rate as the kernel counts it: any-time events per person and day."""
    if _NATURES.get(nature, code.ANY_TIME) == code.ANY_TIME:
        return rate / max(launch.customers, 1)
    return rate
