"""What running flows make happen by themselves, and which flows that starts: the `emits` edges.

Only the system acts here. What a person has to do first (click, buy, answer) is no emission, so a
circle of these edges and of `start` runs without anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from playbook_compiler.changes import FIELD, SUPPRESS, TAG, UNTAG, Change
from playbook_compiler.condition_implication import Audiences, cannot_be_met
from playbook_compiler.condition_states import Goal, Want
from playbook_compiler.conditions import Compare, Condition, Has, InAudience, Unsubscribed
from playbook_compiler.graph import EMITS, TRIGGER_STEP, Edge, Node
from playbook_compiler.model import Playbook
from playbook_compiler.reactions import (
    ANY,
    CHANNEL,
    ENTRY,
    FIELD_SET,
    LEFT,
    MESSAGE,
    OFFER,
    POINTS,
    SUPPRESSED,
    TAG_SET,
    TAG_TAKEN,
    Effect,
    Turn,
    points_last,
    tiers_count_points,
    turns,
)
from playbook_compiler.steps import Grant, Send, Update
from playbook_compiler.triggers import (
    EntersAudience,
    EventTrigger,
    OfferExpiring,
    PointsExpiring,
    PointsReach,
    TierChanged,
)
from playbook_compiler.values import dataclass

_OF_CHANGE = {TAG: TAG_SET, UNTAG: TAG_TAKEN, FIELD: FIELD_SET, SUPPRESS: SUPPRESSED}
_NO_TIME = Decimal(0)


@dataclass(frozen=True, slots=True)
class Deed:
    """What a node does by itself, and what is so right after it."""

    effect: Effect
    after: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """A deed starts the flow by `turn`; whether it can do so again, the turn tells."""

    flow: str
    deed: Deed
    turn: Turn


@dataclass(frozen=True, slots=True)
class Reactions:
    """What starts the flows of a playbook without a person, beside `start` steps."""

    playbook: Playbook
    by_effect: Mapping[Effect, tuple[tuple[str, Turn], ...]]
    audiences: Audiences

    def to(self, node: Node) -> Iterator[Started]:
        """Yield the flows that a node starts; those that are paused neither act nor react."""
        if not self.by_effect or not self.playbook.flows[node.flow].enabled:
            return
        for deed in deeds(node, self.playbook):
            kind, _ = deed.effect
            reacting = (
                *self.by_effect.get(deed.effect, ()),
                *self.by_effect.get((kind, ANY), ()),
            )
            for flow, turn in reacting:
                if self._starts(deed, flow, turn):
                    yield Started(flow, deed, turn)

    def _starts(self, deed: Deed, flow: str, turn: Turn) -> bool:
        """Whether what a deed leaves behind lets the flow start."""
        if not deed.after:
            return True
        if turn.test is not None and not _comes_out(turn.test, turn.truth, deed.after):
            return False
        trigger = self.playbook.flows[flow].trigger
        if turn.after or not isinstance(trigger, EntersAudience):
            return True
        wanted: Goal = (InAudience(trigger.enters), Want.TRUE)
        return not cannot_be_met([*deed.after, wanted], self.audiences)


def _comes_out(test: Condition, truth: bool, after: tuple[Goal, ...]) -> bool:
    """Whether a test can come out as wanted after a deed."""
    return not cannot_be_met([*after, (test, Want.TRUE if truth else Want.NOT_TRUE)])


def undoes(deed: Deed, turn: Turn) -> bool:
    """Whether a deed makes it possible that the turn happens again."""
    if deed.effect != turn.undone_by:
        return False
    return turn.test is None or _comes_out(turn.test, not turn.truth, deed.after)


def reactions(playbook: Playbook) -> Reactions:
    """Return what starts the flows that are not paused."""
    by_effect: dict[Effect, list[tuple[str, Turn]]] = {}
    entering: dict[str, tuple[Turn, ...]] = {}
    for flow in playbook.flows.values():
        if flow.enabled:
            for turn in _turns_of(playbook, flow.id, entering):
                by_effect.setdefault(turn.effect, []).append((flow.id, turn))
    audiences = {name: audience.where for name, audience in playbook.audiences.items()}
    return Reactions(playbook, {one: tuple(by_effect[one]) for one in by_effect}, audiences)


def _turns_of(
    playbook: Playbook, flow: str, entering: dict[str, tuple[Turn, ...]]
) -> Iterable[Turn]:
    """Return what starts a flow; `entering` keeps what makes customers enter each audience."""
    trigger = playbook.flows[flow].trigger
    last = points_last(playbook)
    match trigger:
        case EntersAudience(enters=audience):
            if audience not in entering:
                condition = InAudience(audience)
                entering[audience] = tuple(dict.fromkeys(turns(playbook, condition)))
            return entering[audience]
        case PointsReach():
            return (Turn((POINTS, ""), lapse=last),)
        case EventTrigger(event="points_earned"):
            return (Turn((POINTS, ""), lapse=_NO_TIME),)
        case PointsExpiring() | EventTrigger(event="points_expiring"):
            if last is None:
                return ()
            before = getattr(trigger, "points_expiring", None)
            early = before.nominal_days if before is not None else _NO_TIME
            return (Turn((POINTS, ""), after=max(last - early, _NO_TIME), lapse=_NO_TIME),)
        case OfferExpiring(offer_expiring=before):
            return tuple(
                Turn((OFFER, offer.id), after=lasts - before.nominal_days, lapse=_NO_TIME)
                for offer in playbook.offers.values()
                if offer.valid is not None
                and (lasts := offer.valid.nominal_days) >= before.nominal_days
            )
        case TierChanged() | EventTrigger(event="tier_changed"):
            return (Turn((POINTS, ""), lapse=last),) if tiers_count_points(playbook) else ()
    return ()


def deeds(node: Node, playbook: Playbook) -> Iterator[Deed]:
    """Yield what a node makes happen by itself."""
    if node.kind in ("trigger", "end"):
        yield Deed((ENTRY if node.kind == "trigger" else LEFT, node.flow))
    match node.what:
        case Grant(grant=gift):
            if gift.points is not None:
                yield Deed((POINTS, ""))
            if gift.offer:
                yield Deed((OFFER, gift.offer))
        case Update(update=change):
            yield Deed((_OF_CHANGE[change.deed], change.name), _left_by(change, playbook))
        case Send(send=choice, offer=offer):
            for name in dict.fromkeys(choice.messages):
                yield Deed((MESSAGE, name))
            for channel in sorted({playbook.messages[name].channel for name in choice.messages}):
                yield Deed((CHANNEL, channel))
            if offer:
                yield Deed((OFFER, offer))


def _left_by(change: Change, playbook: Playbook) -> tuple[Goal, ...]:
    """Return what is so right after a change."""
    facts = playbook.catalogue.facts
    if change.deed in (TAG, UNTAG):
        tag = Has(facts["tags"], change.name)
        return ((tag, Want.TRUE if change.deed == TAG else Want.NOT_TRUE),)
    if change.deed == SUPPRESS:
        return ((Unsubscribed(change.name), Want.TRUE),)
    if change.deed == FIELD and change.value is not None:
        return ((Compare(facts[change.name], "=", change.value), Want.TRUE),)
    return ()


def emissions(playbook: Playbook, nodes_by_id: dict[str, Node]) -> Iterator[Edge]:
    """Yield an edge from every node to each flow that what it does starts; the name says by what.

    Flows that are paused neither emit nor react.
    """
    reacting = reactions(playbook)
    for node in nodes_by_id.values():
        found = {
            Edge(node.id, f"{one.flow}/{TRIGGER_STEP}", EMITS, " ".join(one.deed.effect).rstrip())
            for one in reacting.to(node)
        }
        yield from sorted(found)
