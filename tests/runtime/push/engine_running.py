"""An engine without faults on 127.0.0.1, and the commands that talk to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.faults.bundles import PLAYBOOK, write_playbook
from tests.faults.engines import KEY, Object
from tests.faults.pushing import SECRETS, new_world
from tests.faults.server import World, loopback
from tests.runtime.cli.command import Done, playbook

STATE = ".playbook/state.klaviyo.json"
SHIPPED = Path(__file__).parents[3] / "playbooks"


class Running:
    """Klaviyo, a folder with the playbook, and what a user does there."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder

    def run(self, *arguments: str) -> Done:
        done = playbook(*arguments, cwd=self.folder)
        for text in (done.stdout, done.stderr):
            assert KEY not in text
        return done

    def edit(self, old: str, new: str) -> None:
        path = self.folder / "playbook.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def object(self, title: str) -> Object:
        return next(one for one in self.world.engine.objects.values() if one.title == title)


@contextmanager
def running(
    folder: Path, monkeypatch: pytest.MonkeyPatch, target: str = "klaviyo"
) -> Iterator[Running]:
    """Run an engine without faults, with the keys and its address in the environment."""
    write_playbook(folder, PLAYBOOK)
    with loopback() as server:
        world = server.world = new_world(target, "calm", share=0.0)
        monkeypatch.setenv(f"PLAYBOOK_{target.upper()}_URL", server.base)
        for name, value in SECRETS[target].items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("os.fsync", lambda _: None)  # no disk is waited for here
        monkeypatch.setattr("playbook_runtime.push.clock.SystemClock", lambda: world.clock)
        yield Running(world, folder)
