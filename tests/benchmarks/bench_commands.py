"""Whole commands in a process of their own: cold start, and a projection from end to end."""

from __future__ import annotations

import json
import os
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
# A cold start of `check` may take so many times a bare Python, and so many seconds.
SLOWER, SECONDS = 16, 0.3
PLAYBOOK = [sys.executable, "-m", "playbook_runtime"]


def main(quick: bool) -> list[Row]:
    """Return the cold starts and the demo's projection."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Byte code is kept, as an installed command has it, whatever this process is told.
        environment = os.environ | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        projection = _projection(folder, 50 if quick else 200, environment)
        return [*_cold_starts(environment), projection]


def _cold_starts(environment: dict[str, str]) -> list[Row]:
    def cold(words: list[str]) -> list[Time]:
        _run(words, environment)  # the first start after an install is not told
        return [_run(words, environment)[1] for _ in range(REPETITIONS)]

    bare = cold([sys.executable, "-c", "pass"])
    rows = [Row("python -c pass", _least(bare), note=_median(bare))]
    check = ["check", str(SIX_FLOWS)]
    for name, words, at_least in (("--help", ["--help"], None), ("check", check, 1 / SLOWER)):
        times = cold([*PLAYBOOK, *words])
        least = _least(times)
        above = duration(least.cpu - _least(bare).cpu)
        note = f"{_median(times)}; {above} of processor time above bare Python"
        if at_least is not None:
            kept = "kept" if least.wall < SECONDS else "missed"
            note += f"; under {SECONDS} s: {kept}"
        theirs = _least(bare).wall
        rows.append(Row(f"playbook {name}", least, "python -c pass", theirs, at_least, note=note))
    return rows


def _projection(folder: Path, draws: int, environment: dict[str, str]) -> Row:
    """The demo, whose kernel was compiled before: a run of two draws goes first."""
    write_demo_shop(folder)
    words = [*PLAYBOOK, "-q", "simulate", str(playbook_path("growth"))]
    for option in ("orders", "customers", "events"):
        words += [f"--{option}", str(folder / f"{option}.csv")]
    words += ["--output-format", "json", "--draws"]
    _run([*words, "2"], environment)
    told, spent = _run([*words, str(draws)], environment)
    projection = json.loads(told)
    people = projection["data"]["customers"]
    note = (
        f"{people:,} customers and those to come, {len(projection['flows'])} flows; reading, fit, "
        f"backtest, each flow left out; {people * draws / spent.wall:,.0f} customer-draws a second"
    )
    return Row(f"playbook simulate, demo shop, {draws} draws", spent, note=note)


def _run(words: list[str], environment: dict[str, str]) -> tuple[str, Time]:
    """Return what a command prints and its time; a command that fails ends the benchmark."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(words, check=True, capture_output=True, env=environment)
    wall = time.perf_counter() - start
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return done.stdout.decode(), Time(wall, cpu)


def _least(times: list[Time]) -> Time:
    return Time(min(one.wall for one in times), min(one.cpu for one in times))


def _median(times: list[Time]) -> str:
    return f"best of {len(times)}, median {duration(statistics.median(t.wall for t in times))}"
