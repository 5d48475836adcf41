"""The sentences of a diagnosis: what the numbers mean to somebody who has a shop to run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from playbook_runtime.counted import count_of, word_of
from playbook_runtime.diagnose.curve import Course
from playbook_runtime.diagnose.model import Diagnosis, MatrixFound
from playbook_runtime.orders.currency import NO_CURRENCY
from playbook_runtime.output.diagnose_tables import amount, percent, quadrant

FIFTHS_NEED: Final = 30  # customers, to part them into fifths
_WHOLE_FROM: Final = 10
_STEP_NEEDS: Final = 30  # customers with two orders, to say anything about a third
_FOCUS: Final = {
    (True, False): "Customers buy often and little: keeping them pays first - refills,"
    " subscription, the next category.",
    (True, True): "Customers buy often and much: keep them above all - levels, service for the"
    " best, early access.",
    (False, True): "Goods are dear and rarely bought: winning customers, referral and the value of"
    " an order come before letters to old ones.",
    (False, False): "Customers buy rarely and little: work on the second order and on the value of"
    " an order before paying more for new customers.",
}
_COURSE: Final = {
    Course.FALLS: "The curve falls on: customers keep leaving.",
    Course.FLATTENS: "The curve flattens: those who stay that long are regulars.",
    Course.RISES: "The curve rises again: sleepers come back (the smile).",
    Course.UNKNOWN: "Whether the curve falls on or flattens cannot be told.",
}


def title(found: Diagnosis) -> str:
    """Return the first line."""
    what = f"{found.playbook}: what" if found.playbook else "What"
    money = f", money in {found.currency}" if found.currency != NO_CURRENCY else ""
    return f"{what} the orders up to {found.as_of} say{money}"


def account(found: Diagnosis) -> Iterator[str]:
    """Yield the sanity line, what each rule did, and what is counted as a purchase."""
    data = found.data
    yield data.sanity_line
    if data.later_orders:
        yield (
            f"    used up to {data.last_day}: {count_of(data.orders, 'order')} of"
            f" {count_of(data.customers, 'customer')}; {count_of(data.later_orders, 'later order')}"
            " left out"
        )
    for line in data.details:
        yield f"    {line}"
    if found.purchases != data.orders:
        yield (
            f"    {count_of(data.orders, 'order')} count as {found.purchases:,}: those of one"
            " customer on one"
            " day are one"
        )
    if found.partial:
        yield f"    {found.partial} is not over: it is in no month, year or curve below"


def enough_for_fifths(found: Diagnosis) -> bool:
    """Whether there are enough customers for the best fifth of them to mean anything."""
    return found.data.customers >= FIFTHS_NEED


def in_short(found: Diagnosis) -> Iterator[str]:
    """Yield what stands out: the weakest step, the silent, and how much hangs on how few."""
    first, second = found.x_order.get("1"), found.x_order.get("2")
    if first is not None and first.part:
        words = f"- {percent(first.value)} of the customers have bought again so far"
        if (
            second is not None
            and second.whole >= _STEP_NEEDS
            and second.low is not None
            and first.high is not None
        ):
            weakest = first.high < second.low
            words += f"; of those, {percent(second.value)} a third time"
            words += ": the second order is the hardest" if weakest else ""
        yield f"{words}."
    if enough_for_fifths(found):
        yield f"- {core(found)}"
    revenue = sum(group.revenue for group in found.lifecycle) or 1
    dormant = next(group for group in found.lifecycle if group.name == "dormant")
    if dormant.customers:
        yield (
            f"- {count_of(dormant.customers, 'customer')} who brought"
            f" {percent(dormant.revenue / revenue)} of the revenue have fallen silent, but not yet"
            " for long (dormant)."
        )
    yield f"- {_COURSE[found.verdict.course]}"


def stage(found: Diagnosis) -> Iterator[str]:
    """Yield the stage of the business, why, and what comes next."""
    one = found.stage
    rules = "rules of the playbook" if one.own_rules else "built-in rules"
    if one.orders_per_month is None:
        yield (f"Stage: {one.stage}, as long as there are no three full months to go by ({rules}).")
    else:
        since = f" since the end of {one.since}" if one.since else ""
        why = f"; it is entered by `{one.rule}`" if one.rule else ""
        yield (
            f"Stage: {one.stage}{since}. {_rate(one.orders_per_month)}"
            f" {word_of(one.orders_per_month, 'order')} a month, mean of the"
            f" last three full months{why} ({rules}; a shop never goes back)."
        )
    if one.next_stage:
        yield f"    next: {one.next_stage}, by `{one.next_rule}`"
    if one.stated not in ("auto", one.stage):
        yield f"    the playbook says `stage: {one.stated}`, and that is what holds in it"


def _rate(orders: float) -> str:
    return f"{orders:,.0f}" if orders >= _WHOLE_FROM else f"{orders:.1f}"


def matrix(found: MatrixFound, decimals: int) -> Iterator[str]:
    """Yield the quadrant of the shop, where the matrix is cut, and what that means."""
    shop = found.shop
    yield f"Product matrix: {quadrant(shop)}."
    focus = _FOCUS.get((bool(shop.frequent), bool(shop.valuable)))
    if focus and shop.frequent is not None and shop.valuable is not None:
        yield f"    {focus}"
    yield f"    {_cuts(found, decimals)}"


def _cuts(found: MatrixFound, decimals: int) -> str:
    frequent = f"frequent is from {found.frequent:g} orders a year"
    valuable = (
        f"valuable from {amount(found.valuable, decimals)} an order"
        if found.valuable is not None
        else "what is valuable nothing says"
    )
    told = {
        (): "both marks are built in: write `matrix: {frequent: ..., valuable: ...}` for yours",
        ("frequent", "valuable"): "both as your playbook says",
    }
    origin = told.get(found.own, f"`{''.join(found.own)}` is your playbook's, the other built in")
    return f"{frequent}, {valuable}; {origin}."


def verdict(found: Diagnosis) -> str:
    """Return what the curve does, between which ages, and how sure that is."""
    one = found.verdict
    words = f"{_COURSE[one.course]} "
    if one.ages is None or one.ratio is None or one.low is None or one.high is None:
        return f"{words}{one.reason[:1].upper()}{one.reason[1:]}."
    half = (one.ages[1] - one.ages[0] + 1) // 2
    later = f"months {one.ages[0] + half} to {one.ages[1]}"
    earlier = f"months {one.ages[0]} to {one.ages[0] + half - 1}"
    if half == 1:
        later, earlier = f"month {one.ages[1]}", f"month {one.ages[0]}"
    return (
        f"{words}The {one.customers:,} customers who are {one.ages[1]} months old bought"
        f" {one.ratio:.2f} times as often in {later} as in {earlier} (90% interval"
        f" {one.low:.2f} ... {one.high:.2f}): {one.reason}."
    )


def lifecycle(found: Diagnosis) -> str:
    """Return where dormant and lost begin."""
    silence = found.silence
    if not silence.is_known:
        return (
            f"Dormant is silent for more than {count_of(silence.dormant_after, 'day')}, lost"
            " for more than"
            f" {silence.lost_after}: built in, since too few have bought twice."
        )
    return (
        f"Dormant is silent for more than {count_of(silence.dormant_after, 'day')}: nine in"
        " ten of your"
        f" {silence.gaps:,} pauses between two purchases took no longer. Lost is twice that."
    )


def core(found: Diagnosis) -> str:
    """Return how much hangs on how few."""
    everybody = sum(tier.customers for tier in found.tiers) or 1
    revenue = sum(tier.revenue for tier in found.tiers) or 1
    top = found.tiers[0]
    return (
        f"{100 * top.customers / everybody:.0f} % of the customers brought"
        f" {100 * top.revenue / revenue:.0f} % of the revenue."
    )


def payback(found: Diagnosis) -> str:
    """Return when a customer has paid for having been won; nothing where nobody says the cost."""
    if not found.acquisition_cost or found.value_of != "contribution":
        return ""
    cost = amount(found.acquisition_cost, found.decimals)
    if found.payback_months is None:
        return f"Winning a customer costs {cost}: not earned back within the months above."
    return (
        f"Winning a customer costs {cost}: earned back after"
        f" {count_of(found.payback_months, 'month')}, on average."
    )


def reading_help() -> str:
    """Return what the columns mean."""
    return (
        "How to read: eight times in ten the true share lies in the 80% interval; with few"
        " customers it is wide, and the share says little. In MONTHS, kept is the share of the last"
        " month's buyers who bought in this one, next month and quarter that of this month's buyers"
        " who bought again in the next one, or in the next three. A month counts when it is over."
    )
