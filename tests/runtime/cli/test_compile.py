"""`playbook compile`, `playbook graph` and `playbook schema`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.runtime.cli.command import BAD, GOOD, WARNED, playbook

from playbook_runtime.cli.schema import OF
from playbook_runtime.output.atomic import write_atomically


def write(path: Path, text: str) -> Path:
    (path / "playbook.yaml").write_text(text, encoding="utf-8")
    return path


def test_compile_writes_plan_json_and_says_so(tmp_path: Path) -> None:
    done = playbook("compile", cwd=write(tmp_path, GOOD))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Wrote plan.json\n"
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert plan["version"] == 1
    assert plan["digest"].startswith("sha256:")


def test_a_dash_is_standard_output_with_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    playbook("compile", ".", "-o", "plan.json", cwd=tmp_path)
    done = playbook("compile", "playbook.yaml", "-o", "-", cwd=tmp_path)
    assert done.stdout == (tmp_path / "plan.json").read_text(encoding="utf-8")


def test_nothing_is_written_when_there_are_errors(tmp_path: Path) -> None:
    write(tmp_path, BAD)
    (tmp_path / "plan.json").write_text("old")
    done = playbook("compile", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "unknown-event" in done.stderr
    assert (tmp_path / "plan.json").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.json", "playbook.yaml"]


def test_warnings_go_to_stderr_and_quiet_hides_them(tmp_path: Path) -> None:
    write(tmp_path, WARNED)
    assert "wait-zero" in playbook("compile", cwd=tmp_path).stderr
    assert playbook("-q", "compile", cwd=tmp_path).stderr == ""


def test_a_place_that_cannot_be_written_is_2(tmp_path: Path) -> None:
    done = playbook("compile", "-o", "missing/plan.json", cwd=write(tmp_path, GOOD))
    assert done.returncode == 2
    assert done.stderr == "Error: missing/plan.json: No such file or directory\n"
    folder = playbook("compile", "-o", ".", cwd=tmp_path)
    assert (folder.returncode, folder.stderr) == (2, "Error: .: it is a folder\n")


@pytest.mark.parametrize("fault", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.chmod"])
def test_a_fault_while_writing_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    target = tmp_path / "plan.json"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fault, fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(target, b"new")
    monkeypatch.undo()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("mermaid", "flowchart LR\n"),
        ("dot", "digraph playbook {\n"),
        ("json", "{\n"),
        ("markdown", "# "),
    ],
)
def test_graph_draws_in_each_format(tmp_path: Path, form: str, begins: str) -> None:
    done = playbook("graph", "--format", form, cwd=write(tmp_path, GOOD))
    assert done.returncode == 0
    assert done.stdout.startswith(begins)
    assert "send hello" in done.stdout


def test_graph_of_a_broken_playbook_is_1(tmp_path: Path) -> None:
    done = playbook("graph", cwd=write(tmp_path, BAD))
    assert (done.returncode, done.stdout) == (1, "")
    assert "unknown-event" in done.stderr


def test_schema_prints_what_is_committed(tmp_path: Path) -> None:
    reference = Path(__file__).parents[3] / "docs" / "reference"
    for what in OF:
        done = playbook("schema", "--of", what, cwd=tmp_path)
        assert done.stdout == (reference / f"{what}.schema.json").read_text(encoding="utf-8")


FIFTEEN_LINES = """\
playbook: 1
name: leaf-and-steam
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf & Steam, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 58%}
guardrails: {consent: {email: opt-in}}
use:
  win-back: {after: 90d, offer: 20%}
flows:
  refill:
    trigger: {replenishment: typical interval}
    steps: [send: refill]
"""


def test_yaml_is_the_playbook_with_its_tactics_written_out(tmp_path: Path) -> None:
    done = playbook("compile", "--format", "yaml", cwd=write(tmp_path, FIFTEEN_LINES))
    assert done.returncode == 0
    assert done.stderr.endswith("Wrote plan.yaml\n")
    text = (tmp_path / "plan.yaml").read_text(encoding="utf-8")
    assert "use:" not in text
    assert "trigger: {inactive_for: 90d}" in text
    assert "goal: {event: order_placed, within: 14d}" in text
    # It is a playbook itself, in its canonical form, and says nothing more when written out again.
    assert playbook("fmt", "--check", "plan.yaml", cwd=tmp_path).returncode == 0
    again = playbook("compile", "--format", "yaml", "plan.yaml", "-o", "-", cwd=tmp_path)
    assert again.stdout == text
