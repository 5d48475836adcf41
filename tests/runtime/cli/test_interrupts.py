"""Ctrl-C and SIGTERM in the middle of a long simulation, and the bar that shows how it goes."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.runtime.cli.command import GOOD, ROOTS, playbook

from playbook_runtime.demo_shop import write_demo_shop

# A minute of work or more: nobody waits for its end here.
LONG = ("--draws", "1500", "--output-format", "json")
SECONDS_TO_END = 2.0
SECONDS_TO_START = 120.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a playbook and a shop's orders, the simulation compiled already."""
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 1_000, 3)
    (folder / "playbook.yaml").write_text(GOOD, "utf-8")
    done = playbook("simulate", "--orders", "orders.csv", "--draws", "2", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@contextmanager
def simulating(shop: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A long simulation at work, and what its terminal shows by then."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "playbook_runtime", "simulate", "--orders", "orders.csv", *LONG],
        cwd=shop,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS), "TMPDIR": str(shop)},
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        shown, until = "", time.monotonic() + SECONDS_TO_START
        while not re.search(r"customers a second.*customers a second", shown, re.DOTALL):
            left = max(0.0, until - time.monotonic())
            assert select.select([ours], [], [], left)[0], shown
            shown += os.read(ours, 65_536).decode()
        yield running, shown
    finally:
        running.kill()
        running.wait()
        assert running.stdout is not None
        running.stdout.close()
        os.close(ours)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_simulation_in_time_and_without_output(
    shop: Path, sent: signal.Signals, code: int
) -> None:
    before = sorted(path.name for path in shop.iterdir())
    with simulating(shop) as (running, shown):
        at = time.monotonic()
        running.send_signal(sent)
        output, _ = running.communicate(timeout=30)
        assert time.monotonic() - at < SECONDS_TO_END
        assert (running.returncode, output) == (code, b"")
    assert sorted(path.name for path in shop.iterdir()) == before
    bar = re.sub(r"\x1b\[[^a-z]*[a-z]", "", shown).split("\r")[-1].strip()
    how_far_how_long_how_fast = r" +\d+%  \d\d:\d\d:\d\d  [\d,]+ customers a second"
    assert re.fullmatch(rf"Simulating  \[[#-]+\]{how_far_how_long_how_fast}", bar), bar


def test_nothing_is_drawn_where_standard_error_is_no_terminal(shop: Path) -> None:
    done = playbook("simulate", "--orders", "orders.csv", "--draws", "2", cwd=shop)
    assert "Simulating" not in done.stderr + done.stdout
