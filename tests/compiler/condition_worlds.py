"""Small worlds of customers: what one can be like, told in full, to hold analysis against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product

from hypothesis import strategies as st
from tests.compiler.condition_texts import parsed, scope

from playbook_compiler.condition_evaluation import Observed
from playbook_compiler.conditions import (
    Condition,
    Not,
    Value,
    all_of,
    any_of,
    facts_read,
    nodes,
)
from playbook_compiler.facts import Fact, IdKind
from playbook_compiler.units import Duration, Money, Share

ORDER_TRIGGER = scope(trigger="order_placed")
# Tests on few facts with few values, so that a tree often reads the same one twice.
TEXTS = (
    *("orders = 0", "orders >= 1", "orders < 2", "orders > 2", "orders in (1, 3)"),
    *("orders between 1 and 2", "orders != 1", "orders >= 0", "orders < 0", "orders is known"),
    *("revenue > 0", "revenue < 20", "revenue >= 20", "revenue = 0", "aov > 5", "aov is known"),
    *("days_since_last_order < 3", "days_since_last_order >= 3", "days_since_last_order is known"),
    *("days_since_last_order > 5", "days_since_last_order between 2 and 4"),
    *("days_since_first_order < 2", "days_since_first_order > 4", "days_since_first_order = 3"),
    *("days_as_customer < 3", "days_as_customer is unknown", "days_as_customer > 4"),
    *("rfm = loyal", "rfm in (loyal, lost)", "rfm != lost", "rfm is unknown", "rfm.r > 5"),
    *("country = DE", "country != DE", "country in (DE, AT)", "country is known"),
    *("birthday between 12-20 and 01-05", "birthday = 12-24", "birthday != 12-24"),
    *("birthday between 01-06 and 12-19", "birthday is known"),
    *("tags has vip", "tags has warm", "consent has email", "consent has sms"),
    *("consent is known", "consent is unknown", "tags is unknown"),
    *("tier = bud", "tier != bud", "has_account", "has_account = false", "has_account is known"),
    *("revenue in top 20%", "revenue in top 50%", "aov in top 20%", "revenue in top 100%"),
    *("event(sign_up) within 3d", "event(sign_up) within 5d", "event(sign_up)"),
    *("event(sign_up) within 96h", "event(order_placed) within 2d", "event(order_placed)"),
    *("bought(category tea) within 3d", "bought(category tea)", "bought(category ware)"),
    *("order has category = tea", "order has category in (tea, ware)", "order has quantity > 2"),
    *("order has quantity > 1", "order has quantity < 0", "order has category != tea"),
    *("in_flow(win-back)", "entered(win-back) within 5d", "entered(win-back)"),
    *("audience(core)", "audience(lapsed)", "unsubscribed(email)", "holds(sampler)"),
    *("engaged(email) within 3d", "engaged(email) within 9d", "received(sms) within 1mo"),
    *("received(sms) within 30d", "received(sms) within 32d", "trigger.order.total > 20"),
)
LEAVES = st.sampled_from([parsed(text, ORDER_TRIGGER) for text in TEXTS])


def _grown(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(parts.map(Not), several.map(all_of), several.map(any_of))


TREES: st.SearchStrategy[Condition] = st.recursive(LEAVES, _grown, max_leaves=7)
# When things happened, by themselves: they seldom meet among all the others.
_WHEN = [text for text in TEXTS if "within" in text or text.startswith("days_since_last_order")]
TIMES = st.sampled_from([parsed(text, ORDER_TRIGGER) for text in _WHEN])
TIMED: st.SearchStrategy[Condition] = TIMES | TIMES.map(Not)
_DEEDS = (
    *("event(sign_up)", "bought(category tea)", "bought(category ware)"),
    *("entered(win-back)", "engaged(email)", "received(sms)"),
)


class Customer:
    """One customer in full. Ages are in days, None where something never was; what stands in
    `unseen` is not observed at all."""

    def __init__(
        self,
        facts: Mapping[str, Observed],
        ages: Mapping[str, int | None],
        outcomes: Mapping[str, bool | None],
        ranks: Mapping[str, Decimal],
        lines: Sequence[Mapping[str, Value]] | None,
        unseen: frozenset[str],
    ) -> None:
        self.facts, self.ages, self.outcomes = facts, ages, outcomes
        self.ranks, self.lines, self.unseen = ranks, lines, unseen

    def value(self, fact: Fact) -> Observed:
        return self.facts.get(str(fact))

    def in_top(self, fact: Fact, share: Share) -> bool | None:
        rank = self.ranks.get(str(fact))
        if rank is None or self.value(fact) is None:
            return None
        return rank <= share.fraction

    def order_lines(self) -> Sequence[Mapping[str, Value]] | None:
        return self.lines

    def _within(self, name: str, within: Duration | None) -> bool | None:
        if name in self.unseen:
            return None
        age = self.ages.get(name)
        if age is None or within is None:
            return age is not None
        # Months of every length; elapsed hours as if full days.
        month = 28 + len(self.unseen) % 4
        return age <= within.days + within.months * month + within.seconds // 86_400

    def bought(self, kind: IdKind, name: str, within: Duration | None) -> bool | None:
        return self._within(f"bought({kind} {name})", within)

    def engaged(self, channel: str, within: Duration) -> bool | None:
        return self._within(f"engaged({channel})", within)

    def happened(self, event: str, within: Duration | None) -> bool | None:
        return self._within(f"event({event})", within)

    def received(self, kind: IdKind, name: str, within: Duration | None) -> bool | None:
        return self._within(f"received({name})", within)

    def in_flow(self, flow: str) -> bool | None:
        entered = self.entered(flow, None)
        return self.outcomes.get("in_flow") if entered else entered

    def entered(self, flow: str, within: Duration | None) -> bool | None:
        return self._within(f"entered({flow})", within)

    def holds(self, offer: str) -> bool | None:
        return self.outcomes.get("holds")

    def in_audience(self, audience: str) -> bool:
        return self.outcomes.get(audience) is True

    def unsubscribed(self, channel: str) -> bool | None:
        return self.outcomes.get("unsubscribed")


@st.composite
def customers(draw: st.DrawFn) -> Customer:
    """Any customer who keeps what facts have to do with each other."""
    some = st.integers(0, 6)
    orders = draw(st.integers(0, 4))
    facts: dict[str, Observed] = {"orders": orders, "revenue": Money(Decimal(0))}
    ages: dict[str, int | None] = {}
    first = last = None
    if orders:
        last = draw(some)
        first = last if orders == 1 else last + draw(st.integers(0, 3))
        spent = draw(st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("19.99"), Decimal(20)]))
        facts |= {
            "revenue": Money(spent),
            "aov": Money(spent / orders),
            "days_since_last_order": last,
            "days_since_first_order": first,
            "days_as_customer": first + draw(st.integers(0, 3)),
        }
        if draw(st.booleans()):
            facts["rfm"] = draw(st.sampled_from(["loyal", "lost", "new"]))
            facts["rfm.r"] = draw(st.integers(1, 5))
    elif draw(st.booleans()):
        facts["days_as_customer"] = draw(some)
    ages["event(order_placed)"] = last
    for name in _DEEDS:
        ages[name] = draw(st.none() | st.integers(0, 40))
        if name.startswith("bought") and ages[name] is not None:
            ages[name] = None if first is None or last is None else draw(st.integers(last, first))
    optional = {
        "country": st.sampled_from(["DE", "AT", "FR"]),
        "birthday": st.sampled_from(["12-24", "12-19", "12-20", "01-05", "01-06", "02-29"]),
        "consent": st.frozensets(st.sampled_from(["email", "sms"])),
        "tier": st.sampled_from(["leaf", "bud"]),
        "has_account": st.booleans(),
        "trigger.order.total": st.sampled_from([Money(Decimal(20)), Money(Decimal(21))]),
    }
    for name, values in optional.items():
        if draw(st.booleans()):
            facts[name] = draw(values)
    facts.setdefault("trigger.order.total", Money(Decimal(5)))
    facts["tags"] = draw(st.frozensets(st.sampled_from(["vip", "warm"])))
    truth = st.sampled_from([True, False, None])
    outcomes = {
        name: draw(truth) for name in ("in_flow", "holds", "core", "lapsed", "unsubscribed")
    }
    ranks = {
        name: draw(st.sampled_from([Decimal("0.1"), Decimal("0.2"), Decimal("0.4"), Decimal(1)]))
        for name in ("revenue", "aov")
        if draw(st.booleans())
    }
    line = st.fixed_dictionaries(
        {},
        optional={
            "category": st.sampled_from(["tea", "ware", "set"]),
            "quantity": st.integers(0, 3),
        },
    )
    lines: list[dict[str, Value]] | None = draw(st.none() | st.lists(line, max_size=2))  # type: ignore[assignment]
    unseen = draw(st.frozensets(st.sampled_from([*_DEEDS])))
    return Customer(facts, ages, outcomes, ranks, lines, unseen)


_VALUES: Mapping[str, Sequence[Observed]] = {
    "orders": range(5),
    "revenue": [Money(Decimal(text)) for text in ("0", "0.01", "19.99", "20")],
    "aov": [Money(Decimal(5)), Money(Decimal(6))],
    "days_since_last_order": range(7),
    "days_since_first_order": range(7),
    "days_as_customer": range(7),
    "rfm": ["loyal", "lost", "new"],
    "rfm.r": range(1, 6),
    "country": ["DE", "AT", "FR"],
    "birthday": ["12-24", "12-19", "12-20", "01-05", "01-06"],
    "tags": [frozenset(), frozenset({"vip"}), frozenset({"warm"}), frozenset({"vip", "warm"})],
    "consent": [frozenset(), frozenset({"email"}), frozenset({"sms"}), frozenset({"email", "sms"})],
    "tier": ["leaf", "bud"],
    "has_account": [True, False],
    "trigger.order.total": [Money(Decimal(20)), Money(Decimal(21))],
}


def everybody(conditions: Sequence[Condition]) -> Iterator[Customer]:
    """Yield a customer for every combination of what the conditions read, told apart from deeds:
    those have all happened at one time, or never, or are not observed; where the conditions read
    several, one of them may have happened today or never, whenever the others did."""
    read = sorted({str(one.fact) for condition in conditions for one in facts_read(condition)})
    facts = {str(one.fact): one.fact for condition in conditions for one in facts_read(condition)}
    columns = [[*_VALUES[name], *([None] if facts[name].may_be_missing else [])] for name in read]
    deeds = any("(" in str(node) for condition in conditions for node in nodes(condition))
    ages = (None, 0, 4, 8, 31, 40) if deeds else (None,)
    texts = [str(node) for condition in conditions for node in nodes(condition)]
    named = [name for name in _DEEDS if any(text.startswith(name) for text in texts)]
    odd: list[tuple[str, int | None]] = [("", None)]
    if len(named) > 1:
        odd += [(name, age) for name in named for age in (None, 0)]
    ranks = (Decimal("0.1"), Decimal("0.4"), Decimal(1))
    lines: Sequence[Mapping[str, Value]] = [{"category": "tea", "quantity": 3}]
    others: Sequence[Mapping[str, Value]] = [{"category": "ware", "quantity": 2}]
    last_kind: Sequence[Mapping[str, Value]] = [{"category": "set", "quantity": 0}]
    for values in product(*columns):
        known = dict(zip(read, values, strict=True))
        orders, last = known.get("orders", 1), known.get("days_since_last_order", 0)
        both = "orders" in known and "days_since_last_order" in known
        if both and (orders == 0) is not (last is None):
            continue
        for age, ordered, rank, some, truth, (other, at) in product(
            ages, ages, ranks, (None, lines, others, last_kind), (True, False, None), odd
        ):
            outcomes = dict.fromkeys(("in_flow", "holds", "core", "lapsed", "unsubscribed"), truth)
            deed = {**dict.fromkeys(_DEEDS, age), "event(order_placed)": ordered}
            if other:
                deed[other] = at
            unseen = frozenset(deed) if truth is None and age == 40 else frozenset()
            yield Customer(known, deed, outcomes, {"revenue": rank, "aov": rank}, some, unseen)
