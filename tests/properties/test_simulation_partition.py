"""The same seed gives the same integers, however people, draws, threads and chunks are cut."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.simulated import CASES, Setting, case_world, chosen

from playbook_compiler.values import replace
from playbook_runtime.kernel.run import Piece, counted
from playbook_runtime.kernel.tables import I64, People, joined, some_draws

PEOPLE, DRAWS = 120, 4


@cache
def world_of(name: str) -> tuple[Setting, I64]:
    """Return a case and its counts in one piece on one thread."""
    setting = case_world(name, customers=PEOPLE, draws=DRAWS)
    return setting, setting.all_counts(threads=1, chunk=10**9)


@given(cuts=st.sets(st.integers(1, PEOPLE - 1), max_size=8), threads=st.sampled_from([1, 2]))
@settings(max_examples=30)
def test_any_cut_of_people_and_draws_adds_up_to_the_same(cuts: set[int], threads: int) -> None:
    setting, whole = world_of("splits")
    task = setting.task
    people = len(setting.world.people.key)
    edges = [0, *sorted(cuts), people]
    total = np.zeros_like(whole)
    for first, last in pairwise(edges):
        for draw in range(DRAWS):
            total[draw] += counted(task, Piece(first, last, draw, draw + 1))[0][0]
    assert np.array_equal(total, whole)
    chunk = max(1, len(cuts) * 17)
    assert np.array_equal(setting.all_counts(threads=threads, chunk=chunk), whole)


@given(order=st.permutations(range(PEOPLE)))
@settings(max_examples=10)
def test_people_may_stand_in_any_order(order: list[int]) -> None:
    setting, whole = world_of("conditions")
    people = setting.world.people
    mixed = [*order, *range(PEOPLE, len(people.key))]
    assert np.array_equal(setting.with_people(chosen(people, mixed)).all_counts(), whole)


@given(kept=st.lists(st.booleans(), min_size=PEOPLE, max_size=PEOPLE))
@settings(max_examples=10)
def test_two_shops_are_the_sum_of_each(kept: list[bool]) -> None:
    setting, whole = world_of("win-back")
    people = setting.world.people
    here = np.array(kept + [True] * (len(people.key) - PEOPLE))
    parts = [setting.with_people(chosen(people, rows)).all_counts() for rows in (here, ~here)]
    assert np.array_equal(parts[0] + parts[1], whole)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_twins_double_every_count_exactly(path: Path) -> None:
    setting, whole = world_of(path.stem)
    people = setting.world.people
    assert np.array_equal(setting.with_people(joined([people, people])).all_counts(), 2 * whole)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_draw_does_not_depend_on_the_other_draws(path: Path) -> None:
    setting, whole = world_of(path.stem)
    draws = setting.world.draws
    for first, last in ((0, 1), (0, DRAWS - 1), (2, DRAWS)):
        part = setting._replace(world=setting.world._replace(draws=some_draws(draws, first, last)))
        assert np.array_equal(part.all_counts(), whole[first:last])


def test_everybody_is_independent_of_everybody_else() -> None:
    setting, whole = world_of("caps-delay")
    assert np.array_equal(setting.all_by_person().sum(axis=0), whole)


def test_another_seed_and_another_draw_number_are_another_chance() -> None:
    setting, whole = world_of("offers")
    launch = setting.world.launch
    other = setting._replace(
        world=setting.world._replace(launch=replace(launch, seed=launch.seed ^ 1))
    )
    assert not np.array_equal(other.all_counts(), whole)
    number = setting.world.draws.number + np.uint64(1)
    assert not np.array_equal(setting.with_draws(number=number).all_counts(), whole)


def test_no_people_and_no_draws_are_nothing() -> None:
    setting, whole = world_of("splits")
    nobody: People = chosen(setting.world.people, np.zeros(0, dtype=np.int64))
    assert not setting.with_people(nobody).all_counts().any()
    none = some_draws(setting.world.draws, 0, 0)
    nothing = setting._replace(world=setting.world._replace(draws=none)).all_counts()
    assert nothing.shape == (0, whole.shape[1])
