"""A long hunt for texts that break the compiler: python -m tests.fuzz --minutes 8 --seed 1.

Spoilt playbooks and tactics, and bytes by chance, go through check, fmt, --fix, explain --defaults,
diff and the printer. Whatever raises, or takes longer than it may, is a finding: its input is
written to a folder, and the command exits with 1. With `--engine atheris` (pip install atheris)
the inputs are led by what code they reach; that takes Linux and lasts until the first finding.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from random import Random
from types import FrameType

from tests.fuzz.mutations import ROOT, mutated, shipped
from tests.fuzz.target import TACTIC, USER, hold, hold_tactic

from playbook_compiler.driver import load
from playbook_compiler.model import Playbook

SECONDS_MOST = 20
BASE = ROOT / "tests" / "cases" / "compile" / "everything"


class TooLongError(Exception):
    """An input took longer than any playbook may."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("own", "atheris"), default="own")
    parser.add_argument("--save", type=Path, default=Path("fuzz-findings"), metavar="FOLDER")
    asked = parser.parse_args(arguments)
    base = load(str(BASE)).playbook
    assert base is not None
    save = asked.save.resolve()
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        (Path(folder) / TACTIC).parent.mkdir()
        (Path(folder) / TACTIC).write_bytes(b"")
        (Path(folder) / "playbook.yaml").write_bytes(USER)
        if asked.engine == "atheris":
            from tests.fuzz.guided import run

            return run(asked.seed, asked.minutes, save, lambda raw: one(raw, base))
        return _own(asked.seed, asked.minutes, save, base)


def one(raw: bytes, base: Playbook) -> bool:
    """Hold one text to everything: as a playbook, or as a tactic where it says that it is one."""
    if b"tactic:" in raw[:2_000]:
        hold_tactic(raw, Path())
    return hold(raw, base)


def _own(seed: int, minutes: float, save: Path, base: Playbook) -> int:
    signal.signal(signal.SIGALRM, _too_long)
    chance = Random(seed)
    texts = shipped()
    end = time.monotonic() + 60 * minutes
    count = readable = 0
    slowest = 0.0
    found: dict[str, Path] = {}
    while time.monotonic() < end:
        raw = mutated(chance, texts)
        begun = time.monotonic()
        signal.alarm(SECONDS_MOST)
        try:
            readable += one(raw, base)
        except Exception as problem:  # noqa: BLE001 - finding them is what this is for
            where = traceback.extract_tb(problem.__traceback__)[-1]
            name = f"{type(problem).__name__}-{Path(where.filename).stem}-{where.lineno}"
            if name not in found:
                save.mkdir(parents=True, exist_ok=True)
                found[name] = save / f"{name}.yaml"
                found[name].write_bytes(raw)
                print(f"input {count}: {name}: {str(problem)[:300]}", flush=True)
        finally:
            signal.alarm(0)
        slowest = max(slowest, time.monotonic() - begun)
        count += 1
    print(
        f"seed {seed}: {count:,} inputs in {minutes:g} minutes, {readable:,} of them readable as"
        f" playbooks, slowest {slowest:.1f} s, {len(found)} kinds of findings"
    )
    for name in sorted(found):
        print(f"  {name}: {os.path.relpath(found[name])}")
    return 1 if found else 0


def _too_long(signum: int, frame: FrameType | None) -> None:
    raise TooLongError(f"longer than {SECONDS_MOST} seconds")


if __name__ == "__main__":
    sys.exit(main())
