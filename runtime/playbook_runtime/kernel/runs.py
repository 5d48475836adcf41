"""Runs of flows: who enters, what an event does to a run, and the steps one after the other."""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add, until
from playbook_runtime.kernel.effects import begin
from playbook_runtime.kernel.evaluate import holds
from playbook_runtime.kernel.layout import FLOW, FLOW_MONTH, PerFlow, PerFlowMonth, flow_column
from playbook_runtime.kernel.points import earn
from playbook_runtime.kernel.random import sticky_uniform
from playbook_runtime.kernel.scratch import note, schedule
from playbook_runtime.kernel.sending import DROPPED, SENT, grant, spend, try_to_send
from playbook_runtime.kernel.tables import NEVER

NO_KEY = -1
# Nobody enters so often: flows that start each other at once.
MOST_RUNS = 100_000
_ENTERED = flow_column(0, PerFlow.ENTERED)
_TASKS = flow_column(0, PerFlow.TASKS)
_HOLDOUT = flow_column(0, PerFlow.HELD_HOLDOUT)
_UPDATED = flow_column(0, PerFlow.UPDATED)
_LISTED = flow_column(0, PerFlow.LISTED)
_CALLED = flow_column(0, PerFlow.CALLED)
_BUDGET = flow_column(0, PerFlow.HELD_BUDGET)
_FLOW_MONTH_ENTERED = int(PerFlowMonth.ENTERED)


@compiled
def _run(s, r):
    """Return the cell where run r stands."""
    return s[m.RUN_TABLE] + r * m.RUN_WIDTH


@compiled
def _may_enter(p, f, s, out, flow, key, moment, triggered):
    """Return whether the customer enters a flow now, by its trigger or started by another."""
    month = flow * p[at.MONTHS] + s[m.MONTH]
    if not (p[p[at.FLOW_ON] + flow] and p[p[at.FLOW_OPEN] + month]):
        return False
    for r in range(s[m.RUNS]):
        run = _run(s, r)
        if s[run + m.ACTIVE] and s[run + m.FLOW] == flow and s[run + m.KEY] == key:
            return False
    rule = p[at.FLOW_ENTRY] + 2 * flow
    last = s[s[m.LAST_ENTRY] + flow]
    if last != NEVER:
        if p[rule] == code.ONCE:
            return False
        if p[rule] == code.AGAIN and moment < add(p, s[m.ZONE], last, p[rule + 1]):
            return False
    s[m.ABOUT] = key if p[p[at.FLOW_KEY] + flow] == code.KEY_ORDER else NO_KEY
    if triggered and not holds(p, f, s, p[p[at.FLOW_WHERE] + flow], moment):
        return False
    if not holds(p, f, s, p[p[at.FLOW_AUDIENCE] + flow], moment):
        return False
    return _admitted(p, s, out, flow, p[p[at.ADMISSION] + month], moment)


@compiled
def _admitted(p, s, out, flow, share, moment):
    """Return whether the month's budget admits the customer: the same ones first in every month."""
    if share >= code.WHOLE:
        return True
    if sticky_uniform(s, p[p[at.ADMISSION_STREAM] + flow]) * code.WHOLE < share:
        return True
    out[_BUDGET + flow * FLOW] += 1
    note(s, moment, m.T_HELD, flow, _BUDGET, -1, -1)
    return False


@compiled
def try_entry(p, f, s, g, out, flow, key, moment):
    """Let the customer enter a flow by its trigger, if it is on and all its conditions hold."""
    if _may_enter(p, f, s, out, flow, key, moment, True):
        _enter(p, f, s, g, out, flow, key, moment)


@compiled
def _enter(p, f, s, g, out, flow, key, moment):
    """The customer enters a flow."""
    r = _free_run(s)
    if r < 0:
        return
    entry = s[s[m.ENTRIES] + flow]
    s[s[m.ENTRIES] + flow] = entry + 1
    s[s[m.LAST_ENTRY] + flow] = moment
    out[_ENTERED + flow * FLOW] += 1
    out[s[m.FLOW_MONTH_ROW] + flow * FLOW_MONTH + _FLOW_MONTH_ENTERED] += 1
    note(s, moment, m.T_ENTERED, flow, entry, p[p[at.FLOW_FIRST] + flow], -1)
    run = _run(s, r)
    s[run + m.ACTIVE], s[run + m.FLOW], s[run + m.KEY] = 1, flow, key
    s[run + m.NUMBER] = s[m.RUN_NUMBER]
    s[m.RUN_NUMBER] += 1
    if s[m.RUN_NUMBER] > MOST_RUNS:
        s[m.OVERFLOW] = m.CIRCLE
    s[run + m.POINTER], s[run + m.TOKEN] = p[p[at.FLOW_FIRST] + flow], 0
    s[run + m.ENTERED_AT], s[run + m.ACTED_AT] = moment, moment
    s[run + m.PLANNED], s[run + m.ENTRY] = NEVER, entry
    s[run + m.WAITING], s[run + m.IF_HAPPENED] = -1, -1
    for wait in range(s[m.WAITS]):
        s[s[m.SEEN] + r * s[m.WAITS] + wait] = NEVER
    _due(p, s, r, moment)
    if not s[m.HELD_OUT]:
        slots = p[at.FLOW_SLOTS] + 2 * flow
        for slot in range(p[slots], p[slots] + p[slots + 1]):
            begin(p, f, s, g, out, slot, moment, entry, 1)


@compiled
def _free_run(s):
    """Return a row for a new run, -1 where there is no room."""
    for r in range(s[m.RUNS]):
        if not s[_run(s, r) + m.ACTIVE]:
            return r
    r = s[m.RUNS]
    if r >= s[m.ROOM]:
        s[m.OVERFLOW] = m.NO_ROOM
        return -1
    s[m.RUNS] = r + 1
    return r


@compiled
def _due(p, s, r, moment):
    """Make a run due at its pointer; whatever it was due for before is void."""
    run = _run(s, r)
    s[run + m.TOKEN] += 1
    rank = p[p[at.CODE] + s[run + m.POINTER] * code.CODE_WIDTH + code.RANK]
    schedule(s, moment, rank, m.DUE, r, s[run + m.NUMBER], s[run + m.TOKEN])


@compiled
def _concerns(p, s, run, scope, number):
    """Return whether an event concerns a run: of its own message, of its own order, or any."""
    if scope == m.SCOPE_RUN:
        return s[run + m.NUMBER] == number
    if scope == m.SCOPE_ORDER:
        if s[run + m.KEY] == NO_KEY:
            return True
        key = p[p[at.FLOW_KEY] + s[run + m.FLOW]]
        return key == code.KEY_ORDER and s[run + m.KEY] == number
    return True


@compiled
def _paid(p, s, event, scope, number):
    """Return what was paid at the order that an event is about, 0 for events about none."""
    if not p[at.READS_ORDERS] or number < 0:
        return 0
    if event == p[at.ORDER_EVENT] or scope == m.SCOPE_ORDER:
        return s[s[m.PLACED] + number * m.PLACED_WIDTH + m.TOTAL]
    return 0


@compiled
def happen(p, f, s, g, out, event, scope, number, moment):
    """An event happens: exits, waits, then entries."""
    s[s[m.LAST_EVENT] + event] = moment
    if scope >= m.SCOPES:
        if p[p[at.EVENT_ENGAGES] + event]:
            s[s[m.LAST_ENGAGED] + scope // m.SCOPES - 1] = moment
            s[m.STIRS] += 1
        scope = scope % m.SCOPES
    if event != p[at.ORDER_EVENT]:
        note(s, moment, m.T_EVENT, event, number, -1, -1)
    if s[m.TAKES_PART]:
        earn(p, f, s, out, event, number, _paid(p, s, event, scope, number), moment)
    wait = p[p[at.EVENT_WAIT] + event]
    done = -1
    while True:  # runs in the order of their entry
        r = _next_run(s, done)
        if r < 0:
            break
        run = _run(s, r)
        done = s[run + m.NUMBER]
        if p[p[at.FLOW_EXIT_ON] + s[run + m.FLOW] * p[at.EVENTS_COUNTED] + event]:
            _leave(s, run, event, moment)
        elif wait >= 0 and _concerns(p, s, run, scope, number):
            s[s[m.SEEN] + r * s[m.WAITS] + wait] = moment
            if s[run + m.WAITING] == wait:
                s[run + m.WAITING] = -1
                s[run + m.POINTER] = s[run + m.IF_HAPPENED]
                _due(p, s, r, moment)
    first = p[p[at.EVENT_FIRST] + event]
    for i in range(first, p[p[at.EVENT_FIRST] + event + 1]):
        flow = p[p[at.EVENT_FLOWS] + i]
        key = number if p[p[at.FLOW_KEY] + flow] != code.KEY_NONE else NO_KEY
        if _often(p, s, flow, moment):
            try_entry(p, f, s, g, out, flow, key, moment)


@compiled
def _leave(s, run, why, moment):
    """A run ends."""
    s[run + m.ACTIVE] = 0
    note(s, moment, m.T_LEFT, s[run + m.FLOW], s[run + m.ENTRY], s[run + m.POINTER], why)


@compiled
def _often(p, s, flow, moment):
    """Note an event that a flow counts; return whether it has come often enough lately."""
    row = p[at.FLOW_COUNT] + 3 * flow
    before = p[row]
    if before == 0:
        return True
    first = s[m.RECENT] + p[row + 2]
    oldest = s[first]
    for cell in range(first, first + before - 1):
        s[cell] = s[cell + 1]
    s[first + before - 1] = moment
    return oldest != NEVER and add(p, s[m.ZONE], oldest, p[row + 1]) >= moment


@compiled
def _next_run(s, done):
    """Return the active run with the smallest number above `done`, or -1."""
    best, smallest = -1, 0
    for r in range(s[m.RUNS]):
        run = _run(s, r)
        number = s[run + m.NUMBER]
        if s[run + m.ACTIVE] and number > done and (best < 0 or number < smallest):
            best, smallest = r, number
    return best


@compiled
def proceed(p, f, s, g, out, r, moment):
    """Run r goes on at its pointer until it waits or ends."""
    run = _run(s, r)
    flow = s[run + m.FLOW]
    about = s[run + m.KEY] if p[p[at.FLOW_KEY] + flow] == code.KEY_ORDER else NO_KEY
    s[m.ABOUT] = about
    while True:
        row = p[at.CODE] + s[run + m.POINTER] * code.CODE_WIDTH
        op = p[row + code.OP]
        following = p[row + code.NEXT]
        if op == code.END:
            _leave(s, run, m.AT_END, moment)
            return
        if op <= code.LAST_ACTION:
            exit_when = p[p[at.FLOW_EXIT_WHEN] + flow]
            if exit_when >= 0 and holds(p, f, s, exit_when, moment):
                _leave(s, run, m.EXIT_WHEN, moment)
                return
        if op == code.SEND:
            later = try_to_send(p, f, s, g, out, run, row, moment)
            if later == DROPPED:
                following = p[row + code.OTHERWISE]
            elif later != SENT:
                _due(p, s, r, later)
                return
            s[run + m.PLANNED] = NEVER
            s[run + m.ACTED_AT] = moment
        elif op <= code.LAST_ACTION:
            _act(p, f, s, g, out, run, row, op, moment)
            s[run + m.ACTED_AT] = moment
            s[m.ABOUT] = about  # a flow that was started read its own
        elif op == code.WAIT:
            later = add(p, s[m.ZONE], moment, p[row + code.A])
            if later > moment:
                s[run + m.POINTER] = following
                _due(p, s, r, later)
                return
        elif op == code.WAIT_UNTIL:
            later = until(p, s[m.ZONE], moment, p[row + code.A], p[row + code.B])
            if later > moment:
                s[run + m.POINTER] = following
                _due(p, s, r, later)
                return
        elif op == code.WAIT_EVENT:
            if not _already(p, s, r, run, row):
                _await(p, s, r, run, row, moment)
                return
        elif op == code.IF:
            if not holds(p, f, s, p[row + code.A], moment):
                following = p[row + code.OTHERWISE]
        elif op == code.SPLIT:
            following = _arm(p, s, row)
        elif op == code.ROTATE:
            following = s[run + m.POINTER] + 1 + _turn(p, s, row)
        s[run + m.POINTER] = following


@compiled
def _act(p, f, s, g, out, run, row, op, moment):
    """Do what an action other than a message does."""
    flow = s[run + m.FLOW]
    if op == code.GRANT:
        grant(p, f, s, g, out, run, row, moment)
    elif op == code.UPDATE:
        out[_UPDATED + flow * FLOW] += 1
        note(s, moment, m.T_UPDATED, flow, s[run + m.ENTRY], s[run + m.POINTER], -1)
        if p[row + code.A] == code.TELL:
            s[s[m.TOLD] + p[row + code.B]] = p[row + code.C]
        else:
            s[s[m.CONSENTS_TO] + p[row + code.B]] = code.TAKEN_BACK
    elif op == code.STARTS:
        _start(p, f, s, g, out, run, p[row + code.A], moment)
    elif s[m.HELD_OUT]:
        out[_HOLDOUT + flow * FLOW] += 1
        note(s, moment, m.T_HELD, flow, _HOLDOUT, s[run + m.POINTER], -1)
    elif op == code.TASK:
        out[_TASKS + flow * FLOW] += 1
        note(s, moment, m.T_TASK, flow, s[run + m.ENTRY], s[run + m.POINTER], -1)
        spend(s, out, flow, p[row + code.A])
    elif op == code.LIST:
        out[_LISTED + flow * FLOW] += 1
        note(s, moment, m.T_LISTED, flow, s[run + m.ENTRY], s[run + m.POINTER], -1)
    else:
        out[_CALLED + flow * FLOW] += 1
        note(s, moment, m.T_CALLED, flow, s[run + m.ENTRY], s[run + m.POINTER], -1)


@compiled
def _start(p, f, s, g, out, run, flow, moment):
    """Let the customer enter a flow from a run of another, whose order it is about too."""
    kind = p[p[at.FLOW_KEY] + flow]
    own = p[p[at.FLOW_KEY] + s[run + m.FLOW]]
    key = s[run + m.KEY] if kind == code.KEY_ORDER and own == code.KEY_ORDER else NO_KEY
    if _may_enter(p, f, s, out, flow, key, moment, False):
        _enter(p, f, s, g, out, flow, key, moment)


@compiled
def _turn(p, s, row):
    """Return which message of a rotation it is this time; the next run gets the next."""
    cell = s[m.TURNS] + p[row + code.B]
    turn = s[cell]
    s[cell] = turn + 1 if turn + 1 < p[row + code.A] else 0
    return turn


@compiled
def _already(p, s, r, run, row):
    """Return whether the awaited event came since the previous action, or since entry."""
    since = s[run + m.ENTERED_AT] if p[row + code.C] else s[run + m.ACTED_AT]
    return s[s[m.SEEN] + r * s[m.WAITS] + p[row + code.A]] > since


@compiled
def _await(p, s, r, run, row, moment):
    """Wait for the event; due on the way of the time-out unless it comes before."""
    s[run + m.IF_HAPPENED] = p[row + code.NEXT]
    s[run + m.POINTER] = p[row + code.OTHERWISE]
    _due(p, s, r, add(p, s[m.ZONE], moment, p[row + code.B]))
    s[run + m.WAITING] = p[row + code.A]


@compiled
def _arm(p, s, row):
    """Return where the customer's arm of a split begins: always the same arm."""
    bucket = math.floor(sticky_uniform(s, p[p[at.SPLIT_STREAM] + p[row + code.C]]) * 1_000_000.0)
    last = p[row + code.A] + p[row + code.B] - 1
    for arm in range(p[row + code.A], last):
        if bucket < p[p[at.ARM_END] + arm]:
            return p[p[at.ARM_TARGET] + arm]
    return p[p[at.ARM_TARGET] + last]
