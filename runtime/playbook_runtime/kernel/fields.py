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
from playbook_runtime.kernel.tables import F64, I64, Draws, People, Zones

# Cells of the program: tables of integers, then tables of floats, then zones, then values.
(
    CODE,
    DURATIONS,
    WINDOWS,
    CONDITION_CODE,
    CONDITION_FIRST,
    FLOW_FIRST,
    FLOW_ON,
    FLOW_WHERE,
    FLOW_AUDIENCE,
    FLOW_EXIT_WHEN,
    FLOW_ENTRY,
    FLOW_EXIT_ON,
    FLOW_KEY,
    FLOW_COUNT,
    FLOW_SLOTS,
    EXISTING,
    EXISTING_STREAM,
    EVENT_FLOWS,
    EVENT_FIRST,
    EVENT_WAIT,
    THRESHOLDS,
    THRESHOLD_FLOWS,
    THRESHOLD_FIRST,
    CHANNEL_COST,
    CHANNEL_HOLD,
    CHANNEL_QUIET,
    CHANNEL_STREAM,
    CAP_LIMIT,
    CAP_WINDOW,
    CAP_CHANNEL,
    OFFER_KIND,
    OFFER_VALUE,
    OFFER_VALID,
    OFFER_MINIMUM,
    OFFER_ONCE,
    OFFER_AUDIENCE,
    ARM_END,
    ARM_TARGET,
    SPLIT_STREAM,
    SLOT_FORM,
    SLOT_WINDOW,
    SLOT_ADD,
    SLOT_STREAM,
    SLOT_VALUE_STREAM,
    SLOT_FLOW,
    SOURCE_EVENT,
    SOURCE_NATURE,
    SOURCE_LAG,
    SOURCE_STREAM,
    MONTH_START,
    MONTH_LENGTH,
    SEND_REDEMPTION,
    SEND_UNSUBSCRIBE,
    SEND_EVENT,
    SLOT_EVENT,
    TIMERS,
    ANSWERS,
    WATCHES,
    WATCH_FLOWS,
) = range(59)
_INTEGER_TABLES = (
    "code", "durations", "windows", "condition_code", "condition_first", "flow_first",
    "flow_on", "flow_where", "flow_audience", "flow_exit_when", "flow_entry", "flow_exit_on",
    "flow_key", "flow_count", "flow_slots", "existing", "existing_stream", "event_flows",
    "event_first", "event_wait", "thresholds", "threshold_flows", "threshold_first", "channel_cost",
    "channel_hold", "channel_quiet", "channel_stream", "cap_limit",
    "cap_window", "cap_channel", "offer_kind", "offer_value", "offer_valid", "offer_minimum",
    "offer_once", "offer_audience", "arm_end", "arm_target", "split_stream",
    "slot_form", "slot_window", "slot_add", "slot_stream", "slot_value_stream", "slot_flow",
    "source_event", "source_nature", "source_lag", "source_stream", "month_start",
    "month_length", "send_redemption", "send_unsubscribe", "send_event", "slot_event",
    "timers", "answers", "watches", "watch_flows",
)  # fmt: skip
CONDITION_NUMBER, CHANNEL_SHARE, SOURCE_RATE = 59, 60, 61
_FLOAT_TABLES = ("condition_number", "channel_share", "source_rate")
ZONE_FIRST, ZONE_MOMENT, ZONE_OFFSET = 62, 63, 64
(
    EMAIL,
    CAP_DELAY,
    STACKABLE,
    ORDER_EVENT,
    SIGN_UP_EVENT,
    UNSUBSCRIBED_EVENT,
    MARGIN_PPM,
    FIXED_MICRO,
    READS_ORDERS,
) = range(65, 74)
_VALUES = (
    "email", "cap_delay", "stackable", "order_event", "sign_up_event", "unsubscribed_event",
    "margin_ppm", "fixed_micro", "reads_orders",
)  # fmt: skip
FLOWS, EVENTS_COUNTED, CHANNELS, CAPS, OFFERS, SOURCES, LAPSES, SLOTS, CLOCKS, WATCHED = range(
    74, 84
)
_HEADER = 84
HOLDOUT_SHARE = 0  # in the float array

# Columns of packed people: integers, then consent by channel, statics, last events.
(
    KEY,
    KIND,
    X,
    REPEAT_VALUE,
    ORDERS_BEFORE,
    REVENUE_BEFORE,
    FIRST_BEFORE,
    LAST_BEFORE,
    ZONE_OF,
    BASE,
    MONTH,
    ORDINAL,
    BORN_ON,
    CONSENT,
) = range(14)
T_X, T = 0, 1

# Columns of packed draws. Integers: number, m, newcomers and prospects by month.
DRAW_NUMBER, TOSSES_FIRST, NEWCOMERS = 0, 1, 2
# Floats, kept in the float memory from DRAWN on: then effects by slot and redemption by send.
R, ALPHA, A, B, P, Q, GAMMA, DRIFT, UNSUBSCRIBE, FATIGUE = range(10)
EFFECT = 14


def packed_program(program: Program, zones: Zones) -> tuple[I64, F64]:
    """Return a program and its zones as (integers, floats)."""
    header = np.zeros(_HEADER, dtype=np.int64)
    integers: list[I64] = [header]
    floats: list[F64] = [np.array([program.holdout])]
    length, float_length = _HEADER, 1
    tables = [_bits(getattr(program, name)) for name in _INTEGER_TABLES]
    for cell, table in enumerate(tables):
        header[cell] = length
        integers.append(table)
        length += len(table)
    for cell, name in enumerate(_FLOAT_TABLES, CONDITION_NUMBER):
        header[cell] = float_length
        floats.append(getattr(program, name))
        float_length += len(floats[-1])
    for cell, table in enumerate((zones.first, zones.moment, zones.offset), ZONE_FIRST):
        header[cell] = length
        integers.append(_bits(table))
        length += len(table)
    for cell, name in enumerate(_VALUES, EMAIL):
        header[cell] = getattr(program, name)
    header[FLOWS : WATCHED + 1] = (
        len(program.flow_first),
        len(program.event_wait),
        len(program.channel_cost),
        len(program.cap_limit),
        len(program.offer_kind),
        len(program.source_event),
        len(program.thresholds),
        len(program.slot_form),
        len(program.timers),
        len(program.watches),
    )
    return np.concatenate(integers), np.concatenate(floats)


def packed_people(people: People) -> tuple[I64, F64]:
    """Return people as (integers, floats), one row a person."""
    columns: list[NDArray[Any]] = [
        people.key.view(np.int64),
        people.kind,
        people.x,
        people.repeat_value,
        people.orders,
        people.revenue,
        people.first_order,
        people.last_order,
        people.zone,
        people.base,
        people.month,
        people.index,
        people.birthday,
    ]
    flat = np.column_stack([*columns, people.consent, people.static, people.last_event])
    return (
        np.ascontiguousarray(flat, dtype=np.int64),
        np.ascontiguousarray(np.column_stack([people.t_x, people.T]), dtype=np.float64),
    )


def packed_draws(draws: Draws) -> tuple[I64, F64]:
    """Return draws as (integers, floats), one row a draw."""
    integers = np.column_stack(
        [draws.number.view(np.int64), draws.m, draws.newcomers, draws.prospects]
    )
    floats = np.column_stack(
        [
            draws.behaviour,
            draws.spend,
            draws.drift,
            draws.unsubscribe,
            draws.fatigue,
            draws.effect,
            draws.redemption,
        ]
    )
    return (
        np.ascontiguousarray(integers, dtype=np.int64),
        np.ascontiguousarray(floats, dtype=np.float64),
    )


def _bits(table: NDArray[Any]) -> I64:
    flat = np.ascontiguousarray(table).ravel()
    if flat.dtype == np.uint64:
        return flat.view(np.int64)
    return flat.astype(np.int64)
