"""What the orders do not tell: consent and events, from the other files, else from `assume:`, else
from a stated default. Every use becomes an Assumption of the report, so that nothing is guessed in
silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.facts import Nature
from playbook_compiler.model import EventAssumption, Guardrails, Playbook
from playbook_compiler.source import Span
from playbook_compiler.units import Duration, Rate, Share
from playbook_compiler.values import dataclass
from playbook_runtime.heard import made_by_programmes
from playbook_runtime.launch import Occurrence
from playbook_runtime.observed import Observed
from playbook_runtime.projection import Assumption
from playbook_runtime.significant import significant

ORDER, SIGN_UP, UNSUBSCRIBED = "order_placed", "sign_up", "unsubscribed"
REFERRED = "referred"  # by a referral programme
YEAR = 365  # days
OWN, NONE, DATA = "own", "none", "data"
ENOUGH_KNOWN: Final = 30
# Shares of customers who consent, where neither files nor playbook say: a judgement, grade none.
DEFAULT_CONSENT: Final = {"email": 0.5, "sms": 0.05, "push": 0.05}
USUAL_RULES: Final = {"sms": "double-opt-in", "post": "opt-out", "in_app": "none"}
ASKS_NOBODY: Final = ("none", "opt-out")


@dataclass(frozen=True, slots=True)
class Consents:
    """Shares by channel for people whose consent is unknown, and where they come from."""

    shares: Mapping[str, float]
    assumptions: tuple[Assumption, ...]


@dataclass(frozen=True, slots=True)
class Happenings:
    """How the events that matter come about, and where that comes from.

    `sign_ups_per_day` is of people who have not bought, 0 where no flow needs them.
    """

    occurrences: tuple[Occurrence, ...]
    natures: Mapping[str, Nature]
    sign_ups_per_day: float
    assumptions: tuple[Assumption, ...]
    findings: tuple[Diagnostic, ...]


def consent_rule(guardrails: Guardrails | None, channel: str) -> str:
    """Return the consent that marketing in a channel needs: what the playbook says, else the usual
    law: opt-in where a message comes to the person, none where it lies in a parcel or a page."""
    if guardrails is not None and channel in guardrails.consent:
        return guardrails.consent[channel]
    return USUAL_RULES.get(channel, "opt-in")


def known_consent(data: Observed, channel: str) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """Return the consent of each customer of the history: 1, 0, -1 unknown.

    The customers file goes before what the orders say; of orders, only what was said by customers
    without a later order than the as-of date.
    """
    found = np.full(len(data.history), -1, dtype=np.int8)
    if channel == "email":
        later = np.zeros(len(data.orders.customer_hash), dtype=bool)
        later[data.orders.customer[data.orders.day > data.as_of_day]] = True
        told = np.where(later, -1, data.orders.email_consent).astype(np.int8)
        rows = data.order_rows(data.orders.customer_hash)
        found[rows[rows >= 0]] = told[rows >= 0]
    customers = data.customers
    if customers is not None and channel in customers.consent:
        rows = data.order_rows(customers.customer_hash)
        told = customers.consent[channel]
        use = (rows >= 0) & (told >= 0)
        found[rows[use]] = told[use]
    return found


def consents(playbook: Playbook, data: Observed, channels: Iterable[str]) -> Consents:
    """Return the share of consent for everybody who is not known to consent or not to."""
    assumed = playbook.assume.get("consent", {})
    shares: dict[str, float] = {}
    told = []
    for channel in channels:
        if consent_rule(playbook.guardrails, channel) in ASKS_NOBODY:
            shares[channel] = 1.0
            continue
        known = known_consent(data, channel)
        known = known[known >= 0]
        own = assumed.get(channel)
        if isinstance(own, Share):
            shares[channel] = float(own.fraction)
            source, grade = "assume.consent", OWN
        elif len(known) >= ENOUGH_KNOWN:
            shares[channel] = float(f"{known.mean():.9g}")
            source, grade = f"{len(known):,} customers whose consent is known", DATA
        else:
            shares[channel] = DEFAULT_CONSENT.get(channel, 0.0)
            source, grade = "built-in default, a judgement", NONE
        told.append(
            Assumption(
                id=f"consent.{channel}",
                effect=f"customers who consent to {channel}, where that is unknown",
                source=source,
                grade=grade,
                value=f"{100 * shares[channel]:.3g}%",
                in_headline=True,
                used_by=(channel,),
            )
        )
    return Consents(shares, tuple(told))


def happenings(playbook: Playbook, data: Observed, events: Iterable[str]) -> Happenings:
    """Return how each event that the playbook listens to comes about."""
    occurrences: list[Occurrence] = []
    natures: dict[str, Nature] = {}
    told: list[Assumption] = []
    findings: list[Diagnostic] = []
    sign_ups = 0.0
    made = made_by_programmes(playbook)
    for event in events:
        if event in (ORDER, UNSUBSCRIBED) or event in made:
            continue
        nature = playbook.catalogue.events[event].nature
        own = playbook.assume.get(event)
        rate, lag = _observed_rate(data, event, nature)
        source, grade = "events file", DATA
        if rate is None and isinstance(own, EventAssumption):
            if own.of == "sends" and own.rate is not None:
                nature = natures[event] = Nature.AFTER_MESSAGE
            rate = _own_rate(event, own, nature, findings)
            lag, source, grade = own.lag, f"assume.{event}", OWN
        if rate is None:
            findings.append(_never(playbook, event))
            continue
        if nature is Nature.SIGN_UP and event == SIGN_UP:
            sign_ups = rate
        else:
            occurrences.append(Occurrence(event, rate, lag))
        told.append(
            Assumption(
                id=f"event.{event}",
                effect=f"how often `{event}` happens",
                source=source,
                grade=grade,
                value=_rate_text(rate, nature, lag),
                in_headline=True,
                used_by=_listeners(playbook, event),
            )
        )
    return Happenings(tuple(occurrences), natures, sign_ups, tuple(told), tuple(findings))


def friends_told(playbook: Playbook, data: Observed) -> tuple[float, str] | None:
    """Return (first orders of friends per order, source) as the events file shows them or
    `assume.referred` says; None where neither does."""
    observed, _ = _observed_rate(data, REFERRED, Nature.BEFORE_ORDER)
    if observed is not None:
        return observed, "events file"
    own = playbook.assume.get(REFERRED)
    if not isinstance(own, EventAssumption):
        return None
    a_day = _own_rate(REFERRED, own, playbook.catalogue.events[REFERRED].nature, [])
    days = data.as_of_day - data.day < YEAR
    over = min(YEAR, int(data.as_of_day - data.day.min()) + 1)
    orders = max(1, int((days & (data.day <= data.as_of_day)).sum()))
    return None if a_day is None else (a_day * over / orders, f"assume.{REFERRED}")


def _own_rate(
    event: str, own: EventAssumption, nature: Nature, findings: list[Diagnostic]
) -> float | None:
    """Return an authored rate in the unit of its nature; None, with a finding, if it does not fit.

    After orders and messages a share (all of them where only a lag is given), before orders a
    number per order, else a number a day.
    """
    rate = own.rate
    if nature in (Nature.AFTER_ORDER, Nature.AFTER_MESSAGE):
        expected = "a share such as 4%" if nature is Nature.AFTER_MESSAGE else "a share of orders"
        if rate is None:
            return 1.0
        if isinstance(rate, Share):
            return float(rate.fraction)
        if rate.per == "order" and nature is Nature.AFTER_ORDER and rate.count <= 1:
            return float(rate.count)
    elif nature is Nature.BEFORE_ORDER:
        expected = "a number per order such as 1.8 per order"
        if isinstance(rate, Rate) and rate.per == "order":
            return float(rate.count)
        if isinstance(rate, Share) and own.of == "orders":
            return float(rate.fraction)
    else:
        expected = "a number per time such as 40 per 1mo"
        if isinstance(rate, Rate) and isinstance(rate.per, Duration):
            return float(rate.count / rate.per.nominal_days)
    span = own.origin.span("rate")
    findings.append(
        warning(
            "assumption-does-not-fit",
            f"`{event}` cannot be assumed so: expected {expected}; it never happens in the"
            " simulation",
            span,
            caption=f"expected {expected}",
        )
    )
    return None


def _observed_rate(data: Observed, event: str, nature: Nature) -> tuple[float | None, Duration]:
    """Return (rate in the unit of its nature, lag) as the events file shows them up to as-of."""
    events = data.events
    if events is None or event not in events.event.names or nature is Nature.AFTER_MESSAGE:
        return None, Duration()
    until = events.day <= data.as_of_day
    code = events.event.names.index(event)
    mine = until & (events.event.codes == code)
    if not mine.any():
        return None, Duration()
    first = int(events.day[until].min())
    days = data.as_of_day - first + 1
    count = int(mine.sum())
    orders = max(1, int((data.day >= first).sum()))
    if nature is Nature.AFTER_ORDER:
        return min(1.0, count / orders), Duration(days=_median_lag(data, mine))
    if nature is Nature.BEFORE_ORDER:
        return count / orders, Duration()
    if event == SIGN_UP:
        hashes = events.customer_hash[events.customer[mine]]
        count = int((data.order_rows(hashes) < 0).sum())
    return (count / days if count else None), Duration()


def _median_lag(data: Observed, mine: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """Return the median of the days between an order and the event that followed it."""
    events = data.events
    assert events is not None
    order = np.lexsort((data.time, data.customer_hash))
    hashes, times = data.customer_hash[order], data.time[order]
    lags = []
    for customer, moment in zip(
        events.customer_hash[events.customer[mine]].tolist(),
        events.time[mine].tolist(),
        strict=True,
    ):
        low = int(np.searchsorted(hashes, np.uint64(customer), "left"))
        high = int(np.searchsorted(hashes, np.uint64(customer), "right"))
        place = low + int(np.searchsorted(times[low:high], moment, "right"))
        if place > low:
            lags.append((moment - int(times[place - 1])) / 86_400)
    return round(float(np.median(lags))) if lags else 0


def _never(playbook: Playbook, event: str) -> Diagnostic:
    places = [
        flow.trigger.origin.span("event")
        for flow in playbook.flows.values()
        if getattr(flow.trigger, "event", None) == event
    ]
    place = places[0] if places else Span.of_file(playbook.origin.document.source.path)
    return warning(
        "event-never-happens",
        f"neither the files nor `assume:` say how often `{event}` happens, so that the simulation"
        " leaves out what it starts or ends",
        place,
        caption="never happens in the simulation",
        help=f"give an events file (--events), or write assume: {{{event}: ...}}",
    )


def _rate_text(rate: float, nature: Nature, lag: Duration) -> str:
    unit = {
        Nature.AFTER_ORDER: f"{100 * rate:.3g}% of orders",
        Nature.AFTER_MESSAGE: f"{100 * rate:.3g}% of messages",
        Nature.BEFORE_ORDER: f"{significant(rate)} per order",
    }.get(nature, f"{significant(rate * 30.4375)} a month")
    return unit if lag.is_zero else f"{unit}, after {lag}"


def _listeners(playbook: Playbook, event: str) -> tuple[str, ...]:
    return tuple(
        flow.id
        for flow in playbook.flows.values()
        if getattr(flow.trigger, "event", None) == event or event in (flow.exit_on or ())
    )
