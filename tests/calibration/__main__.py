"""The calibration campaign: python -m tests.calibration [--worlds N] [--drifting] [--write].

Of 1,000 worlds whose parameters and effects are drawn, 870 to 930 must lie in their 90% interval
and their places among the draws must be uniform; where levels drift, at least 870. 200 worlds
(170 to 190) are for every night. `--write` puts the result into docs/calibration.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from scipy import stats
from tests.calibration.place import Place, Size, place_of

PAGE = Path(__file__).parents[2] / "docs" / "calibration.md"
LOW, HIGH = 0.05, 0.95
# Of a true 90%: 1,000 worlds within 3.2 standard errors, 200 within 2.4.
ACCEPTED = {1_000: (870, 930), 200: (170, 190)}


def main() -> int:
    """Run the worlds, print and perhaps write what was found; 1 when it is not accepted."""
    parser = argparse.ArgumentParser(prog="python -m tests.calibration")
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--drifting", action="store_true", help="levels of the worlds drift")
    parser.add_argument("--write", action="store_true", help="write docs/calibration.md")
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.worlds)
    size = Size()
    places = []
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(asked.processes) as pool:
        one = partial(place_of, folder=Path(folder), size=size, drifting=asked.drifting)
        for number, place in enumerate(pool.map(one, seeds), 1):
            places.append(place)
            if number % 20 == 0:
                print(
                    f"{number} worlds, {_held(places, 0)} and {_held(places, 1)} held", flush=True
                )
    least, most = accepted(asked.worlds, drifting=asked.drifting)
    said, fine = [], True
    for column, name in enumerate(("profit difference", "orders")):
        held = _held(places, column)
        fine = fine and least <= held <= most
        said.append(line(name, [place[column] for place in places], (least, most)))
    kind = "drifting" if asked.drifting else "steady"
    text = "\n".join(said)
    print(text)
    if asked.write:
        day = datetime.now(UTC).date()
        title = f"### {len(places):,} {kind} worlds, seeds {seeds[0]} to {seeds[-1]}, {day}"
        _write(kind, f"{title}\n\n{size.customers} customers, {size.draws} draws, {size.futures}"
               f" futures for the truth.\n\n{text}\n")  # fmt: skip
    return 0 if fine else 1


def accepted(worlds: int, *, drifting: bool) -> tuple[int, int]:
    """Return how many worlds must lie in their intervals."""
    least, most = ACCEPTED.get(worlds, (0, worlds))
    if worlds not in ACCEPTED:
        least, most = (int(end) for end in stats.binom.interval(0.998, worlds, 0.9))
    return (least, worlds) if drifting else (least, most)


def _held(places: Sequence[Place], column: int) -> int:
    return sum(LOW <= place[column] <= HIGH for place in places)


def line(name: str, places: Sequence[float], bounds: tuple[int, int]) -> str:
    """Return what the places of one quantity say: how many held, and whether they are uniform."""
    held = sum(LOW <= place <= HIGH for place in places)
    tenths = np.histogram(places, bins=10, range=(0.0, 1.0))[0]
    uniform = stats.kstest(places, "uniform").pvalue
    return (
        f"- {name}: {held} of {len(places)} in the 90% interval (accepted {bounds[0]} to"
        f" {bounds[1]}); by tenths {', '.join(map(str, tenths))}; Kolmogorov-Smirnov p ="
        f" {uniform:.2g}; mean place {np.mean(places):.3f}."
    )


def _write(kind: str, text: str) -> None:
    """Put a result into the page, in the place of the last one of its kind and size."""
    page = PAGE.read_text(encoding="utf-8")
    parts = page.split("\n### ")
    title = text.partition("\n")[0].removeprefix("### ")
    same = title.partition(", seeds")[0]
    kept = [part for part in parts[1:] if not part.startswith(same)]
    found = sorted([*kept, text.removeprefix("### ").rstrip() + "\n"])
    PAGE.write_text("\n### ".join([parts[0], *found]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
