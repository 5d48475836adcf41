"""The kernel against its plain-Python twin on many customers: a command, not a test of the suite.

    python -m tests.statistics.twin_campaign [CUSTOMERS] [CASE ...]

Prints for every case whether all integers are identical, and exits with 1 where they are not.
10,000 customers a case take the twin some minutes each.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.statistics.test_kernel_twin import CASES, column_names, kernel_counts
from tests.statistics.twin.twin import simulate_twin
from tests.statistics.worlds import graph_of, is_other_world, small_world

CUSTOMERS = 10_000
SEED = 11


def differences(path: Path, customers: int) -> dict[str, tuple[int, int]]:
    """Return the columns of the one draw in which kernel and twin differ, with both numbers."""
    graph = graph_of(path)
    other = not is_other_world(path)  # the tests of the suite run them in the one world
    world = small_world(graph, SEED, customers, 1, has_season=other, coins_on_extra_orders=other)
    (expected,) = simulate_twin(graph, world.launch, world.people, world.draws)
    (found,) = kernel_counts(graph, world).tolist()
    names = column_names(sorted(graph.playbook.flows), world.launch)
    return {
        names[column]: (found[column], expected[column])
        for column in range(len(expected))
        if found[column] != expected[column]
    }


def main(arguments: list[str]) -> int:
    """Compare all cases, or those that are named; return the exit code."""
    numbers = [int(one) for one in arguments if one.isdigit()]
    wanted = [one for one in arguments if not one.isdigit()]
    customers = numbers[0] if numbers else CUSTOMERS
    failed = 0
    for path in CASES:
        if wanted and path.stem not in wanted:
            continue
        begun = time.perf_counter()
        found = differences(path, customers)
        seconds = time.perf_counter() - begun
        outcome = "identical" if not found else f"{len(found)} columns differ: {found}"
        print(f"{path.stem:24} {customers:>7,} customers  {seconds:7.1f} s  {outcome}", flush=True)
        failed += bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
