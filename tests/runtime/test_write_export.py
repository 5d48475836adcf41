"""A folder is written whole or not at all, whichever call fails."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from playbook_compiler.export.bundle import digest, with_digest
from playbook_runtime.output.folder import NotAnExport, write_export


def _files(mark: str) -> dict[str, bytes]:
    payload = {"payload": f"flows/{mark}.json", "digest": digest(mark.encode())}
    files = {"notes.md": digest(b"notes"), "lowering.json": digest(mark.encode())}
    return {
        "requests.json": with_digest({"requests": [payload], "lookups": [], "files": files}),
        "lowering.json": mark.encode(),
        "notes.md": b"notes",
        f"flows/{mark}.json": mark.encode(),
    }


def _found(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


class _Full(OSError):
    """The disk is full."""


@dataclass
class _FailingAt:
    """Calls the real function, but for the n-th time, when the disk is full."""

    real: Callable[..., object]
    at: int
    calls: int = 0

    def __call__(self, *arguments: object) -> object:
        self.calls += 1
        if self.calls == self.at:
            raise _Full(28, "No space left on device")
        return self.real(*arguments)


# Four files are synced, two folders renamed; the call after the last never happens.
@pytest.mark.parametrize(("call", "times"), [("fsync", 4), ("rename", 2)])
def test_every_failing_call_leaves_the_old_export_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, times: int
) -> None:
    out = tmp_path / "out"
    for at in range(1, times + 2):
        write_export(out, _files("old"))
        with monkeypatch.context() as patched:
            if call == "fsync":
                patched.setattr(os, "fsync", _FailingAt(os.fsync, at))
            else:
                failing = _FailingAt(Path.rename, at)
                patched.setattr(Path, "rename", lambda *paths, _call=failing: _call(*paths))
            if at <= times:
                with pytest.raises(_Full):
                    write_export(out, _files("new"))
            else:
                write_export(out, _files("new"))
        assert _found(out) == _files("old" if at <= times else "new")
        assert [file.name for file in tmp_path.iterdir()] == ["out"]


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


def test_a_folder_that_no_export_wrote_is_refused_without_a_look_at_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home" / "deep").mkdir(parents=True)

    def walked(self: Path, pattern: str) -> None:
        raise AssertionError("the folder was walked through")

    monkeypatch.setattr(Path, "rglob", walked)
    with pytest.raises(NotAnExport, match="it holds deep, which no export wrote"):
        write_export(tmp_path / "home", _files("new"))


def test_a_list_of_files_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write_export(tmp_path / "out", _files("old"))
    (tmp_path / "out" / "requests.json").write_text("{", encoding="utf-8")
    with pytest.raises(NotAnExport, match="cannot be read"):
        write_export(tmp_path / "out", _files("new"))


@pytest.mark.parametrize("name", ["notes.md", "flows/old.json", "lowering.json"])
def test_what_a_person_has_written_into_an_export_is_not_lost(tmp_path: Path, name: str) -> None:
    write_export(tmp_path / "out", _files("old"))
    (tmp_path / "out" / name).write_text("- [x] done", encoding="utf-8")
    with pytest.raises(NotAnExport, match=f"{name} was changed by hand since the last export"):
        write_export(tmp_path / "out", _files("new"))
    assert (tmp_path / "out" / name).read_text(encoding="utf-8") == "- [x] done"


def test_what_a_person_has_filled_into_the_list_is_not_lost(tmp_path: Path) -> None:
    write_export(tmp_path / "out", _files("old"))
    place = tmp_path / "out" / "requests.json"
    listed = json.loads(place.read_bytes())
    listed["lookups"] = [{"name": "metric.PLACED", "id": "ABC123"}]
    place.write_text(json.dumps(listed), encoding="utf-8")
    with pytest.raises(NotAnExport, match=r"requests\.json was changed by hand"):
        write_export(tmp_path / "out", _files("new"))
    assert "ABC123" in place.read_text(encoding="utf-8")
