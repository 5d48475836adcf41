"""The command line as a whole: light imports, exit codes, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.runtime.cli.command import GOOD, ROOTS, playbook

HEAVY = ("numpy", "numba", "duckdb", "networkx", "scipy", "rich", "jsonschema", "pandas")
# Light by themselves, together a third of the time in which a small playbook is checked: needed by
# few findings, or in place of what the compiler has of its own (`values`, `library.folder`).
AVOIDED = ("dataclasses", "difflib", "json", "random", "shutil", "tempfile", "zipfile")
PROBE = """
import sys
from playbook_runtime.cli import main
sys.argv = ["playbook", *sys.argv[1:]]
try:
    main()
finally:
    sys.stderr.write(" ".join(sorted(name for name in sys.modules if "." not in name)))
"""


@pytest.mark.parametrize("arguments", [["--help"], ["check", "."], ["check", "--help"]])
def test_light_commands_import_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    loaded = loaded_by(arguments, tmp_path)
    assert "click" in loaded
    assert not loaded & set(HEAVY)


def test_check_imports_nothing_that_it_seldom_needs(tmp_path: Path) -> None:
    loaded = loaded_by(["check", "."], tmp_path)
    assert "yaml" in loaded
    assert not loaded & set(AVOIDED)


def loaded_by(arguments: list[str], folder: Path) -> set[str]:
    """Return the modules that a command on a small playbook has imported when it ends."""
    (folder / "playbook.yaml").write_text(GOOD)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


def test_help_lists_every_command_with_its_summary(tmp_path: Path) -> None:
    done = playbook("--help", cwd=tmp_path)
    assert done.returncode == 0
    for name in ("check", "compile", "graph", "schema"):
        assert f"\n  {name} " in done.stdout
    assert "Find mistakes in playbooks." in done.stdout
    assert done.stdout.startswith("Usage: playbook ")


def test_a_misspelt_command_is_2_and_names_the_nearest(tmp_path: Path) -> None:
    done = playbook("chek", cwd=tmp_path)
    assert done.returncode == 2
    assert "Did you mean `check`?" in done.stderr


def test_version(tmp_path: Path) -> None:
    done = playbook("--version", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("playbook ")


FAULT = """
import playbook_compiler.driver
def fail(path, **options):
    raise RuntimeError("the\\x1b[31m lamp is out")
playbook_compiler.driver.compile_playbook = fail
from playbook_runtime.cli import main
import sys
sys.argv = ["playbook", "check"]
main()
"""


def run_fault(path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", FAULT],
        cwd=path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)} | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_our_own_fault_is_one_line_and_2(tmp_path: Path) -> None:
    done = run_fault(tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(
        "internal error: RuntimeError: the\\u001b[31m lamp is out; please report"
    )


def test_the_traceback_comes_when_asked_for(tmp_path: Path) -> None:
    done = run_fault(tmp_path, PLAYBOOK_DEBUG="1")
    assert "Traceback" in done.stderr


def test_a_reader_that_goes_away_is_no_error_message(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(GOOD)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "playbook_runtime", "schema"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 141


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("arguments", ["check", "--help"])
def test_a_closed_stream_is_no_fault(tmp_path: Path, arguments: str, closed: str) -> None:
    (tmp_path / "playbook.yaml").write_text(GOOD)
    done = subprocess.run(
        f"{sys.executable} -m playbook_runtime {arguments} {closed}",
        shell=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "internal error" not in done.stdout + done.stderr


FULL_DISK = Path("/dev/full")


@pytest.mark.skipif(not FULL_DISK.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["check"], ["explain", "--list"], ["compile", "-o", "-"]])
def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "playbook.yaml").write_text(GOOD)
    with FULL_DISK.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "playbook_runtime", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stderr == "Error: standard output: No space left on device\n"
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["eject", "win-back"], "tactics"), (["demo", "--keep", "shop"], "shop")],
)
def test_a_folder_that_may_not_be_written_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], named: str
) -> None:
    made = Path.mkdir

    def refuse(path: Path, *more: object, **named: object) -> None:
        if not path.is_absolute():
            raise PermissionError(13, "Permission denied", str(path))
        made(path, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", refuse)  # root may write everywhere
    done = playbook(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"Error: {named}: Permission denied\n")
    assert list(tmp_path.iterdir()) == []
