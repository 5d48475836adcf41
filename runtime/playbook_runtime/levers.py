"""The levers of the tornado: every assumption that can be set to either end of what is known of it.

What has no interval is moved by a tenth of itself each way, and marked. A lever says whom alone it
changes, so that nobody else has to be run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from playbook_compiler.values import dataclass, replace
from playbook_runtime.assumed import DATA, OWN
from playbook_runtime.estimate import quantile
from playbook_runtime.evidence import library
from playbook_runtime.evidence.effects import EffectPrior
from playbook_runtime.kernel.instructions import OP, TASK, A, Program
from playbook_runtime.kernel.tables import (
    F64,
    NEWCOMER,
    PROGRAMME_DRAWS,
    PROSPECT,
    Draws,
    rows,
    some_draws,
)
from playbook_runtime.membership import join_offsets
from playbook_runtime.prepare import Prepared
from playbook_runtime.programme_draws import JOIN, SHARES, judged
from playbook_runtime.significant import significant

Column = NDArray[Any]
DRAWS: Final = 50
LOW, HIGH = 0.1, 0.9
TENTH: Final = 0.1
DATA_FREE: Final = "none"  # the grade of what no data says
_WHOLE: Final = 1_000_000  # parts per million
TINY: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """One end of a lever: what it says there, and the draws and program that say so."""

    text: str
    draws: Draws
    program: Program


@dataclass(frozen=True, slots=True, eq=False)
class Lever:
    """One assumption that can be set: its name as in the list of assumptions, and its two ends."""

    id: str
    label: str
    grade: str
    low: End
    high: End
    guessed: bool = False
    flows: frozenset[int] | None = None  # nobody but whom these touch lives otherwise; None: all do
    kind: int | None = None  # nobody but people of this kind do


def levers(prepared: Prepared, program: Program, orders: F64) -> list[Lever]:
    """Return all levers of a simulation, in the order in which they are run: on as many of its
    first draws as there are `orders`, the orders of the world without in each."""
    some = some_draws(prepared.headline, 0, len(orders))
    return [
        *_model(prepared, program, some, orders),
        *_effects(prepared, program, some),
        *_common(prepared, program, some),
        *_joining(prepared, program, some),
        *_coins(prepared, program, some),
        *_points(prepared, program, some),
    ]


def how_many(prepared: Prepared, program: Program) -> int:
    """Return how many levers there are."""
    return len(levers(prepared, program, np.ones(2)))


def _model(prepared: Prepared, program: Program, some: Draws, orders: F64) -> Iterator[Lever]:
    """Yield levers on what is fitted, each a whole draw of its parameters: they hang together, and
    only together they tell how much is bought, which is what puts draws in order."""
    of_model = orders / some.drift
    low, high = _places(of_model)

    def buying(place: int) -> End:
        alike = {
            name: np.ascontiguousarray(np.broadcast_to(column[place], column.shape))
            for name, column in (("behaviour", some.behaviour), ("k", some.k), ("m", some.m))
        }
        return End(f"{of_model[place]:,.0f} orders", some._replace(**alike), program)

    if np.ptp(some.behaviour, axis=0).any():
        yield Lever(
            "model.buying", "how often and how long customers buy, as fitted", DATA,
            buying(low), buying(high),
        )  # fmt: skip
    p, q, gamma = some.spend.T
    value = p * gamma / np.maximum(q - 1, TINY) / 10**prepared.playbook.decimals

    def worth(place: int) -> End:
        spend = np.ascontiguousarray(np.broadcast_to(some.spend[place], some.spend.shape))
        return End(f"{value[place]:,.2f} an order", some._replace(spend=spend), program)

    if np.ptp(some.spend, axis=0).any():
        low, high = _places(value)
        yield Lever(
            "model.order_value", "what an order is worth, as fitted", DATA, worth(low), worth(high)
        )


def _places(values: F64) -> tuple[int, int]:
    """Return which draws are the 10% and the 90% quantile of values."""
    order = np.argsort(values, kind="stable")
    last = len(values) - 1
    return int(order[round(LOW * last)]), int(order[round(HIGH * last)])


def _effects(prepared: Prepared, program: Program, some: Draws) -> Iterator[Lever]:
    """Yield a lever for each prior of an effect or a redemption that has an interval."""
    columns: dict[EffectPrior, list[int]] = defaultdict(list)
    sends: dict[EffectPrior, list[int]] = defaultdict(list)
    expected = prepared.expected
    for n, prior in enumerate(expected.priors):
        columns[prior].append(n)
    for n, redemption in enumerate(expected.redemptions):
        if redemption is not None:
            sends[redemption].append(n)
    for prior in dict.fromkeys((*columns, *sends)):
        if not prior.in_headline or prior.sd == 0:
            continue

        def at(value: float, prior: EffectPrior = prior) -> End:
            effect, redeemed = some.effect.copy(), some.redemption.copy()
            effect[:, columns.get(prior, [])] = value
            redeemed[:, sends.get(prior, [])] = value
            draws = some._replace(effect=effect, redemption=redeemed)
            return End(significant(value), draws, program)

        low, _, high = prior.interval
        flows = {expected.slots[n].flow for n in columns.get(prior, [])} | {
            expected.sends[n].rpartition("/")[0] for n in sends.get(prior, [])
        }
        names = ", ".join(sorted(flow.strip("()") for flow in flows))
        name = prior.evidence_id
        found = library.find(name) if name else None
        what = found.effect if found is not None else str(prior.form).replace("_", " ")
        yield Lever(
            name or f"own.{'+'.join(sorted(flows))}.{prior.form}",
            f"{what} ({names})",
            str(prior.grade),
            at(low),
            at(high),
            flows=numbers_of(prepared, flows),
        )


def numbers_of(prepared: Prepared, flows: set[str]) -> frozenset[int] | None:
    """Return the numbers of flows; None where something is among them that is none, such as what
    belonging to a programme does, which touches everybody."""
    numbers = {flow: n for n, flow in enumerate(sorted(prepared.playbook.flows))}
    return frozenset(numbers[flow] for flow in flows) if flows <= numbers.keys() else None


def _common(prepared: Prepared, program: Program, some: Draws) -> Iterator[Lever]:
    """Yield levers on what one draw fixes for everybody."""
    whole, size = prepared.headline, len(some.number)

    def lever(
        identity: str,
        label: str,
        grade: str,
        column: Column,
        put: Callable[[Column], Draws],
        told: Callable[[float], str] = significant,
        flows: frozenset[int] | None = None,
        kind: int | None = None,
    ) -> Iterator[Lever]:
        """Yield a lever on a column (by draw, or by draw and something), if it differs at all."""
        if not column.size or not np.ptp(column, axis=0).any():
            return
        ends = []
        for share in (LOW, HIGH):
            values = _quantiles(column, share)
            filled = np.ascontiguousarray(np.broadcast_to(values, (size, *column.shape[1:])))
            ends.append(End(told(float(np.mean(values))), put(filled), program))
        low, high = ends
        yield Lever(identity, label, grade, low, high, flows=flows, kind=kind)

    yield from lever(
        "drift",
        "how far buying drifts off the model",
        DATA,
        whole.drift,
        lambda values: some._replace(drift=values),
    )
    yield from lever(
        library.UNSUBSCRIBE_ID,
        "unsubscriptions per message",
        "D",
        whole.unsubscribe,
        lambda values: some._replace(unsubscribe=values),
        _per_cent,
        flows=_all_flows(program),
    )
    yield from lever(
        library.FATIGUE_ID,
        "what is left of the effect of frequent mails",
        "B",
        whole.fatigue,
        lambda values: some._replace(fatigue=values),
        flows=_all_flows(program),
    )
    yield from lever(
        "newcomers",
        "newcomers a month",
        DATA,
        whole.newcomers,
        lambda values: some._replace(newcomers=values),
        kind=NEWCOMER,
    )
    yield from lever(
        "sign-ups",
        "sign-ups a month",
        OWN,
        whole.prospects,
        lambda values: some._replace(prospects=values),
        kind=PROSPECT,
    )
    grades = {one.id: one.grade for one in prepared.assumptions}
    for place, name in enumerate(PROGRAMME_DRAWS):
        identity = f"programmes.{name}"
        if name not in SHARES or identity not in grades:
            continue

        def put(values: Column, place: int = place) -> Draws:
            programme = some.programme.copy()
            programme[:, place] = values
            return some._replace(programme=programme)

        column = whole.programme[:, place]
        yield from lever(identity, SHARES[name], grades[identity], column, put, _per_cent)


def _joining(prepared: Prepared, program: Program, some: Draws) -> Iterator[Lever]:
    """Yield the lever on how many join the membership. The draws hold the log odds at which the
    share joins, which differ by what a draw says of buying: they are found anew at each end."""
    place = PROGRAMME_DRAWS.index(JOIN.column)
    if not np.ptp(prepared.headline.programme[:, place]):
        return  # nobody asks, or nobody joins in the headline
    (joining,) = (one for one in judged(prepared.playbook) if one.column == JOIN.column)
    grade, ends = str(joining.prior.grade), []
    for share in (joining.prior.interval[0], joining.prior.interval[-1]):
        programme = some.programme.copy()
        programme[:, place] = join_offsets(
            prepared.playbook,
            rows(prepared.people, 0, prepared.launch.customers),
            some.behaviour,
            some.k,
            some.m,
            some.spend,
            some.drift,
            [share] * len(some.number),
        )
        ends.append(End(_per_cent(share), some._replace(programme=programme), program))
    low, high = ends
    yield Lever(f"programmes.{joining.column}", joining.means, grade, low, high)


def _per_cent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _coins(prepared: Prepared, program: Program, some: Draws) -> Iterator[Lever]:
    """Yield the question of the model that no data of a shop answers: whether an extra order can be
    the last one, as any other order can. The headline says no; with it a part of every gain on the
    rate of buying is taken back, since a customer has so many orders in a life."""
    if not prepared.launch.slots:
        return
    yield Lever(
        "model.coins_on_extra_orders",
        "coins on extra orders: can one be the last, like any other order",
        DATA_FREE,
        End("no", some, program),
        End("yes", some, program._replace(tosses_on_extras=1)),
    )


def _all_flows(program: Program) -> frozenset[int]:
    """Return all flows: whoever met none has been sent nothing."""
    return frozenset(range(len(program.flow_first)))


def _quantiles(column: Column, share: float) -> Column:
    """Return the quantile over draws of each column, of whole numbers where they are such."""
    flat = column.reshape(len(column), -1)
    found = np.array([quantile(sorted(one), share) for one in flat.T.tolist()])
    if np.issubdtype(column.dtype, np.integer):
        found = np.floor(found + 0.5)
    values: Column = found.reshape(column.shape[1:]).astype(column.dtype)
    return values


def _points(prepared: Prepared, program: Program, some: Draws) -> Iterator[Lever]:
    """Yield levers on what is assumed without an interval: margins, costs, consent, events."""
    told = {one.id: one for one in prepared.assumptions}

    def lever(identity: str, label: str, low: Program, high: Program) -> Lever:
        grade = told[identity].grade if identity in told else OWN
        return Lever(
            identity, label, grade, End("-10 %", some, low), End("+10 %", some, high), guessed=True
        )

    ends = (1 - TENTH, 1 + TENTH)
    yield lever(
        "economics.gross_margin", "margin less payment", *(_margins(program, end) for end in ends)
    )
    if program.fixed_micro:
        fixed = [round(program.fixed_micro * end) for end in ends]
        yield lever(
            "economics.order_costs",
            "costs of an order",
            *(program._replace(fixed_micro=one) for one in fixed),
        )
    if program.channel_cost.any():
        costs = [np.rint(program.channel_cost * end).astype(np.int64) for end in ends]
        yield replace(
            lever(
                "economics.message_costs",
                "cost of a message",
                *(program._replace(channel_cost=one) for one in costs),
            ),
            flows=_all_flows(program),
        )
    tasks = program.code[:, OP] == TASK
    if program.code[tasks, A].any():
        codes = []
        for end in ends:
            code = program.code.copy()
            code[tasks, A] = np.rint(code[tasks, A] * end).astype(np.int64)
            codes.append(code)
        yield replace(
            lever("tasks", "cost of a task", *(program._replace(code=code) for code in codes)),
            flows=_all_flows(program),
        )
    for place, channel in enumerate(prepared.launch.channels):
        shares = []
        for end in ends:
            share = program.channel_share.copy()
            share[place] = min(1.0, share[place] * end)
            shares.append(share)
        if (prepared.people.consent[:, place] < 0).any() and program.channel_share[place] > 0:
            yield lever(
                f"consent.{channel}",
                f"customers who consent to {channel}, where that is unknown",
                *(program._replace(channel_share=share) for share in shares),
            )
    for place, code in enumerate(program.source_event.tolist()):
        event = prepared.launch.events[code]
        rates = []
        for end in ends:
            rate = program.source_rate.copy()
            rate[place] *= end
            rates.append(rate)
        if program.source_rate[place] > 0:
            yield lever(
                f"event.{event}",
                f"how often `{event}` happens",
                *(program._replace(source_rate=rate) for rate in rates),
            )


def _margins(program: Program, factor: float) -> Program:
    """Return a program with all that orders leave, those of categories too, times a factor."""
    return program._replace(
        margin_ppm=min(_WHOLE, round(program.margin_ppm * factor)),
        mark_margin=np.minimum(_WHOLE, np.rint(program.mark_margin * factor)).astype(np.int64),
    )
