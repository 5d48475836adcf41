"""Whole commands in a process of their own: cold start, and a projection from end to end."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.rows import Row, Time, duration
from tests.benchmarks.synthetic import SIX_FLOWS

from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.library import playbook_path

REPETITIONS = 10


def main(quick: bool) -> list[Row]:
    """Return the cold starts and the demo's projection."""
    playbook = [sys.executable, "-m", "playbook_runtime"]
    bare = _cold([sys.executable, "-c", "pass"])
    rows = [Row("python -c pass", _least(bare), note=_median(bare))]
    for name, words in (("--help", ["--help"]), ("check", ["check", str(SIX_FLOWS)])):
        times = _cold([*playbook, *words])
        least = _least(times)
        note = f"{_median(times)}; {duration(least.wall - _least(bare).wall)} above bare Python"
        rows.append(Row(f"playbook {name}", least, "python -c pass", _least(bare).wall, note=note))
    return [*rows, _projection([*playbook, "-q"], 50 if quick else 200)]


def _projection(playbook: list[str], draws: int) -> Row:
    """The demo, whose kernel was compiled before: a run of two draws goes first."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_demo_shop(folder)
        words = [*playbook, "simulate", str(playbook_path("growth"))]
        for option in ("orders", "customers", "events"):
            words += [f"--{option}", str(folder / f"{option}.csv")]
        words += ["--output-format", "json", "--draws"]
        _run([*words, "2"])
        told, spent = _run([*words, str(draws)])
    people = json.loads(told)["data"]["customers"]
    rate = people * draws / spent.wall
    note = (
        f"{people:,} customers; {rate:,.0f} customer-draws a second, with reading, fit, backtest "
        "and flow by flow"
    )
    return Row(f"playbook simulate, demo shop, {draws} draws", spent, note=note)


def _cold(words: list[str]) -> list[Time]:
    _run(words)  # byte code and disk are warm: the first start after an install is not told
    return [_run(words)[1] for _ in range(REPETITIONS)]


def _run(words: list[str]) -> tuple[str, Time]:
    """Return what a command prints and its time; a command that fails ends the benchmark."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(words, check=True, capture_output=True)
    wall = time.perf_counter() - start
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return done.stdout.decode(), Time(wall, cpu)


def _least(times: list[Time]) -> Time:
    return Time(min(one.wall for one in times), min(one.cpu for one in times))


def _median(times: list[Time]) -> str:
    return f"best of {len(times)}, median {duration(statistics.median(t.wall for t in times))}"
