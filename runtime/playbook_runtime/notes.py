"""What a reader of a projection must know besides its numbers, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from playbook_compiler.conditions import FactTest, InTop, nodes
from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.message_choice import LADDER
from playbook_compiler.steps import Send, Step
from playbook_compiler.triggers import (
    BIRTHDAY,
    DateTrigger,
    EntersAudience,
    Inactivity,
    Replenishment,
)
from playbook_compiler.units import DAY_SECONDS
from playbook_runtime.counted import count_of, word_of
from playbook_runtime.heard import TIER_FACT, conditions_of, ladder_events, told_of
from playbook_runtime.kernel.layout import WITH, PerFlow, World, flow_column, world_column
from playbook_runtime.kernel.tables import HISTORY, I64, PROSPECT
from playbook_runtime.observed import Observed
from playbook_runtime.population import SCORES, SEGMENT
from playbook_runtime.prepare import Prepared
from playbook_runtime.unsimulated import unused_keys

LEFT_OUT_RULES = frozenset({"not-yet-simulated", "event-never-happens", "assumption-does-not-fit"})
LAPSED, LAPSED_DAYS = "email.lapsed", 300
COSTLY_RIGHTS = frozenset(
    {
        *("fast-shipping", "free-returns", "longer-returns", "priority-support"),
        *("personal-adviser", "birthday-gift", "surprise-gift", "handwritten-card"),
        *("invitations", "free-samples"),
    }
)
NO_MARGIN = "No `economics:`: margin is taken as 100% and messages as free, so profit is too high."


def notes(
    graph: TriggerGraph,
    data: Observed,
    prepared: Prepared,
    counts: I64,
    findings: Iterable[Diagnostic],
) -> tuple[str, ...]:
    """Return the notes of a projection; `counts` are those of the headline, `findings` all that was
    found on the way."""
    told = (
        *_newcomers(graph, prepared),
        *_model(graph, prepared),
        *_money(graph),
        *_day_one(graph, data, prepared),
        *_overlap(counts),
        *_flows(graph),
        *_borrowed(graph, prepared),
        *_taken_over(graph),
        *_by_the_clock(graph, prepared),
        *_scores(graph),
        *_deeds(graph, counts),
        *_programmes(graph),
        *_not_simulated(graph, findings),
    )
    return tuple(dict.fromkeys(told))


def _newcomers(graph: TriggerGraph, prepared: Prepared) -> Iterator[str]:
    """Yield what newcomers are projected from, and where that contradicts `acquisition`."""
    trend = prepared.trend
    words = (
        f"Newcomers: {count_of(trend.count, 'first order')} in the last"
        f" {count_of(trend.days, 'day')},"
        f" {trend.monthly:,.0f} a month at their end"
    )
    change = math.expm1(trend.slope)
    if abs(change) >= 0.005:
        words += f", changing by {change:+.0%} a month, which is taken to fade"
    yield f"{words}. Both worlds have the same."
    economics = graph.playbook.economics
    said = economics.acquisition if economics is not None else None
    if said is None or said.at_budget is None or not said.cost_per_customer.amount:
        return
    won = float(said.at_budget.amount / said.cost_per_customer.amount)
    if won > trend.monthly:
        yield (
            f"By `acquisition` advertising won {count_of(round(won), 'customer')} a month, which is"
            f" more than came ({trend.monthly:,.0f}): either customers cost more than that,"
            " or the past's"
            " budget was smaller. The projection goes by `acquisition`."
        )


def _model(graph: TriggerGraph, prepared: Prepared) -> Iterator[str]:
    if not prepared.launch.season.moments:
        yield (
            "No season is modelled: that takes two years of orders in which weeks differ by more"
            " than chance, or an index of yours (`--seasonality FILE`)."
        )
    yield "Orders of one day count as one purchase."
    yield (
        "The horizon ends hard: orders that late messages would still bring, and codes still valid,"
        " are not counted."
    )
    running = sorted(flow.id for flow in graph.playbook.flows.values() if flow.running is not None)
    if running:
        yield (
            f"{', '.join(running)}: in both worlds, with all costs; what they bring is in the past"
            " orders, which are read as if they had run all the time."
        )
    else:
        yield "The difference is over whatever already ran in the history."


def _programmes(graph: TriggerGraph) -> Iterator[str]:
    """Yield what the projection takes programmes for."""
    programmes = graph.playbook.programmes
    if programmes is None:
        return
    yield (
        "Programmes begin on the first day: what one that already runs has given so far is not"
        " known, and what it does to buying is in the history, too. The holdout belongs to them."
    )
    if programmes.referral is not None:
        yield (
            "Of friends who are recommended the headline counts what they are given and nothing"
            " that they buy: nobody has shown that they would not have come anyway. With unproven"
            " gains, both are counted."
        )
    tiers, membership = programmes.tiers, programmes.membership
    given = {one.right for rights in (tiers.rights if tiers else {}).values() for one in rights}
    given |= {one.right for one in (membership.rights if membership else ())}
    free = sorted(given & COSTLY_RIGHTS)
    if free:
        yield f"Rights whose cost nobody declares count as free: {', '.join(free)}."


def _money(graph: TriggerGraph) -> Iterator[str]:
    economics = graph.playbook.economics
    if economics is None:
        yield NO_MARGIN
        return
    used = {message.channel for message in graph.playbook.messages.values()}
    free = sorted(used - set(economics.message_costs))
    if free:
        yield f"No cost is given for messages by {', '.join(free)}: they count as free."
    if economics.interest_rate is not None:
        yield (
            "Money of the horizon is not discounted: `interest_rate` is for the value of customers"
            " over years, which `playbook diagnose` tells."
        )
    if economics.acquisition is not None:
        yield (
            "Both worlds spend the same on winning customers: it is in both profits, and not in"
            " their difference."
            if economics.monthly_budget is not None
            else "What winning customers costs is not in the profits: no `monthly_budget` is given."
        )


def _day_one(graph: TriggerGraph, data: Observed, prepared: Prepared) -> Iterator[str]:
    """Yield how many customers had passed the trigger of each inactivity flow before day one."""
    last = data.first_and_last_moment()[1]
    for flow in graph.playbook.flows.values():
        if not isinstance(flow.trigger, Inactivity) or not flow.enabled:
            continue
        threshold = round(flow.trigger.inactive_for.nominal_days * DAY_SECONDS)
        passed = int((last + threshold < prepared.launch.start).sum())
        over = flow.existing.over if flow.existing is not None else None
        then = f"they enter spread over {over}" if over is not None else "they do not enter"
        if passed:
            yield (
                f"{flow.id}: {passed:,} of {count_of(len(last), 'customer')}"
                f" {word_of(passed, 'is', 'are')} past {flow.trigger.inactive_for} on day"
                f" one; {then}."
            )
    if int((prepared.people.kind == PROSPECT).sum()):
        yield (
            "Sign-ups are people who have not bought. Only effects bring their first order, and no"
            " second one is projected for them, which understates what a welcome series leads to."
        )


def _overlap(counts: I64) -> Iterator[str]:
    seconds = float(np.mean(counts[:, world_column(WITH, World.OVERLAP_SECONDS)]))
    if seconds >= DAY_SECONDS:
        yield (
            f"Two or more effects were at work on {seconds / DAY_SECONDS:,.0f} customer-days."
            " Factors on the rate of buying do not multiply there (the largest is the bound, unless"
            " `overlap: add`); added orders add up, less what frequent mails lose."
        )


def _flows(graph: TriggerGraph) -> Iterator[str]:
    own = [flow.id for flow in graph.playbook.flows.values() if flow.expect is not None]
    if own:
        yield (
            f"The `expect` of {', '.join(own)} counts every entrant outside the holdout, also those"
            " whom no message reaches."
        )


def _borrowed(graph: TriggerGraph, prepared: Prepared) -> Iterator[str]:
    """Yield where evidence of long-lapsed customers is used for others."""
    resting = {
        slot.flow
        for slot, prior in zip(prepared.expected.slots, prepared.expected.priors, strict=True)
        if prior.evidence_id == LAPSED
    }
    for flow in graph.playbook.flows.values():
        trigger = flow.trigger
        if flow.id not in resting:
            continue
        if isinstance(trigger, Inactivity) and trigger.inactive_for.nominal_days >= LAPSED_DAYS:
            continue
        since = f"after {trigger.inactive_for}" if isinstance(trigger, Inactivity) else "otherwise"
        yield (
            f"{flow.id}: its evidence is of customers 10 to 12 months after their last order; this"
            f" flow mails {since}, which the study did not test. Its prior is wider for that."
        )


def _by_the_clock(graph: TriggerGraph, prepared: Prepared) -> Iterator[str]:
    """Yield for how many customers a birthday is known, where flows start with it."""
    people = prepared.people
    history = people.kind == HISTORY
    known = int((people.birthday[history] > 0).sum())
    for flow in graph.playbook.flows.values():
        trigger = flow.trigger
        if flow.enabled and isinstance(trigger, DateTrigger) and trigger.date == BIRTHDAY:
            yield (
                f"{flow.id}: the birthday of {known:,} of"
                f" {count_of(int(history.sum()), 'customer')} is known; nobody else, and no"
                " newcomer, enters by it."
            )


def _taken_over(graph: TriggerGraph) -> Iterator[str]:
    """Yield what becomes of those who meet a trigger on day one, where that is not counted."""
    for flow in graph.playbook.flows.values():
        if not flow.enabled or not isinstance(flow.trigger, EntersAudience | Replenishment):
            continue
        over = flow.existing.over if flow.existing is not None else None
        if isinstance(flow.trigger, EntersAudience):
            who = f"who belong to {flow.trigger.enters} on day one"
        else:
            who = "whose time had come before day one"
        then = f"enter spread over {over}" if over is not None else "do not enter"
        yield f"{flow.id}: those {who} {then}."


def _scores(graph: TriggerGraph) -> Iterator[str]:
    leaves = [leaf for condition in conditions_of(graph) for leaf in nodes(condition)]
    if any(isinstance(leaf, FactTest) and leaf.fact.name in (*SCORES, SEGMENT) for leaf in leaves):
        yield "Scores of rfm stay as they are on day one; newcomers have none."
    if any(isinstance(leaf, InTop) for leaf in leaves):
        yield "Who is in the top is measured by what that took on day one."


def _deeds(graph: TriggerGraph, counts: I64) -> Iterator[str]:
    """Yield what is assumed of ladders, tags and fields, and of what happens outside."""
    steps = [
        node.what
        for node in graph.nodes.values()
        if isinstance(node.what, Step) and graph.playbook.flows[node.flow].enabled
    ]
    ladders = [step for step in steps if isinstance(step, Send) and step.send.order == LADDER]
    if any(not ladder_events(step) for step in ladders):
        yield (
            "Whatever is sent counts as delivered, so that a ladder that wants no more goes on only"
            " where a message may not be sent."
        )
    if set(told_of(graph)) - {TIER_FACT}:
        yield "Tags and own fields are what steps make of them: on day one nobody has any."
    totals = dict.fromkeys((PerFlow.LISTED, PerFlow.CALLED), 0.0)
    for what in totals:
        columns = [flow_column(n, what) for n in range(len(graph.playbook.flows))]
        totals[what] = float(counts[:, columns].sum(axis=1).mean()) if columns else 0.0
    if any(totals.values()):
        yield (
            f"Lists kept outside are changed {count_of(round(totals[PerFlow.LISTED]), 'time')} and"
            f" other systems called {count_of(round(totals[PerFlow.CALLED]), 'time')}: what"
            " that does to buying is not"
            " projected."
        )


def _not_simulated(graph: TriggerGraph, findings: Iterable[Diagnostic]) -> Iterator[str]:
    kept = unused_keys(graph.playbook)
    if kept:
        yield f"Read, but not simulated yet: {', '.join(kept)}."
    for found in findings:
        if found.rule in LEFT_OUT_RULES and found.severity is not Severity.HINT:
            yield found.message[0].upper() + found.message[1:] + "."
