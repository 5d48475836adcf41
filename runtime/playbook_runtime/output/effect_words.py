"""What text and Markdown of a projected change share: which numbers, and the sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from playbook_compiler.values import dataclass
from playbook_runtime.counted import count_of
from playbook_runtime.estimate import Estimate
from playbook_runtime.output.figures import (
    chance,
    figure,
    half_width,
    interval,
    places_for,
    scaled,
    signed,
    width,
)
from playbook_runtime.projected_change import MetricChange, ProjectedChange, RequirementChange
from playbook_runtime.projection import Judged

NOTHING: Final = "No projected difference: nothing that is simulated differs between the two."
_SHOWN: Final = ("orders", "revenue", "message_cost", "offer_cost", "profit")
_CONTACT: Final = "messages_per_customer_month"
_LABELS: Final = {
    "message_cost": "messages and tasks, cost",
    "offer_cost": "offers, cost",
    _CONTACT: "messages a customer and month",
}
_WHOLE_FROM: Final = 1_000  # money from here on is told in whole units
_COUNT_PLACES: Final = 1
_CONTACT_PLACES: Final = 3


@dataclass(frozen=True, slots=True)
class Told:
    """One metric as it is shown: label, both levels, the difference and its interval, the chance
    that it is above 0 (empty where nothing differs)."""

    label: str
    old: str
    new: str
    difference: str
    interval: str
    above: str
    strong: bool = False


def told_metrics(effect: ProjectedChange) -> Iterator[Told]:
    """Yield the rows of the table: what the change brings, and how often customers are written
    to. Money in major units."""
    unit = 10.0**-effect.decimals
    for name in _SHOWN:
        one = effect.metric(name)
        yield _told(one, unit if one.unit == "money" else 1.0, effect.decimals, name == "profit")
    for one in effect.contact:
        if one.name == _CONTACT:
            yield _told(one, 1.0, effect.decimals, strong=False)


def _told(one: MetricChange, factor: float, decimals: int, strong: bool) -> Told:
    old, new, apart = (scaled(value, factor) for value in (one.old, one.new, one.difference))
    most = _COUNT_PLACES
    if one.unit == "money":
        most = 0 if max(abs(old.mean), abs(new.mean)) >= _WHOLE_FROM else decimals
    elif one.name == _CONTACT:
        most = _CONTACT_PLACES
    places = places_for(width(apart), apart.mean, most)
    return Told(
        _LABELS.get(one.name, one.name.replace("_", " ")),
        figure(old.mean, places),
        figure(new.mean, places),
        signed(apart.mean, places),
        "" if one.is_nothing else interval(apart, places),
        "" if one.is_nothing else chance(one.above),
        strong,
    )


def verdict(effect: ProjectedChange, old: str) -> str:
    """Return the sentence on the profit."""
    if effect.is_nothing:
        return NOTHING
    profit = effect.metric("profit")
    if profit.is_nothing:
        return "Profit: no difference."
    if not profit.told_apart:
        return (
            "Profit: the difference cannot be told apart from zero; better than"
            f" {old} with a chance of {chance(profit.above)}."
        )
    better = "better" if profit.difference.mean > 0 else "worse"
    sure = profit.above if better == "better" else 1 - profit.above
    return f"Profit: {better} than {old} with a chance of {chance(sure)}."


def unproven(effect: ProjectedChange) -> str:
    """Return the sentence on the gains that nothing proves; empty where there are none."""
    profit = effect.metric("profit")
    if profit.unproven is None or profit.unproven == profit.difference:
        return ""
    more = scaled(profit.unproven, 10.0**-effect.decimals)
    places = places_for(width(more), more.mean, effect.decimals)
    return (
        "Gains that nothing proves are left out; with them profit would differ by"
        f" {signed(more.mean, places)} ({interval(more, places)})."
    )


def worth_words(orders: Estimate, profit: Estimate, decimals: int) -> tuple[str, str]:
    """Return what a flow is worth more: extra orders and profit, each +- half its interval."""
    money = scaled(profit, 10.0**-decimals)
    return (
        half_width(orders, places_for(width(orders), orders.mean, _COUNT_PLACES)),
        half_width(money, places_for(width(money), money.mean, decimals)),
    )


def verdict_words(one: Judged | None) -> str:
    """Return `met`, `not met` or `undecided`; a dash for a side that does not require it."""
    return str(one.verdict) if one is not None else "-"


def is_worse(one: RequirementChange) -> bool:
    """Whether a requirement is not met now and was met, or not asked for, before."""
    now = one.new is not None and one.new.verdict == "not met"
    return now and not (one.old is not None and one.old.verdict == "not met")


def basis(effect: ProjectedChange) -> str:
    """Return what the numbers rest on, without the digest."""
    data = effect.data
    return (
        f"the {count_of(effect.horizon_days, 'day')} after {effect.as_of}, money in"
        f" {effect.currency};"
        f" {count_of(effect.draws, 'draw')}, seed {effect.seed};"
        f" {count_of(data.orders, 'order')} of {count_of(data.customers, 'customer')} from"
        f" {data.first_day} to {data.last_day}"
    )
