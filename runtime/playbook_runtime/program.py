"""The trigger DAG lowered to the flat tables that the kernel runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playbook_compiler.currency import DECIMALS
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.values import replace
from playbook_runtime import program_rules as rules
from playbook_runtime import program_steps as steps
from playbook_runtime.condition_code import ENGAGING, CodeList, names_of
from playbook_runtime.heard import subscription_of, told_of
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.launch import (
    ADDED,
    BASKET,
    DROPOUT,
    ENTRY_STEP,
    RATE,
    REPAID,
    REVIVE,
    Launch,
    stream,
)
from playbook_runtime.program_programmes import (
    CHANGED,
    EARNED,
    REDEEMED,
    REFERRED,
    programme_tables,
)
from playbook_runtime.program_subscription import CANCELLED, RENEWED, subscription_tables
from playbook_runtime.program_timers import timers

FORMS = {
    RATE: code.FORM_RATE,
    ADDED: code.FORM_ADDED,
    DROPOUT: code.FORM_DROPOUT,
    REVIVE: code.FORM_REVIVE,
    BASKET: code.FORM_BASKET,
    REPAID: code.FORM_REPAID,
}
ORDER, SIGN_UP, UNSUBSCRIBED = "order_placed", "sign_up", "unsubscribed"


def build_program(graph: TriggerGraph, launch: Launch) -> tuple[Program, list[Diagnostic]]:
    """Return the program of a graph for one launch, and what of it cannot be simulated yet."""
    playbook = graph.playbook
    decimals, months = DECIMALS[playbook.currency], len(launch.month_start)
    tables = steps.Tables()
    flows = sorted(playbook.flows.values(), key=lambda flow: flow.id)
    offers = sorted(playbook.offers.values(), key=lambda offer: offer.id)
    messages = sorted(playbook.messages.values(), key=lambda message: message.id)
    natures = {event: rules.nature(graph, launch, event) for event in launch.events}
    flow_key = [rules.key(flow, natures) for flow in flows]
    names = replace(
        names_of(
            playbook,
            channels=launch.channels,
            events=launch.events,
            statics=launch.statics,
            told=told_of(graph),
            cuts=launch.cuts,
            duration=tables.duration,
            marks=launch.orders.marks,
            silence=launch.silence,
        ),
        order_flows=frozenset(
            flow.id for flow, key in zip(flows, flow_key, strict=True) if key == code.KEY_ORDER
        ),
    )
    conditions = CodeList(names)
    waits = steps.waited_events(graph)
    rows = steps.instructions(graph, launch, names, tables, conditions, waits)
    guardrails = playbook.guardrails
    economics = playbook.economics
    thresholds, threshold_flows, threshold_first = rules.lapse_timer(flows, tables)
    event_flows, event_first = rules.by_event(flows, launch)
    quiet = rules.quiet_window(guardrails, tables)
    hold = [rules.holds_unknown_zone(guardrails, name) for name in launch.channels]
    integer = np.int64

    def numbers(values: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(values, dtype=integer)

    def streams(texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        return np.array([stream(text) for text in texts], dtype=np.uint64)

    flow_where = [conditions.of(flow.id, flow.trigger.where) for flow in flows]
    flow_audience = [conditions.of(flow.id, flow.audience) for flow in flows]
    flow_exit_when = [conditions.of(flow.id, flow.exit_when) for flow in flows]
    watches, watch_flows = rules.watches(flows, conditions)
    offer_audience = [conditions.add(rules.who_may_get(offer, guardrails)) for offer in offers]
    offer_valid = [-1 if o.valid is None else tables.duration(o.valid) for o in offers]
    cap_delay = tables.duration(rules.delay(guardrails))
    marks = launch.orders.marks
    markets = list(playbook.marketplaces.values()) if marks else []
    market_limits = [rules.market_limit(one) for one in markets]
    mark_lasts = [rules.lasts(playbook, mark, tables) for mark in marks]
    offer_marks = [rules.offer_marks(playbook, offer, marks, conditions) for offer in offers]
    expiries = rules.expiries(flows, tables)
    entry = [rules.entry(flow, tables) for flow in flows]
    flow_count = rules.counts(flows, tables)
    existing = [rules.existing(flow, thresholds, tables) for flow in flows]
    source_lag = [tables.duration(occurrence.lag) for occurrence in launch.occurrences]
    clocks = timers(flows, launch, tables)
    programmes = programme_tables(playbook, flows, launch, tables, conditions)
    subscription = subscription_tables(subscription_of(playbook), marks, tables, conditions)
    caps = guardrails.frequency if guardrails is not None else ()
    program = Program(
        code=np.array([row for row, _ in rows], dtype=integer).reshape(-1, code.CODE_WIDTH),
        durations=np.array(tables.durations, dtype=integer).reshape(-1, 3),
        windows=np.array(tables.windows, dtype=integer).reshape(-1, 2),
        condition_code=np.array(conditions.rows, dtype=integer).reshape(-1, 3),
        condition_number=np.array(conditions.numbers, dtype=np.float64),
        condition_first=numbers([*conditions.first, len(conditions.rows)]),
        flow_first=numbers([steps.first_row(graph, flow, rows) for flow in flows]),
        flow_on=np.array([flow.enabled for flow in flows], dtype=np.int8),
        flow_open=np.array(
            [launch.open_months.get(flow.id, (True,) * months) for flow in flows], dtype=np.int8
        ).reshape(-1, months),
        admission=np.array(
            [launch.admission.get(flow.id, (code.WHOLE,) * months) for flow in flows], dtype=integer
        ).reshape(-1, months),
        admission_stream=streams([f"admission/{flow.id}" for flow in flows]),
        flow_running=np.array([flow.running is not None for flow in flows], dtype=np.int8),
        flow_where=numbers(flow_where),
        flow_audience=numbers(flow_audience),
        flow_exit_when=numbers(flow_exit_when),
        flow_entry=np.array(entry, dtype=integer).reshape(-1, 2),
        flow_exit_on=np.array(
            [[event in (flow.exit_on or ()) for event in launch.events] for flow in flows],
            dtype=np.int8,
        ).reshape(-1, len(launch.events)),
        flow_key=numbers(flow_key),
        flow_count=np.array(flow_count, dtype=integer).reshape(-1, 3),
        flow_slots=np.array(
            [steps.slots_of(launch, flow.id, ENTRY_STEP) for flow in flows], dtype=integer
        ).reshape(-1, 2),
        existing=np.array(existing, dtype=integer).reshape(-1, 2),
        existing_stream=streams([f"existing/{flow.id}" for flow in flows]),
        event_flows=numbers(event_flows),
        event_first=numbers(event_first),
        event_wait=numbers([waits.index(e) if e in waits else -1 for e in launch.events]),
        event_nature=numbers(
            [rules.NATURES.get(natures[event], code.ANY_TIME) for event in launch.events]
        ),
        thresholds=numbers(thresholds),
        threshold_flows=numbers(threshold_flows),
        threshold_first=numbers(threshold_first),
        channel_cost=numbers(
            [rules.message_cost(economics, name).micro(decimals) for name in launch.channels]
        ),
        channel_hold=np.array(hold, dtype=np.int8),
        channel_quiet=numbers([quiet for _ in launch.channels]),
        channel_stream=streams([f"consent/{name}" for name in launch.channels]),
        channel_share=np.array(
            [launch.consent_share.get(name, 0.0) for name in launch.channels], dtype=np.float64
        ),
        email=names.channels.get("email", -1),
        cap_limit=numbers([cap.at_most for cap in caps]),
        cap_window=numbers([rules.window_seconds(cap.per) for cap in caps]),
        cap_channel=numbers([names.channels[c.channel] if c.channel else -1 for c in caps]),
        cap_delay=cap_delay,
        offer_kind=numbers([rules.benefit(offer, economics, decimals)[0] for offer in offers]),
        offer_value=numbers([rules.benefit(offer, economics, decimals)[1] for offer in offers]),
        offer_valid=numbers(offer_valid),
        offer_minimum=numbers([(o.minimum or steps.FREE).minor(decimals) for o in offers]),
        offer_once=np.array([offer.once_per_customer for offer in offers], dtype=np.int8),
        offer_audience=numbers(offer_audience),
        stackable=int(rules.stackable(guardrails)),
        arm_end=numbers(tables.arm_end),
        arm_target=numbers([steps.row_of(rows, target) for target in tables.arm_target]),
        split_stream=streams([f"split/{node}" for node in tables.splits]),
        slot_form=numbers([FORMS[slot.form] for slot in launch.slots]),
        # What a flow that runs already changes is in the past orders: its effects never begin.
        slot_window=numbers(
            [
                0 if rules.runs_already(playbook, slot.flow) else slot.window_seconds
                for slot in launch.slots
            ]
        ),
        slot_add=np.array([slot.add for slot in launch.slots], dtype=np.int8),
        slot_stream=streams([f"{s.form}/{s.flow}/{s.step}" for s in launch.slots]),
        slot_value_stream=streams([f"value/{s.flow}/{s.step}/{s.form}" for s in launch.slots]),
        slot_flow=numbers([names.flows.get(slot.flow, -1) for slot in launch.slots]),
        slot_repaid=numbers([steps.repaid_slot(launch, slot) for slot in launch.slots]),
        slot_repaid_stream=streams([f"repaid/{s.flow}/{s.step}/{s.form}" for s in launch.slots]),
        slot_coin=streams([f"coin/{s.flow}/{s.step}/{s.form}" for s in launch.slots]),
        slot_mark=streams([f"mark/{s.flow}/{s.step}/{s.form}" for s in launch.slots]),
        mark_margin=numbers([rules.margin_ppm(economics, mark.category) for mark in marks]),
        mark_share=np.array(launch.orders.shares, dtype=np.float64),
        mark_strength=np.array([launch.orders.strength]),
        mark_lasts=numbers(mark_lasts),
        mark_market=numbers([rules.market_of(playbook, mark) for mark in marks]),
        market_kinds=numbers([rules.allowed_kinds(one) for one in markets]),
        market_offers=np.array([one.offers for one in markets], dtype=np.int8),
        market_limit=numbers([limit for limit, _ in market_limits]),
        market_window=numbers([window for _, window in market_limits]),
        market_sends=max((limit for limit, window in market_limits if window >= 0), default=0),
        offer_marks=numbers(offer_marks),
        offer_replaces=numbers([names.offers.get(o.replaces, -1) for o in offers]),
        expiries=np.array(expiries, dtype=integer).reshape(-1, 2),
        event_engages=np.array([event in ENGAGING for event in launch.events], dtype=np.int8),
        slot_response=streams([f"revive/{slot.flow}" for slot in launch.slots]),
        source_event=numbers([names.events[o.event] for o in launch.occurrences]),
        source_nature=numbers(
            [rules.NATURES.get(natures[o.event], code.ANY_TIME) for o in launch.occurrences]
        ),
        source_rate=np.array(
            [rules.rate(natures[o.event], o.rate, launch) for o in launch.occurrences],
            dtype=np.float64,
        ),
        season_moment=np.array(launch.season.moments, dtype=np.float64),
        season_passed=np.array(launch.season.passed, dtype=np.float64),
        source_lag=numbers(source_lag),
        source_stream=streams([f"event/{o.event}" for o in launch.occurrences]),
        order_event=names.events[ORDER],
        sign_up_event=names.events.get(SIGN_UP, -1),
        unsubscribed_event=names.events.get(UNSUBSCRIBED, -1),
        messages=len(messages),
        margin_ppm=rules.margin_ppm(economics),
        changes_baskets=int(any(slot.form == BASKET for slot in launch.slots)),
        tosses_on_extras=int(launch.coins_on_extra_orders),
        fixed_micro=rules.fixed_costs(economics).micro(decimals),
        holdout=float(launch.holdout),
        month_start=numbers(launch.month_start),
        month_length=numbers(launch.month_length),
        cohorts=len(launch.cohorts),
        send_redemption=streams([f"redemption/{send}" for send in launch.sends]),
        send_unsubscribe=streams([f"unsubscribe/{send}" for send in launch.sends]),
        send_event=streams(
            [f"event/{o.event}/{send}" for send in launch.sends for o in launch.occurrences]
        ),
        slot_event=streams(
            [
                f"event/{o.event}/{s.flow}/{s.step}/{s.form}"
                for s in launch.slots
                for o in launch.occurrences
            ]
        ),
        timers=np.array(clocks, dtype=integer).reshape(-1, code.TIMER_WIDTH),
        answers=numbers(conditions.answers),
        watches=np.array(watches, dtype=integer).reshape(-1, code.WATCH_WIDTH),
        watch_flows=numbers(watch_flows),
        earns=np.array(programmes.earns, dtype=integer).reshape(-1, code.EARN_WIDTH),
        redeems=np.array(programmes.redeems, dtype=integer).reshape(-1, code.REDEEM_WIDTH),
        rewards=np.array(programmes.rewards, dtype=integer).reshape(-1, 2),
        reaches=np.array(programmes.reaches, dtype=integer).reshape(-1, 2),
        warnings=np.array(programmes.warnings, dtype=integer).reshape(-1, 2),
        tier_levels=numbers(programmes.levels),
        tier_flows=np.array(programmes.tier_flows, dtype=integer).reshape(-1, 3),
        rights=np.array(programmes.rights, dtype=integer).reshape(-1, code.RIGHT_WIDTH),
        gifts=np.array(programmes.gifts, dtype=integer).reshape(-1, 3),
        rhythms=np.array(subscription.rhythms, dtype=integer).reshape(-1, 2),
        programmes=programmes.on,
        subscription_marks=subscription.marks,
        subscription_discount=subscription.discount,
        subscription_may=subscription.may,
        renewed_event=names.events.get(RENEWED, -1),
        cancelled_event=names.events.get(CANCELLED, -1),
        tier_basis=programmes.tier_basis,
        tier_over=programmes.tier_over,
        tier_keep=programmes.tier_keep,
        tier_cell=programmes.tier_cell,
        tier_event=names.events.get(CHANGED, -1),
        fee=programmes.fee,
        fee_per=programmes.fee_per,
        fee_seconds=programmes.fee_seconds,
        trial=programmes.trial,
        referrals=np.array(programmes.referrals, dtype=integer).reshape(-1, code.REDEEM_WIDTH),
        reward_after=programmes.reward_after,
        reward_most=programmes.reward_most,
        reward_within=programmes.reward_within,
        referred_event=names.events.get(REFERRED, -1),
        points_expire=programmes.points_expire,
        points_life=programmes.points_life,
        points_earned_event=names.events.get(EARNED, -1),
        points_redeemed_event=names.events.get(REDEEMED, -1),
        member_slot=programmes.member_slot,
        earn_log=programmes.earn_log,
        reads_orders=int(bool(markets) or conditions.reads_orders or programmes.needs_orders),
        turns=len(tables.rotations),
        told=len(names.told),
        nodes=tuple(name for _, name in rows),
    )
    return program, conditions.findings
