"""The journey of one flow while it is made: its nodes, how long its runs last, and its splits."""

from __future__ import annotations

from playbook_compiler.calendar_units import Weekday
from playbook_compiler.export.logic import ALWAYS, NEVER, All, Any_, Tree, all_of, any_of
from playbook_compiler.facts import Nature
from playbook_compiler.graph import Node as Step
from playbook_compiler.message_choice import LADDER, Reached
from playbook_compiler.model import Flow
from playbook_compiler.steps import (
    Branch,
    Exit,
    If,
    Send,
    Split,
    Start,
    UntilEvent,
    UntilTime,
    Wait,
)
from playbook_compiler.targets.dittofeed import nodes, terms
from playbook_compiler.targets.dittofeed import segment_tests as tests
from playbook_compiler.targets.dittofeed.nodes import Node
from playbook_compiler.targets.dittofeed.scope import Scope
from playbook_compiler.targets.dittofeed.segments import has_keyed
from playbook_compiler.targets.dittofeed.state import Export
from playbook_compiler.triggers import EventTrigger
from playbook_compiler.units import Duration, TimeOfDay
from playbook_compiler.values import dataclass, field

# Dittofeed computes segments every few minutes: what has just happened is seen this much later.
LAG = 3_600
Made = tuple[list[Node], str]


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How long at most a run has lasted at a step: since entry, and since its previous action.

    A hold for quiet hours, a window or room under caps may as well be short: the `sure` ones are
    without holds.
    """

    entry: int = 0
    action: int = 0
    sure_entry: int = 0
    sure_action: int = 0

    def later(self, seconds: int, held: int = 0) -> Elapsed:
        """Return the same after a wait, and after a hold of at most so long."""
        return Elapsed(
            self.entry + seconds + held,
            self.action + seconds + held,
            self.sure_entry + seconds,
            self.sure_action + seconds,
        )

    def acted(self) -> Elapsed:
        """Return the same right after an action."""
        return Elapsed(self.entry, 0, self.sure_entry, 0)

    def longest(self, other: Elapsed) -> Elapsed:
        """Return the longer of each, where two ways lead to one step."""
        return Elapsed(
            max(self.entry, other.entry),
            max(self.action, other.action),
            max(self.sure_entry, other.sure_entry),
            max(self.sure_action, other.sure_action),
        )


@dataclass(frozen=True, slots=True)
class Body:
    """The nodes of one journey while they are made, by step.

    `exit` is where a run ends. `by_event`: an event starts it, so that only the events of its own
    key can be waited for. `held_out`: the holdout stays out of the flow; `held_out_here`: of its
    marketing messages alone. `hold_until` is the end of the quiet hours, where there is marketing.
    `follows_order`: an order, or what comes after one, can bring a customer in.
    """

    export: Export
    flow: Flow
    scope: Scope
    exit: str
    by_event: bool
    held_out_here: bool
    held_out: bool
    hold_until: TimeOfDay | None
    follows_order: bool = False
    entries: dict[str, str] = field(default_factory=dict)
    made: dict[str, list[Node]] = field(default_factory=dict)
    elapsed: dict[str, Elapsed] = field(default_factory=dict)

    def entry(self, node_id: str, way: str, name: str = "") -> str:
        """Return the first node on a way out of a step, or the end."""
        for edge in self.export.graph.out(node_id):
            if edge.way == way and (not name or edge.name == name):
                return self.entries[edge.target]
        return self.exit

    def segment(self, node_id: str, tree: Tree) -> str:
        """Make the segment that a node of this journey asks, and return its id."""
        return self.export.segment(terms.node_name(self.flow.id, node_id), tree)

    def decide(
        self, id_: str, name: str, tree: Tree, yes: str, no: str, start: int = 1, asked: str = ""
    ) -> Made:
        """Return the splits that a tree makes, and the first; none where the answer is sure.

        What reads the event of the run is a segment of its own, so a mixed tree becomes several
        splits, `id`, `id~2` and so on. Segments are named like their splits, or by `asked`.
        """
        if tree == ALWAYS or yes == no:
            return [], yes
        if tree == NEVER:
            return [], no
        if not has_keyed(tree) or not isinstance(tree, All | Any_):
            place = "" if start == 1 else f"~{start}"
            segment = self.segment(f"{asked or id_}{place}", tree)
            return [nodes.split(f"{id_}{place}", name, segment, yes, no)], f"{id_}{place}"
        parts = _grouped(tree)
        starts = [start + sum(_size(one) for one in parts[:n]) for n in range(len(parts))]
        made: list[Node] = []
        entry = yes if isinstance(tree, All) else no
        for part, first in zip(reversed(parts), reversed(starts), strict=True):
            found, entry = (
                self.decide(id_, name, part, entry, no, first, asked)
                if isinstance(tree, All)
                else self.decide(id_, name, part, yes, entry, first, asked)
            )
            made = found + made
        return made, entry


def _grouped(tree: All | Any_) -> list[Tree]:
    """Return the parts of a tree, those that need no event of the run as one."""
    plain = [part for part in tree.parts if not has_keyed(part)]
    rest = [part for part in tree.parts if has_keyed(part)]
    together = all_of(plain) if isinstance(tree, All) else any_of(plain)
    return [together, *rest] if plain else rest


def _size(tree: Tree) -> int:
    """Return how many splits a tree makes."""
    if not has_keyed(tree) or not isinstance(tree, All | Any_):
        return 1
    return sum(_size(part) for part in _grouped(tree))


def measure(body: Body, steps: list[Step]) -> None:
    """Note for each step how long a run has lasted there at most."""
    first = tests.DAY if body.hold_until is not None and not body.by_event else 0
    body.elapsed[steps[0].id] = Elapsed().later(0, first)
    for step in steps:
        here = body.elapsed.get(step.id)
        if here is None:
            continue
        for edge in body.export.graph.out(step.id):
            after = _after(body, step, here)
            body.elapsed[edge.target] = after.longest(body.elapsed.get(edge.target, after))


def _after(body: Body, step: Step, here: Elapsed) -> Elapsed:
    match step.what:
        case Wait(wait=Duration() as duration):
            held = tests.DAY if body.hold_until is not None and holds(duration) else 0
            return here.later(tests.seconds(duration), held)
        case Wait(wait=UntilEvent(at_most=at_most)):
            return here.later(tests.seconds(at_most))
        case Wait(wait=UntilTime(until=until)):
            days = 7 if isinstance(until, Weekday) else 1
            return here.later(0, days * tests.DAY)
        case Send() as send:
            return here.later(_ladder(send), delay_of(body, send)).acted()
        case None | If() | Branch() | Split() | Start() | Exit():
            return here
    return here.acted() if step.kind not in ("trigger", "end") else here


def counts_holds(body: Body, event: str) -> bool:
    """Return whether the time in which an event ends a run or a wait has the holds in it.

    What brings a customer into a flow may not end it at once, so that nothing before the entry may
    count: neither the event of the trigger, nor an order where one can bring him in. Of every other
    event, what comes soon after the entry must count, at the price of what came shortly before it.
    """
    is_order = body.export.playbook.catalogue.events[event].nature is Nature.ORDER
    return not is_own(body, event) and not (is_order and body.follows_order)


def is_own(body: Body, event: str) -> bool:
    """Return whether an event is the one that starts the flow."""
    return isinstance(body.flow.trigger, EventTrigger) and body.flow.trigger.event == event


def holds(duration: Duration) -> bool:
    """Return whether a wait is one in days, after which quiet hours are looked to."""
    return bool(duration.months or duration.days)


def delay_of(body: Body, send: Send) -> int:
    """Return how long a send can be held back at most: for its window, and for room under caps."""
    return (tests.DAY if send.at is not None else 0) + cap_delay(body.export)


def _ladder(send: Send) -> int:
    """Return how long the messages of a ladder are waited for."""
    return reached_by(send, len(send.send.messages)) if send.send.order == LADDER else 0


def reached_by(send: Send, number: int) -> int:
    """Return how long a ladder has waited at most when it comes to its n-th message."""
    return tests.seconds((send.reached or Reached()).within) * (number - 1)


def cap_delay(export: Export) -> int:
    """Return how long a message waits for room under the frequency caps, in seconds."""
    guardrails = export.guardrails
    if guardrails is None or not guardrails.frequency or isinstance(guardrails.when_capped, str):
        return 0
    return tests.seconds(guardrails.when_capped.delay)
