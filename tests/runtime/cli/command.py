"""Running the command line: within this process, or as a user does in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from playbook_runtime.cli.main import group

ROOTS = [str(Path(__file__).parents[3] / name) for name in ("compiler", "runtime")]
GOOD = """\
playbook: 1
name: leaf-and-steam
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
guardrails: {consent: {email: opt-in}, holdout: 10%}
messages:
  hello: {subject: Hi, body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"}
flows:
  welcome:
    trigger: sign_up
    steps: [{send: hello}]
"""
WARNED = GOOD.replace("[{send: hello}]", "[{wait: 0d}, {send: hello}]")
BAD = GOOD.replace("sign_up", "sign_upp")


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


def playbook(*arguments: str, cwd: Path) -> Done:
    """Run `playbook ARGUMENTS` in a folder, within this process."""
    with chdir(cwd):
        result = CliRunner().invoke(group, arguments, prog_name="playbook")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def process(*arguments: str, cwd: Path, environment: dict[str, str] | None = None) -> Done:
    """Run `playbook ARGUMENTS` in a folder, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "playbook_runtime", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)} | (environment or {}),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
