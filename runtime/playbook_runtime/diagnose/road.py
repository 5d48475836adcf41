"""From data to diagnosis: every number of the report, on one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from playbook_compiler.model import Playbook
from playbook_compiler.values import dataclass
from playbook_runtime.accounts import data_account
from playbook_runtime.customer_counts import CustomerCounts, Ratio
from playbook_runtime.customer_facts import static_fact
from playbook_runtime.diagnose.counting import (
    Terms,
    customer_counts,
    customers_by_month,
    known_counts,
    months_after,
    stretch_counts,
)
from playbook_runtime.diagnose.curve import verdict_on
from playbook_runtime.diagnose.groups import (
    lifecycle_groups,
    rfm_groups,
    silence_in,
    sizes,
    tier_groups,
)
from playbook_runtime.diagnose.intervals import Reading, clustered, reading
from playbook_runtime.diagnose.matrix import YEAR, matrix_found
from playbook_runtime.diagnose.model import (
    ChannelFound,
    CohortFound,
    Diagnosis,
    MonthFound,
    Readings,
)
from playbook_runtime.diagnose.months import FullMonths, first_day, full_months, last_day, name
from playbook_runtime.diagnose.purchases import Purchases, purchases_of
from playbook_runtime.diagnose.stage import stage_found
from playbook_runtime.diagnose.unknown import unknown_things
from playbook_runtime.lifecycle import Silence
from playbook_runtime.metric_values import metrics_of, tables
from playbook_runtime.metrics import repurchase_rate
from playbook_runtime.metrics.acquisition_channels import UNKNOWN
from playbook_runtime.observed import Observed
from playbook_runtime.orders.currency import exponent
from playbook_runtime.population import rfm_scores
from playbook_runtime.projection import WorldCounts
from playbook_runtime.visits import visits_a_day

VISIT_EVENT: Final = "visit"
# A cohort or channel has no stretch before it, and its months are of different lengths.
_NOT_OF_A_LIFE: Final = ("crr", "conversion", "visits", "newcomers", "orders_per_month")


def diagnose(data: Observed, playbook: Playbook | None) -> Diagnosis:
    """Return what the history of a shop says. A playbook adds rules, margins and marks."""
    economics = playbook.economics if playbook is not None else None
    currency = data.orders.currency
    decimals = exponent(currency)
    purchases = purchases_of(data, economics)
    full = full_months(int(purchases.first_day.min()), data.as_of_day)
    visits = _visits(data, playbook)
    scores = rfm_scores(data)
    silence = silence_in(purchases)
    rfm, lifecycle = rfm_groups(purchases, scores), lifecycle_groups(purchases, silence)
    channel = static_fact(data, "channel")
    shop = _Shop(purchases, full, visits, _terms(playbook, decimals))
    counts = customer_counts(
        purchases,
        full.last,
        shop.terms,
        first_month=full.first,
        lifecycle=sizes(lifecycle),
        segments=sizes(rfm),
        channels=_by_name(channel),
    )
    period = min(YEAR, len(full))
    payback = tables()["cac_payback"].table(counts) if purchases.contribution is not None else {}
    return Diagnosis(
        playbook=playbook.name if playbook is not None else "",
        as_of=data.as_of,
        currency=currency,
        decimals=decimals,
        data=data_account(data),
        purchases=len(purchases),
        first_month=name(full.first) if len(full) else "",
        last_month=name(full.last) if len(full) else "",
        full_months=len(full),
        partial=name(full.partial) if full.partial is not None else "",
        stage=stage_found(data, playbook, full),
        matrix=matrix_found(
            data,
            purchases,
            full,
            playbook.matrix if playbook is not None else None,
            currency,
            decimals,
        ),
        period_months=period,
        period=shop.metrics(full.last - period + 1, full.last) if period else {},
        curve=_table("retention_curve", counts),
        verdict=verdict_on(purchases, full.last),
        x_order=_table("x_order_repurchase", counts),
        repurchase=_repurchase(purchases, full, counts),
        rfm=rfm,
        lifecycle=lifecycle,
        lifecycle_before=_a_year_before(purchases, full, silence),
        silence=silence,
        tiers=tier_groups(purchases),
        channels=_channels(shop, channel, counts),
        months=tuple(shop.month(month) for month in range(full.first, full.last + 1)),
        cohorts=shop.cohorts(),
        lifetime_value=_table("lifetime_value", counts, of_customers=False),
        value_of="revenue" if purchases.contribution is None else "contribution",
        acquisition_cost=shop.terms.acquisition_cost,
        payback_months=int(payback["months"].value) if payback else None,
        unknown=unknown_things(
            data,
            purchases,
            playbook,
            full,
            silence,
            with_channels=bool((channel != "").any()),
            with_visits=visits is not None,
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Shop:
    """The purchases with what all tables need; `visits` counts those of days first..last."""

    purchases: Purchases
    full: FullMonths
    visits: Callable[[int, int], int] | None
    terms: Terms

    def metrics(self, first: int, last: int) -> Readings:
        """Return the metrics of full months; the base are as many months before them."""
        base = first - (last - first + 1)
        begin, end = first_day(first), last_day(last)
        visits = self.visits(begin, end) if self.visits is not None else None
        has_base = base >= self.full.first
        counts = stretch_counts(
            self.purchases, begin, end, first_day(base) if has_base else None, visits
        )
        return _readings(counts, known_counts(self.purchases, has_base, visits is not None))

    def month(self, month: int) -> MonthFound:
        """Return one month, and the repurchase of its customers."""
        customer, months = customers_by_month(self.purchases, self.full.last)
        mine = months == month
        after = months_after(customer, months)[mine]
        buyers = int(mine.sum())
        followed = [n for n in repurchase_rate.MONTHS if month + n <= self.full.last]
        counts = CustomerCounts(
            month_buyers=dict.fromkeys(followed, buyers),
            month_buyers_again={n: int((after <= n).sum()) for n in followed},
        )
        return MonthFound(
            name(month), self.metrics(month, month), _table("repurchase_rate", counts)
        )

    def cohorts(self) -> tuple[CohortFound, ...]:
        """Return those who began in each month, that of the log's beginning included."""
        begun = self.purchases.month[self.purchases.nth == 1]
        return tuple(
            self._cohort(int(month), self.purchases.of(begun == month))
            for month in np.unique(begun)
            if month <= self.full.last
        )

    def _cohort(self, month: int, people: Purchases) -> CohortFound:
        counts = customer_counts(people, self.full.last, self.terms)
        return CohortFound(
            name(month),
            people.customers,
            life_metrics(people),
            _table("retention_curve", counts),
            _table("lifetime_value", counts, of_customers=False),
        )


def life_metrics(people: Purchases) -> Readings:
    """Return the metrics of some customers' whole life so far."""
    counts = stretch_counts(people, int(people.first_day.min()), people.until_day)
    found = _readings(counts, known_counts(people, with_base=False, with_visits=False))
    return {name: one for name, one in found.items() if name not in _NOT_OF_A_LIFE}


def _readings(counts: WorldCounts, known: tuple[str, ...]) -> Readings:
    """Return the metrics that these counts tell; shares with their interval."""
    found = {}
    for metric in metrics_of(known):
        if metric.parts is not None:
            found[metric.name] = reading(Ratio(*metric.parts(counts)))
        else:
            found[metric.name] = Reading(metric.value(counts), None, None, 0.0, 0.0)
    return found


def _table(name: str, counts: CustomerCounts, *, of_customers: bool = True) -> Readings:
    table = tables()[name].table(counts)
    return {row: reading(ratio, of_customers=of_customers) for row, ratio in table.items()}


def _repurchase(purchases: Purchases, full: FullMonths, counts: CustomerCounts) -> Readings:
    """Return the repurchase of all full months, its interval that of customers, not of rows."""
    customer, month = customers_by_month(purchases, full.last)
    after = months_after(customer, month)
    found = {}
    for row, ratio in tables()["repurchase_rate"].table(counts).items():
        counted = (month >= full.first) & (month + int(row) <= full.last)
        again = counted & (after <= int(row))
        size = purchases.customers
        low, high = clustered(
            np.bincount(customer[again], minlength=size),
            np.bincount(customer[counted], minlength=size),
        )
        found[row] = Reading(ratio.value, low, high, ratio.part, ratio.whole)
    return found


def _a_year_before(purchases: Purchases, full: FullMonths, silence: Silence) -> dict[str, int]:
    """Return the customers by stage of life a year before the last full month's end."""
    if len(full) <= YEAR:
        return {}
    return sizes(lifecycle_groups(purchases, silence, last_day(full.last - YEAR)))


def _channels(
    shop: _Shop, channel: np.ndarray[tuple[int], np.dtype[np.object_]], counts: CustomerCounts
) -> tuple[ChannelFound, ...]:
    """Return a row for each channel; none where no customer's is known."""
    order = tables()["acquisition_channels"].table(counts)
    found = []
    for told in order if list(order) != [UNKNOWN] else ():
        mine = channel == told
        people = shop.purchases.of(mine | (channel == "") if told == UNKNOWN else mine)
        day_n = _table("day_n_retention", customer_counts(people, shop.full.last, shop.terms))
        found.append(ChannelFound(told, people.customers, life_metrics(people), day_n))
    return tuple(found)


def _by_name(texts: np.ndarray[tuple[int], np.dtype[np.object_]]) -> dict[str, int]:
    names, sizes_ = np.unique(texts.astype(str), return_counts=True)
    return dict(zip(names.tolist(), sizes_.tolist(), strict=True))


def _terms(playbook: Playbook | None, decimals: int) -> Terms:
    economics = playbook.economics if playbook is not None else None
    if economics is None:
        return Terms()
    rate, acquisition = economics.interest_rate, economics.acquisition
    return Terms(
        float(rate.fraction) if rate is not None else 0.0,
        acquisition.cost_per_customer.minor(decimals) if acquisition is not None else 0,
    )


def _visits(data: Observed, playbook: Playbook | None) -> Callable[[int, int], int] | None:
    """Return what counts the visits of a stretch of days: events if there are any, else the rate
    that the playbook assumes; None where nothing says it."""
    events = data.events
    if events is not None and VISIT_EVENT in events.event.names:
        days = events.day[events.event.codes == events.event.names.index(VISIT_EVENT)]
        return lambda first, last: int(((days >= first) & (days <= last)).sum())
    a_day = visits_a_day(playbook)
    if a_day is None:
        return None
    return lambda first, last: round(a_day * (last - first + 1))
