"""Run many seeds, and say how many messages were the same and which were not.

python -m tests.bpmn --seeds 200 [--first 0]
"""

from __future__ import annotations

import argparse
import sys
from time import perf_counter

from tests.contracts.bpmn_people import CUSTOMERS
from tests.contracts.bpmn_world import compare


def main() -> int:
    """Compare seed after seed; exits with 1 where anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.bpmn", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many playbooks")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    given = parser.parse_args()
    begin, same, empty, different = perf_counter(), 0, 0, []
    for seed in range(given.first, given.first + given.seeds):
        found = compare(seed)
        same += found.same
        empty += found.is_equal and not found.same
        if not found.is_equal:
            different.append(seed)
            for who, several in (
                ("only the engine", found.only_engine),
                ("only the replay", found.only_replay),
            ):
                for name, sent in several[:3]:
                    print(f"seed {seed}: {who} sends to {name}: {sent}")
    seconds = perf_counter() - begin
    print(
        f"{given.seeds} playbooks from seed {given.first}, {CUSTOMERS + 1} customers each: "
        f"{same} messages the same, {len(different)} playbooks differ {different or ''}; "
        f"{empty} sent nothing; {seconds:.0f} s"
    )
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
