"""A folder is written whole or not at all, whichever call fails."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from playbook_runtime.output.folder import NotAnExport, write_export


def _files(mark: str) -> dict[str, bytes]:
    listed = json.dumps({"requests": [{"payload": f"flows/{mark}.json"}]})
    return {
        "requests.json": listed.encode(),
        "lowering.json": mark.encode(),
        f"flows/{mark}.json": mark.encode(),
    }


def _found(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


class _Full(OSError):
    """The disk is full, at the n-th call."""


def test_every_failing_call_leaves_the_old_export_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write_export(out, _files("old"))
    failures = 0
    for name in ("fsync", "rename"):
        for fail_at in range(1, 10):
            calls = 0
            real_fsync, real_rename = os.fsync, Path.rename

            def failing(*arguments: object, _real: object, _at: int = fail_at) -> object:
                nonlocal calls
                calls += 1
                if calls == _at:
                    raise _Full(28, "No space left on device")
                return _real(*arguments)  # type: ignore[operator]

            with monkeypatch.context() as patched:
                if name == "fsync":
                    patched.setattr(os, "fsync", lambda one: failing(one, _real=real_fsync))
                else:
                    patched.setattr(
                        Path, "rename", lambda one, to: failing(one, to, _real=real_rename)
                    )
                try:
                    write_export(out, _files("new"))
                except _Full:
                    failures += 1
                    assert _found(out) == _files("old"), (name, fail_at)
                else:
                    assert _found(out) == _files("new"), (name, fail_at)
            write_export(out, _files("old"))
            assert [file.name for file in tmp_path.iterdir()] == ["out"], (name, fail_at)
    assert failures == 5  # three files are synced, two folders renamed


def test_the_first_export_leaves_nothing_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise _Full(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(_Full):
        write_export(tmp_path / "out", _files("new"))
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_export(tmp_path / "out", _files("new"))
    assert _found(tmp_path / "out") == _files("new")


def test_a_file_and_a_broken_list_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(NotAnExport, match="it is a file"):
        write_export(tmp_path / "file", _files("new"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "requests.json").write_text("not JSON")
    with pytest.raises(NotAnExport, match=r"requests\.json"):
        write_export(tmp_path / "out", _files("new"))
    assert (tmp_path / "out" / "requests.json").read_text() == "not JSON"
