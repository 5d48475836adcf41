"""What the loop remembers of one person in one draw: two flat arrays, wiped for every person.

`s` holds integers, `g` floats. The first cells of `s` are registers, then come the places where its
tables begin. Sizes are fixed while a chunk runs; whoever finds no room sets OVERFLOW, and the host
runs the chunk again with twice the room. Nothing is ever dropped.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.fields import EFFECT
from playbook_runtime.kernel.numbering import Numbering
from playbook_runtime.kernel.tables import F64, I64, NEVER

_cells = Numbering()
# Registers, wiped for every person up to KEPT. To add one is to add a line.
EVENTS = _cells.next()
SEQUENCE = _cells.next()
RUNS = _cells.next()
RUN_NUMBER = _cells.next()
ORDER_NUMBER = _cells.next()
OVERLAP_UNTIL = _cells.next()
ORDERS = _cells.next()
REVENUE = _cells.next()
FIRST_ORDER = _cells.next()
LAST_ORDER = _cells.next()
STAMP = _cells.next()
STIRS = _cells.next()  # orders and engagements so far
SUPPRESSED = _cells.next()
HELD_OUT = _cells.next()
ALIVE_NOW = _cells.next()
EFFECTS = _cells.next()
LOGGED = _cells.next()
ZONE = _cells.next()
ZONE_KNOWN = _cells.next()
HORIZON_ORDERS = _cells.next()
PERSON_ID = _cells.next()
PERSON = _cells.next()
WITHOUT_ORDERS = _cells.next()
BIRTHDAY = _cells.next()
GAPS = _cells.next()
ABOUT = _cells.next()
MONTH = _cells.next()
MONTH_END = _cells.next()
MONTH_ROW = _cells.next()
FLOW_MONTH_ROW = _cells.next()
COHORT_ROW = _cells.next()
COHORT_OF = _cells.next()
ACTIVE_WITHOUT = _cells.next()
ACTIVE_WITH = _cells.next()
ORDERS_BEFORE = _cells.next()
PHASES = _cells.next()
PHASES_OVER = _cells.next()
ALIVE_WITHOUT = _cells.next()  # ALIVE_NOW is of the world with
PATH_PENDING = _cells.next()  # a baseline order is scheduled, or falls after the end
PATH_NEXT = _cells.next()  # its number, or that of the next
COIN_AT = _cells.next()
LAST_MARK = _cells.next()
OWN_ORDERS = _cells.next()  # of the history, with a mark
SENT_SINCE = _cells.next()  # messages since the latest order
OWED = _cells.next()  # extra orders that cancel a baseline order to come
TAKES_PART = _cells.next()  # in points and tiers
REDEEMER = _cells.next()
BALANCE = _cells.next()  # points that can be redeemed
PENDING_POINTS = _cells.next()  # points that cannot be yet
EXPIRES = _cells.next()  # when the next points lapse, 0: none do
POINTS_STAMP = _cells.next()
LOTS = _cells.next()
FIRST_LOT = _cells.next()
ACTIVE_AT = _cells.next()
MEMBER = _cells.next()  # of the paid membership
ASKED = _cells.next()  # whether he wants to be one
TIER = _cells.next()
TIER_UNTIL = _cells.next()
TIER_STAMP = _cells.next()
COUNTED = _cells.next()  # what counts for the level now
LOGGED_AMOUNTS = _cells.next()
FIRST_AMOUNT = _cells.next()
SUBSCRIBER = _cells.next()
OFFERED = _cells.next()  # whether he wants to be one
RHYTHM = _cells.next()
DELIVERED_VALUE = _cells.next()  # of each delivery
DELIVERED_MARK = _cells.next()
LAST_ITEM = _cells.next()
WELCOME = _cells.next()  # a reward for being recommended is open
KEPT = _cells.count
# Registers that the host or the loop over draws sets.
SEED_ID = _cells.next()
DRAW_ID = _cells.next()
DRAW = _cells.next()
START = _cells.next()
FINISH = _cells.next()
OVERFLOW = _cells.next()
TRACED = _cells.next()
HANDLED = _cells.next()
# 1: orders and events are those that were recorded, nothing is drawn.
REPLAYS = _cells.next()
REFERRED = _cells.next()  # people who go back to the recommendations of one of the population
ARRIVES = _cells.next()  # ... and when the present one of them does
# Columns of the counts at which those by month, by flow and month, by cohort, by orders begin.
BY_MONTH = _cells.next()
BY_FLOW_MONTH = _cells.next()
BY_COHORT = _cells.next()
BY_ORDERS = _cells.next()
# Where tables begin. Those from ENTRIES to LAST_ENTRY are wiped to 0, from there to CONSENTS_TO to
# NEVER, and so on: see `wipe`.
QUEUE = _cells.next()
RUN_TABLE = _cells.next()
SEEN = _cells.next()
EFFECT_TABLE = _cells.next()
LOG = _cells.next()
PLACED = _cells.next()
LOT_TABLE = _cells.next()
FRIENDS = _cells.next()
FRIEND = _cells.next()  # a packed person who was recommended, with nothing known of him
AMOUNTS = _cells.next()
ENTRIES = _cells.next()
TURNS = _cells.next()
TOLD = _cells.next()
INSIDE = _cells.next()
RESPONDED = _cells.next()
SOURCE_IDLE = _cells.next()  # a stream that ended with a life: its next number plus 1
LOOKED = _cells.next()
STIRRED = _cells.next()  # a watch: STIRS plus 1 at the last look, and when the clock changes it
NEXT_CHANGE = _cells.next()
LAST_ENTRY = _cells.next()
LAST_MESSAGE = _cells.next()
LAST_CHANNEL = _cells.next()
LAST_EVENT = _cells.next()
RECENT = _cells.next()
LAST_BY_MARK = _cells.next()
LAST_ENGAGED = _cells.next()
LATEST_SENDS = _cells.next()
EARN_LOG = _cells.next()
REWARD_LOG = _cells.next()
CONSENTS_TO = _cells.next()
OWN_BY_MARK = _cells.next()
STATIC_ANSWERS = _cells.next()
OFFER_UNTIL = _cells.next()
OFFER_WILL = _cells.next()
OFFER_ISSUED = _cells.next()
OFFER_FLOW = _cells.next()
STACK = _cells.next()
TRACE = _cells.next()
END_OF_TABLES = _cells.next()
# How many rows there are, and where tables of floats begin.
ROOM = _cells.next()
LOG_ROOM = _cells.next()
TRACE_ROOM = _cells.next()
WAITS = _cells.next()
STRENGTH = _cells.next()
SOURCE_CLOCK = _cells.next()
REDEMPTION = _cells.next()
_HEADER = _cells.count

# What the OVERFLOW register says: room ran out, orders or runs without end, the trace is full,
# recommendations without end.
NO_ROOM, RUNAWAY, CIRCLE, NO_TRACE, ENDLESS = 1, 2, 3, 4, 5

# Floats: the state, then the draw's row.
_state = Numbering()
RATE_OF_BUYING = _state.next()  # orders a day while alive
PHASE_RATE = _state.next()
DROPOUT = _state.next()
SPEND_RATE = _state.next()
COIN_U = _state.next()  # the latest coin, and with which factors it is read
COIN_LOW = _state.next()
COIN_HIGH = _state.next()
CLOCK = _state.next()
JOINS = _state.next()  # the chance to join the paid membership
USES = _state.next()  # orders a day of what he subscribes to
STAYS = _state.next()  # the chance to stay from one delivery to the next
DRAWN = _state.count

# Columns of queued events and kinds of them.
MOMENT, RANK, ORDER, KIND, ARG0, ARG1, ARG2 = range(7)
QUEUE_WIDTH = 7
(
    BASELINE,
    CANDIDATE,
    LAPSE,
    PAST,
    EVENT,
    SOURCE,
    DUE,
    TICK,
    LOOK,
    JOIN,
    COMEBACK,
    EXPIRING,
    RECORDED,
) = range(13)
CREDIT, EXPIRE, WARNING, REVIEW, CHANGED, ASK, RENEWAL, COMES, REWARD = range(20, 29)
SUBSCRIBES, DELIVERY = range(29, 31)
SCOPE_ALL, SCOPE_ORDER, SCOPE_RUN = range(3)
SCOPES = 4  # a message event's scope is SCOPE_RUN + SCOPES * (channel + 1)

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

# Columns of orders of the horizon, where conditions read them.
TOTAL, DISCOUNT, NTH, MARK = range(4)
PLACED_WIDTH = 4

# Columns of lots of points: when they lapse, how many are left.
LOT_EXPIRES, LOT_LEFT = range(2)
LOT_WIDTH = 2
# Columns of people who were recommended: key, moment of arrival.
FRIEND_IS, FRIEND_AT = range(2)
FRIEND_WIDTH = 2
# Columns of what counts for the level.
AMOUNT_AT, AMOUNT = range(2)
AMOUNT_WIDTH = 2

# Columns of effects, integers and floats.
BEGUN, UNTIL, SLOT, PENDING, COUNT, ENTRY_OF = range(6)
EFFECT_WIDTH = 6
SIZE, PEAK, CANDIDATE_CLOCK = range(3)
STRENGTH_WIDTH = 3

# Trace rows: (draw row, person row, moment, kind, a, b, place, about). `place` is the instruction
# at which a run stands, -1 for what is not of a run; `about` is -1 where there is nothing more.
# SENT: flow, channel * 2 + marketing, message     HELD: flow, column of the reason, message
# DELAYED: flow, until, message      TASK, LISTED, CALLED, UPDATED: flow, entry
# ENTERED: flow, entry               LEFT: flow, entry, why: AT_END, EXIT_WHEN, or an event
# ORDER, SAVED: number, value, paid  EXTRA: slot, value, paid      CANCELLED: number, value
# ISSUED: offer, until, flow         REDEEMED: offer, cost, flow
# BOUGHT: an order with an offer at hand of which no use is known: offer, cost, flow
# EVENT: event, its number           GONE: the customer has left, in the world with
# ORDER is in both worlds, LOST (number, value) and CANCELLED in that without, SAVED and EXTRA in
# that with: lost after leaving, saved from leaving.
# DELIVERED: number, value, paid; of a subscription, in that with
(
    T_SENT,
    T_HELD,
    T_ORDER,
    T_CANCELLED,
    T_EXTRA,
    T_ENTERED,
    T_REDEEMED,
    T_DELAYED,
    T_LEFT,
    T_TASK,
    T_LISTED,
    T_CALLED,
    T_UPDATED,
    T_ISSUED,
    T_BOUGHT,
    T_EVENT,
    T_GONE,
    T_LOST,
    T_SAVED,
    T_DELIVERED,
) = range(20)
TRACE_WIDTH = 8
AT_END, EXIT_WHEN = -1, -2

# Columns of recorded items: orders (what is -1) and events of a person, by moment, orders first.
ITEM_MOMENT, ITEM_WHAT, ITEM_VALUE, ITEM_DISCOUNT, ITEM_MARK = range(5)
ITEM_WIDTH = 5


class Memory(NamedTuple):
    """Working memory of one chunk."""

    integers: I64
    floats: F64

    def trace(self) -> I64:
        """Return the rows that were traced."""
        first = self.integers[TRACE]
        rows = self.integers[TRACED]
        return self.integers[first : first + rows * TRACE_WIDTH].reshape(-1, TRACE_WIDTH)


class Sizes(NamedTuple):
    """How many of each thing a person can have to do with."""

    flows: int
    messages: int
    channels: int
    events: int
    offers: int
    sources: int
    statics: int
    waits: int
    slots: int
    sends: int
    counted: int
    turns: int
    told: int
    watches: int
    marks: int
    market_sends: int
    earned: int
    rewarded: int
    person: int  # columns of a packed person


def working_memory(sizes: Sizes, room: int, trace_rows: int) -> Memory:
    """Return memory with `room` places for events, runs, orders and effects, and 4 x room logged
    sends."""
    waits = max(sizes.waits, 1)
    tables = (
        (QUEUE, (room + 1) * QUEUE_WIDTH),
        (RUN_TABLE, room * RUN_WIDTH),
        (SEEN, room * waits),
        (EFFECT_TABLE, room * EFFECT_WIDTH),
        (LOG, 4 * room * 2),
        (PLACED, room * PLACED_WIDTH),
        (LOT_TABLE, room * LOT_WIDTH),
        (FRIENDS, room * FRIEND_WIDTH),
        (FRIEND, sizes.person),
        (AMOUNTS, room * AMOUNT_WIDTH),
        (ENTRIES, sizes.flows),
        (TURNS, sizes.turns),
        (TOLD, sizes.told),
        (INSIDE, sizes.watches),
        (RESPONDED, sizes.flows),
        (SOURCE_IDLE, sizes.sources),
        (LOOKED, sizes.watches),
        (STIRRED, sizes.watches),
        (NEXT_CHANGE, sizes.watches),
        (LAST_ENTRY, sizes.flows),
        (LAST_MESSAGE, sizes.messages),
        (LAST_CHANNEL, sizes.channels),
        (LAST_EVENT, sizes.events),
        (RECENT, sizes.counted),
        (LAST_BY_MARK, sizes.marks),
        (LAST_ENGAGED, sizes.channels),
        (LATEST_SENDS, sizes.market_sends),
        (EARN_LOG, sizes.earned),
        (REWARD_LOG, sizes.rewarded),
        (CONSENTS_TO, sizes.channels),
        (OWN_BY_MARK, sizes.marks),
        (STATIC_ANSWERS, sizes.statics),
        (OFFER_UNTIL, sizes.offers),
        (OFFER_WILL, sizes.offers),
        (OFFER_ISSUED, sizes.offers),
        (OFFER_FLOW, sizes.offers),
        (STACK, 256),
        (TRACE, trace_rows * TRACE_WIDTH),
    )
    length = _HEADER
    header = np.zeros(_HEADER, dtype=np.int64)
    for cell, size in tables:
        header[cell] = length
        length += size
    header[END_OF_TABLES] = length
    header[ROOM], header[LOG_ROOM], header[TRACE_ROOM] = room, 4 * room, trace_rows
    header[WAITS] = waits
    drawn = DRAWN + EFFECT + sizes.slots + sizes.sends
    header[REDEMPTION] = DRAWN + EFFECT + sizes.slots
    header[SOURCE_CLOCK] = drawn
    header[STRENGTH] = drawn + sizes.sources
    integers = np.zeros(length, dtype=np.int64)
    integers[:_HEADER] = header
    return Memory(integers, np.zeros(drawn + sizes.sources + room * STRENGTH_WIDTH))


@compiled
def wipe(s):
    """Forget the last person."""
    for cell in range(KEPT):
        s[cell] = 0
    for cell in range(s[ENTRIES], s[LAST_ENTRY]):
        s[cell] = 0
    for cell in range(s[LAST_ENTRY], s[CONSENTS_TO]):
        s[cell] = NEVER
    for cell in range(s[OFFER_UNTIL], s[OFFER_WILL]):
        s[cell] = NEVER
    for cell in range(s[OFFER_WILL], s[STACK]):
        s[cell] = 0


@compiled
def schedule(s, moment, rank, kind, a, b, c):
    """Queue an event, unless it falls after the end."""
    if moment >= s[FINISH]:
        return
    n = s[EVENTS]
    if n >= s[ROOM]:
        s[OVERFLOW] = NO_ROOM
        return
    # Up from the end, past all that come later: the queue is a heap.
    i, order = n, s[SEQUENCE]
    while i > 0:
        parent = (i - 1) >> 1
        above = s[QUEUE] + parent * QUEUE_WIDTH
        if not _before(s, moment, rank, order, above):
            break
        _move(s, above, s[QUEUE] + i * QUEUE_WIDTH)
        i = parent
    row = s[QUEUE] + i * QUEUE_WIDTH
    s[row + MOMENT], s[row + RANK], s[row + ORDER] = moment, rank, order
    s[row + KIND], s[row + ARG0], s[row + ARG1], s[row + ARG2] = kind, a, b, c
    s[EVENTS] = n + 1
    s[SEQUENCE] += 1


@compiled
def _move(s, source, target):
    for column in range(QUEUE_WIDTH):
        s[target + column] = s[source + column]


@compiled
def _before(s, moment, rank, order, other):
    """Return whether (moment, rank, order) comes before the event at a cell."""
    if moment != s[other + MOMENT]:
        return moment < s[other + MOMENT]
    if rank != s[other + RANK]:
        return rank < s[other + RANK]
    return order < s[other + ORDER]


@compiled
def next_event(s):
    """Take the earliest event off the queue, and return the cell where it stands until the next
    one is scheduled."""
    n = s[EVENTS] - 1
    s[EVENTS] = n
    s[HANDLED] += 1
    first, last = s[QUEUE], s[QUEUE] + n * QUEUE_WIDTH
    taken = s[QUEUE] + (n + 1) * QUEUE_WIDTH
    _move(s, first, taken)
    # The last one goes down from the top, past all that come earlier.
    i = 0
    moment, rank, order = s[last + MOMENT], s[last + RANK], s[last + ORDER]
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        below = first + child * QUEUE_WIDTH
        right = below + QUEUE_WIDTH
        if child + 1 < n and _before(
            s, s[right + MOMENT], s[right + RANK], s[right + ORDER], below
        ):
            child, below = child + 1, right
        if _before(s, moment, rank, order, below):
            break
        _move(s, below, first + i * QUEUE_WIDTH)
        i = child
    if i < n:
        _move(s, last, first + i * QUEUE_WIDTH)
    return taken


@compiled
def note(s, moment, kind, a, b, place, about):
    """Write one row of the trace, where one is kept."""
    if s[TRACE_ROOM] == 0:
        return
    n = s[TRACED]
    if n >= s[TRACE_ROOM]:
        s[OVERFLOW] = NO_TRACE
        return
    row = s[TRACE] + n * TRACE_WIDTH
    s[row], s[row + 1], s[row + 2] = s[DRAW], s[PERSON], moment
    s[row + 3], s[row + 4], s[row + 5] = kind, a, b
    s[row + 6], s[row + 7] = place, about
    s[TRACED] = n + 1
