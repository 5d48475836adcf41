"""Exit codes as a shell sees them: 1 where the engine refuses, 2 for wrong usage, both formats."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.engines import KEY
from tests.runtime.cli.command import ROOTS, process
from tests.runtime.push.engine_running import STATE, Running, running

FORMATS = ("text", "json")
COMMAND = [sys.executable, "-m", "playbook_runtime", "push", "klaviyo", "--apply"]


@pytest.fixture
def klaviyo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path, monkeypatch) as found:
        yield found


@pytest.mark.parametrize("how", FORMATS)
def test_a_refused_key_is_1_and_none_is_2(
    klaviyo: Running, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    options = ("push", "klaviyo", "--apply", "--output-format", how)
    monkeypatch.setenv("PLAYBOOK_KLAVIYO_KEY", "another-canary-key")
    assert process(*options, cwd=klaviyo.folder).returncode == 1
    monkeypatch.delenv("PLAYBOOK_KLAVIYO_KEY")
    done = process(*options, cwd=klaviyo.folder)
    assert done.returncode == 2
    assert "Klaviyo needs a key" in done.stderr + done.stdout


@pytest.mark.parametrize("how", FORMATS)
def test_what_stops_a_push_on_its_way_is_1(klaviyo: Running, how: str) -> None:
    assert klaviyo.run("push", "klaviyo", "--apply").returncode == 0
    (klaviyo.folder / STATE).unlink()
    klaviyo.world.clock.sleep(3600)
    done = process("push", "klaviyo", "--apply", "--output-format", how, cwd=klaviyo.folder)
    assert done.returncode == 1
    assert "already, and the state file does not know it" in done.stdout + done.stderr


@pytest.mark.parametrize("how", FORMATS)
def test_drift_with_a_wrong_key_is_1(
    klaviyo: Running, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    klaviyo.run("push", "klaviyo", "--apply")
    monkeypatch.setenv("PLAYBOOK_KLAVIYO_KEY", "another-canary-key")
    done = process("drift", "klaviyo", "--output-format", how, cwd=klaviyo.folder)
    assert done.returncode == 1
    assert "does not take the key (401)" in done.stderr


def test_ctrl_c_says_that_nothing_is_lost(
    klaviyo: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = klaviyo.world
    handle = world.handle
    running_push = subprocess.Popen(
        COMMAND,
        cwd=klaviyo.folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def interrupting(method: str, path: str, *rest: Any) -> Any:
        if method == "POST":
            os.kill(running_push.pid, signal.SIGINT)
        return handle(method, path, *rest)

    monkeypatch.setattr(world, "handle", interrupting)
    _, told = running_push.communicate(timeout=30)
    assert running_push.returncode == 130
    assert "Stopped. What was sent is written down, and nothing is lost: push again" in told
    assert KEY not in told
    assert not (klaviyo.folder / ".playbook" / "lock.klaviyo.json").exists()
    monkeypatch.setattr(world, "handle", handle)
    world.clock.sleep(60)  # the process had the machine's clock, which is behind
    assert klaviyo.run("push", "klaviyo", "--apply").returncode == 0
    assert len(world.engine.objects) == world.engine.made == 7
