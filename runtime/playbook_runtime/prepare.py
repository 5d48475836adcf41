"""From data and playbook to what the kernel runs: people, draws, names and assumptions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from playbook_compiler.conditions import nodes
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.steps import Send
from playbook_compiler.triggers import TYPICAL_INTERVAL, Replenishment
from playbook_compiler.units import DAY_SECONDS
from playbook_compiler.values import dataclass
from playbook_runtime.acquisition import (
    Chance,
    MonthCovered,
    chance_of,
    months_covered,
    newcomer_draws,
)
from playbook_runtime.assumed import (
    DATA,
    NONE,
    OWN,
    SIGN_UP,
    Consents,
    Happenings,
    consents,
    happenings,
)
from playbook_runtime.behaviour.draws import model_draws, spend_draws
from playbook_runtime.behaviour.drift import Drift, drift_draws
from playbook_runtime.behaviour.fit import akaike_weights
from playbook_runtime.behaviour.model import FittedBehaviour, FittedSpend
from playbook_runtime.behaviour.season import Season, operational
from playbook_runtime.cohorts import cohorts_of
from playbook_runtime.counted import count_of
from playbook_runtime.diagnose.groups import silence_in
from playbook_runtime.diagnose.purchases import purchases_of
from playbook_runtime.evidence import library
from playbook_runtime.evidence.draws import (
    conservative_draws,
    conservative_fatigue,
    conservative_unsubscribe,
    effect_draws,
    fatigue_draws,
    headline_draws,
    unsubscribe_draws,
)
from playbook_runtime.evidence.effects import EffectPrior, default_redemption
from playbook_runtime.evidence.lifetime_findings import lifetime_findings
from playbook_runtime.evidence.model import Form, Grade
from playbook_runtime.evidence.named_priors import member_effect
from playbook_runtime.evidence.reference import believed_text, interval_text, prior_text
from playbook_runtime.evidence.sends import flow_effects, send_effects
from playbook_runtime.evidence.updating import shop_rows
from playbook_runtime.heard import (
    channels_of,
    conditions_of,
    events_of,
    gift_send,
    gifts_of,
    has_membership,
    offers_granted,
)
from playbook_runtime.kernel.tables import (
    NEWCOMER,
    PROGRAMME_DRAWS,
    PROSPECT,
    Draws,
    People,
    joined,
    rows,
)
from playbook_runtime.launch import (
    ADDED,
    BASKET,
    DROPOUT,
    ENTRY_STEP,
    MEMBER_DAYS,
    MEMBER_STEP,
    PROGRAMMES,
    RATE,
    REPAID,
    REVIVE,
    Launch,
    OperationalClock,
    Slot,
)
from playbook_runtime.membership import join_offsets
from playbook_runtime.newcomer_trend import Trend, trend_of
from playbook_runtime.observed import Observed
from playbook_runtime.order_marks import marked_orders
from playbook_runtime.population import (
    can_answer,
    cuts_of,
    people_of_history,
    people_to_come,
    typical_gap,
    zones_of,
)
from playbook_runtime.programme_draws import (
    has_members,
    programme_assumptions,
    programme_draws,
    proven_only,
)
from playbook_runtime.projection import Assumption
from playbook_runtime.referral import endless, referred_by
from playbook_runtime.settings import EPOCH, Calendar, Settings
from playbook_runtime.unsimulated import flows_that_start
from playbook_runtime.zones import midnight, zone_table

# Drift is held within a factor of four: a Student t has draws that no shop has seen.
LARGEST_DRIFT = math.log(4)
YEARS_AROUND = 2 * 366 * DAY_SECONDS
# The time between two purchases where nobody has bought twice: a judgement.
DEFAULT_GAP = 30 * DAY_SECONDS
_FORMS = {
    Form.PURCHASE_RATE: RATE,
    Form.PURCHASE_PROBABILITY: RATE,
    Form.ADDED_ORDERS: ADDED,
    Form.DROPOUT: DROPOUT,
    Form.REVIVE: REVIVE,
    Form.BASKET: BASKET,
    Form.REPAID: REPAID,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """The effects of a playbook as columns: a prior for each slot, and for each redemption."""

    slots: tuple[Slot, ...]
    priors: tuple[EffectPrior, ...]
    sends: tuple[str, ...]
    redemptions: tuple[EffectPrior | None, ...]  # None: the send carries no offer

    def grade_of(self, slot: Slot) -> Grade:
        """Return how far the effect of a slot can be trusted; ValueError for a slot of another."""
        return self.priors[self.slots.index(slot)].grade


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """All that the kernel runs on. `headline` leaves unproven gains out, `unproven` has them."""

    playbook: Playbook
    launch: Launch
    people: People
    headline: Draws
    unproven: Draws
    expected: Expected
    assumptions: tuple[Assumption, ...]
    findings: tuple[Diagnostic, ...]
    trend: Trend
    months: tuple[MonthCovered, ...]
    chance: Chance  # of newcomers

    @property
    def has_unproven(self) -> bool:
        """Whether the two sets of draws differ at all."""
        return not (
            np.array_equal(self.headline.effect, self.unproven.effect)
            and np.array_equal(self.headline.programme, self.unproven.programme)
        )


def prepare(
    graph: TriggerGraph,
    data: Observed,
    calendar: Calendar,
    settings: Settings,
    fits: tuple[FittedBehaviour, ...],
    spend: FittedSpend,
    drift: Drift,
    season: Season | None = None,
) -> Prepared:
    """Return people, draws and names for one simulation. With a season the fits are in its time."""
    playbook = graph.playbook
    conditions = tuple(conditions_of(graph))
    channels = channels_of(graph, conditions)
    events = events_of(graph, conditions)
    who = consents(playbook, data, channels)
    what = happenings(playbook, data, events)
    expected = expected_effects(graph)
    zones = zones_of(data, playbook.timezone)
    statics = {str(leaf): leaf for one in conditions for leaf in nodes(one) if can_answer(leaf)}
    months = tuple(calendar.months())
    earliest = int(data.time.min()) - YEARS_AROUND
    marked, untold = marked_orders(playbook, conditions, data)
    launch = Launch(
        seed=settings.seed,
        start=calendar.start,
        end=calendar.end,
        customers=len(data.history),
        zones=zone_table(zones, earliest, calendar.end + YEARS_AROUND),
        month_start=tuple(start for _, start, _ in months),
        month_length=tuple(length for _, _, length in months),
        channels=channels,
        events=events,
        statics=tuple(sorted(statics)),
        slots=expected.slots,
        sends=expected.sends,
        consent_share=who.shares,
        occurrences=what.occurrences,
        holdout=holdout_share(graph),
        natures=what.natures,
        typical_gap=typical_gap(data) or DEFAULT_GAP,
        cuts=cuts_of(data, data.history.purchases, conditions, calendar.start),
        cohorts=cohorts_of(data, tuple(name for name, _, _ in months)),
        season=_operational_clock(season, calendar),
        orders=marked.marks,
        silence=silence_in(purchases_of(data, None)),
    )
    times = operational(data.history, season)
    trend, covered = trend_of(data), months_covered(calendar)
    chance = chance_of(trend, covered, settings.seed, settings.draws)
    newcomers = newcomer_draws(chance, covered)
    sign_ups = _sign_ups(what, launch, settings)
    names = tuple(name for name, _, _ in months)
    people = joined(
        [
            people_of_history(
                data,
                launch,
                zones,
                tuple(statics[text] for text in launch.statics),
                playbook.guardrails,
                calendar.days,
                marked,
                playbook.programmes.tiers if playbook.programmes is not None else None,
            )._replace(t_x=times.t_x, T=times.T),
            people_to_come(NEWCOMER, names, newcomers.max(axis=0), launch),
            people_to_come(PROSPECT, names, sign_ups.max(axis=0), launch),
        ]
    )
    behaviour = model_draws(fits, settings.seed, settings.draws)
    worth = spend_draws(spend, settings.seed, settings.draws, 10**playbook.decimals)
    drifts = np.array(
        [
            math.exp(min(LARGEST_DRIFT, max(-LARGEST_DRIFT, one)))
            for one in drift_draws(drift, settings.seed, settings.draws, calendar.days)
        ]
    )
    referred = referred_by(playbook, data)
    programmes = programme_draws(playbook, settings.seed, settings.draws, referred)
    if has_membership(playbook):
        column = PROGRAMME_DRAWS.index("join")
        programmes[:, column] = join_offsets(
            playbook,
            rows(people, 0, len(data.history)),
            behaviour.values,
            behaviour.k,
            behaviour.m,
            worth,
            drifts,
            programmes[:, column].tolist(),
        )
    proven = proven_only(playbook, programmes)
    common = {
        "number": np.arange(settings.draws, dtype=np.uint64),
        "behaviour": behaviour.values,
        "k": behaviour.k,
        "m": behaviour.m,
        "spend": worth,
        "drift": drifts,
        "unsubscribe": np.array(
            conservative_unsubscribe(settings.draws)
            if settings.conservative
            else unsubscribe_draws(settings.seed, settings.draws)
        ),
        "fatigue": np.array(
            conservative_fatigue(settings.draws)
            if settings.conservative
            else fatigue_draws(settings.seed, settings.draws)
        ),
        "redemption": _redemption_draws(expected, settings),
        "newcomers": newcomers,
        "prospects": sign_ups,
    }
    return Prepared(
        playbook=playbook,
        launch=launch,
        people=people,
        headline=Draws(
            effect=_effect_draws(expected, settings, proven=True),
            programme=proven,
            **common,
        ),
        unproven=Draws(
            effect=_effect_draws(expected, settings, proven=False),
            programme=programmes,
            **common,
        ),
        expected=expected,
        assumptions=(
            *_money(graph),
            *_effect_assumptions(expected),
            *_used(who, what),
            *_refills(graph, data),
            *programme_assumptions(playbook, referred),
        ),
        findings=(
            *what.findings,
            *untold,
            *lifetime_findings(playbook, _weight_of_staying(fits)),
            *endless(playbook, fits, programmes, calendar.days),
        ),
        trend=trend,
        months=covered,
        chance=chance,
    )


def _weight_of_staying(fits: tuple[FittedBehaviour, ...]) -> float:
    """Return the weight of the models in which one-time buyers are never gone (m = 0)."""
    weights = zip(fits, akaike_weights(fits), strict=True)
    return math.fsum(weight for fitted, weight in weights if fitted.parameters.m == 0)


def expected_effects(graph: TriggerGraph) -> Expected:
    """Return the effects of all sends and flows as columns, those of a step side by side."""
    slots: list[Slot] = []
    priors: list[EffectPrior] = []
    sends: list[str] = []
    redemptions: list[EffectPrior | None] = []
    started = flows_that_start(graph.playbook)  # on the effects of others no number rests
    for flow in flow_effects(graph):
        if flow.flow not in started:
            continue
        _add_slots(flow.flow, ENTRY_STEP, flow.priors, slots, priors)
    own = {
        flow.flow: prior
        for flow in flow_effects(graph)
        for prior in flow.priors
        if prior.form is Form.REDEMPTION
    }
    for send in send_effects(graph):
        runs = send.flow in started
        if runs:
            _add_slots(send.flow, send.step, send.priors, slots, priors)
        node = graph.nodes[send.node].what
        assert isinstance(node, Send)
        said = next((p for p in send.priors if p.form is Form.REDEMPTION), own.get(send.flow))
        sends.append(send.node)
        redemptions.append((said or default_redemption()) if node.offer and runs else None)
    for node_id in offers_granted(graph):
        flow_id = graph.nodes[node_id].flow
        sends.append(node_id)
        redemptions.append(
            (own.get(flow_id) or default_redemption()) if flow_id in started else None
        )
    for level, offer in gifts_of(graph.playbook):
        sends.append(gift_send(level, offer))
        redemptions.append(default_redemption())
    if has_members(graph.playbook):
        slots.append(Slot(PROGRAMMES, MEMBER_STEP, RATE, MEMBER_DAYS * DAY_SECONDS))
        priors.append(member_effect(shop_rows(graph.playbook)))
    return Expected(tuple(slots), tuple(priors), tuple(sends), tuple(redemptions))


def _add_slots(
    flow: str,
    step: str,
    found: tuple[EffectPrior, ...],
    slots: list[Slot],
    priors: list[EffectPrior],
) -> None:
    for prior in found:
        if prior.form in _FORMS:
            seconds = round(prior.window_days * DAY_SECONDS)
            slots.append(Slot(flow, step, _FORMS[prior.form], seconds, prior.overlap == "add"))
            priors.append(prior)


def _effect_draws(
    expected: Expected, settings: Settings, *, proven: bool
) -> npt.NDArray[np.float64]:
    columns = [
        _draws_of(prior, slot.flow, slot.step, settings, proven=proven)
        for slot, prior in zip(expected.slots, expected.priors, strict=True)
    ]
    return np.array(columns, dtype=np.float64).reshape(len(columns), settings.draws).T


def _redemption_draws(expected: Expected, settings: Settings) -> npt.NDArray[np.float64]:
    columns = []
    for send, prior in zip(expected.sends, expected.redemptions, strict=True):
        flow, _, step = send.rpartition("/")
        columns.append(
            [0.0] * settings.draws
            if prior is None
            else _draws_of(prior, flow, step, settings, proven=False)
        )
    return np.array(columns, dtype=np.float64).reshape(len(columns), settings.draws).T


def _draws_of(
    prior: EffectPrior, flow: str, step: str, settings: Settings, *, proven: bool
) -> list[float]:
    """Return the draws of one effect; with `proven`, none of a gain that nothing proves."""
    if settings.conservative:
        return conservative_draws(prior, settings.draws, proven=proven)
    draw = headline_draws if proven else effect_draws
    return draw(prior, flow, step, settings.seed, settings.draws)


def _arrivals(
    count: int, days: int, name: str, launch: Launch, settings: Settings
) -> npt.NDArray[np.int64]:
    """Return how many arrive by draw and month: Poisson at a rate ~ Gamma(count + 1/2, days)."""
    months = np.array(launch.month_length) / DAY_SECONDS
    found = np.zeros((settings.draws, len(months)), dtype=np.int64)
    key = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
    for draw in range(settings.draws):
        bits = np.random.Philox(key=[settings.seed % 2**64, key], counter=[0, 0, 0, draw])
        chance = np.random.Generator(bits)
        rate = chance.gamma(count + 0.5) / days
        found[draw] = chance.poisson(rate * months)
    return found


def _sign_ups(what: Happenings, launch: Launch, settings: Settings) -> npt.NDArray[np.int64]:
    if SIGN_UP not in launch.events or what.sign_ups_per_day == 0:
        return np.zeros((settings.draws, len(launch.month_start)), dtype=np.int64)
    days = 365
    return _arrivals(round(what.sign_ups_per_day * days), days, "sign-ups", launch, settings)


def _operational_clock(season: Season | None, calendar: Calendar) -> OperationalClock:
    """Return how far the season has come by each midnight of the horizon."""
    if season is None:
        return OperationalClock()
    first = (calendar.first - EPOCH).days
    days = season.cumulative(first, first + calendar.days)
    midnights = (
        midnight(calendar.zone, calendar.first + timedelta(days=day))
        for day in range(calendar.days + 1)
    )
    return OperationalClock(
        moments=tuple(float(moment - calendar.start) for moment in midnights),
        passed=tuple((days - days[0]) * float(DAY_SECONDS)),
    )


def holdout_share(graph: TriggerGraph) -> Decimal:
    """Return the share of customers to whom no marketing goes, so that it can be measured."""
    guardrails = graph.playbook.guardrails
    return guardrails.holdout.fraction if guardrails is not None else Decimal(0)


def _effect_assumptions(expected: Expected) -> Iterator[Assumption]:
    """Yield what is assumed of effects: one line for each prior, with the flows that rest on it."""
    used: dict[EffectPrior, list[str]] = defaultdict(list)
    for slot, prior in zip(expected.slots, expected.priors, strict=True):
        used[prior].append(slot.flow)
    for send, redemption in zip(expected.sends, expected.redemptions, strict=True):
        if redemption is not None:
            used[redemption].append(send.rpartition("/")[0])
    for prior, flows in used.items():
        found = library.find(prior.evidence_id) if prior.evidence_id else None
        yield Assumption(
            id=prior.evidence_id or f"own.{'+'.join(sorted(set(flows)))}.{prior.form}",
            effect=found.effect if found is not None else str(prior.form).replace("_", " "),
            source=prior.source,
            grade=str(prior.grade),
            value=interval_text(prior),
            in_headline=prior.in_headline,
            used_by=tuple(sorted({flow.strip("()") for flow in flows})),
        )


def _money(graph: TriggerGraph) -> Iterator[Assumption]:
    """Yield what all money rests on: margin, costs of an order, costs of messages."""
    economics = graph.playbook.economics
    yield Assumption(
        id="economics.gross_margin",
        effect="share of the order value that stays after goods",
        source="economics" if economics is not None else "nothing: no `economics:` is given",
        grade=OWN if economics is not None else NONE,
        value=str(economics.gross_margin.default) if economics is not None else "100%",
        in_headline=True,
        used_by=("all money",),
    )
    costs = economics.order_costs if economics is not None else None
    if costs is not None:
        payment = costs.payment
        parts = [f"shipping {costs.shipping}"]
        if payment is not None:
            parts.append(f"payment {payment.share} + {payment.fixed}")
        parts.append(f"return {costs.returns} at {costs.return_rate}")
        yield _said("economics.order_costs", "costs of an order", ", ".join(parts))
    if economics is not None and economics.acquisition is not None:
        said = economics.acquisition
        value = f"{said.cost_per_customer} a customer"
        value += f" at {said.at_budget} a month" if said.at_budget is not None else ""
        value += f", saturation {said.saturation.normalize():f}"
        yield _said("economics.acquisition", "what winning a customer costs", value)
    if economics is not None and economics.message_costs:
        costs_by_channel = economics.message_costs.items()
        value = ", ".join(f"{channel} {cost}" for channel, cost in sorted(costs_by_channel))
        yield _said("economics.message_costs", "cost of one message", value)


def _said(name: str, effect: str, value: str) -> Assumption:
    return Assumption(name, effect, "economics", OWN, value, True, ("all money",))


def _refills(graph: TriggerGraph, data: Observed) -> Iterator[Assumption]:
    """Yield the population's usual time between two purchases, where refills go by it."""
    flows = [
        flow.id
        for flow in graph.playbook.flows.values()
        if isinstance(flow.trigger, Replenishment)
        and flow.trigger.replenishment == TYPICAL_INTERVAL
        and flow.enabled
    ]
    if flows:
        gap = typical_gap(data)
        yield Assumption(
            id="replenishment.typical_interval",
            effect="usual time between two purchases, counted like two of a customer's own",
            source="built-in default, a judgement"
            if gap is None
            else f"{count_of(data.history.repeat_customers, 'customer')} who bought twice",
            grade=NONE if gap is None else DATA,
            value=f"{(gap or DEFAULT_GAP) / DAY_SECONDS:.3g}d",
            in_headline=True,
            used_by=tuple(flows),
        )


def _used(who: Consents, what: Happenings) -> Iterator[Assumption]:
    yield from who.assumptions
    yield from what.assumptions
    unsubscribing = library.entry(library.UNSUBSCRIBE_ID)
    fatigue = library.entry(library.FATIGUE_ID)
    for found, value in (
        (unsubscribing, believed_text(unsubscribing)),
        (fatigue, prior_text(fatigue)),
    ):
        yield Assumption(
            id=found.id,
            effect=found.effect,
            source=found.source,
            grade=str(found.grade),
            value=value,
            in_headline=True,
            used_by=("every message",),
        )
