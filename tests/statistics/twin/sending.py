"""A run goes through its steps; the moment of sending."""

from __future__ import annotations

import math

from tests.statistics.twin.life import Life
from tests.statistics.twin.randomness import sticky
from tests.statistics.twin.state import Happening, Issued, Run

from playbook_compiler.conditions import InAudience
from playbook_compiler.facts import IdKind, Nature
from playbook_compiler.graph import CASE, HAPPENED, NEXT, NO, TIMED_OUT, VARIANT, YES
from playbook_compiler.model import Message, Offer
from playbook_compiler.steps import Branch, Exit, If, Send, Split, Task, UntilEvent, UntilTime, Wait
from playbook_compiler.units import Duration
from playbook_runtime.kernel.layout import PerFlow, World

PPM = 1_000_000


def advance(life: Life, run: Run) -> None:
    """Take a run that is due through its steps until it waits or is over."""
    run.waits_for = ""
    while True:
        step = life.rules.steps[run.node]
        ways = life.rules.ways[run.node]
        exit_when = run.flow.exit_when
        if isinstance(step, Send | Task) and exit_when is not None and life.meets(exit_when):
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
            case Task():
                _task(life, run, step)
                run.previous_action = life.now
                run.node = ways[NEXT, ""]
            case Send():
                if not _send(life, run, step):
                    return None
                run.planned = None
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


def _task(life: Life, run: Run, step: Task) -> None:
    if life.who.holdout:
        life.count_flow(run.flow.id, PerFlow.HELD_HOLDOUT)
        return
    life.count_flow(run.flow.id, PerFlow.TASKS)
    if step.cost is not None:
        life.count(World.MESSAGE_COST_MICRO, step.cost.micro(life.rules.decimals))
    life.tell(life.now, "task", run.node)


def _send(life: Life, run: Run, step: Send) -> bool:
    """Try to send; return whether it is over, sent or dropped, and not put off."""
    if run.planned is None:
        run.planned = life.now
        if step.at is not None and not life.clock.is_within(life.now, step.at.start, step.at.end):
            run.planned = life.clock.next_time(life.now, step.at.start)
            life.due(run, run.planned)
            return False
    message = life.rules.playbook.messages[step.send.messages[0]]
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
    return True


def _held(life: Life, message: Message, offer: str) -> PerFlow | None:
    """Return why a message may not be sent at all now, in the order of the page."""
    if message.kind == "marketing":
        if life.who.holdout:
            return PerFlow.HELD_HOLDOUT
        if message.channel not in life.who.consents:
            return PerFlow.HELD_CONSENT
        if life.suppressed:
            return PerFlow.HELD_SUPPRESSED
    if offer and not _may_be_issued(life, life.rules.playbook.offers[offer]):
        return PerFlow.HELD_OFFER
    return None


def _may_be_issued(life: Life, offer: Offer) -> bool:
    issued = life.offers.get(offer.id)
    if offer.once_per_customer and issued is not None and not life.holds(offer.id):
        return False
    if offer.audience and not life.meets(InAudience(offer.audience)):
        return False
    discounts = life.rules.playbook.guardrails.discounts if life.rules.playbook.guardrails else None
    if discounts is None or not discounts.only_for:
        return True
    lowers_price = bool(offer.percent_off or offer.amount_off)
    return not lowers_price or any(life.meets(InAudience(one)) for one in discounts.only_for)


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


def _drop(life: Life, run: Run, why: PerFlow) -> bool:
    life.count_flow(run.flow.id, why)
    life.tell(life.now, "dropped", (run.node, why.name))
    return True


def _put_off(life: Life, run: Run, moment: int) -> bool:
    life.count_flow(run.flow.id, PerFlow.DELAYED)
    life.due(run, moment)
    return False


def _sent(life: Life, run: Run, step: Send, message: Message) -> None:
    """The message goes out: cost, offer, effects, what it makes the customer do."""
    is_marketing = message.kind == "marketing"
    life.count_flow(run.flow.id, PerFlow.SENT)
    life.count(World.MESSAGE_COST_MICRO, life.rules.message_cost(message.channel))
    life.received[IdKind.MESSAGE, message.id] = life.now
    life.received[IdKind.CHANNEL, message.channel] = life.now
    life.tell(life.now, "sent", (run.node, message.id, message.channel, message.kind))
    if is_marketing:
        if life.orders > 0:
            life.count(World.MESSAGES)
        life.sends.append((life.now, message.channel))
    if step.offer:
        _issue(life, run, life.rules.playbook.offers[step.offer])
    life.begin_effects(run, run.node.partition("/")[2], is_marketing=is_marketing)
    for occurrence in life.occurrences(Nature.AFTER_MESSAGE):
        stream = f"event/{occurrence.event}/{run.node}"
        if life.who.randomness.uniform(stream, run.entry) < occurrence.rate:
            life.schedule_event(Happening(occurrence.event, None, run), occurrence.lag)
    if is_marketing:
        leaves = life.who.randomness.uniform(f"unsubscribe/{run.node}", run.entry)
        if leaves < life.draw.unsubscribe:
            life.suppressed = True
            life.schedule_event(Happening("unsubscribed", None, run), Duration())


def _issue(life: Life, run: Run, offer: Offer) -> None:
    """Give the customer a code, unless he has a live one."""
    if life.holds(offer.id):
        return
    issued = life.offers.setdefault(offer.id, Issued())
    redemption = life.draw.redemption[life.launch.sends.index(run.node)]
    chance = life.who.randomness.uniform(f"redemption/{run.node}", run.entry)
    issued.times += 1
    issued.will_use = chance < redemption
    issued.flow = run.flow.id
    issued.end = math.inf
    if offer.valid is not None:
        issued.end = life.clock.day_end(life.clock.add(life.now, offer.valid))
    life.count_flow(run.flow.id, PerFlow.OFFERS_ISSUED)
    life.tell(life.now, "issued", (offer.id, issued.will_use))
