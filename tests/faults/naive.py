"""The client that everybody writes first: it tries again, asks nothing and locks nothing.

It shows that the server can be failed: against the same faults it makes things twice.
"""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from pathlib import Path

from tests.faults.bundles import bundle
from tests.faults.pushing import MEMORY, TIMEOUT, keys_of, new_world, the_push
from tests.faults.server import LoopbackServer, World

from playbook_runtime.push.calls import LostError, NotSentError
from playbook_runtime.push.run import Push
from playbook_runtime.push.transport import make_transport
from playbook_runtime.push.wanted import filled, filled_path, looked_up, referred

TRIES = 12


def naive_push(push: Push, world: World) -> None:
    """Send every creating call until it is answered with success."""
    adapter = push.adapter
    transport = make_transport(push.base, adapter.headers(keys_of(adapter).values), seconds=TIMEOUT)
    made: dict[str, str] = {}
    for wanted in push.objects:
        values = {
            one: made[referred(one)] if referred(one) else f"given-{looked_up(one)}"
            for one in wanted.needs
        }
        payload, path = filled(wanted.payload, values), filled_path(wanted.path, values)
        call = adapter.create(wanted, path, payload)
        for _ in range(TRIES):
            world.clock.sleep(5.0)
            try:
                answer = transport(call)
            except (LostError, NotSentError):
                continue
            if answer.status < 300:
                made[wanted.id] = adapter.made(answer.body, wanted.uuid)
                break
        else:
            return  # nothing further can refer to it


def duplicates(server: LoopbackServer, target: str, seed: int, *, at_once: int = 1) -> int:
    """Return how many objects stand twice after naive pushes, of those that were wanted."""
    world = server.world = new_world(target, f"naive/{target}/{seed}", share=0.25)
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        push = the_push(target, Path(folder), server.base)
        threads = [threading.Thread(target=naive_push, args=(push, world)) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    world.settle()
    counts = Counter((one.where, one.title) for one in world.engine.objects.values())
    return sum(count > 1 for count in counts.values())


def wanted_count(target: str) -> int:
    return len(bundle(target).requests)
