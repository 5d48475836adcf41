"""A run goes through its steps; the moment of sending."""

from __future__ import annotations

import math

from tests.statistics.twin import points
from tests.statistics.twin.clock import window_seconds
from tests.statistics.twin.life import Life, order_of
from tests.statistics.twin.randomness import sticky
from tests.statistics.twin.state import Happening, Issued, Run

from playbook_compiler.conditions import InAudience
from playbook_compiler.facts import IdKind, Nature
from playbook_compiler.graph import CASE, HAPPENED, NEXT, NO, TIMED_OUT, VARIANT, YES
from playbook_compiler.model import Message, Offer
from playbook_compiler.steps import (
    Branch,
    Call,
    Exit,
    Grant,
    If,
    Membership,
    Send,
    Split,
    Start,
    Step,
    Task,
    UntilEvent,
    UntilTime,
    Update,
    Wait,
)
from playbook_compiler.triggers import EventTrigger
from playbook_compiler.units import Duration
from playbook_runtime.kernel.layout import PerFlow, PerFlowMonth, PerMonth, World

PPM = 1_000_000
ACTIONS = (Send, Task, Grant, Update, Membership, Call, Start)
SENT, DROPPED, PUT_OFF = "sent", "dropped", "put off"
SIGNS = {"opened": "message_opened", "clicked": "link_clicked"}


def advance(life: Life, run: Run) -> None:
    """Take a run that is due through its steps until it waits or is over."""
    run.waits_for = ""
    while True:
        life.about = order_of(life, run.flow, run.key)
        step = life.rules.steps[run.node]
        ways = life.rules.ways[run.node]
        exit_when = run.flow.exit_when
        if isinstance(step, ACTIONS) and exit_when is not None and life.meets(exit_when):
            return life.end(run, "exit_when")
        match step:
            case None | Exit():
                return life.end(run, "end")
            case Wait(wait=Duration() as duration):
                run.node = ways[NEXT, ""]
                if not duration.is_zero:
                    return life.due(run, life.clock.add(life.now, duration))
            case Wait(wait=UntilTime(until=moment)):
                run.node = ways[NEXT, ""]
                later = life.clock.until(life.now, moment)
                if later > life.now:
                    return life.due(run, later)
            case Wait(wait=UntilEvent(until=event, at_most=at_most), since=since):
                after = run.entered if since == "entry" else run.previous_action
                if event in run.noted and run.noted[event] > after:
                    run.node = ways[HAPPENED, ""]
                else:
                    run.waits_for, run.waits_at = event, run.node
                    run.node = ways[TIMED_OUT, ""]
                    return life.due(run, life.clock.add(life.now, at_most))
            case If(condition=condition):
                run.node = ways[YES if life.meets(condition) else NO, ""]
            case Branch(branch=cases):
                way = (NO, "")
                for number, case in enumerate(cases, 1):
                    if life.meets(case.condition):
                        way = (CASE, str(number))
                        break
                run.node = ways[way]
            case Split():
                run.node = ways[VARIANT, _variant(life, run.node, step)]
            case Send():
                how = _send(life, run, step)
                if how == PUT_OFF:
                    return None
                run.planned = None
                run.previous_action = life.now
                if _climbs(life, run, step, how):
                    if how == SENT:
                        return None
                else:
                    run.rung, run.has_turn = 0, False
                    run.node = ways[NEXT, ""]
            case Grant() | Update() | Membership() | Call() | Start() | Task():
                _act(life, run, step)
                run.previous_action = life.now
                run.node = ways[NEXT, ""]
            case _:
                raise AssertionError(f"not simulated: {step.kind}")


def _variant(life: Life, node: str, step: Split) -> str:
    """Return the arm that the customer always falls into."""
    place = math.floor(sticky(life.person.key).uniform(f"split/{node}") * 10**6)
    bound = 0
    names = sorted(step.variants)
    for name in names:
        bound += step.variants[name].share.ppm
        if place < bound:
            return name
    return names[-1]


def _act(life: Life, run: Run, step: Step) -> None:
    """Do an action other than a message."""
    flow = run.flow.id
    match step:
        case Update(update=change):
            life.count_flow(flow, PerFlow.UPDATED)
            if change.deed == "suppress":
                life.left_channels.add(change.name)
            elif change.deed == "field":
                assert change.value is not None
                life.changed["field", change.name] = change.value
            else:
                life.changed["tag", change.name] = change.deed == "tag"
        case Start(start=other):
            started = life.rules.playbook.flows[other]
            about_orders = all(
                isinstance(one.trigger, EventTrigger)
                and life.rules.nature(one.trigger.event) in (Nature.ORDER, Nature.AFTER_ORDER)
                for one in (run.flow, started)
            )
            life.try_entry(started, run.key if about_orders else None, is_triggered=False)
        case _ if life.who.holdout:
            life.count_flow(flow, PerFlow.HELD_HOLDOUT)
        case Grant(grant=gift) if gift.offer:
            offer = life.rules.playbook.offers[gift.offer]
            if _may_be_issued(life, offer):
                _issue(life, run, offer, run.entry)
            else:
                life.count_flow(flow, PerFlow.HELD_OFFER)
        case Grant(grant=gift) if gift.points is not None:
            if life.loyalty.takes_part:
                life.count_flow(flow, PerFlow.OFFERS_ISSUED)
                points.award(life, gift.points, Duration())
        case Task(cost=cost):
            life.count_flow(flow, PerFlow.TASKS)
            if cost is not None:
                life.spend(flow, cost.micro(life.rules.decimals))
            life.tell(life.now, "task", run.node)
        case Membership():
            life.count_flow(flow, PerFlow.LISTED)
        case Call():
            life.count_flow(flow, PerFlow.CALLED)


def _climbs(life: Life, run: Run, step: Send, how: str) -> bool:
    """Return whether a ladder has a next message; after one that was sent, see that the run waits
    for the sign that it has reached the customer."""
    if step.send.order != "ladder" or run.rung == len(step.send.messages) - 1:
        return False
    reached = step.reached
    assert reached is not None, "resolving fills it in"
    if how == SENT:
        if reached.sign == "delivered":
            return False
        run.waits_for, run.waits_at = SIGNS[reached.sign], run.node
        life.due(run, life.clock.add(life.now, reached.within))
    run.rung += 1
    return True


def _send(life: Life, run: Run, step: Send) -> str:
    """Try to send: return SENT, DROPPED or PUT_OFF."""
    if step.send.order == "rotation" and not run.has_turn:
        run.rung = life.turns.get(run.node, 0)
        run.has_turn = True
        life.turns[run.node] = (run.rung + 1) % len(step.send.messages)
    if run.planned is None:
        run.planned = life.now
        if step.at is not None and not life.clock.is_within(life.now, step.at.start, step.at.end):
            run.planned = life.clock.next_time(life.now, step.at.start)
            life.due(run, run.planned)
            return PUT_OFF
    message = life.rules.playbook.messages[step.send.messages[run.rung]]
    is_marketing = message.kind == "marketing"
    held = _held(life, message, step.offer)
    if held is not None:
        return _drop(life, run, held)
    is_exempt = not is_marketing and message.channel == "email"
    quiet = life.rules.quiet
    if quiet is not None and not is_exempt:
        if life.person.zone < 0 and _holds_unknown_zone(quiet.unknown, message.channel):
            return _drop(life, run, PerFlow.HELD_ZONE)
        if life.clock.is_within(life.now, quiet.start, quiet.end):
            return _put_off(life, run, life.clock.next_time(life.now, quiet.end))
    if is_marketing:
        free = _cap_free(life, message.channel)
        if free is not None:
            if free > life.clock.add(run.planned, life.rules.cap_delay):
                return _drop(life, run, PerFlow.HELD_CAP)
            return _put_off(life, run, free)
    _sent(life, run, step, message)
    return SENT


def _held(life: Life, message: Message, offer: str) -> PerFlow | None:
    """Return why a message may not be sent at all now, in the order of the page."""
    if message.kind == "marketing":
        if life.who.holdout:
            return PerFlow.HELD_HOLDOUT
        if message.channel not in life.who.consents - life.left_channels:
            return PerFlow.HELD_CONSENT
        if life.suppressed:
            return PerFlow.HELD_SUPPRESSED
    if _market_forbids(life, message, offer):
        return PerFlow.HELD_MARKETPLACE
    if offer and not _may_be_issued(life, life.rules.playbook.offers[offer]):
        return PerFlow.HELD_OFFER
    return None


def _market_forbids(life: Life, message: Message, offer: str) -> bool:
    """Return whether the marketplace where the customer buys lets this message not be sent now."""
    if not life.has_marks():
        return False
    market = life.rules.market(life.order_mark(or_latest=True))
    if market is None:
        return False
    if message.kind not in market.kinds or (offer and not market.offers):
        return True
    if market.at_most is None:
        return False
    most, per = int(market.at_most.count), market.at_most.per
    if not isinstance(per, Duration):
        return life.sent_since_order >= most
    return len([one for one in life.all_sends if one > life.now - window_seconds(per)]) >= most


def _may_be_issued(life: Life, offer: Offer) -> bool:
    issued = life.offers.get(offer.id)
    if offer.once_per_customer and issued is not None and not life.holds(offer.id):
        return False
    if offer.audience and not life.meets(InAudience(offer.audience), of_run=False):
        return False
    discounts = life.rules.playbook.guardrails.discounts if life.rules.playbook.guardrails else None
    if discounts is None or not discounts.only_for:
        return True
    lowers_price = bool(offer.percent_off or offer.amount_off)
    return not lowers_price or any(
        life.meets(InAudience(one), of_run=False) for one in discounts.only_for
    )


def _holds_unknown_zone(rule: str, channel: str) -> bool:
    return (rule or ("shop" if channel == "email" else "hold")) == "hold"


def _cap_free(life: Life, channel: str) -> int | None:
    """Return the earliest moment at which no cap that is full now is so still; None if none is."""
    free = []
    for cap in life.rules.caps:
        if cap.channel in ("", channel):
            sends = [sent for sent, of in life.sends if cap.channel in ("", of)]
            if sum(1 for sent in sends if sent > life.now - cap.seconds) >= cap.most:
                free.append(sends[-cap.most] + cap.seconds)
    return max(free, default=None)


def _drop(life: Life, run: Run, why: PerFlow) -> str:
    life.count_flow(run.flow.id, why)
    life.tell(life.now, "dropped", (run.node, why.name))
    return DROPPED


def _put_off(life: Life, run: Run, moment: int) -> str:
    life.count_flow(run.flow.id, PerFlow.DELAYED)
    life.due(run, moment)
    return PUT_OFF


def _sent(life: Life, run: Run, step: Send, message: Message) -> None:
    """The message goes out: cost, offer, effects, what it makes the customer do."""
    is_marketing = message.kind == "marketing"
    number = run.entry
    if step.send.order == "ladder":
        number = run.entry * len(step.send.messages) + run.rung
    life.count_flow(run.flow.id, PerFlow.SENT)
    life.count_flow_month(run.flow.id, PerFlowMonth.SENT)
    life.spend(run.flow.id, life.rules.message_cost(message.channel))
    life.received[IdKind.MESSAGE, message.id] = life.now
    life.received[IdKind.CHANNEL, message.channel] = life.now
    life.all_sends.append(life.now)
    life.sent_since_order += 1
    life.tell(life.now, "sent", (run.node, message.id, message.channel, message.kind))
    if is_marketing:
        if life.orders > 0:
            life.count(World.MESSAGES)
            life.count_month(PerMonth.MESSAGES)
        life.sends.append((life.now, message.channel))
    if step.offer:
        _issue(life, run, life.rules.playbook.offers[step.offer], number)
    life.begin_effects(run, run.node.partition("/")[2], number, is_marketing=is_marketing)
    for occurrence in life.occurrences(Nature.AFTER_MESSAGE):
        stream = f"event/{occurrence.event}/{run.node}"
        if life.who.randomness.uniform(stream, number) < occurrence.rate:
            happening = Happening(occurrence.event, None, run, message.channel)
            life.schedule_event(happening, occurrence.lag)
    if is_marketing:
        leaves = life.who.randomness.uniform(f"unsubscribe/{run.node}", number)
        if leaves < life.draw.unsubscribe:
            life.suppressed = True
            life.schedule_event(Happening("unsubscribed", None, run), Duration())


def _issue(life: Life, run: Run, offer: Offer, number: int) -> None:
    """Give the customer a code, unless he has a live one."""
    if life.holds(offer.id):
        return
    issued = life.offers.setdefault(offer.id, Issued())
    redemption = life.draw.redemption[life.launch.sends.index(run.node)]
    chance = life.who.randomness.uniform(f"redemption/{run.node}", number)
    issued.times += 1
    issued.will_use = chance < redemption
    issued.flow = run.flow.id
    issued.end = math.inf
    if offer.valid is not None:
        issued.end = life.clock.day_end(life.clock.add(life.now, offer.valid))
    if offer.replaces in life.offers:
        life.offers[offer.replaces].end = -math.inf
    if issued.end != math.inf:
        life.expires(offer.id, int(issued.end))
    life.count_flow(run.flow.id, PerFlow.OFFERS_ISSUED)
    life.tell(life.now, "issued", (offer.id, issued.will_use))
