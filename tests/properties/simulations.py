"""Simulations by chance: a playbook of `simulable.py` in a small world, as Hypothesis draws them.

The suite runs few examples of each property. `PLAYBOOK_EXAMPLES=1000 pytest tests/properties -k
any_` is the campaign: so many examples of each.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from tests.properties.simulable import playbook
from tests.properties.simulable_words import PARTS
from tests.properties.simulated import DAY, Setting, setting
from tests.statistics.worlds import World, graph_of, small_world

from playbook_compiler.graph import TriggerGraph
from playbook_runtime.launch import ADDED, RATE

# Where an order brings messages that bring more than one order, their number grows without end.
MOST = {RATE: 2.0, ADDED: 40.0}
# Of rates that add up: what is gained in all, in days of buying, however long it lasts.
MOST_GAINED = 0.3
PEOPLE, DRAWS, A_YEAR = 60, 2, 365


def examples(number: int) -> settings:
    """Return settings for a property that is checked on so many simulations."""
    asked = int(os.environ.get("PLAYBOOK_EXAMPLES", "0"))
    return settings(
        max_examples=asked or number,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def simulation(
    seed: int,
    parts: Collection[str] = PARTS,
    *,
    flows: int = 4,
    steps: int = 3,
    people: int = PEOPLE,
    draws: int = DRAWS,
    days: int = 120,
    has_season: bool = False,
    coins: bool = False,
    guardrails: Mapping[str, Any] | None = None,
) -> Setting:
    """Return a playbook by chance in a world by chance."""
    graph = read(playbook(seed, parts, flows, steps, guardrails))
    return in_a_world(graph, seed, people, draws, days, has_season=has_season, coins=coins)


def in_a_world(
    graph: TriggerGraph,
    seed: int,
    people: int = PEOPLE,
    draws: int = DRAWS,
    days: int = 120,
    *,
    has_season: bool = False,
    coins: bool = False,
) -> Setting:
    """Return a playbook in a world by chance. A season is one of a whole year."""
    world = small_world(
        graph,
        seed,
        people,
        draws,
        days=A_YEAR if has_season else days,
        has_season=has_season,
        coins_on_extra_orders=coins,
    )
    return setting(graph, tame(world))


def read(whole: Mapping[str, Any]) -> TriggerGraph:
    """Return the graph of a playbook that is given as data."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "playbook.yaml"
        path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
        return graph_of(path)


def tame(world: World) -> World:
    """Return a world with effects below what breeds."""
    most = [
        1.0 + MOST_GAINED * DAY / slot.window_seconds
        if slot.add and slot.form == RATE
        else MOST.get(slot.form, np.inf)
        for slot in world.launch.slots
    ]
    effect = np.minimum(world.draws.effect, most).reshape(world.draws.effect.shape)
    return world._replace(draws=world.draws._replace(effect=effect))


def simulations(
    parts: Collection[str] = PARTS, *, always: Collection[str] = (), **said: Any
) -> st.SearchStrategy[Setting]:
    """Return simulations of playbooks with any of `parts`, and those of `always` in each."""
    some = st.sets(st.sampled_from(sorted(parts))).map(lambda found: found | set(always))
    return st.builds(
        partial(simulation, **said),
        seed=st.integers(0, 2**32),
        parts=st.just(set(parts)) | some,
        flows=st.integers(1, 5),
        steps=st.integers(1, 4),
        days=st.sampled_from((30, 120, 240)),
        has_season=st.booleans(),
        coins=st.booleans(),
    )
