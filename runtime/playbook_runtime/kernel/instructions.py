"""The flat program: what each instruction, condition code and table column means.

`program.py` lowers the trigger DAG to these tables, `loop.py` runs them.
"""

from __future__ import annotations

from typing import NamedTuple

from playbook_runtime.kernel.tables import F64, I8, I64, U64

# Instructions: op, next, otherwise, then what the op needs. Rows of Program.code.
# Those up to LAST_ACTION are actions: `exit_when` is read before them.
SEND, TASK, GRANT, UPDATE, LIST, CALL, STARTS = range(7)
LAST_ACTION = STARTS
WAIT, WAIT_EVENT, IF, SPLIT, PASS, END, WAIT_UNTIL, ROTATE = range(7, 15)
OP, NEXT, OTHERWISE, RANK, A, B, C, D, E, F, G, H, K, L = range(14)
CODE_WIDTH = 14
# SEND: A message, B channel, C offer or -1, D send number, E first slot, F slots,
#       G window row or -1, H marketing (1) or transactional (0), K messages of the ladder (1: no
#       ladder), L its place on it; OTHERWISE is the way when it is dropped
# ROTATE: A messages, B rotation number; their SEND rows come right behind
# GRANT: A offer, or -1 and B points, D send number
# UPDATE: A what, B cell or channel, C state      STARTS: A flow
# WAIT: A duration      WAIT_EVENT: A wait number, B duration, C 1 when since entry
# WAIT_UNTIL: A weekday (0 is Monday) or -1, B second of the day or -1
# IF: A condition       SPLIT: A first arm, B arms, C split number      TASK: A cost, micro

# Condition code: op, a, b, and a number. Postfix, Kleene.
FACT, KNOWN, STATIC, IN_FLOW, ENTERED, GOT_MESSAGE, GOT_CHANNEL, HOLDS, LEFT, HAPPENED = range(10)
CONSENTS, NOT, AND, OR, DEFINITE, CONSTANT, TOLD, ORDER, MARKED, BOUGHT, ENGAGED = range(10, 21)
# MARKED: A which order, B first answer by mark       BOUGHT: A first answer by mark, B duration
OF_RUN_OR_LATEST, OF_LATEST, OF_RUN = range(3)
FACTS = (
    "orders",
    "revenue",
    "aov",
    "days_since_first_order",
    "days_since_last_order",
    "days_as_customer",
    "points",
)
POINTS_FACT = 6
WATCH_WIDTH = 4
# What nothing changes but an order, an engagement or the clock; of facts all but points.
STIRRED_BY_ORDERS = (STATIC, NOT, AND, OR, DEFINITE, CONSTANT, BOUGHT, ENGAGED)
CUT_FACTS = FACTS[:POINTS_FACT]  # in which a place among the customers is known
# What a condition reads of the order that a run is about.
ORDER_FACTS = ("trigger.order.total", "trigger.order.discount", "trigger.order.nth")
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")

ONCE, AGAIN, ALWAYS = range(3)
PERCENT, AMOUNT, SHIPPING, GIFT, CREDIT, POINTS = range(6)
AFTER_ORDER, AFTER_MESSAGE, BEFORE_ORDER, ANY_TIME = range(4)
# Programmes that are on: bits of Program.programmes.
POINTS_ON, TIERS_ON, MEMBERSHIP_ON, REFERRAL_ON, SUBSCRIPTION_ON = 1, 2, 4, 8, 16
# What a subscriber may do: bits of Program.subscription_may.
MAY_PAUSE, MAY_SKIP, MAY_CHANGE = 1, 2, 4
# When points lapse: never, so long after the last activity, or after each was credited.
EXPIRE_NEVER, EXPIRE_IDLE, EXPIRE_OLD = range(3)
# Columns of Program.earns: what an event earns.
(
    EARN_EVENT,
    EARN_FIXED,  # so many points; 0: by the amount
    EARN_POINTS,  # so many points ...
    EARN_PER,  # ... per so many minor units that are paid
    EARN_PENDING,  # duration row or -1
    EARN_WHERE,  # condition or -1
    EARN_MOST,  # how often at most; 0: without limit
    EARN_WITHIN,  # ... in this duration, -1: for the same order
    EARN_LOG,  # first cell of the log of those
) = range(9)
EARN_WIDTH = 9
# Columns of Program.redeems, from the most points down: points, what is paid on top, first reward
# and past the last one.
REDEEM_POINTS, REDEEM_PLUS, REDEEM_FIRST, REDEEM_LAST = range(4)
REDEEM_WIDTH = 4
# What counts for the level.
BY_NOTHING, BY_REVENUE, BY_ORDERS, BY_POINTS = range(4)
# Columns of Program.rights, one row a level, then one for the membership: points times so many
# millionths, a standing discount in millionths, what free shipping costs.
RIGHT_TIMES, RIGHT_PERCENT, RIGHT_SHIPPING = range(3)
RIGHT_WIDTH = 3
SINGLE = 1_000_000  # points once
KEY_NONE, KEY_ORDER, KEY_EVENT = range(3)
FORM_RATE, FORM_ADDED, FORM_DROPOUT, FORM_REVIVE, FORM_BASKET, FORM_REPAID = range(6)
# What an UPDATE changes: a tag or field of the shop's own, or a suppressed channel.
TELL, SUPPRESS = range(2)
WHOLE = 1_000_000  # everybody is admitted
TAKEN_BACK = -2  # consent to a channel that a step suppressed
# Timers: what makes a flow start by the clock. Columns of Program.timers.
TIMER_FLOW, TIMER_KIND, TIMER_A, TIMER_B, TIMER_C, TIMER_SHIFT, TIMER_BACK = range(7)
TIMER_WIDTH = 7
YEARLY, BIRTHDAY, ANNIVERSARY, ONE_DAY, DAILY, WEEKLY, MONTHLY, REFILL, TYPICAL, BY_MARK = range(10)
# YEARLY: A month * 100 + day     ONE_DAY: A day number     (BIRTHDAY, ANNIVERSARY: the person's)
#   these: SHIFT duration row, BACK years that a shift can reach over
# DAILY, WEEKLY, MONTHLY: A every so many, B second of the day, C weekday (0 is Monday) or day
# REFILL: A duration row          TYPICAL: A the population's gap in seconds


class Program(NamedTuple):
    """A playbook as arrays. I instructions, F flows, M months, E events, O offers, L slots."""

    code: I64  # (I, CODE_WIDTH)
    durations: I64  # (.., 3): months, days, seconds
    windows: I64  # (.., 2): minutes from, to
    condition_code: I64  # (.., 3)
    condition_number: F64
    condition_first: I64  # by condition; the next one's first ends it
    flow_first: I64  # (F,): first instruction
    flow_on: I8
    flow_open: I8  # (F, M): entry is open in a month
    admission: I64  # (F, M): parts per million of customers who are admitted
    admission_stream: U64
    flow_running: I8  # runs already: in the world without, too
    flow_where: I64  # condition or -1
    flow_audience: I64
    flow_exit_when: I64
    flow_entry: I64  # (F, 2): ONCE | AGAIN | ALWAYS, duration
    flow_exit_on: I8  # (F, E)
    flow_key: I64  # KEY_NONE | KEY_ORDER | KEY_EVENT
    flow_count: I64  # (F, 3): events before this one, in this duration, first cell of RECENT
    flow_slots: I64  # (F, 2): first slot, slots of the flow's own effect
    existing: I64  # (F, 2): spread in seconds or -1, threshold or -1
    existing_stream: U64
    event_flows: I64  # flows by event, ids in order; event_first[e] ... event_first[e + 1]
    event_first: I64
    event_wait: I64  # (E,): wait number of an event that a step waits for, or -1
    event_nature: I64  # (E,): AFTER_ORDER ... ANY_TIME
    thresholds: I64  # durations, sorted
    threshold_flows: I64
    threshold_first: I64
    channel_cost: I64  # micro
    channel_hold: I8  # hold when the zone is unknown
    channel_quiet: I64  # quiet window row or -1: (C,)
    channel_stream: U64  # consent draws
    channel_share: F64
    email: int
    cap_limit: I64
    cap_window: I64
    cap_channel: I64  # or -1
    cap_delay: int  # duration
    offer_kind: I64
    offer_value: I64  # ppm, or minor units
    offer_valid: I64  # duration or -1
    offer_minimum: I64
    offer_once: I8
    offer_audience: I64  # condition or -1
    stackable: int
    arm_end: I64  # cumulated ppm of split arms
    arm_target: I64
    split_stream: U64
    slot_form: I64
    slot_window: I64
    slot_add: I8
    slot_stream: U64
    slot_value_stream: U64
    slot_flow: I64
    slot_repaid: I64  # the slot that says how many of its orders are repaid, or -1
    slot_repaid_stream: U64
    slot_coin: U64  # coins of its orders
    slot_response: U64
    slot_mark: U64
    mark_margin: I64  # ppm, less the payment's share: (K,), by mark
    mark_share: F64  # cumulated shares of the shop's orders
    mark_strength: F64  # (1,): how many orders the shop's shares weigh beside the customer's own
    mark_lasts: I64  # duration or -1
    mark_market: I64  # marketplace, or -1 for the shop's own
    market_kinds: I64  # 1 marketing, 2 transactional, 3 both
    market_offers: I8
    market_limit: I64  # messages, or -1
    market_window: I64  # within so many seconds, or -1: of an order
    market_sends: int  # how many sends must be remembered for it
    offer_replaces: I64  # the offer that ends when it is issued, or -1
    expiries: I64  # (.., 2): flow that starts before an offer ends, duration back
    event_engages: I8  # (E,): it shows that a message was opened or clicked
    offer_marks: I64  # first answer by mark, or -1: any order
    source_event: I64  # occurrences: how events come about
    source_nature: I64
    source_rate: F64
    season_moment: F64  # local midnights, in seconds since the start; none without a season
    season_passed: F64  # operational seconds by then
    source_lag: I64  # duration
    source_stream: U64
    order_event: int
    sign_up_event: int
    unsubscribed_event: int
    messages: int
    margin_ppm: int
    fixed_micro: int
    changes_baskets: int  # some effect is on the value of orders
    tosses_on_extras: int  # extra orders toss the coin, too
    holdout: float
    month_start: I64
    month_length: I64
    cohorts: int  # that people are counted by
    timers: I64  # (.., TIMER_WIDTH), in order of flows
    answers: I64  # of conditions on tags and own fields, by state
    # (W, WATCH_WIDTH): an audience's condition, first and past last of watch_flows, and whether
    # nothing but orders, engagements and the clock changes who belongs to it
    watches: I64
    watch_flows: I64  # flows that start on entering an audience
    earns: I64  # (.., EARN_WIDTH): in order of events
    redeems: I64  # (.., REDEEM_WIDTH)
    rewards: I64  # (.., 2): kind and size of a benefit, as of offers
    reaches: I64  # (.., 2): flow, points that start it
    warnings: I64  # (.., 2): flow or -1 (the event), duration before points lapse
    tier_levels: I64  # where each begins, from the lowest; the first is where everybody is
    tier_flows: I64  # (.., 3): flow, 1 up or 0 down, level or -1
    rights: I64  # (.., RIGHT_WIDTH)
    gifts: I64  # (.., 3): level (-1 the membership), offer, send: given on reaching it
    rhythms: I64  # (.., 2): duration, nominal seconds; of the subscription, the shortest first
    programmes: int
    subscription_marks: int  # first answer by mark, -1: any order
    subscription_discount: int  # ppm
    subscription_may: int
    renewed_event: int
    cancelled_event: int
    tier_basis: int
    tier_over: int  # duration or -1
    tier_keep: int  # duration or -1
    tier_cell: int  # of what conditions know
    tier_event: int
    fee: int
    fee_per: int  # duration
    fee_seconds: int  # nominally
    trial: int  # duration or -1
    referrals: I64  # (2, REDEEM_WIDTH): what the referrer gets, and the newcomer
    reward_after: int  # duration or -1
    reward_most: int  # rewards of one customer, 0: without limit ...
    reward_within: int  # ... in this duration
    referred_event: int
    points_expire: int
    points_life: int  # duration
    points_earned_event: int
    points_redeemed_event: int
    member_slot: int
    earn_log: int
    reads_orders: int  # conditions read the order that a run is about
    turns: int  # rotations
    told: int  # tags and fields that steps change
    send_redemption: U64  # streams by send
    send_unsubscribe: U64
    send_event: U64  # (sends, sources)
    slot_event: U64  # (slots, sources): events after an extra order
    nodes: tuple[str, ...]  # of each instruction: FLOW/STEP, #n behind it where it has several
