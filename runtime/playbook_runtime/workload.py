"""How much a projection may run: fewer draws, and people in turns, where there is too much.

Work is counted, not timed, so that the same input gives the same numbers on any machine: persons
times draws times one more than the flows, since a life takes about as much longer as more flows
look at it (docs/decisions/0042-bounded-work.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from playbook_compiler.values import dataclass, replace
from playbook_runtime.expected import SECOND_FUTURES
from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.tables import HISTORY, some_draws
from playbook_runtime.prepare import Prepared
from playbook_runtime.turns import EVERYBODY, Turns

HEADLINE_WORK: Final = 200_000_000  # of both worlds on all draws
DETAIL_WORK: Final = 250_000_000  # of the worth of flows and the tornado
DEMAND_WORK: Final = 10_000_000  # of what flows would spend
FAR_MORE: Final = 2.5  # turns cost precision at once: they are not for a little too much
MANY: Final = 3  # newcomers and sign-ups for each customer: a shop that grows so is another one
LEAST_DRAWS: Final = 40  # fewer have no order statistics below the interval's low end


@dataclass(frozen=True, slots=True)
class Bounded:
    """Why a projection has fewer draws than asked for: so many people and flows."""

    asked: int
    draws: int
    people: int
    flows: int


def bounded(prepared: Prepared, program: Program) -> tuple[Prepared, Bounded | None]:
    """Return what was prepared with as many of its draws as the headline's work allows."""
    asked, people = len(prepared.headline.number), len(prepared.people.key)
    flows = int(program.flow_on.sum())
    worlds = 2 if prepared.has_unproven else 1

    def work(draws: int) -> int:
        again = min(SECOND_FUTURES, draws // 2)
        return (worlds * draws + again) * person_work(people, flows)

    if asked <= LEAST_DRAWS or work(asked) <= HEADLINE_WORK:
        return prepared, None
    draws = LEAST_DRAWS
    while draws + LEAST_DRAWS < asked and work(draws + LEAST_DRAWS) <= HEADLINE_WORK:
        draws += LEAST_DRAWS
    return first_draws(prepared, draws), Bounded(asked, draws, people, flows)


def first_draws(prepared: Prepared, count: int) -> Prepared:
    """Return what was prepared with its first draws only."""
    chance = prepared.chance
    return replace(
        prepared,
        headline=some_draws(prepared.headline, 0, count),
        unproven=some_draws(prepared.unproven, 0, count),
        chance=replace(chance, rate=chance.rate[:count], uniform=chance.uniform[:count]),
    )


def second_draws(draws: int, fewer: Bounded | None) -> int:
    """Return on how many draws a second future is run: half of them where draws are bounded."""
    return min(SECOND_FUTURES, draws if fewer is None else draws // 2)


def turns_for(people: int, flows: int, runs: int, work: int) -> Turns:
    """Return who plays a draw, so that so many runs of all people on a draw each come to no more
    than this work: everybody where it is not far more, else one person in the least number that
    will do."""
    whole = runs * person_work(people, flows)
    return EVERYBODY if whole <= FAR_MORE * work else Turns(min(math.ceil(whole / work), people))


def person_work(people: int, flows: int) -> int:
    """Return the work of all people in a draw."""
    return people * (1 + flows)


def workload_notes(prepared: Prepared, fewer: Bounded | None, turns: Turns) -> Iterator[str]:
    """Yield what was not run in full, and why there is so much to run."""
    kinds = prepared.people.kind
    here = int((kinds == HISTORY).sum())
    draws = prepared.headline
    newcomers, sign_ups = (
        float(one.sum(axis=1).mean()) if one.size else 0.0
        for one in (draws.newcomers, draws.prospects)
    )
    if fewer is not None:
        yield (
            f"{fewer.draws:,} draws instead of {fewer.asked:,}, because {fewer.people:,} people and"
            f" {fewer.flows:,} flows are many. For more of them: --draws {fewer.asked} or"
            " --precision 5%."
        )
    if turns != EVERYBODY:
        yield (
            "What each flow is worth and what the profit depends on: people play in turns, one in"
            f" {turns.one_in:,} in each draw, who counts for as many. Their error is larger for it;"
            " the headline has everybody in every draw."
        )
    if (fewer is not None or turns != EVERYBODY) and newcomers + sign_ups > MANY * here:
        yield (
            f"To {here:,} customers come {newcomers:,.0f} newcomers and {sign_ups:,.0f} sign-ups by"
            " the playbook's own figures: are its budget and its `assume` those of this shop?"
        )
