"""`playbook evidence`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.runtime.cli.command import BAD, ROOTS, playbook

from playbook_compiler.schema import schema_text
from playbook_runtime.evidence.library import LIBRARY
from playbook_runtime.output.evidence_json import evidence_schema

HERE = Path(__file__).parent
SHOP = HERE.parent / "evidence" / "shop.yaml"
GOLDEN = HERE / "evidence"
PUBLISHED = HERE.parents[2] / "docs" / "reference" / "evidence.schema.json"


@pytest.mark.parametrize(("form", "ending"), [("text", "txt"), ("markdown", "md")])
def test_a_playbooks_evidence_is_told(tmp_path: Path, form: str, ending: str, update: bool) -> None:
    (tmp_path / "playbook.yaml").write_text(SHOP.read_text(encoding="utf-8"), encoding="utf-8")
    done = playbook("evidence", ".", "--output-format", form, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    golden = GOLDEN / f"shop.{ending}"
    if update:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == golden.read_text(encoding="utf-8"), "rewrite it: pytest --update"
    assert form == "markdown" or max(map(len, done.stdout.splitlines())) <= 100


def test_the_library_is_listed_with_every_entry(tmp_path: Path) -> None:
    done = playbook("evidence", cwd=tmp_path)
    assert done.returncode == 0
    for found in LIBRARY:
        assert found.id in done.stdout
    lapsed = done.stdout.index("email.lapsed")
    assert "0.0..6.6 per 1,000" in done.stdout[lapsed : lapsed + 60]
    # The unwrapped claim and source; no claim stands among the effects.
    claims = done.stdout.index("Claims, quoted")
    assert done.stdout.index("claim.reactivated") > claims > done.stdout.index("target.by_risk")


def test_json_fits_its_published_schema(tmp_path: Path, update: bool) -> None:
    if update:
        PUBLISHED.write_text(schema_text(evidence_schema()), encoding="utf-8")
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert schema == evidence_schema()
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    listed, told = (
        json.loads(playbook("evidence", *path, "--output-format", "json", cwd=tmp_path).stdout)
        for path in ((), (str(SHOP),))
    )
    for data in (listed, told):
        check.validate(data)
    assert listed["playbook"] is None and listed["library"] == told["library"]
    effects = told["playbook"]["effects"]
    assert {(one["flow"], one["step"], one["grade"]) for one in effects} == {
        ("welcome", None, "own"),
        ("win-back", "send-note", "own + A"),
        ("win-back", "two", "own + A"),
        ("win-back", "two", "own"),
    }
    assert told["playbook"]["switched_off"] == ["idle"]
    assert [one["step"] for one in told["playbook"]["without_effect"]] == ["send-text"]
    updated = next(one for one in effects if one["step"] == "send-note")
    assert updated["experiments"] == ["win-back-2025"]
    assert updated["interval"] == next(
        one["after"] for one in told["playbook"]["experiments"] if one["id"] == "win-back-2025"
    )


def test_errors_in_the_playbook_are_1(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(BAD, encoding="utf-8")
    done = playbook("evidence", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "unknown-event" in done.stderr


def test_it_starts_without_the_heavy_packages() -> None:
    code = (
        f"import sys; sys.path[:0] = {ROOTS!r}\n"
        "from playbook_runtime.cli.main import group\n"
        f"group.main(['evidence', {str(SHOP)!r}], standalone_mode=False)\n"
        "print(sorted({'numpy', 'duckdb', 'numba', 'scipy'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.splitlines()[-1] == "[]"
