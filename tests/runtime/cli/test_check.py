"""`playbook check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.runtime.cli.command import BAD, GOOD, WARNED, playbook, process


def write(path: Path, text: str) -> Path:
    (path / "playbook.yaml").write_text(text, encoding="utf-8")
    return path


def test_a_process_of_its_own_ends_with_the_same_codes(tmp_path: Path) -> None:
    assert process("check", cwd=write(tmp_path, GOOD)).returncode == 0
    assert process("check", cwd=write(tmp_path, BAD)).returncode == 1


@pytest.mark.parametrize(
    ("text", "options", "code", "last_line"),
    [
        (GOOD, [], 0, "No problems found"),
        (WARNED, [], 0, "1 warning"),
        (WARNED, ["--strict"], 1, "1 error"),
        (BAD, [], 1, "1 error"),
    ],
)
def test_exit_codes(
    tmp_path: Path, text: str, options: list[str], code: int, last_line: str
) -> None:
    done = playbook("check", *options, cwd=write(tmp_path, text))
    assert done.returncode == code
    assert done.stdout.splitlines()[-1] == last_line
    assert done.stderr == ""


def test_findings_are_shown_with_their_line_in_the_users_own_path(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    write(tmp_path / "shop", BAD)
    done = playbook("check", "shop", cwd=tmp_path)
    assert done.stdout.startswith(
        "error[unknown-event]: unknown event `sign_upp`\n"
        "   --> shop/playbook.yaml:11:14\n"
        "    |\n"
        " 11 |     trigger: sign_upp\n"
        "    |              ^^^^^^^^"
    )
    assert "did you mean `sign_up`?" in done.stdout


def test_json_is_versioned_and_has_places(tmp_path: Path) -> None:
    done = playbook("check", "--output-format", "json", cwd=write(tmp_path, BAD))
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "version": 1,
        "diagnostics": [
            {
                "rule": "unknown-event",
                "severity": "error",
                "message": "unknown event `sign_upp`",
                "file": "playbook.yaml",
                "line": 11,
                "column": 14,
                "end_line": 11,
                "end_column": 22,
                "caption": "not an event of this playbook",
                "help": "did you mean `sign_up`?",
                "labels": [],
                "fix": {
                    "safe": True,
                    "replacement": "sign_up",
                    "file": "playbook.yaml",
                    "line": 11,
                    "column": 14,
                    "end_line": 11,
                    "end_column": 22,
                },
            }
        ],
    }
    clean = playbook("check", "--output-format", "json", cwd=write(tmp_path, GOOD))
    assert json.loads(clean.stdout) == {"version": 1, "diagnostics": []}


def test_concise_is_one_line_each(tmp_path: Path) -> None:
    done = playbook("check", "--output-format", "concise", cwd=write(tmp_path, BAD))
    (line,) = done.stdout.splitlines()
    assert line.startswith("playbook.yaml:11:14: error[unknown-event]")


def test_several_paths_are_checked_and_one_file_too(tmp_path: Path) -> None:
    for name, text in (("a", GOOD), ("b", BAD)):
        (tmp_path / name).mkdir()
        write(tmp_path / name, text)
    done = playbook("check", "a", "b/playbook.yaml", "--output-format", "concise", cwd=tmp_path)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["b/playbook.yaml"]


@pytest.mark.parametrize(
    ("path", "content", "rule"),
    [
        ("nowhere", None, "no-such-path"),
        (".", None, "no-playbook"),
        ("playbook.yaml", b"", "empty-file"),
        ("playbook.yaml", b"\xff\xfeplaybook", "not-utf-8"),
        ("playbook.yaml", b"PK\x03\x04zip", "not-text"),
        ("playbook.yaml", b"- a\n- b\n", "not-a-mapping"),
        ("playbook.yaml", b"playbook: [1\n", "unclosed-bracket"),
    ],
)
def test_what_is_no_playbook_is_told_without_a_traceback(
    tmp_path: Path, path: str, content: bytes | None, rule: str
) -> None:
    if content is not None:
        (tmp_path / "playbook.yaml").write_bytes(content)
    done = playbook("check", path, "--output-format", "json", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == ""
    assert json.loads(done.stdout)["diagnostics"][0]["rule"] == rule


def test_wrong_usage_is_2(tmp_path: Path) -> None:
    assert playbook("check", "--output-format", "xml", cwd=tmp_path).returncode == 2
    assert playbook("check", "--no-such-option", cwd=tmp_path).returncode == 2


def test_quiet_says_nothing_of_a_clean_playbook(tmp_path: Path) -> None:
    done = playbook("-q", "check", cwd=write(tmp_path, GOOD))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_ascii_terminal_gets_escapes(tmp_path: Path) -> None:
    text = BAD.replace("sign_upp", "größe")
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = process("check", cwd=write(tmp_path, text), environment=ascii_only)
    assert done.returncode == 1
    assert done.stdout.isascii()
    assert "unknown-event" in done.stdout
    assert done.stderr == ""
