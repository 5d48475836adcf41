"""What the loop remembers of one person in one draw: made once a chunk, wiped for every person.

Sizes are fixed while a chunk runs; whoever finds no room sets OVERFLOW, and the host runs the chunk
again with twice the room. Nothing is ever dropped.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.tables import F64, I8, I64, NEVER, U64

# Registers.
(
    EVENTS,
    SEQUENCE,
    RUNS,
    RUN_NUMBER,
    ORDER_NUMBER,
    MESSAGE_NUMBER,
    MARKETING_NUMBER,
    ORDERS,
    REVENUE,
    FIRST_ORDER,
    LAST_ORDER,
    STAMP,
    SUPPRESSED,
    HELD_OUT,
    ALIVE_NOW,
    EFFECTS,
    LOGGED,
    OVERFLOW,
    ZONE,
    ZONE_KNOWN,
    START,
    FINISH,
    PERSON,
    DRAW,
    TRACED,
    HORIZON_ORDERS,
    EXTRA,
) = range(27)
REGISTERS = 27
RATE_OF_BUYING, DROPOUT, SPEND_RATE, CLOCK = range(4)
SEED_ID, DRAW_ID, PERSON_ID = range(3)

# Columns of queued events and kinds of them.
MOMENT, RANK, ORDER, KIND, ARG0, ARG1, ARG2 = range(7)
BASELINE, CANDIDATE, LAPSE, EXISTING, EVENT, SOURCE, DUE = range(7)
SCOPE_ALL, SCOPE_ORDER, SCOPE_RUN = range(3)

# Columns of runs.
(
    ACTIVE,
    FLOW,
    KEY,
    NUMBER,
    POINTER,
    TOKEN,
    ENTERED_AT,
    ACTED_AT,
    PLANNED,
    ENTRY,
    WAITING,
    IF_HAPPENED,
) = range(12)
RUN_WIDTH = 12

# Columns of effects.
BEGUN, UNTIL, SLOT, PENDING, COUNT, ENTRY_OF = range(6)
SIZE, PEAK, CANDIDATE_CLOCK = range(3)

# Kinds of trace rows: (draw row, person row, moment, kind, a, b).
T_SENT, T_HELD, T_ORDER, T_CANCELLED, T_EXTRA, T_ENTERED, T_REDEEMED = range(7)


class Scratch(NamedTuple):
    """Working memory. Q queued events, R runs, X effects, G logged sends."""

    reg: I64
    freg: F64
    ids: U64
    queue: I64  # (Q, 7)
    runs: I64  # (R, RUN_WIDTH)
    seen: I64  # (R, waits)
    effects: I64  # (X, 6)
    strength: F64  # (X, 3)
    log: I64  # (G, 2): moment, channel
    entries: I64
    last_entry: I64
    last_message: I64
    last_channel: I64
    last_event: I64
    consent: I8
    static: I8
    offer_until: I64
    offer_will: I8
    offer_issued: I64
    offer_flow: I64
    source_clock: F64
    stack: I8
    trace: I64  # (.., 6); no rows: no trace


def scratch(
    room: int,
    *,
    flows: int,
    messages: int,
    channels: int,
    events: int,
    offers: int,
    sources: int,
    statics: int,
    waits: int,
    trace_rows: int = 0,
) -> Scratch:
    """Return working memory with `room` places for events, runs, effects and logged sends."""

    def integers(*shape: int) -> I64:
        return np.zeros(shape, np.int64)

    return Scratch(
        reg=integers(REGISTERS),
        freg=np.zeros(4),
        ids=np.zeros(3, np.uint64),
        queue=integers(room, 7),
        runs=integers(room, RUN_WIDTH),
        seen=integers(room, max(waits, 1)),
        effects=integers(room, 6),
        strength=np.zeros((room, 3)),
        log=integers(4 * room, 2),
        entries=integers(flows),
        last_entry=integers(flows),
        last_message=integers(messages),
        last_channel=integers(channels),
        last_event=integers(events),
        consent=np.zeros(channels, np.int8),
        static=np.zeros(statics, np.int8),
        offer_until=integers(offers),
        offer_will=np.zeros(offers, np.int8),
        offer_issued=integers(offers),
        offer_flow=integers(offers),
        source_clock=np.zeros(sources),
        stack=np.zeros(256, np.int8),
        trace=integers(trace_rows, 6),
    )


@compiled
def wipe(s):
    """Forget the last person; the overflow flag and the trace stay."""
    overflow, traced = s.reg[OVERFLOW], s.reg[TRACED]
    s.reg[:] = 0
    s.reg[OVERFLOW], s.reg[TRACED] = overflow, traced
    s.entries[:] = 0
    s.last_entry[:] = NEVER
    s.last_message[:] = NEVER
    s.last_channel[:] = NEVER
    s.offer_until[:] = NEVER
    s.offer_will[:] = 0
    s.offer_issued[:] = 0


@compiled
def schedule(s, moment, rank, kind, a, b, c):
    """Queue an event, unless it falls after the end."""
    if moment >= s.reg[FINISH]:
        return
    n = s.reg[EVENTS]
    if n >= s.queue.shape[0]:
        s.reg[OVERFLOW] = 1
        return
    row = s.queue[n]
    row[MOMENT], row[RANK], row[ORDER] = moment, rank, s.reg[SEQUENCE]
    row[KIND], row[ARG0], row[ARG1], row[ARG2] = kind, a, b, c
    s.reg[EVENTS] = n + 1
    s.reg[SEQUENCE] += 1


@compiled
def next_event(s):
    """Move the earliest event to the end of the queue, take it off, and return its row."""
    q = s.queue
    last = s.reg[EVENTS] - 1
    best = 0
    for i in range(1, last + 1):
        if q[i, MOMENT] < q[best, MOMENT] or (
            q[i, MOMENT] == q[best, MOMENT]
            and (
                q[i, RANK] < q[best, RANK]
                or (q[i, RANK] == q[best, RANK] and q[i, ORDER] < q[best, ORDER])
            )
        ):
            best = i
    if best != last:
        for column in range(7):
            q[best, column], q[last, column] = q[last, column], q[best, column]
    s.reg[EVENTS] = last
    return last


@compiled
def note(s, moment, kind, a, b):
    """Write one row of the trace, where one is kept."""
    if s.trace.shape[0] == 0:
        return
    n = s.reg[TRACED]
    if n >= s.trace.shape[0]:
        s.reg[OVERFLOW] = 1
        return
    row = s.trace[n]
    row[0], row[1], row[2], row[3], row[4], row[5] = (
        s.reg[DRAW],
        s.reg[PERSON],
        moment,
        kind,
        a,
        b,
    )
    s.reg[TRACED] = n + 1
