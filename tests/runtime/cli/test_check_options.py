"""`playbook check`: which rules, how strictly, what is mended, standard input, watching."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.runtime.cli.command import BAD, GOOD, ROOTS, WARNED, playbook, process

from playbook_runtime.cli.main import group
from playbook_runtime.output.diagnostics import format_names

TWO = WARNED.replace(", holdout: 10%", "")
INCLUDING = "include: [more.yaml]\n" + GOOD


def write(path: Path, text: str) -> Path:
    (path / "playbook.yaml").write_text(text, encoding="utf-8")
    return path


def rules(*arguments: str, cwd: Path) -> list[str]:
    done = playbook("check", "--output-format", "concise", *arguments, cwd=cwd)
    return [line.partition("[")[2].partition("]")[0] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["no-holdout", "wait-zero"]),
        (["--select", "wait-zero"], ["wait-zero"]),
        (["--select", "wait-zero,no-holdout"], ["no-holdout", "wait-zero"]),
        (["--select", "wait-zero", "--select", "missing-exit"], ["wait-zero"]),
        (["--ignore", "no-holdout"], ["wait-zero"]),
        (["--select", "no-holdout", "--ignore", "no-holdout"], []),
    ],
)
def test_rules_are_selected_and_ignored(
    tmp_path: Path, options: list[str], expected: list[str]
) -> None:
    assert rules(*options, cwd=write(tmp_path, TWO)) == expected


def test_a_selection_does_not_hide_that_nothing_could_be_checked(tmp_path: Path) -> None:
    done = playbook("check", "--select", "no-holdout", cwd=write(tmp_path, BAD))
    assert done.returncode == 1
    assert "error[unknown-event]" in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--select", "no-holdot"], "There is no rule `no-holdot`. Did you mean `no-holdout`?"),
        (["--ignore", "xyzzy"], "There is no rule `xyzzy`. `playbook explain --list`"),
        (["--ignore", "missing-unsubscribe"], "`missing-unsubscribe` is always an error"),
        (["--stdin-filename", "a.yaml"], "--stdin-filename goes with `playbook check -`."),
        (["-", "--watch"], "Standard input cannot be watched."),
    ],
)
def test_wrong_options_are_told_and_2(tmp_path: Path, options: list[str], said: str) -> None:
    done = playbook("check", *options, cwd=write(tmp_path, GOOD))
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_strict_makes_errors_of_warnings_that_are_left(tmp_path: Path) -> None:
    shop = write(tmp_path, TWO)
    assert playbook("check", "--strict", cwd=shop).returncode == 1
    left = playbook("check", "--strict", "--ignore", "no-holdout,wait-zero", cwd=shop)
    assert left.returncode == 0


@pytest.mark.parametrize("name", format_names())
def test_a_format_prints_nothing_else_to_stdout(tmp_path: Path, name: str) -> None:
    shop = write(tmp_path, GOOD)
    done = playbook("-q", "check", "--output-format", name, cwd=shop)
    loud = playbook("check", "--output-format", name, cwd=shop)
    assert (done.returncode, done.stderr, loud.stderr) == (0, "", "")
    if name != "full":
        assert loud.stdout == done.stdout


def test_fix_writes_the_files_and_says_how_many(tmp_path: Path) -> None:
    shop = write(tmp_path, BAD.replace("Leaf,", "Leaf,   # who we are\n ").replace("10%", "0.1"))
    before = (shop / "playbook.yaml").read_text()
    done = playbook("check", "--fix", cwd=shop)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines() == ["fixed 2 findings in 1 file", "No problems found"]
    after = (shop / "playbook.yaml").read_text()
    assert after == before.replace("sign_upp", "sign_up").replace("0.1", "10%")
    again = playbook("check", "--fix", cwd=shop)
    assert again.stdout.splitlines() == ["No problems found"]


def test_what_cannot_be_fixed_is_still_told(tmp_path: Path) -> None:
    text = BAD.replace("steps:", "entry: {again_after: 0.5}\n    steps:")
    done = playbook("check", "--fix", "--output-format", "concise", cwd=write(tmp_path, text))
    assert done.returncode == 1
    assert "error[bad-duration]" in done.stdout
    assert done.stderr == "fixed 1 finding in 1 file\n"


def test_only_what_is_selected_is_fixed(tmp_path: Path) -> None:
    text = BAD.replace("10%", "0.1")
    shop = write(tmp_path, text)
    playbook("check", "--fix", "--select", "missing-exit", cwd=shop)
    fixed = (shop / "playbook.yaml").read_text()
    assert "sign_up\n" in fixed  # errors that stop the checks are always selected


def test_unsafe_fixes_are_made_only_when_asked_for(tmp_path: Path) -> None:
    text = GOOD.replace("- {send", "- {send").replace(
        "[{send: hello}]", "[{wait: 3}, {send: hello}]"
    )
    shop = write(tmp_path, text)
    assert playbook("check", "--fix", cwd=shop).returncode == 1
    before = (shop / "playbook.yaml").read_text()
    alone = playbook("check", "--unsafe-fixes", cwd=shop)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "--unsafe-fixes goes with --fix" in alone.stderr
    assert (
        "+    steps: [{wait: 3d}" in playbook("check", "--diff", "--unsafe-fixes", cwd=shop).stdout
    )
    assert (shop / "playbook.yaml").read_text() == before
    assert playbook("check", "--fix", "--unsafe-fixes", cwd=shop).returncode == 0
    assert "{wait: 3d}" in (shop / "playbook.yaml").read_text()


def test_diff_shows_what_fix_would_write(tmp_path: Path) -> None:
    shop = write(tmp_path, BAD)
    done = playbook("check", "--fix", "--diff", cwd=shop)
    assert done.returncode == 1
    assert done.stdout.startswith("--- a/playbook.yaml\n+++ b/playbook.yaml\n@@")
    assert "-    trigger: sign_upp\n+    trigger: sign_up\n" in done.stdout
    assert done.stderr == "would fix 1 finding in 1 file\n"
    assert (shop / "playbook.yaml").read_text() == BAD


def test_nothing_to_fix_is_said_once(tmp_path: Path) -> None:
    shop = write(tmp_path, GOOD)
    done = playbook("check", "--diff", cwd=shop)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Nothing to fix\n")
    assert playbook("check", "--fix", cwd=shop).stdout == "No problems found\n"


def test_a_diff_can_be_applied(tmp_path: Path) -> None:
    shop = write(tmp_path, BAD.rstrip("\n"))
    patch = playbook("check", "--diff", cwd=shop).stdout
    subprocess.run(["git", "apply", "-"], input=patch, text=True, cwd=shop, check=True)
    assert (shop / "playbook.yaml").read_text() == GOOD.rstrip("\n")


def from_stdin(text: str, *arguments: str, cwd: Path) -> tuple[int, str, str]:
    before = Path.cwd()
    os.chdir(cwd)
    try:
        done = CliRunner().invoke(group, ["check", *arguments], input=text)
    finally:
        os.chdir(before)
    return done.exit_code, done.stdout, done.stderr


def test_standard_input_is_checked(tmp_path: Path) -> None:
    assert from_stdin(GOOD, "-", cwd=tmp_path) == (0, "No problems found\n", "")
    code, out, _ = from_stdin(BAD, "-", "--output-format", "concise", cwd=tmp_path)
    assert (code, out.partition(" ")[0]) == (1, "-:11:14:")


def test_files_that_standard_input_includes_stand_beside_its_name(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "more.yaml").write_text("audiences: {all: orders >= 1}\nofers: {}\n")
    code, out, _ = from_stdin(
        INCLUDING,
        "-",
        "--stdin-filename",
        "shop/playbook.yaml",
        "--output-format",
        "concise",
        cwd=tmp_path,
    )
    assert (code, out.partition(" ")[0]) == (1, "shop/more.yaml:2:1:")
    write(tmp_path / "shop", BAD)  # what is on disk under that name is not read
    code, out, _ = from_stdin(GOOD, "-", "--stdin-filename", "shop/playbook.yaml", cwd=tmp_path)
    assert (code, out) == (0, "No problems found\n")


def test_fixed_standard_input_goes_to_standard_output(tmp_path: Path) -> None:
    code, out, err = from_stdin(BAD, "-", "--fix", cwd=tmp_path)
    assert (code, out) == (0, GOOD)
    assert "fixed 1 finding in 1 file" in err
    assert from_stdin(GOOD, "-", "--fix", cwd=tmp_path)[1] == GOOD


def test_a_profile_in_the_playbook_holds_for_every_command(tmp_path: Path) -> None:
    quiet = write(tmp_path, TWO + "checks: {no-holdout: ignore, wait-zero: hint}\n")
    assert rules(cwd=quiet) == ["wait-zero"]
    assert playbook("check", "--strict", cwd=quiet).returncode == 0
    strict = write(tmp_path, TWO + "checks: {no-holdout: error}\n")
    assert playbook("check", cwd=strict).returncode == 1
    assert playbook("compile", cwd=strict).returncode == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_watch_checks_again_after_a_change_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    shop = write(tmp_path, GOOD)
    running = subprocess.Popen(
        [sys.executable, "-u", "-m", "playbook_runtime", "check", "--watch"],
        cwd=shop,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == "No problems found\n"
        time.sleep(0.1)
        write(shop, BAD)
        assert running.stdout.readline().startswith("error[unknown-event]")
        lines = iter(running.stdout.readline, "1 error\n")
        assert not any("\x1b" in line for line in lines)
        running.send_signal(signal.SIGINT)
        rest, errors = running.communicate(timeout=5)
    finally:
        running.kill()
    assert running.returncode == 130
    assert (rest, errors.strip()) == ("", "")


def test_explain_prints_a_page() -> None:
    done = playbook("explain", "no-holdout", cwd=Path.cwd())
    assert done.returncode == 0
    assert done.stdout.startswith("no-holdout\n\nNo holdout: without a few customers")
    assert "\nMended\n\n    guardrails: {consent: {email: opt-in}, holdout: 10%}\n" in done.stdout
    assert "\x1b" not in done.stdout
    assert "```" not in done.stdout
    assert "\n\nAn example without `playbook: 1` is a part of a playbook" in done.stdout


@pytest.mark.parametrize(
    "name", ["warning[no-holdout]", "[no-holdout]", "NO-HOLDOUT", "`no-holdout`", "no_holdout"]
)
def test_explain_takes_a_rule_as_it_is_shown(name: str) -> None:
    done = playbook("explain", name, cwd=Path.cwd())
    assert done.returncode == 0
    assert done.stdout == playbook("explain", "no-holdout", cwd=Path.cwd()).stdout


def test_a_path_that_is_missing_has_no_line(tmp_path: Path) -> None:
    done = playbook("check", "nowhere", cwd=tmp_path)
    assert done.returncode == 1
    assert "--> nowhere\n" in done.stdout


def test_explain_lists_every_rule_a_line_each() -> None:
    done = playbook("explain", "--list", cwd=Path.cwd())
    assert "errors\n" in done.stdout
    assert "  no-holdout  " in done.stdout
    assert "  unclosed-quote  " in done.stdout


def test_explaining_what_is_no_rule_is_2() -> None:
    done = playbook("explain", "no-holdot", cwd=Path.cwd())
    assert done.returncode == 2
    assert "Did you mean `no-holdout`?" in done.stderr
    assert playbook("explain", cwd=Path.cwd()).returncode == 2


def test_check_and_explain_import_nothing_heavy(tmp_path: Path) -> None:
    write(tmp_path, BAD)
    code = (
        "import sys; from playbook_runtime.cli import main\n"
        "sys.argv = ['playbook', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'duckdb', 'numba', 'rich', 'difflib'} & set(sys.modules)))\n"
    )
    for arguments in (["check", "--fix"], ["explain", "no-holdout"], ["check", "-q"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] in ("[]", "['difflib']")


def test_a_terminal_without_colours_gets_none(tmp_path: Path) -> None:
    done = process("check", cwd=write(tmp_path, BAD), environment={"NO_COLOR": "1"})
    assert "\x1b" not in done.stdout
