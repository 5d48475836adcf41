"""The network's modules are loaded by the commands that use them, and by no other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.runtime.cli.command import GOOD, ROOTS

NETWORK = ("http.client", "urllib.request", "ssl", "socket", "playbook_runtime.push")
PROBE = (
    "import sys\n"
    "from playbook_runtime.cli import main\n"
    "sys.argv = ['playbook', *sys.argv[1:]]\n"
    "try:\n    main()\n"
    f"finally:\n    sys.stderr.write('|' + ' '.join(sorted(set({NETWORK!r}) & set(sys.modules))))\n"
)


@pytest.mark.parametrize("arguments", [["--help"], ["check", "."], ["push", "--help"]])
def test_light_commands_load_no_network(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "playbook.yaml").write_text(GOOD)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.rpartition("|")[2] == ""
