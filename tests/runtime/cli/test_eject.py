"""`playbook eject`: a shipped tactic becomes a file of one's own, and nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.runtime.cli.command import playbook

SHOP = """\
playbook: 1
name: tea
currency: EUR
timezone: Europe/Berlin
sender: {name: Tea, email: hello@tea.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 58%}
guardrails: {consent: {email: opt-in}, holdout: 10%}
use:
  win-back: {after: 90d}
"""


def digest(folder: Path) -> str:
    done = playbook("compile", "-o", "-", cwd=folder)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["digest"])


def test_an_ejected_tactic_is_the_same_until_it_is_edited(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(SHOP)
    before = digest(tmp_path)
    done = playbook("eject", "win-back", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == (
        "Wrote tactics/win-back.yaml. `use: {win-back: {}}` takes it from now on:"
        " edit it, then run playbook check.\n"
    )
    assert digest(tmp_path) == before
    file = tmp_path / "tactics" / "win-back.yaml"
    text = file.read_text()
    assert "wait: $then" in text
    file.write_text(text.replace("wait: $then", "wait: 3d").replace("  then: {", "  # then: {", 1))
    assert digest(tmp_path) != before


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "tactics").mkdir()
    (tmp_path / "tactics" / "win-back.yaml").write_text("mine")
    done = playbook("eject", "win-back", cwd=tmp_path)
    assert done.returncode == 2
    assert "nothing is overwritten" in done.stderr
    assert (tmp_path / "tactics" / "win-back.yaml").read_text() == "mine"


def test_a_message_is_copied_with_the_line_that_includes_it(tmp_path: Path) -> None:
    done = playbook("eject", "refill", cwd=tmp_path)
    assert done.returncode == 0
    assert "include: [messages/refill.md]" in done.stdout
    assert (tmp_path / "messages" / "refill.md").is_file()


def test_wrong_names_are_refused(tmp_path: Path) -> None:
    assert "Did you mean `win-back`?" in playbook("eject", "winback", cwd=tmp_path).stderr
    for name in ("../growth", "/etc/passwd", "nothing-like-it"):
        done = playbook("eject", name, cwd=tmp_path)
        assert done.returncode == 2
        assert list(tmp_path.iterdir()) == []
    assert playbook("eject", cwd=tmp_path).returncode == 2
    assert playbook("eject", "win-back", "nowhere", cwd=tmp_path).returncode == 2


def test_the_list_names_every_shipped_tactic(tmp_path: Path) -> None:
    done = playbook("eject", "--list", cwd=tmp_path)
    assert done.returncode == 0
    assert "win-back" in done.stdout
    assert "parameters: after" in done.stdout
