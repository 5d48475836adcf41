"""`playbook fmt`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.compiler.playbooks import folder
from tests.runtime.cli.command import GOOD, ROOTS, playbook

from playbook_compiler.format import FormattingError
from playbook_runtime.cli import fmt

UNTIDY = GOOD.replace("name: leaf-and-steam", "name:   leaf-and-steam  # shop")
TIDY = GOOD.replace("name: leaf-and-steam", "name: leaf-and-steam  # shop")


def canonical() -> str:
    """Return what GOOD is in the language's order: messages come after flows."""
    head, _, rest = TIDY.partition("messages:")
    messages, _, flows = rest.partition("flows:")
    return f"{head}flows:{flows}messages:{messages}"


def write(path: Path, text: str, name: str = "playbook.yaml") -> Path:
    file = path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return file


def piped(text: bytes, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run `playbook fmt ARGUMENTS` with a text on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "playbook_runtime", "fmt", *arguments],
        input=text,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_a_file_is_written_once_and_then_left(tmp_path: Path) -> None:
    file = write(tmp_path, UNTIDY)
    done = playbook("fmt", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Formatted playbook.yaml\n")
    assert file.read_text(encoding="utf-8") == canonical()
    time = file.stat().st_mtime_ns
    done = playbook("fmt", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "Nothing to format\n")
    assert file.stat().st_mtime_ns == time


def test_check_names_files_and_writes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, UNTIDY)
    done = playbook("fmt", "--check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "Would format playbook.yaml\n")
    assert file.read_text(encoding="utf-8") == UNTIDY
    write(tmp_path, canonical())
    done = playbook("fmt", "--check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


def test_diff_shows_lines_and_writes_nothing(tmp_path: Path) -> None:
    text = canonical().replace("name: leaf", "name:  leaf")
    file = write(tmp_path, text)
    done = playbook("fmt", "--diff", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:4] == [
        "--- playbook.yaml",
        "+++ playbook.yaml (formatted)",
        "@@ -1,5 +1,5 @@",
        " playbook: 1",
    ]
    assert "-name:  leaf-and-steam  # shop\n+name: leaf-and-steam  # shop\n" in done.stdout
    assert file.read_text(encoding="utf-8") == text
    assert playbook("fmt", "--diff", "--check", cwd=tmp_path).returncode == 1


def test_all_files_of_a_folder(tmp_path: Path) -> None:
    folder(
        tmp_path,
        {
            "playbook.yaml": "playbook: 1\nname: a\ncurrency: EUR\ntimezone: UTC\n"
            "include:  [flows/*.yaml, messages/*.md]\n",
            "flows/it.yaml": "flows:\n    it: {steps: [send: hi], trigger: sign_up}\n",
            "messages/hi.md": "---\nsubject:  Hi\n---\nDear   you\n",
            "tactics/own.yaml": "tactic:  own\n",
            "other.yaml": "name:   not of this playbook\n",
        },
    )
    done = playbook("fmt", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [
        f"Formatted {name}"
        for name in ("playbook.yaml", "flows/it.yaml", "messages/hi.md", "tactics/own.yaml")
    ]
    texts = {
        name: (tmp_path / name).read_text(encoding="utf-8")
        for name in ("flows/it.yaml", "messages/hi.md", "other.yaml")
    }
    assert texts == {
        "flows/it.yaml": "flows:\n  it: {trigger: sign_up, steps: [send: hi]}\n",
        "messages/hi.md": "---\nsubject: Hi\n---\nDear   you\n",
        "other.yaml": "name:   not of this playbook\n",
    }


def test_a_file_that_does_not_parse_is_left_and_the_others_are_formatted(tmp_path: Path) -> None:
    bad = write(tmp_path, "name: [1\n", "bad.yaml")
    good = write(tmp_path, "name:   a\n", "good.yaml")
    done = playbook("fmt", "bad.yaml", "good.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "bad.yaml:1:7" in done.stderr
    assert "Formatted good.yaml" in done.stderr
    assert bad.read_bytes() == b"name: [1\n"
    assert good.read_bytes() == b"name: a\n"


def test_a_broken_include_does_not_keep_the_rest_from_being_formatted(tmp_path: Path) -> None:
    file = write(tmp_path, "name:  a\ninclude: [gone.yaml]\n")
    done = playbook("fmt", cwd=tmp_path)
    assert done.returncode == 1
    assert "gone.yaml" in done.stderr
    assert file.read_bytes() == b"name: a\ninclude: [gone.yaml]\n"


def test_mode_line_ends_and_byte_order_mark_stay(tmp_path: Path) -> None:
    file = write(tmp_path, "\ufeffname:  a\r\ncurrency:   EUR")
    file.chmod(0o640)
    assert playbook("fmt", "playbook.yaml", cwd=tmp_path).returncode == 0
    assert file.read_bytes() == "\ufeffname: a\r\ncurrency: EUR\r\n".encode()
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_message_may_be_named_alone(tmp_path: Path) -> None:
    file = write(tmp_path, "---\nsubject:  Hi\n---\nYou\n", "hi.md")
    assert playbook("fmt", "hi.md", cwd=tmp_path).returncode == 0
    assert file.read_bytes() == b"---\nsubject: Hi\n---\nYou\n"


def test_standard_input_goes_to_standard_output(tmp_path: Path) -> None:
    done = piped("name:   键\r\n".encode(), "-", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "name: 键\r\n".encode())
    done = piped(b"---\nsubject:  a\n---\nb\n", "-", "--stdin-filename", "a.md", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"---\nsubject: a\n---\nb\n")


def test_standard_input_that_does_not_parse_gives_nothing(tmp_path: Path) -> None:
    done = piped(b"name: [1\n", "-", "--stdin-filename", "shop/playbook.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"shop/playbook.yaml:1:7" in done.stderr
    assert piped(b"name:  1\n", "-", "--check", cwd=tmp_path).returncode == 1
    assert piped(b"name: 1\n", "-", "a.yaml", cwd=tmp_path).returncode == 2


def test_a_mistake_of_ours_leaves_the_file_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(source: object) -> None:
        raise FormattingError("formatting playbook.yaml would change what it says")

    monkeypatch.setattr(fmt, "format_source", fails)
    file = write(tmp_path, UNTIDY)
    done = playbook("fmt", cwd=tmp_path)
    assert done.returncode == 2
    assert "internal error: formatting playbook.yaml would change what it says" in done.stderr
    assert file.read_text(encoding="utf-8") == UNTIDY
