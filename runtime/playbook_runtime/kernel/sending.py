"""The moment of sending: exit, holdout, consent, offer, quiet hours, caps, in this order."""

from __future__ import annotations

from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add, end_of_day, window_end, window_start
from playbook_runtime.kernel.effects import begin
from playbook_runtime.kernel.evaluate import holds
from playbook_runtime.kernel.instructions import (
    AFTER_MESSAGE,
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
)
from playbook_runtime.kernel.layout import PerFlow, World, flow_column, world_column
from playbook_runtime.kernel.random import uniform
from playbook_runtime.kernel.scratch import (
    DRAW,
    DRAW_ID,
    ENTRY,
    EVENT,
    FLOW,
    HELD_OUT,
    LOGGED,
    MARKETING_NUMBER,
    MESSAGE_NUMBER,
    NUMBER,
    OVERFLOW,
    PERSON_ID,
    PLANNED,
    SCOPE_RUN,
    SEED_ID,
    SUPPRESSED,
    T_HELD,
    T_SENT,
    ZONE,
    ZONE_KNOWN,
    note,
    schedule,
)
from playbook_runtime.kernel.streams import UNSUBSCRIBE
from playbook_runtime.kernel.tables import NEVER

DONE = -1
FLOW_COLUMNS = flow_column(1, PerFlow.ENTERED) - flow_column(0, PerFlow.ENTERED)
SENT = flow_column(0, PerFlow.SENT)
HOLDOUT = flow_column(0, PerFlow.HELD_HOLDOUT)
CONSENT = flow_column(0, PerFlow.HELD_CONSENT)
UNSUBSCRIBED = flow_column(0, PerFlow.HELD_SUPPRESSED)
OFFER = flow_column(0, PerFlow.HELD_OFFER)
NO_ZONE = flow_column(0, PerFlow.HELD_ZONE)
CAP = flow_column(0, PerFlow.HELD_CAP)
DELAYED = flow_column(0, PerFlow.DELAYED)
ISSUED = flow_column(0, PerFlow.OFFERS_ISSUED)
WITH_MESSAGE_COST = world_column(1, World.MESSAGE_COST_MICRO)
WITH_MESSAGES = world_column(1, World.MESSAGES)


@compiled
def try_to_send(p, s, zones, draws, out, r, code, moment):
    """Send the message of instruction row `code` for run r, drop it, or name a later moment.

    Returns DONE when it was sent or dropped, else the moment at which all is tried again.
    """
    run = s.runs[r]
    flow = run[FLOW]
    channel, offer, marketing = code[B], code[C], code[H] == 1
    zone = s.reg[ZONE]
    columns = flow * FLOW_COLUMNS
    if run[PLANNED] == NEVER:
        run[PLANNED] = moment
        if code[G] >= 0:
            window = p.windows[code[G]]
            later = window_start(zones, zone, moment, window[0], window[1])
            if later > moment:
                run[PLANNED] = later
                return later
    held = _held(p, s, zones, channel, offer, marketing, moment)
    if held >= 0:
        out[held + columns] += 1
        note(s, moment, T_HELD, flow, held)
        return DONE
    quiet = p.channel_quiet[channel]
    if quiet >= 0 and (marketing or channel != p.email):
        later = window_end(zones, zone, moment, p.windows[quiet, 0], p.windows[quiet, 1])
        if later > moment:
            out[DELAYED + columns] += 1
            return later
    if marketing:
        later = _after_caps(p, s, channel, moment)
        if later > moment:
            if later > add(zones, zone, run[PLANNED], p.durations, p.cap_delay):
                out[CAP + columns] += 1
                note(s, moment, T_HELD, flow, CAP)
                return DONE
            out[DELAYED + columns] += 1
            return later
    _send(p, s, zones, draws, out, r, code, moment)
    return DONE


@compiled
def _held(p, s, zones, channel, offer, marketing, moment):
    """Return the column of the reason why a message is dropped now, or -1."""
    if marketing:
        if s.reg[HELD_OUT]:
            return HOLDOUT
        if p.channel_consent[channel] and s.consent[channel] != 1:
            return CONSENT
        if s.reg[SUPPRESSED]:
            return UNSUBSCRIBED
    if offer >= 0:
        live = s.offer_until[offer] > moment
        if not live and p.offer_once[offer] and s.offer_issued[offer] > 0:
            return OFFER
        if not holds(p, s, zones, p.offer_audience[offer], moment):
            return OFFER
    quiet = p.channel_quiet[channel]
    if (
        quiet >= 0
        and (marketing or channel != p.email)
        and not s.reg[ZONE_KNOWN]
        and p.channel_hold[channel]
    ):
        return NO_ZONE
    return -1


@compiled
def _after_caps(p, s, channel, moment):
    """Return the earliest moment that every cap which is full now allows, or now."""
    latest = moment
    size = s.log.shape[0]
    for cap in range(p.cap_limit.shape[0]):
        only = p.cap_channel[cap]
        if only >= 0 and only != channel:
            continue
        found = 0
        for i in range(s.reg[LOGGED] - 1, -1, -1):
            sent = s.log[i % size, 0]
            if sent <= moment - p.cap_window[cap]:
                break
            if only >= 0 and s.log[i % size, 1] != only:
                continue
            found += 1
            if found == p.cap_limit[cap]:
                latest = max(latest, sent + p.cap_window[cap])
                break
    return latest


@compiled
def _send(p, s, zones, draws, out, r, code, moment):
    """The message goes out: cost, offer, effects, and what comes of it."""
    run = s.runs[r]
    flow, entry = run[FLOW], run[ENTRY]
    channel, marketing = code[B], code[H] == 1
    columns = flow * FLOW_COLUMNS
    seed, draw, person = s.ids[SEED_ID], s.ids[DRAW_ID], s.ids[PERSON_ID]
    out[SENT + columns] += 1
    out[WITH_MESSAGE_COST] += p.channel_cost[channel]
    s.last_message[code[A]] = moment
    s.last_channel[channel] = moment
    note(s, moment, T_SENT, flow, channel * 2 + code[H])
    if marketing:
        out[WITH_MESSAGES] += 1
        size = s.log.shape[0]
        n = s.reg[LOGGED]
        if n >= size:
            s.reg[OVERFLOW] = 1
        s.log[n % size, 0], s.log[n % size, 1] = moment, channel
        s.reg[LOGGED] = n + 1
    if code[C] >= 0:
        _issue(p, s, zones, draws, out, code[C], code[D], flow, moment)
    for slot in range(code[E], code[E] + code[F]):
        begin(p, s, draws, slot, moment, entry, marketing)
    message_number = s.reg[MESSAGE_NUMBER]
    for k in range(p.source_event.shape[0]):
        if p.source_nature[k] != AFTER_MESSAGE:
            continue
        if uniform(seed, draw, person, p.source_stream[k], message_number) < p.source_rate[k]:
            due = add(zones, s.reg[ZONE], moment, p.durations, p.source_lag[k])
            schedule(s, due, 1, EVENT, p.source_event[k], SCOPE_RUN, run[NUMBER])
    s.reg[MESSAGE_NUMBER] = message_number + 1
    if marketing:
        n = s.reg[MARKETING_NUMBER]
        s.reg[MARKETING_NUMBER] = n + 1
        if uniform(seed, draw, person, UNSUBSCRIBE, n) < draws.unsubscribe[s.reg[DRAW]]:
            s.reg[SUPPRESSED] = 1
            if p.unsubscribed_event >= 0:
                schedule(s, moment, 1, EVENT, p.unsubscribed_event, SCOPE_RUN, run[NUMBER])


@compiled
def _issue(p, s, zones, draws, out, offer, send, flow, moment):
    """Give the customer a code, unless he holds a live one: that is repeated, not extended."""
    if s.offer_until[offer] > moment:
        return
    valid = p.offer_valid[offer]
    if valid < 0:
        s.offer_until[offer] = 2**62
    else:
        zone = s.reg[ZONE]
        s.offer_until[offer] = end_of_day(zones, zone, add(zones, zone, moment, p.durations, valid))
    u = uniform(
        s.ids[SEED_ID],
        s.ids[DRAW_ID],
        s.ids[PERSON_ID],
        p.offer_stream[offer],
        s.offer_issued[offer],
    )
    s.offer_will[offer] = u < draws.redemption[s.reg[DRAW], send]
    s.offer_issued[offer] += 1
    s.offer_flow[offer] = flow
    out[ISSUED + flow * FLOW_COLUMNS] += 1
