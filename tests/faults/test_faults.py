"""Pushes against a failing engine: some seeds of `python -m tests.faults` (docs/faults.md).

Nothing is made twice, nothing is missing, nothing is switched on, no limit is broken, and the key
is nowhere to be seen; and a naive client against the same server makes things twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random

import pytest
from tests.faults.campaign import MODES, REAL, TARGETS, run_one
from tests.faults.engines import KEY
from tests.faults.naive import duplicates
from tests.faults.pushing import (
    SECRETS,
    Told,
    killed_and_again,
    new_world,
    one_push,
    the_push,
    verdict,
)
from tests.faults.server import LoopbackServer, loopback

SEEDS = {"one push": (1,), "two at once": (1,), "killed and again": (1, 2)}


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    with loopback() as running:
        yield running


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_made_twice_or_lost(server: LoopbackServer, target: str, mode: str) -> None:
    for seed in SEEDS[mode]:
        result = run_one(server, target, mode, seed)
        assert not result.failed
        assert result.faults.total() > 0
        if mode == "two at once":
            assert result.refused == 2  # one of two, in each of the two pushes


@pytest.mark.parametrize("target", TARGETS)
def test_a_refusal_stops_with_a_sentence_without_the_key(
    server: LoopbackServer, target: str
) -> None:
    """The engine repeats the key in what it says; the push is called again and again."""
    result = run_one(server, target, MODES[0], 3, refusals=0.05)
    assert not result.failed
    assert result.stopped > 0


def test_a_process_is_really_killed(server: LoopbackServer) -> None:
    result = run_one(server, "klaviyo", REAL, 1)
    assert not result.failed
    assert result.killed > 0


def test_what_is_switched_on_stays_as_it_is_also_under_faults(
    server: LoopbackServer, tmp_path: Path
) -> None:
    """All flows of Klaviyo are live: everything that has changed is made anew beside them."""
    for seed in (1, 2, 3):
        told, random = Told(), Random(seed)
        world = server.world = new_world("klaviyo", f"switched on/{seed}", share=0.0)
        folder = tmp_path / str(seed)
        one_push(the_push("klaviyo", folder, server.base), world.clock, told)
        objects = world.engine.objects
        for one in objects.values():
            if one.where == "/api/flows":
                one.data["status"] = "live"
        before = deepcopy(objects)
        world.share = 0.25
        edited = the_push("klaviyo", folder, server.base, edited=True)
        killed_and_again(edited, world, told, random)
        wrong = Counter(verdict(edited, world, told))
        assert wrong.pop("active") == 2
        assert not +wrong
        assert {name: objects[name] for name in before} == before
        again = [one.title for name, one in objects.items() if name not in before]
        assert again
        assert all(title.endswith(" (v2)") for title in again)


def test_a_client_that_only_tries_again_makes_things_twice(server: LoopbackServer) -> None:
    for target in ("klaviyo", "voucherify"):
        assert sum(duplicates(server, target, seed) for seed in range(1, 7)) > 0


def test_two_clients_without_a_lock_make_most_things_twice(server: LoopbackServer) -> None:
    for target in ("klaviyo", "voucherify"):
        assert sum(duplicates(server, target, seed, at_once=2) for seed in (1, 2, 3)) >= 3


def test_the_server_answers_with_the_key_and_only_to_the_right_one(
    server: LoopbackServer,
) -> None:
    """The search for the key in all outputs means something: the engine does say it."""
    run_one(server, "dittofeed", MODES[0], 1)
    world = server.world
    status, _, body, _ = world.handle(
        "GET", "/api/admin/segments", "workspaceId=1", {"authorization": f"Bearer x{KEY}"}, None
    )
    assert (status, world.wrong_key) == (401, 1)
    assert KEY in body["message"]


@pytest.mark.parametrize("target", TARGETS)
def test_the_server_notices_who_calls_too_often(target: str) -> None:
    """As many calls at one instant as the narrowest window allows, and one more."""
    world = new_world(target, "often", share=0.0)
    path = "/api/flows" if target == "klaviyo" else "/api/admin/segments"
    name, windows = world.engine.windows("POST", path)
    assert name
    for _ in range(windows[0][0]):
        world.handle("POST", path, "", {}, None)
    assert world.too_many == 0
    assert world.handle("POST", path, "", {}, None)[0] == 429
    assert world.too_many == 1
    assert set(world.engine.secrets) == set(SECRETS[target].values())
