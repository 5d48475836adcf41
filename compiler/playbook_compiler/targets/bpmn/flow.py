"""One flow of the graph as a process: its head, its steps from the end back, its exits."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from playbook_compiler.changes import FIELD
from playbook_compiler.encode import encode
from playbook_compiler.export.capability import Support
from playbook_compiler.export.constructs import construct_of
from playbook_compiler.export.dialect import inert_tags
from playbook_compiler.graph import CASE, HAPPENED, NEXT, NO, VARIANT, YES, Edge, Node
from playbook_compiler.model import Flow
from playbook_compiler.source import Span
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
from playbook_compiler.targets.bpmn.elements import (
    BOUNDARY,
    CATCH,
    END,
    SERVICE,
    START,
    SUB_PROCESS,
    THROW,
    Element,
    MessageEvent,
    Part,
    Process,
    Scope,
    Way,
    choice,
    joined,
    step_to,
)
from playbook_compiler.targets.bpmn.expressions import holds, truth
from playbook_compiler.targets.bpmn.head import lower_head
from playbook_compiler.targets.bpmn.names import own, process_id, step_id, xml_id
from playbook_compiler.targets.bpmn.sends import (
    Exits,
    lower_send,
    offer_refused,
    terms,
    wait_for,
)
from playbook_compiler.targets.bpmn.state import Export
from playbook_compiler.targets.bpmn.timers import timer, until
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass, field

LAST = "end"
_DECIDE = ("if", "branch", "split")
_WAIT = ("wait",)


@dataclass(frozen=True, slots=True)
class _Body:
    """The steps of one flow while they are made, by node."""

    export: Export
    flow: Flow
    exits: Exits
    before: dict[str, list[Edge]]
    entries: dict[str, str] = field(default_factory=dict)
    made: dict[str, Part] = field(default_factory=dict)

    def entry(self, node_id: str, way: str, name: str = "") -> str:
        """Return the shape where a way out of a node leads."""
        for edge in self.export.graph.out(node_id):
            if edge.way == way and (not name or edge.name == name):
                return self.entries[edge.target]
        raise AssertionError(f"no way {way} {name} out of {node_id}")


def lower_flow(export: Export, flow: Flow) -> Process:
    """Return a flow's process."""
    nodes = export.graph.of_flow(flow.id)
    lowering = export.lowering
    exit_when = ""
    if flow.exit_when is not None:
        lowering.note("flow.exit_when", flow.id, flow.origin.key_span("exit_when"))
        exit_when = holds(export, flow.exit_when)
    reached = _reached(export, nodes[0])
    before: dict[str, list[Edge]] = {}
    for node in nodes:
        for edge in export.graph.out(node.id):
            if edge.source in reached:
                before.setdefault(edge.target, []).append(edge)
    body = _Body(export, flow, Exits(exit_when, LAST), before)
    for node in reversed(nodes[1:]):
        if node.id not in reached and node.kind != "end":
            lowering.leave_out(f"step.{node.kind}", node.id, "nothing leads to this step")
            how = "nothing leads to this step"
            span = node.origin.key_span(node.kind)
            lowering.note(f"step.{node.kind}", node.id, span, how, Support.DROPPED)
            continue
        part = _lower(body, node)
        body.made[node.id], body.entries[node.id] = part, part.entry
    first = body.entry(nodes[0].id, NEXT)
    steps = joined(first, *(body.made[node.id] for node in nodes if node.id in body.made))
    exits = tuple(dict.fromkeys(flow.exit_on or ()))
    if exits:
        lowering.note("flow.exit_on", flow.id, _span(flow, "exit_on"))
        steps = _interruptible(export, flow, steps, exits)
        first = steps.entry
    whole = joined("start", lower_head(export, flow, first), steps)
    return Process(
        process_id(flow.id),
        f"{export.playbook.name}: {flow.id}",
        flow.about,
        (("flow", flow.id), ("playbook", export.playbook.name)),
        flow.enabled,
        Scope(whole.elements, whole.arrows),
    )


def _span(flow: Flow, key: str) -> Span:
    return flow.origin.key_span(key) if flow.origin.has(key) else flow.origin.key_span()


def _interruptible(export: Export, flow: Flow, steps: Part, exits: tuple[str, ...]) -> Part:
    """Return the steps as a sub-process that each of some events ends at once."""
    for event in exits:
        span = _span(flow, "exit_on")
        export.lowering.note(construct_of("event", event), flow.id, span)
    # Engines know sub-processes by their id, of all processes that are loaded together.
    id_ = f"run_{xml_id(flow.id)}"
    begin = Element(f"{id_}_start", START, "")
    inner = joined(begin.id, step_to(begin, steps.entry), steps)
    run = Element(id_, SUB_PROCESS, flow.id, scope=Scope(inner.elements, inner.arrows))
    over = Element("over", END, "")
    parts = [step_to(run, over.id)]
    for event in exits:
        exit_id = f"exit_{xml_id(event)}"
        comes = Element(exit_id, BOUNDARY, event, event=MessageEvent(event), attached=id_)
        left = Element(f"{exit_id}_left", END, f"left by {event}")
        parts += [step_to(comes, left.id), Part(left.id, (left,))]
    return joined(id_, *parts, Part(over.id, (over,)))


def _reached(export: Export, trigger: Node) -> set[str]:
    seen, waiting = {trigger.id}, [trigger.id]
    while waiting:
        for edge in export.graph.out(waiting.pop()):
            if edge.target not in seen and not (edge.way == HAPPENED and _ends(export, edge)):
                seen.add(edge.target)
                waiting.append(edge.target)
    return seen


def _ends(export: Export, edge: Edge) -> bool:
    """Return whether the event that a wait waits for ends the run instead."""
    node = export.graph.nodes[edge.source]
    step, exits = node.what, export.playbook.flows[node.flow].exit_on or ()
    return isinstance(step, Wait) and isinstance(step.wait, UntilEvent) and step.wait.until in exits


def _lower(body: _Body, node: Node) -> Part:
    """Return the part of one node; what follows it is lowered already."""
    export, lowering = body.export, body.export.lowering
    step, id_ = node.what, step_id(node.step_id)
    if step is None:
        return Part(LAST, (Element(LAST, END, ""),))
    if node.origin.has("id"):
        lowering.note("step.id", node.id, node.origin.key_span("id"))
    span = node.origin.key_span(node.kind)
    match step:
        case Wait(wait=UntilEvent(until=event, at_most=at_most)):
            return _wait_for(body, node, step, event, at_most)
        case If(condition=condition):
            lowering.note("step.if", node.id, span)
            ways = [
                Way(body.entry(node.id, YES), holds(export, condition), "yes"),
                Way(body.entry(node.id, NO), "", "no"),
            ]
            return choice(id_, f"{condition}?", ways, data=(("node", node.id),))
        case Branch():
            return _branch(body, node, step)
        case Split():
            return _split(body, node, step)
    after = body.entry(node.id, NEXT)
    match step:
        case Send():
            return lower_send(export, node, body.exits, after)
        case Wait(wait=Duration() as duration):
            lowering.note("step.wait", node.id, span)
            if duration.is_zero:
                return Part(after)
            waits = Element(id_, CATCH, f"{duration}", "", (("node", node.id),), timer(duration))
            return step_to(waits, after)
        case Wait(wait=UntilTime(until=moment)):
            lowering.note("step.wait.time", node.id, span)
            waits = Element(id_, CATCH, f"{moment}", "", (("node", node.id),), until(moment))
            return step_to(waits, after)
        case Start(start=flow):
            lowering.note("step.start", node.id, span)
            data = (("node", node.id), ("flow", flow))
            message = MessageEvent(f"start:{flow}")
            starts = Element(id_, THROW, f"start {flow}", "", data, message)
            return _acting(body, node, step_to(starts, after))
        case Grant() | Update() | Membership() | Task() | Call():
            return _service(body, node, step, after)
        case _:  # exit: the way on is the end
            lowering.note(f"step.{step.kind}", node.id, span)
            return Part(after)


def _acting(body: _Body, node: Node, part: Part) -> Part:
    """Return an action with the question before it whether the run ends."""
    asks = body.exits.before(step_id(node.step_id), part.entry)
    return joined(asks.entry, asks, part)


def _service(
    body: _Body, node: Node, step: Grant | Update | Membership | Task | Call, target: str
) -> Part:
    """Return what another system does for a customer, at once: the run does not wait for it."""
    export, id_ = body.export, step_id(node.step_id)
    kind = step.kind
    span = node.origin.key_span(kind)
    export.lowering.note(f"step.{kind}", node.id, span)
    written = encode(step, without=frozenset({"id", "cost"}))
    assert isinstance(written, dict)
    told: dict[str, object] = {}
    for name, value in written.items():
        told |= value if isinstance(value, dict) else {name: value}
    data = [("node", node.id)]
    data += [(f"set-{name}" if name == "node" else name, _plain(told[name])) for name in told]
    refused: list[str] = []
    name, about = f"{kind}: {_plain(told.get(kind, ''))}", ""
    match step:
        case Grant(grant=gift):
            name = f"Grant {gift}"
            construct = "points" if gift.points is not None else "credit"
            if gift.offer:
                export.offers.add(gift.offer)
                about = terms(export.playbook.offers[gift.offer])
                refused += offer_refused(export, export.playbook.offers[gift.offer])
            else:
                export.lowering.note(f"step.grant.{construct}", node.id, span)
        case Update(update=change):
            name = f"Update {change}"
            export.lowering.note(f"step.update.{change.deed}", node.id, span)
            if change.deed == FIELD:
                data = [("node", node.id), ("field", change.name), ("value", change.told)]
            else:
                data = [("node", node.id), ("deed", change.deed), ("name", change.name)]
        case Membership(audience=audience):
            name = f"Audience: {audience}"
        case Task(task=what):
            name = inert_tags(what)
            data = [(key, inert_tags(value)) for key, value in data]
        case Call(call=webhook):
            name = f"Call {webhook}"
    task = Element(id_, SERVICE, name, about, tuple(data), operation=kind)
    part = step_to(task, target)
    if export.holds_out and not isinstance(step, Update):
        refused.insert(0, f"{export.given('held_out')} is True")
    if refused:
        held = Element(f"{id_}_held", THROW, "held back", "it is not done; the run goes on")
        ways = [Way(held.id, " or ".join(refused), "no"), Way(task.id, "", "yes")]
        asks = choice(f"{id_}_may", "May it be done?", ways)
        part = joined(asks.entry, asks, part, step_to(held, target))
    return _acting(body, node, part)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wait_for(body: _Body, node: Node, step: Wait, event: str, at_most: Duration) -> Part:
    """Return a wait for an event; one that came since the last action counts, too."""
    export, id_ = body.export, step_id(node.step_id)
    lowering, span = export.lowering, node.origin.key_span("wait")
    lowering.note("step.wait.event", node.id, span)
    lowering.note(construct_of("event", event), node.id, span)
    ways = {edge.way: edge for edge in export.graph.out(node.id)}
    came = ways.pop(HAPPENED)
    timed_out = body.entries[next(iter(ways.values())).target]
    if _ends(export, came):
        late = Element(id_, CATCH, f"{at_most}", f"{event} ends the run", event=timer(at_most))
        return step_to(late, timed_out)
    happened = body.entries[came.target]
    waits = wait_for(id_, event, timer(at_most), happened, timed_out)
    if _comes_at_once(body, node, since_entry=step.since == "entry"):
        return waits
    last = own("last_", event)
    about = "when the event last came, as ISO 8601 text in UTC: of this run's own message, order"
    export.read(last, "text", event, f"{about} or customer, as the wait means it")
    since = export.given("entered_at" if step.since == "entry" else "acted_at")
    asked = [
        Way(happened, f"{last} is not None and {last} > {since}", "yes"),
        Way(waits.entry, "", "no"),
    ]
    already = choice(f"{id_}_already", f"{event} already?", asked)
    return joined(already.entry, already, waits)


def _comes_at_once(body: _Body, node: Node, *, since_entry: bool) -> bool:
    """Return whether no time passes between what the wait counts from and the wait."""
    for edge in body.before.get(node.id, ()):
        source = body.export.graph.nodes[edge.source]
        if source.kind in _WAIT or (since_entry and source.kind not in ("trigger", *_DECIDE)):
            return False
        if source.kind in _DECIDE and not _comes_at_once(body, source, since_entry=since_entry):
            return False
    return True


def _branch(body: _Body, node: Node, step: Branch) -> Part:
    body.export.lowering.note("step.branch", node.id, node.origin.key_span("branch"))
    ways: list[Way] = []
    before: list[str] = []
    for number, case in enumerate(step.branch, 1):
        here = truth(body.export, case.condition).yes
        asked = " and ".join([f"({here})", *(f"not ({one})" for one in before)])
        ways.append(Way(body.entry(node.id, CASE, str(number)), asked, str(number)))
        before.append(here)
    ways.append(Way(body.entry(node.id, NO), "", "else"))
    cases = "; ".join(f"{number}: {case.condition}" for number, case in enumerate(step.branch, 1))
    return choice(step_id(node.step_id), "The first that holds", ways, cases, (("node", node.id),))


def _split(body: _Body, node: Node, step: Split) -> Part:
    export = body.export
    export.lowering.note("step.split", node.id, node.origin.key_span("split"))
    bucket = own("bucket_", node.id)
    about = (
        "a whole number from 0 to 999999 drawn once for each customer and split, always the same: "
        "the first 8 bytes of SHA-256 of `customer id/flow/split` modulo 1,000,000"
    )
    export.read(bucket, "integer", f"the draw of {node.id}", about)
    ways, total, low = [], Decimal(0), 0
    names = sorted(step.variants)
    for name in names:
        total += step.variants[name].share.fraction
        high = int((total * 1_000_000).to_integral_value(ROUND_HALF_EVEN))
        condition = "" if name == names[-1] else f"{low} <= {bucket} < {high}"
        shown = f"{name} ({step.variants[name].share})"
        ways.append(Way(body.entry(node.id, VARIANT, name), condition, shown))
        low = high
    return choice(step_id(node.step_id), step.split, ways, about, (("node", node.id),))
