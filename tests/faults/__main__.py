"""Pushes against a failing engine, many times: python -m tests.faults --seeds 200.

Every target is pushed in every way under every seed. What is made twice, missing, switched on, sent
too early or shown of the key is a finding, and the command exits with 1. `--report FILE` adds the
campaign to a page of the documentation.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.campaign import MODES, REAL, TARGETS, Result, run_one
from tests.faults.naive import duplicates, wanted_count
from tests.faults.server import FAULTS, loopback

REFUSALS = 0.01
HEAD = (
    "| target | way | runs | objects | calls | faults | killed | refused by the lock"
    " | stopped with a sentence, pushed again | wrong |"
)
MARK = "<!-- campaigns -->\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--real", type=int, default=5, help="seeds with a real kill -9")
    parser.add_argument("--targets", nargs="*", default=TARGETS, choices=TARGETS)
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    rows: list[tuple[str, str, Result]] = []
    naive: list[tuple[str, float, float]] = []
    with loopback() as server:
        for target in asked.targets:
            for mode in (*MODES, REAL):
                count = min(asked.real, asked.seeds) if mode == REAL else asked.seeds
                result = Result()
                for seed in range(asked.first, asked.first + count):
                    result.add(run_one(server, target, mode, seed, refusals=REFUSALS))
                rows.append((target, mode, result))
                print(line_of(target, mode, result), *result.failed, sep="\n", flush=True)
            seeds = range(asked.first, asked.first + min(asked.seeds, 40))
            objects = len(seeds) * wanted_count(target)
            alone = sum(duplicates(server, target, seed) for seed in seeds)
            two = sum(duplicates(server, target, seed, at_once=2) for seed in seeds)
            naive.append((target, alone / objects, two / objects))
            print(f"{target}, naive: {alone / objects:.0%} twice, two at once {two / objects:.0%}")
    took = time.monotonic() - began
    text = "\n".join(report(rows, naive, asked.seeds, asked.first, took)) + "\n"
    print(text)
    if asked.report is not None:
        add_to(asked.report, text)
    return int(any(result.failed for _, _, result in rows))


def line_of(target: str, mode: str, result: Result) -> str:
    """Return one row of the report."""
    wrong = ", ".join(f"{count} {name}" for name, count in sorted(result.wrong.items()))
    return (
        f"| {target} | {mode} | {result.runs} | {result.objects:,} | {result.calls:,} |"
        f" {result.faults.total():,} | {result.killed} | {result.refused} | {result.stopped} |"
        f" {wrong or 0} |"
    )


def report(
    rows: Sequence[tuple[str, str, Result]],
    naive: Sequence[tuple[str, float, float]],
    seeds: int,
    first: int,
    took: float,
) -> Iterator[str]:
    """Yield the section of a campaign."""
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    yield f"### {day}, seeds {first} to {first + seeds - 1}"
    yield ""
    yield f"Python {platform.python_version()}, {took / 60:.0f} minutes."
    yield ""
    yield HEAD
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for target, mode, result in rows:
        yield line_of(target, mode, result)
    yield ""
    total = Result()
    for _, _, result in rows:
        total.add(result)
    kinds = ", ".join(f"{total.faults[name]:,} {name}" for name in FAULTS)
    yield f"Faults: {kinds}."
    yield ""
    yield "| naive client | objects made twice, alone | two at once |"
    yield "|---|---|---|"
    for target, alone, two in naive:
        yield f"| {target} | {alone:.0%} | {two:.0%} |"


def add_to(page: Path, text: str) -> None:
    """Put a campaign on top of those on the page."""
    whole = page.read_text(encoding="utf-8")
    before, mark, after = whole.partition(MARK)
    assert mark, f"{page} has no place for campaigns"
    page.write_text(f"{before}{mark}\n{text}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
