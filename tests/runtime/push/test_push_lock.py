"""One push at a time; a lock that is left behind is taken away by its id only."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.clock import VirtualClock

from playbook_runtime.push.lock import acquire, locked, read_lock, release, unlock
from playbook_runtime.push.problems import UsageProblem


def test_a_second_push_is_refused_with_the_id(tmp_path: Path) -> None:
    path, clock = tmp_path / ".playbook" / "lock.klaviyo.json", VirtualClock()
    with locked(path, "klaviyo", clock) as lock:
        with pytest.raises(UsageProblem) as refused, locked(path, "klaviyo", clock):
            raise AssertionError("two hold the lock")
        assert f"playbook unlock klaviyo {lock.id}" in str(refused.value)
        assert "2027-01-15T08:00:00Z" in str(refused.value)
    assert not path.exists()


def test_the_command_to_unlock_names_the_folder_of_the_playbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, said in ((Path("my shop"), "klaviyo {id} 'my shop'"), (Path(), "klaviyo {id}")):
        path = folder / ".playbook" / "lock.klaviyo.json"
        lock = acquire(path, "klaviyo", VirtualClock())
        with pytest.raises(UsageProblem) as refused:
            acquire(path, "klaviyo", VirtualClock())
        assert str(refused.value).endswith(f"playbook unlock {said.format(id=lock.id)}")


def test_a_file_in_the_place_of_the_folder_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / ".playbook").write_text("mine", encoding="utf-8")
    path = tmp_path / ".playbook" / "lock.klaviyo.json"
    with pytest.raises(UsageProblem, match="is a file: move it away") as refused:
        acquire(path, "klaviyo", VirtualClock())
    assert "Another push" not in str(refused.value)
    with pytest.raises(UsageProblem, match="nothing to unlock"):
        unlock(path, "klaviyo", "unreadable")


def test_what_cannot_be_taken_away_is_told(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    path.mkdir()
    with pytest.raises(UsageProblem, match="cannot be taken away"):
        unlock(path, "klaviyo", "unreadable")


def test_a_lock_tells_nothing_of_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    lock = acquire(path, "klaviyo", VirtualClock())
    assert path.read_text().count("\n") == 6
    assert read_lock(path) == lock
    assert set(__import__("json").loads(path.read_text())) == {"id", "pid", "since", "what"}


def test_unlock_wants_the_right_id(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    lock = acquire(path, "klaviyo", VirtualClock())
    with pytest.raises(UsageProblem, match=f"has the id {lock.id}, not 0000"):
        unlock(path, "klaviyo", "0000")
    assert path.exists()
    unlock(path, "klaviyo", lock.id)
    assert not path.exists()
    with pytest.raises(UsageProblem, match="nothing to unlock"):
        unlock(path, "klaviyo", lock.id)


def test_a_push_that_was_unlocked_leaves_the_lock_of_the_next(tmp_path: Path) -> None:
    path, clock = tmp_path / "lock.json", VirtualClock()
    first = acquire(path, "klaviyo", clock)
    unlock(path, "klaviyo", first.id)
    second = acquire(path, "klaviyo", clock)
    release(path, first)
    assert read_lock(path) == second


def test_a_lock_that_cannot_be_read_holds(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    path.write_bytes(b"{")
    with pytest.raises(UsageProblem, match="playbook unlock klaviyo unreadable"):
        acquire(path, "klaviyo", VirtualClock())
    unlock(path, "klaviyo", "unreadable")
    assert not path.exists()
