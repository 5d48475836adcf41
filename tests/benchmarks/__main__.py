"""All benchmarks in one command: python -m tests.benchmarks [NAMES...] [--quick] [--write].

NAMES are those of the files bench_NAME.py in this folder. Every one returns rows, printed as a
table; `--write` also writes docs/benchmarks.md, of named ones their sections only. Exits with 1
when a demanded ratio is missed.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.benchmarks.rows import Row, machine, table

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
NAMES = tuple(sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py")))
INTRODUCTION = """\
# Benchmarks

Written by `python -m tests.benchmarks --write`; `make bench` prints the same. Times depend
on the machine and on what else it does: look at the ratios, whose two times were taken one after
the other in one run. "wall" is the best of several runs, "cpu" the processor time on all threads;
a ratio is the other's time over ours. "to reach" is what the project holds itself to.
"""


def main() -> int:
    """Run what is asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="smaller data, fewer repetitions")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    if asked.write and asked.quick:
        parser.error("--write takes benchmarks in full")
    day = datetime.now(UTC).date()
    sections: dict[str, str] = {}
    missed = 0
    for name in asked.names or NAMES:
        module = import_module(f"tests.benchmarks.bench_{name}")
        before = machine()
        rows: list[Row] = module.main(asked.quick)
        missed += sum(row.reached is False for row in rows)
        doc = module.__doc__.strip()
        sections[name] = f"## {name}\n\n{doc}\n\n{table(rows)}\n\nTaken on {day}. {before}\n"
        print(sections[name], flush=True)
    if asked.write:
        kept = _sections(PAGE.read_text("utf-8")) | sections
        PAGE.write_text("\n".join([INTRODUCTION, *(kept[name] for name in sorted(kept))]), "utf-8")
    if missed:
        print(
            f"{missed} demanded ratio{'s were' if missed > 1 else ' was'} missed", file=sys.stderr
        )
    return 1 if missed else 0


def _sections(page: str) -> dict[str, str]:
    """Return the sections of the page by name."""
    parts = page.split("\n## ")[1:]
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}


if __name__ == "__main__":
    sys.exit(main())
