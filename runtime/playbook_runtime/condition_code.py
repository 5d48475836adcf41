"""Conditions as postfix code for the kernel: the same tree that checks and targets read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from playbook_compiler.changes import FIELD, TAG
from playbook_compiler.condition_evaluation import passes
from playbook_compiler.conditions import (
    And,
    Between,
    Bought,
    Compare,
    Condition,
    Engaged,
    Entered,
    FactTest,
    Happened,
    Has,
    Holds,
    InAudience,
    InFlow,
    InSet,
    InTop,
    IsKnown,
    Not,
    Or,
    OrderHas,
    Received,
    Unsubscribed,
    Value,
)
from playbook_compiler.diagnostics import Diagnostic, shown, warning
from playbook_compiler.facts import Fact, IdKind
from playbook_compiler.model import Audience, Playbook
from playbook_compiler.units import Duration, Money, Share
from playbook_compiler.values import dataclass, field, replace
from playbook_runtime.heard import Told, has_points
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel.tables import NO, UNKNOWN, YES
from playbook_runtime.launch import Mark
from playbook_runtime.lifecycle import BUILT_IN, Silence

NOT_SIMULATED = "not-yet-simulated"
AT_LEAST = code.OPERATORS.index(">=")
LIFECYCLE = "lifecycle"
ENGAGING = frozenset({"message_opened", "link_clicked"})
_ORDERS, _DAYS = code.FACTS.index("orders"), code.FACTS.index("days_since_last_order")
_IS_NOT, _UP_TO, _ABOVE = (code.OPERATORS.index(sign) for sign in ("!=", "<=", ">"))
CATEGORY, MARKETPLACE, ORDER_MARKETPLACE = "category", "marketplace", "trigger.order.marketplace"


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in conditions stand for: numbers of columns."""

    flows: Mapping[str, int]
    messages: Mapping[str, int]
    channels: Mapping[str, int]
    offers: Mapping[str, int]
    events: Mapping[str, int]
    statics: Mapping[str, int]
    audiences: Mapping[str, Audience]
    decimals: int
    duration: Callable[[Duration], int]
    told: Mapping[tuple[str, str], Told]
    cuts: Mapping[str, float]
    points: bool = False  # there is a points programme
    order_flows: frozenset[str] = frozenset()  # whose runs are about an order
    marks: tuple[Mark, ...] = ()
    silence: Silence = BUILT_IN


def names_of(
    playbook: Playbook,
    *,
    channels: Sequence[str],
    events: Sequence[str],
    statics: Sequence[str],
    told: Mapping[tuple[str, str], Told],
    cuts: Mapping[str, float],
    duration: Callable[[Duration], int],
    marks: tuple[Mark, ...] = (),
    silence: Silence = BUILT_IN,
) -> Names:
    """Return the numbers of all names: flows, messages and offers in order of ids."""
    return Names(
        flows={flow: n for n, flow in enumerate(sorted(playbook.flows))},
        messages={message: n for n, message in enumerate(sorted(playbook.messages))},
        channels={name: n for n, name in enumerate(channels)},
        offers={offer: n for n, offer in enumerate(sorted(playbook.offers))},
        events={name: n for n, name in enumerate(events)},
        statics={text: n for n, text in enumerate(statics)},
        audiences=playbook.audiences,
        decimals=playbook.decimals,
        duration=duration,
        told=told,
        cuts=cuts,
        marks=marks,
        silence=silence,
        points=has_points(playbook),
    )


@dataclass(slots=True)
class CodeList:
    """Condition code as it grows: rows (op, a, b), their numbers, and where each one begins."""

    names: Names
    rows: list[tuple[int, int, int]] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    about_order: bool = False
    reads_orders: bool = False
    findings: list[Diagnostic] = field(default_factory=list)

    def add(self, condition: Condition | None, *, about_order: bool = False) -> int:
        """Append a condition; return its number, -1 for none. Only where what it decides is about
        an order does it know that order."""
        if condition is None:
            return -1
        self.about_order = about_order
        self.first.append(len(self.rows))
        self._write(condition)
        return len(self.first) - 1

    def of(self, flow: str, condition: Condition | None) -> int:
        """Append a condition of a flow's trigger or steps."""
        return self.add(condition, about_order=flow in self.names.order_flows)

    def is_stirred(self, condition: int) -> bool:
        """Return whether only orders, engagements and the clock change what a condition says."""
        ends = [*self.first[1:], len(self.rows)]
        return all(
            op in code.STIRRED_BY_ORDERS or (op in (code.FACT, code.KNOWN) and a < code.POINTS_FACT)
            for op, a, _ in self.rows[self.first[condition] : ends[condition]]
        )

    def _row(self, op: int, a: int = 0, b: int = 0, number: float = 0.0) -> None:
        self.rows.append((op, a, b))
        self.numbers.append(number)

    def _write(self, node: Condition) -> None:
        names = self.names
        static = names.statics.get(str(node))
        if static is not None:
            self._row(code.STATIC, static)
            return
        match node:
            case And(parts=parts) | Or(parts=parts):
                self._write(parts[0])
                for part in parts[1:]:
                    self._write(part)
                    self._row(code.AND if isinstance(node, And) else code.OR)
            case Not(part=part):
                self._write(part)
                self._row(code.NOT)
            case Compare(fact=fact, operator=operator, value=value) if self._is_number(fact):
                self._compare(fact, operator, value)
            case InSet(fact=fact, values=values) if self._is_number(fact):
                for n, value in enumerate(values):
                    self._compare(fact, "=", value)
                    if n:
                        self._row(code.OR)
            case Between(fact=fact, low=low, high=high) if self._is_number(fact):
                self._compare(fact, ">=", low)
                self._compare(fact, "<=", high)
                self._row(code.AND)
            case IsKnown(fact=fact, known=known) if self._counts(fact):
                self._row(code.KNOWN, code.FACTS.index(fact.name))
                if not known:
                    self._row(code.NOT)
            case InTop(fact=fact) if fact.name in code.CUT_FACTS and str(node) in names.cuts:
                self._row(code.FACT, code.FACTS.index(fact.name), AT_LEAST, names.cuts[str(node)])
            case Has(fact=fact, value=channel) if fact.name == "consent":
                self._row(code.CONSENTS, names.channels[channel])
            case Has() | Compare() | InSet() | Between() | IsKnown() if (
                key := told_key(node)
            ) in names.told:
                self._told(node, key)
            case Compare(fact=fact, operator=operator, value=value) if fact.name == LIFECYCLE:
                self._stage_of_life(str(value))
                if operator == "!=":
                    self._row(code.NOT)
            case InSet(fact=fact, values=values) if fact.name == LIFECYCLE:
                for n, value in enumerate(values):
                    self._stage_of_life(str(value))
                    if n:
                        self._row(code.OR)
            case IsKnown(fact=fact, known=known) if fact.name == LIFECYCLE:
                self._row(code.KNOWN, _DAYS)
                if not known:
                    self._row(code.NOT)
            case OrderHas(test=test) if self.names.marks and test.fact.name == CATEGORY:
                self._marked(test, CATEGORY, about=self.about_order, or_latest=True)
            case Compare() | InSet() | IsKnown() if self._is_marketplace(node.fact):
                about = node.fact.name != MARKETPLACE
                self._marked(node, MARKETPLACE, about=about, or_latest=not about)
            case Bought(kind=IdKind.CATEGORY, name=name, within=within) if self.names.marks:
                first = self.answers_of(mark.category == name for mark in self.names.marks)
                self._row(code.BOUGHT, first, self._within(within))
            case Engaged(channel=channel, within=within) if names.events.keys() & ENGAGING:
                self._row(code.ENGAGED, names.channels[channel], self._within(within))
            case InFlow(flow=flow):
                self._row(code.IN_FLOW, names.flows[flow])
            case Entered(flow=flow, within=within):
                self._row(code.ENTERED, names.flows[flow], self._within(within))
            case Received(kind=kind, name=name, within=within):
                if kind is IdKind.MESSAGE:
                    self._row(code.GOT_MESSAGE, names.messages[name], self._within(within))
                else:
                    self._row(code.GOT_CHANNEL, names.channels[name], self._within(within))
            case Holds(offer=offer):
                self._row(code.HOLDS, names.offers[offer])
            case Unsubscribed(channel=channel):
                self._row(code.LEFT, names.channels[channel])
            case Happened(event=event, within=within) if event in names.events:
                self._row(code.HAPPENED, names.events[event], self._within(within))
            case InAudience(audience=audience):
                self._write(names.audiences[audience].where)
                self._row(code.DEFINITE)
            case _:
                self._refuse(node)

    def _is_number(self, fact: Fact) -> bool:
        """Return whether the kernel knows a fact as a number."""
        return self._counts(fact) or (self.about_order and fact.name in code.ORDER_FACTS)

    def _counts(self, fact: Fact) -> bool:
        return fact.name in code.FACTS and (fact.name != "points" or self.names.points)

    def _stage_of_life(self, stage: str) -> None:
        """Write whether a customer is in a stage of life; unknown of those who never bought."""
        silence = self.names.silence
        if stage == "lost":
            self._row(code.FACT, _DAYS, _ABOVE, float(silence.lost_after))
            return
        since, until = -1, silence.dormant_after
        if stage == "dormant":
            since, until = silence.dormant_after, silence.lost_after
        self._row(code.FACT, _DAYS, _ABOVE, float(since))
        self._row(code.FACT, _DAYS, _UP_TO, float(until))
        self._row(code.AND)
        # Of no orders these say yes, so that the silence, unknown then, decides.
        if stage in ("growing", "mature"):
            self._row(code.FACT, _ORDERS, _IS_NOT, 1.0)
            self._row(code.AND)
        if stage == "mature":
            self._row(code.FACT, _ORDERS, _IS_NOT, 2.0)
            self._row(code.AND)
        if stage in ("new", "growing"):
            self._row(code.FACT, _ORDERS, _UP_TO, 1.0 if stage == "new" else 2.0)
            self._row(code.AND)

    def _is_marketplace(self, fact: Fact) -> bool:
        return bool(self.names.marks) and (
            fact.name == MARKETPLACE or (self.about_order and fact.name == ORDER_MARKETPLACE)
        )

    def _marked(self, node: FactTest, column: str, *, about: bool, or_latest: bool) -> None:
        """Write a test of an order's mark: its answer for each mark."""
        which = code.OF_LATEST
        if about:
            which = code.OF_RUN_OR_LATEST if or_latest else code.OF_RUN
            self.reads_orders = True
        known = isinstance(node, IsKnown)
        test = replace(node, known=True) if isinstance(node, IsKnown) else node
        values = (getattr(mark, column) or None for mark in self.names.marks)
        self._row(code.MARKED, which, self.answers_of(_answer(test, value) for value in values))
        if known:
            self._row(code.DEFINITE)
            if isinstance(node, IsKnown) and not node.known:
                self._row(code.NOT)

    def answers_of(self, answers: Iterable[bool | None]) -> int:
        """Append answers by mark; return where they begin."""
        first = len(self.answers)
        self.answers.extend(_code(answer) for answer in answers)
        return first

    def _told(self, node: FactTest, key: tuple[str, str]) -> None:
        """Write a test of a tag or own field: its answer in each state of it."""
        told = self.names.told
        self._row(code.TOLD, list(told).index(key), len(self.answers))
        for state in told[key].states:
            self.answers.append(_code(_answer(node, state)))

    def _compare(self, fact: Fact, operator: str, value: Value) -> None:
        is_order = fact.name in code.ORDER_FACTS
        self.reads_orders = self.reads_orders or is_order
        self._row(
            code.ORDER if is_order else code.FACT,
            (code.ORDER_FACTS if is_order else code.FACTS).index(fact.name),
            code.OPERATORS.index(operator),
            self._number(value),
        )

    def _number(self, value: Value) -> float:
        match value:
            case Money():
                return float(value.minor(self.names.decimals))
            case Share():
                return float(value.fraction)
            case int() | Decimal():
                return float(value)
        raise AssertionError(f"{value!r} stands beside a number")

    def _within(self, within: Duration | None) -> int:
        return -1 if within is None else self.names.duration(within)

    def _refuse(self, node: Condition) -> None:
        self._row(code.CONSTANT, UNKNOWN)
        self.findings.append(
            warning(
                NOT_SIMULATED,
                f"the simulation cannot tell `{shown(node)}`: it counts as unknown, so that it"
                " never holds",
                node.span,
                caption="not simulated yet",
            )
        )


def _answer(node: FactTest, state: Value | None) -> bool | None:
    """Return what a test says of a tag or field in one state."""
    match node:
        case Compare() | InSet() | Between():
            return passes(node, state)
        case IsKnown(known=known):
            return (state is not None) is known
        case _:
            return None if state is None else state is True


def _code(answer: bool | None) -> int:
    return UNKNOWN if answer is None else YES if answer else NO


def told_key(node: Condition) -> tuple[str, str]:
    """Return what a test of a tag or field asks for, as `told_of` names it."""
    if isinstance(node, Has):
        return TAG if node.fact.name == "tags" else "", node.value
    return (FIELD, node.fact.name) if isinstance(node, FactTest) else ("", "")
