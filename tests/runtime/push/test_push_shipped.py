"""Shipped playbooks go to each engine, stay within its limits and stand there as they were sent."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.runtime.push.engine_running import SHIPPED, running

CASES = (
    ("dittofeed", "growth.yaml"),
    ("voucherify", "scale.yaml"),
    ("klaviyo", "growth.yaml"),
)


@pytest.mark.parametrize(("target", "name"), CASES)
def test_a_shipped_playbook_is_pushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, name: str
) -> None:
    with running(tmp_path, monkeypatch, target) as engine:
        shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
        common = (target, name, "--allow-lossy")
        plan = json.loads(engine.run("push", *common, "--output-format", "json").stdout)
        given = [
            word
            for one in plan["lookups"]["missing"]
            for word in ("--lookup", f"{one}=given@shop.example")
        ]
        done = engine.run("push", *common, "--apply", *given)
        assert done.returncode == 0, done.stderr
        objects = engine.world.engine.objects
        assert len(objects) == plan["summary"]["create"] > 20
        assert not any(map(engine.world.engine.is_active, objects.values()))
        assert engine.world.too_many == 0
        again = json.loads(engine.run("push", *common, "--output-format", "json").stdout)
        assert again["summary"]["unchanged"] == len(objects)
        assert engine.run("drift", target, name).returncode == 0
