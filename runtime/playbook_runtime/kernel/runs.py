"""Runs of flows: who enters, what an event does to a run, and the steps one after the other."""

from __future__ import annotations

from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add
from playbook_runtime.kernel.effects import begin
from playbook_runtime.kernel.evaluate import holds
from playbook_runtime.kernel.instructions import (
    AGAIN,
    END,
    IF,
    KEY_NONE,
    NEXT,
    ONCE,
    OP,
    OTHERWISE,
    RANK,
    SEND,
    SPLIT,
    TASK,
    WAIT,
    WAIT_EVENT,
    A,
    B,
    C,
)
from playbook_runtime.kernel.layout import PerFlow, World, flow_column, world_column
from playbook_runtime.kernel.random import STICKY, uniform
from playbook_runtime.kernel.scratch import (
    ACTED_AT,
    ACTIVE,
    DUE,
    ENTERED_AT,
    ENTRY,
    FLOW,
    HELD_OUT,
    IF_HAPPENED,
    KEY,
    NUMBER,
    OVERFLOW,
    PERSON_ID,
    PLANNED,
    POINTER,
    RUN_NUMBER,
    RUNS,
    SCOPE_ORDER,
    SCOPE_RUN,
    T_ENTERED,
    TOKEN,
    WAITING,
    ZONE,
    note,
    schedule,
)
from playbook_runtime.kernel.sending import DONE, FLOW_COLUMNS, try_to_send
from playbook_runtime.kernel.tables import NEVER

ENTERED = flow_column(0, PerFlow.ENTERED)
TASKS = flow_column(0, PerFlow.TASKS)
HOLDOUT = flow_column(0, PerFlow.HELD_HOLDOUT)
WITH_MESSAGE_COST = world_column(1, World.MESSAGE_COST_MICRO)
NO_KEY = -1


@compiled
def try_entry(p, s, zones, draws, out, flow, key, moment):
    """Let the customer enter a flow, if it is on and all its conditions hold."""
    if not p.flow_on[flow]:
        return
    for r in range(s.reg[RUNS]):
        if s.runs[r, ACTIVE] and s.runs[r, FLOW] == flow and s.runs[r, KEY] == key:
            return
    rule = p.flow_entry[flow, 0]
    last = s.last_entry[flow]
    if last != NEVER:
        if rule == ONCE:
            return
        again = p.flow_entry[flow, 1]
        if rule == AGAIN and moment < add(zones, s.reg[ZONE], last, p.durations, again):
            return
    if not holds(p, s, zones, p.flow_where[flow], moment):
        return
    if not holds(p, s, zones, p.flow_audience[flow], moment):
        return
    r = _free_run(s)
    if r < 0:
        return
    entry = s.entries[flow]
    s.entries[flow] = entry + 1
    s.last_entry[flow] = moment
    out[ENTERED + flow * FLOW_COLUMNS] += 1
    note(s, moment, T_ENTERED, flow, entry)
    run = s.runs[r]
    run[ACTIVE], run[FLOW], run[KEY], run[NUMBER] = 1, flow, key, s.reg[RUN_NUMBER]
    s.reg[RUN_NUMBER] += 1
    run[POINTER], run[TOKEN], run[ENTERED_AT] = p.flow_first[flow], 0, moment
    run[ACTED_AT], run[PLANNED], run[ENTRY] = moment, NEVER, entry
    run[WAITING], run[IF_HAPPENED] = -1, -1
    s.seen[r, :] = NEVER
    _due(p, s, r, moment)
    if not s.reg[HELD_OUT]:
        first = p.flow_slots[flow, 0]
        for slot in range(first, first + p.flow_slots[flow, 1]):
            begin(p, s, draws, slot, moment, entry, True)


@compiled
def _free_run(s):
    for r in range(s.reg[RUNS]):
        if not s.runs[r, ACTIVE]:
            return r
    r = s.reg[RUNS]
    if r >= s.runs.shape[0]:
        s.reg[OVERFLOW] = 1
        return -1
    s.reg[RUNS] = r + 1
    return r


@compiled
def _due(p, s, r, moment):
    """Make a run due at its pointer; whatever it was due for before is void."""
    run = s.runs[r]
    run[TOKEN] += 1
    schedule(s, moment, p.code[run[POINTER], RANK], DUE, r, run[NUMBER], run[TOKEN])


@compiled
def _concerns(p, s, r, scope, number):
    """Return whether an event concerns a run: of its own message, of its own order, or any."""
    if scope == SCOPE_RUN:
        return s.runs[r, NUMBER] == number
    if scope == SCOPE_ORDER:
        flow = s.runs[r, FLOW]
        return p.flow_key[flow] == KEY_NONE or s.runs[r, KEY] == number
    return True


@compiled
def happen(p, s, zones, draws, out, event, scope, number, moment):
    """An event happens: exits, waits, then entries."""
    s.last_event[event] = moment
    wait = p.event_wait[event]
    done = -1
    while True:  # runs in the order of their entry
        r = _next_run(s, done)
        if r < 0:
            break
        run = s.runs[r]
        done = run[NUMBER]
        if p.flow_exit_on[run[FLOW], event]:
            run[ACTIVE] = 0
        elif wait >= 0 and _concerns(p, s, r, scope, number):
            s.seen[r, wait] = moment
            if run[WAITING] == wait:
                run[WAITING] = -1
                run[POINTER] = run[IF_HAPPENED]
                _due(p, s, r, moment)
    for i in range(p.event_first[event], p.event_first[event + 1]):
        flow = p.event_flows[i]
        key = number if p.flow_key[flow] != KEY_NONE else NO_KEY
        try_entry(p, s, zones, draws, out, flow, key, moment)


@compiled
def _next_run(s, done):
    """Return the active run with the smallest number above `done`, or -1."""
    best = -1
    for r in range(s.reg[RUNS]):
        number = s.runs[r, NUMBER]
        if s.runs[r, ACTIVE] and number > done and (best < 0 or number < s.runs[best, NUMBER]):
            best = r
    return best


@compiled
def proceed(p, s, zones, draws, out, r, moment):
    """Run r goes on at its pointer until it waits or ends."""
    run = s.runs[r]
    flow = run[FLOW]
    if run[WAITING] >= 0:  # the wait timed out
        run[WAITING] = -1
        run[POINTER] = p.code[run[POINTER], OTHERWISE]
    while True:
        code = p.code[run[POINTER]]
        op = code[OP]
        if op == END:
            run[ACTIVE] = 0
            return
        if (
            op in (SEND, TASK)
            and p.flow_exit_when[flow] >= 0
            and holds(p, s, zones, p.flow_exit_when[flow], moment)
        ):
            run[ACTIVE] = 0
            return
        if op == SEND:
            later = try_to_send(p, s, zones, draws, out, r, code, moment)
            if later != DONE:
                _due(p, s, r, later)
                return
            run[PLANNED] = NEVER
            run[ACTED_AT] = moment
            run[POINTER] = code[NEXT]
        elif op == TASK:
            if s.reg[HELD_OUT]:
                out[HOLDOUT + flow * FLOW_COLUMNS] += 1
            else:
                out[TASKS + flow * FLOW_COLUMNS] += 1
                out[WITH_MESSAGE_COST] += code[A]
            run[ACTED_AT] = moment
            run[POINTER] = code[NEXT]
        elif op == WAIT:
            run[POINTER] = code[NEXT]
            later = add(zones, s.reg[ZONE], moment, p.durations, code[A])
            if later > moment:
                _due(p, s, r, later)
                return
        elif op == WAIT_EVENT:
            since = run[ENTERED_AT] if code[C] else run[ACTED_AT]
            if s.seen[r, code[A]] > since:
                run[POINTER] = code[NEXT]
            else:
                run[WAITING], run[IF_HAPPENED] = code[A], code[NEXT]
                _due(p, s, r, add(zones, s.reg[ZONE], moment, p.durations, code[B]))
                return
        elif op == IF:
            run[POINTER] = code[NEXT] if holds(p, s, zones, code[A], moment) else code[OTHERWISE]
        elif op == SPLIT:
            run[POINTER] = _arm(p, s, code)
        else:
            run[POINTER] = code[NEXT]


@compiled
def _arm(p, s, code):
    """Return where the customer's arm of a split begins: always the same arm."""
    u = uniform(STICKY, STICKY, s.ids[PERSON_ID], p.split_stream[code[C]], 0)
    bucket = int(u * 1_000_000.0)
    for arm in range(code[A], code[A] + code[B]):
        if bucket < p.arm_end[arm]:
            return p.arm_target[arm]
    return p.arm_target[code[A] + code[B] - 1]
