"""Where every table stands in the packed arrays that compiled code takes.

A compiled function that takes named tuples of arrays counts references to every array at every
call: that was nine tenths of the running time. Bare pointers are free (cells.py), and flat arrays
can be handed on as such. So a program is one int64 and one float64 array, and the first cells of
the int64 one say where each table begins (or are the value itself): `p[p[FLOW_ON] + flow]` reads
row `flow` of table FLOW_ON. Numbers of random streams are kept as the int64 of the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.numbering import Numbering
from playbook_runtime.kernel.tables import (
    F64,
    I64,
    PROGRAMME_DRAWS,
    Draws,
    People,
    Zones,
)

# Cells of the program: where its tables of integers begin, of floats, of zones; then single values
# and how many there are of each thing. To add one is to add a line here.
_cells = Numbering()
CODE = _cells.next("code")
DURATIONS = _cells.next("durations")
WINDOWS = _cells.next("windows")
CONDITION_CODE = _cells.next("condition_code")
CONDITION_FIRST = _cells.next("condition_first")
FLOW_FIRST = _cells.next("flow_first")
FLOW_ON = _cells.next("flow_on")
FLOW_OPEN = _cells.next("flow_open")
ADMISSION = _cells.next("admission")
ADMISSION_STREAM = _cells.next("admission_stream")
FLOW_WHERE = _cells.next("flow_where")
FLOW_AUDIENCE = _cells.next("flow_audience")
FLOW_EXIT_WHEN = _cells.next("flow_exit_when")
FLOW_ENTRY = _cells.next("flow_entry")
FLOW_EXIT_ON = _cells.next("flow_exit_on")
FLOW_KEY = _cells.next("flow_key")
FLOW_COUNT = _cells.next("flow_count")
FLOW_SLOTS = _cells.next("flow_slots")
EXISTING = _cells.next("existing")
EXISTING_STREAM = _cells.next("existing_stream")
EVENT_FLOWS = _cells.next("event_flows")
EVENT_FIRST = _cells.next("event_first")
EVENT_WAIT = _cells.next("event_wait")
EVENT_NATURE = _cells.next("event_nature")
THRESHOLDS = _cells.next("thresholds")
THRESHOLD_FLOWS = _cells.next("threshold_flows")
THRESHOLD_FIRST = _cells.next("threshold_first")
CHANNEL_COST = _cells.next("channel_cost")
CHANNEL_HOLD = _cells.next("channel_hold")
CHANNEL_QUIET = _cells.next("channel_quiet")
CHANNEL_STREAM = _cells.next("channel_stream")
CAP_LIMIT = _cells.next("cap_limit")
CAP_WINDOW = _cells.next("cap_window")
CAP_CHANNEL = _cells.next("cap_channel")
OFFER_KIND = _cells.next("offer_kind")
OFFER_VALUE = _cells.next("offer_value")
OFFER_VALID = _cells.next("offer_valid")
OFFER_MINIMUM = _cells.next("offer_minimum")
OFFER_ONCE = _cells.next("offer_once")
OFFER_AUDIENCE = _cells.next("offer_audience")
ARM_END = _cells.next("arm_end")
ARM_TARGET = _cells.next("arm_target")
SPLIT_STREAM = _cells.next("split_stream")
SLOT_FORM = _cells.next("slot_form")
SLOT_WINDOW = _cells.next("slot_window")
SLOT_ADD = _cells.next("slot_add")
SLOT_STREAM = _cells.next("slot_stream")
SLOT_VALUE_STREAM = _cells.next("slot_value_stream")
SLOT_FLOW = _cells.next("slot_flow")
SLOT_REPAID = _cells.next("slot_repaid")
SLOT_REPAID_STREAM = _cells.next("slot_repaid_stream")
SLOT_COIN = _cells.next("slot_coin")
SLOT_RESPONSE = _cells.next("slot_response")
SLOT_MARK = _cells.next("slot_mark")
MARK_MARGIN = _cells.next("mark_margin")
MARK_LASTS = _cells.next("mark_lasts")
MARK_MARKET = _cells.next("mark_market")
MARKET_KINDS = _cells.next("market_kinds")
MARKET_OFFERS = _cells.next("market_offers")
MARKET_LIMIT = _cells.next("market_limit")
MARKET_WINDOW = _cells.next("market_window")
OFFER_MARKS = _cells.next("offer_marks")
OFFER_REPLACES = _cells.next("offer_replaces")
EXPIRY_FLOWS = _cells.next("expiries")
EVENT_ENGAGES = _cells.next("event_engages")
SOURCE_EVENT = _cells.next("source_event")
SOURCE_NATURE = _cells.next("source_nature")
SOURCE_LAG = _cells.next("source_lag")
SOURCE_STREAM = _cells.next("source_stream")
MONTH_START = _cells.next("month_start")
MONTH_LENGTH = _cells.next("month_length")
SEND_REDEMPTION = _cells.next("send_redemption")
SEND_UNSUBSCRIBE = _cells.next("send_unsubscribe")
SEND_EVENT = _cells.next("send_event")
SLOT_EVENT = _cells.next("slot_event")
TIMERS = _cells.next("timers")
ANSWERS = _cells.next("answers")
WATCHES = _cells.next("watches")
WATCH_FLOWS = _cells.next("watch_flows")
EARNS = _cells.next("earns")
REDEEMS = _cells.next("redeems")
REWARDS = _cells.next("rewards")
REACHES = _cells.next("reaches")
WARNINGS = _cells.next("warnings")
TIER_LEVELS = _cells.next("tier_levels")
TIER_FLOWS = _cells.next("tier_flows")
RIGHTS = _cells.next("rights")
GIFTS = _cells.next("gifts")
RHYTHMS = _cells.next("rhythms")
REFERRALS = _cells.next("referrals")
_INTEGER_TABLES = _cells.names()

CONDITION_NUMBER = _cells.next("condition_number")
CHANNEL_SHARE = _cells.next("channel_share")
SOURCE_RATE = _cells.next("source_rate")
MARK_SHARE = _cells.next("mark_share")
MARK_STRENGTH = _cells.next("mark_strength")
SEASON_MOMENT = _cells.next("season_moment")
SEASON_PASSED = _cells.next("season_passed")
_FLOAT_TABLES = _cells.names()

ZONE_FIRST = _cells.next("first")
ZONE_MOMENT = _cells.next("moment")
ZONE_OFFSET = _cells.next("offset")
_ZONE_TABLES = _cells.names()

EMAIL = _cells.next("email")
CAP_DELAY = _cells.next("cap_delay")
STACKABLE = _cells.next("stackable")
ORDER_EVENT = _cells.next("order_event")
SIGN_UP_EVENT = _cells.next("sign_up_event")
UNSUBSCRIBED_EVENT = _cells.next("unsubscribed_event")
MARGIN_PPM = _cells.next("margin_ppm")
FIXED_MICRO = _cells.next("fixed_micro")
READS_ORDERS = _cells.next("reads_orders")
CHANGES_BASKETS = _cells.next("changes_baskets")
TOSSES_ON_EXTRAS = _cells.next("tosses_on_extras")
MARKET_SENDS = _cells.next("market_sends")
PROGRAMMES = _cells.next("programmes")
POINTS_EXPIRE = _cells.next("points_expire")
POINTS_LIFE = _cells.next("points_life")
POINTS_EARNED_EVENT = _cells.next("points_earned_event")
POINTS_REDEEMED_EVENT = _cells.next("points_redeemed_event")
MEMBER_SLOT = _cells.next("member_slot")
TIER_BASIS = _cells.next("tier_basis")
TIER_OVER = _cells.next("tier_over")
TIER_KEEP = _cells.next("tier_keep")
TIER_CELL = _cells.next("tier_cell")
TIER_EVENT = _cells.next("tier_event")
FEE = _cells.next("fee")
FEE_PER = _cells.next("fee_per")
FEE_SECONDS = _cells.next("fee_seconds")
TRIAL = _cells.next("trial")
REWARD_AFTER = _cells.next("reward_after")
REWARD_MOST = _cells.next("reward_most")
REWARD_WITHIN = _cells.next("reward_within")
REFERRED_EVENT = _cells.next("referred_event")
SUBSCRIPTION_MARKS = _cells.next("subscription_marks")
SUBSCRIPTION_DISCOUNT = _cells.next("subscription_discount")
SUBSCRIPTION_MAY = _cells.next("subscription_may")
RENEWED_EVENT = _cells.next("renewed_event")
CANCELLED_EVENT = _cells.next("cancelled_event")
_VALUES = _cells.names()

# How many rows a table has.
FLOWS = _cells.next("flow_first")
EVENTS_COUNTED = _cells.next("event_wait")
CHANNELS = _cells.next("channel_cost")
CAPS = _cells.next("cap_limit")
OFFERS = _cells.next("offer_kind")
SOURCES = _cells.next("source_event")
LAPSES = _cells.next("thresholds")
SLOTS = _cells.next("slot_form")
CLOCKS = _cells.next("timers")
WATCHED = _cells.next("watches")
MONTHS = _cells.next("month_start")
SEASONS = _cells.next("season_moment")
MARKS = _cells.next("mark_margin")
MARKETS = _cells.next("market_kinds")
EARNINGS = _cells.next("earns")
REDEMPTIONS = _cells.next("redeems")
REACHED = _cells.next("reaches")
WARNED = _cells.next("warnings")
LEVELS = _cells.next("tier_levels")
CHANGES = _cells.next("tier_flows")
GIVEN = _cells.next("gifts")
RHYTHM_COUNT = _cells.next("rhythms")
EXPIRIES = _cells.next("expiries")
_COUNTED_TABLES = _cells.names()
_HEADER = _cells.count

HOLDOUT_SHARE = 0  # in the float array

# Columns of packed people: integers (then consent by channel, statics, last events), and floats.
_people = Numbering()
KEY = _people.next("key")
KIND = _people.next("kind")
X = _people.next("x")
REPEAT_VALUE = _people.next("repeat_value")
ORDERS_BEFORE = _people.next("orders")
REVENUE_BEFORE = _people.next("revenue")
FIRST_BEFORE = _people.next("first_order")
LAST_BEFORE = _people.next("last_order")
ZONE_OF = _people.next("zone")
BASE = _people.next("base")
MONTH = _people.next("month")
ORDINAL = _people.next("index")
BORN_ON = _people.next("birthday")
LATEST_MARK = _people.next("latest_mark")
COHORT = _people.next("cohort")
BASIS = _people.next("basis")
BASIS_AT = _people.next("basis_at")
_PEOPLE = _people.names()
CONSENT = _people.count
T_X, T = 0, 1

# Columns of packed draws. Integers: number, k, m, newcomers and prospects by month.
DRAW_NUMBER, PHASES, TOSSES_FIRST, NEWCOMERS = 0, 1, 2, 3
# Floats, kept in the float memory from DRAWN on: then effects by slot and redemption by send.
R, ALPHA, A, B, P, Q, GAMMA, DRIFT, UNSUBSCRIBE, FATIGUE = range(10)
PROGRAMME = FATIGUE + 5  # what is assumed of programmes, in the order of tables.PROGRAMME_DRAWS
PARTICIPATION = PROGRAMME + PROGRAMME_DRAWS.index("participation")
POINTS_REDEMPTION = PROGRAMME + PROGRAMME_DRAWS.index("redemption")
JOIN = PROGRAMME + PROGRAMME_DRAWS.index("join")
RENEW = PROGRAMME + PROGRAMME_DRAWS.index("renew")
SUBSCRIBE = PROGRAMME + PROGRAMME_DRAWS.index("subscribe")
STAY = PROGRAMME + PROGRAMME_DRAWS.index("stay")
UNLIKE = PROGRAMME + PROGRAMME_DRAWS.index("unlike")
SKIPS = PROGRAMME + PROGRAMME_DRAWS.index("skips")
PAUSES = PROGRAMME + PROGRAMME_DRAWS.index("pauses")
CHANGES_RHYTHM = PROGRAMME + PROGRAMME_DRAWS.index("changes")
REFERRED = PROGRAMME + PROGRAMME_DRAWS.index("referred")
ANYWAY = PROGRAMME + PROGRAMME_DRAWS.index("anyway")
EFFECT = PROGRAMME + len(PROGRAMME_DRAWS)


def packed_program(program: Program, zones: Zones) -> tuple[I64, F64]:
    """Return a program and its zones as (integers, floats)."""
    header = np.zeros(_HEADER, dtype=np.int64)
    integers: list[I64] = [header]
    floats: list[F64] = [np.array([program.holdout])]
    length, float_length = _HEADER, 1
    for cell, name in _INTEGER_TABLES:
        header[cell] = length
        integers.append(_bits(getattr(program, name)))
        length += len(integers[-1])
    for cell, name in _FLOAT_TABLES:
        header[cell] = float_length
        floats.append(getattr(program, name))
        float_length += len(floats[-1])
    for cell, name in _ZONE_TABLES:
        header[cell] = length
        integers.append(_bits(getattr(zones, name)))
        length += len(integers[-1])
    for cell, name in _VALUES:
        header[cell] = getattr(program, name)
    for cell, name in _COUNTED_TABLES:
        header[cell] = len(getattr(program, name))
    return np.concatenate(integers), np.concatenate(floats)


def packed_people(people: People) -> tuple[I64, F64]:
    """Return people as (integers, floats), one row a person."""
    columns = [_bits(getattr(people, name)) for _, name in _PEOPLE]
    flat = np.column_stack(
        [
            *columns,
            people.consent,
            people.static,
            people.last_event,
            people.mark_orders,
            people.mark_moment,
        ]
    )
    return (
        np.ascontiguousarray(flat, dtype=np.int64),
        np.ascontiguousarray(np.column_stack([people.t_x, people.T]), dtype=np.float64),
    )


def packed_draws(draws: Draws) -> tuple[I64, F64]:
    """Return draws as (integers, floats), one row a draw."""
    integers = np.column_stack(
        [draws.number.view(np.int64), draws.k, draws.m, draws.newcomers, draws.prospects]
    )
    floats = np.column_stack(
        [
            draws.behaviour,
            draws.spend,
            draws.drift,
            draws.unsubscribe,
            draws.fatigue,
            _programme(draws),
            draws.effect,
            draws.redemption,
        ]
    )
    return (
        np.ascontiguousarray(integers, dtype=np.int64),
        np.ascontiguousarray(floats, dtype=np.float64),
    )


def _programme(draws: Draws) -> F64:
    """Return what is assumed of programmes; nothing where nobody asked."""
    if len(draws.programme):
        return draws.programme
    return np.zeros((len(draws.number), len(PROGRAMME_DRAWS)))


def _bits(table: NDArray[Any]) -> I64:
    flat = np.ascontiguousarray(table).ravel()
    if flat.dtype == np.uint64:
        return flat.view(np.int64)
    return flat.astype(np.int64)
