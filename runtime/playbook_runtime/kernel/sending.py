"""The moment of sending: exit, holdout, consent, offer, quiet hours, caps, in this order."""

from __future__ import annotations

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add, end_of_day, window_end, window_start
from playbook_runtime.kernel.effects import NO_FATIGUE, begin
from playbook_runtime.kernel.evaluate import holds
from playbook_runtime.kernel.layout import (
    FLOW,
    FLOW_MONTH,
    PerFlow,
    PerFlowMonth,
    PerMonth,
    World,
    flow_column,
    world_column,
)
from playbook_runtime.kernel.marks import market_forbids, note_send
from playbook_runtime.kernel.months import WITH
from playbook_runtime.kernel.points import award
from playbook_runtime.kernel.random import uniform
from playbook_runtime.kernel.scratch import note, schedule
from playbook_runtime.kernel.tables import NEVER

SENT, DROPPED = -1, -2
FOREVER = 2**62
_UNSUBSCRIBE = m.DRAWN + at.UNSUBSCRIBE
_SENT = flow_column(0, PerFlow.SENT)
_HOLDOUT = flow_column(0, PerFlow.HELD_HOLDOUT)
_CONSENT = flow_column(0, PerFlow.HELD_CONSENT)
_SUPPRESSED = flow_column(0, PerFlow.HELD_SUPPRESSED)
_OFFER = flow_column(0, PerFlow.HELD_OFFER)
_ZONE = flow_column(0, PerFlow.HELD_ZONE)
_MARKETPLACE = flow_column(0, PerFlow.HELD_MARKETPLACE)
_CAP = flow_column(0, PerFlow.HELD_CAP)
_DELAYED = flow_column(0, PerFlow.DELAYED)
_ISSUED = flow_column(0, PerFlow.OFFERS_ISSUED)
_WITH_MESSAGE_COST = world_column(1, World.MESSAGE_COST_MICRO)
_WITH_MESSAGES = world_column(1, World.MESSAGES)
_MONTH_COST = WITH + int(PerMonth.MESSAGE_COST_MICRO)
_MONTH_MESSAGES = WITH + int(PerMonth.MESSAGES)
_FLOW_MONTH_SENT = int(PerFlowMonth.SENT)
_FLOW_MONTH_COST = int(PerFlowMonth.MESSAGE_COST_MICRO)


@compiled
def try_to_send(p, f, s, g, out, run, row, moment):
    """Send the message of instruction `row` for a run, drop it, or name a later moment.

    `run` and `row` are cells. Returns SENT, DROPPED, or when to try again.
    """
    channel, offer = p[row + code.B], p[row + code.C]
    marketing = p[row + code.H] == 1
    zone = s[m.ZONE]
    columns = s[run + m.FLOW] * FLOW
    if s[run + m.PLANNED] == NEVER:
        s[run + m.PLANNED] = moment
        if p[row + code.G] >= 0:
            window = p[at.WINDOWS] + 2 * p[row + code.G]
            later = window_start(p, zone, moment, p[window], p[window + 1])
            if later > moment:
                s[run + m.PLANNED] = later
                return later
    quiet = p[p[at.CHANNEL_QUIET] + channel]
    if not marketing and channel == p[at.EMAIL]:
        quiet = -1
    held = _held(p, f, s, channel, offer, marketing, quiet, moment)
    if held >= 0:
        out[held + columns] += 1
        _tell(p, s, run, row, moment, m.T_HELD, held)
        return DROPPED
    if quiet >= 0:
        window = p[at.WINDOWS] + 2 * quiet
        later = window_end(p, zone, moment, p[window], p[window + 1])
        if later > moment:
            out[_DELAYED + columns] += 1
            _tell(p, s, run, row, moment, m.T_DELAYED, later)
            return later
    if marketing:
        later = _after_caps(p, s, channel, moment)
        if later > moment:
            if later > add(p, zone, s[run + m.PLANNED], p[at.CAP_DELAY]):
                out[_CAP + columns] += 1
                _tell(p, s, run, row, moment, m.T_HELD, _CAP)
                return DROPPED
            out[_DELAYED + columns] += 1
            _tell(p, s, run, row, moment, m.T_DELAYED, later)
            return later
    _send(p, f, s, g, out, run, row, moment)
    return SENT


@compiled
def _tell(p, s, run, row, moment, kind, what):
    """Write to the trace what became of a message."""
    note(s, moment, kind, s[run + m.FLOW], what, s[run + m.POINTER], p[row + code.A])


@compiled
def _held(p, f, s, channel, offer, marketing, quiet, moment):
    """Return the column of the reason why a message is dropped now, or -1."""
    if marketing:
        if s[m.HELD_OUT]:
            return _HOLDOUT
        if s[s[m.CONSENTS_TO] + channel] != 1:
            return _CONSENT
        if s[m.SUPPRESSED]:
            return _SUPPRESSED
    if p[at.MARKETS] and market_forbids(p, s, offer, marketing, moment):
        return _MARKETPLACE
    if offer >= 0 and not _may_be_issued(p, f, s, offer, moment):
        return _OFFER
    if quiet >= 0 and not s[m.ZONE_KNOWN] and p[p[at.CHANNEL_HOLD] + channel]:
        return _ZONE
    return -1


@compiled
def _may_be_issued(p, f, s, offer, moment):
    """Return whether an offer may be issued or repeated to the customer now."""
    live = s[s[m.OFFER_UNTIL] + offer] > moment
    if not live and s[s[m.OFFER_ISSUED] + offer] > 0 and p[p[at.OFFER_ONCE] + offer]:
        return False
    return holds(p, f, s, p[p[at.OFFER_AUDIENCE] + offer], moment)


@compiled
def grant(p, f, s, g, out, run, row, moment):
    """Give the offer or points of instruction `row` without a message, but not to the holdout."""
    flow, offer = s[run + m.FLOW], p[row + code.A]
    if s[m.HELD_OUT]:
        out[_HOLDOUT + flow * FLOW] += 1
        note(s, moment, m.T_HELD, flow, _HOLDOUT, s[run + m.POINTER], -1)
    elif offer < 0:
        if s[m.TAKES_PART]:
            out[_ISSUED + flow * FLOW] += 1
            award(p, s, out, p[row + code.B], -1, moment)
    elif not _may_be_issued(p, f, s, offer, moment):
        out[_OFFER + flow * FLOW] += 1
        note(s, moment, m.T_HELD, flow, _OFFER, s[run + m.POINTER], -1)
    else:
        issue(p, s, g, out, flow, offer, p[row + code.D], s[run + m.ENTRY], moment)


@compiled
def _after_caps(p, s, channel, moment):
    """Return the earliest moment that every cap which is full now allows, or now."""
    latest = moment
    for cap in range(p[at.CAPS]):
        only = p[p[at.CAP_CHANNEL] + cap]
        if only >= 0 and only != channel:
            continue
        window = p[p[at.CAP_WINDOW] + cap]
        limit = p[p[at.CAP_LIMIT] + cap]
        found = 0
        i = s[m.LOGGED] - 1
        while i >= 0:
            entry = s[m.LOG] + 2 * i
            if s[entry] <= moment - window:
                break
            if only < 0 or s[entry + 1] == only:
                found += 1
                if found == limit:
                    latest = max(latest, s[entry] + window)
                    break
            i -= 1
    return latest


@compiled
def _send(p, f, s, g, out, run, row, moment):
    """The message goes out: cost, offer, effects, and what comes of it."""
    flow, channel = s[run + m.FLOW], p[row + code.B]
    marketing = p[row + code.H] == 1
    out[_SENT + flow * FLOW] += 1
    out[s[m.FLOW_MONTH_ROW] + flow * FLOW_MONTH + _FLOW_MONTH_SENT] += 1
    spend(s, out, flow, p[p[at.CHANNEL_COST] + channel])
    s[s[m.LAST_MESSAGE] + p[row + code.A]] = moment
    s[s[m.LAST_CHANNEL] + channel] = moment
    if p[at.MARKETS]:
        note_send(p, s, moment)
    _tell(p, s, run, row, moment, m.T_SENT, channel * 2 + p[row + code.H])
    if marketing:
        if s[m.ORDERS] > 0:
            out[_WITH_MESSAGES] += 1
            out[s[m.MONTH_ROW] + _MONTH_MESSAGES] += 1
        _log(s, channel, moment)
    send = p[row + code.D]
    entry = s[run + m.ENTRY] * p[row + code.K] + p[row + code.L]
    if p[row + code.C] >= 0:
        issue(p, s, g, out, flow, p[row + code.C], send, entry, moment)
    more = 0 if marketing else NO_FATIGUE
    for slot in range(p[row + code.E], p[row + code.E] + p[row + code.F]):
        begin(p, f, s, g, out, slot, moment, entry, more)
    for k in range(p[at.SOURCES]):
        if p[p[at.SOURCE_NATURE] + k] != code.AFTER_MESSAGE:
            continue
        stream = p[p[at.SEND_EVENT] + send * p[at.SOURCES] + k]
        if uniform(s, stream, entry) < f[p[at.SOURCE_RATE] + k]:
            due = add(p, s[m.ZONE], moment, p[p[at.SOURCE_LAG] + k])
            event = p[p[at.SOURCE_EVENT] + k]
            scope = m.SCOPE_RUN + m.SCOPES * (channel + 1)
            schedule(s, due, 1, m.EVENT, event, scope, s[run + m.NUMBER])
    if marketing and uniform(s, p[p[at.SEND_UNSUBSCRIBE] + send], entry) < g[_UNSUBSCRIBE]:
        s[m.SUPPRESSED] = 1
        event = p[at.UNSUBSCRIBED_EVENT]
        if event >= 0:
            schedule(s, moment, 1, m.EVENT, event, m.SCOPE_RUN, s[run + m.NUMBER])


@compiled
def spend(s, out, flow, cost):
    """Count what a message or task of a flow costs."""
    out[_WITH_MESSAGE_COST] += cost
    out[s[m.MONTH_ROW] + _MONTH_COST] += cost
    out[s[m.FLOW_MONTH_ROW] + flow * FLOW_MONTH + _FLOW_MONTH_COST] += cost


@compiled
def _log(s, channel, moment):
    """Remember a marketing message for caps and fatigue."""
    n = s[m.LOGGED]
    if n >= s[m.LOG_ROOM]:
        s[m.OVERFLOW] = m.NO_ROOM
        return
    s[s[m.LOG] + 2 * n], s[s[m.LOG] + 2 * n + 1] = moment, channel
    s[m.LOGGED] = n + 1


@compiled
def issue(p, s, g, out, flow, offer, send, entry, moment):
    """Give the customer a code, unless he holds a live one: that is repeated, not extended.

    Flow -1 is a programme.
    """
    if s[s[m.OFFER_UNTIL] + offer] > moment:
        return
    valid = p[p[at.OFFER_VALID] + offer]
    if valid < 0:
        s[s[m.OFFER_UNTIL] + offer] = FOREVER
    else:
        zone = s[m.ZONE]
        s[s[m.OFFER_UNTIL] + offer] = end_of_day(p, zone, add(p, zone, moment, valid))
    will = 1
    if not s[m.REPLAYS]:
        u = uniform(s, p[p[at.SEND_REDEMPTION] + send], entry)
        will = 1 if u < g[s[m.REDEMPTION] + send] else 0
    s[s[m.OFFER_WILL] + offer] = will
    s[s[m.OFFER_ISSUED] + offer] += 1
    s[s[m.OFFER_FLOW] + offer] = flow
    replaced = p[p[at.OFFER_REPLACES] + offer]
    if replaced >= 0:
        s[s[m.OFFER_UNTIL] + replaced] = NEVER
    until = s[s[m.OFFER_UNTIL] + offer]
    if until != FOREVER:
        for i in range(p[at.EXPIRIES]):
            row = p[at.EXPIRY_FLOWS] + 2 * i
            due = max(moment, add(p, s[m.ZONE], until, p[row + 1]))
            schedule(s, due, 2, m.EXPIRING, p[row], offer, until)
    if flow >= 0:
        out[_ISSUED + flow * FLOW] += 1
    note(s, moment, m.T_ISSUED, offer, s[s[m.OFFER_UNTIL] + offer], -1, flow)
