"""Texts that mean harm, or nothing: every command answers with findings, never with an exception.

The same inputs go on for as long as you like in `python -m tests.fuzz` (docs/fuzzing.md).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fuzz.__main__ import main
from tests.fuzz.mutations import mutated, shipped
from tests.fuzz.target import TACTIC, USER, hold, hold_tactic
from tests.properties.language_strategies import SEEDS
from tests.properties.language_texts import as_json, read_text
from tests.shared_data import shared

from playbook_compiler.model import Playbook

ROOT = Path(__file__).parents[2]


@cache
def texts() -> list[bytes]:
    return shipped()


@cache
def base() -> Playbook:
    return read_text((ROOT / "tests/cases/kernel/win-back.yaml").read_text(encoding="utf-8"))


@settings(max_examples=150, derandomize=True)
@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes(raw: bytes) -> None:
    hold(raw, base())


LEAVES: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
KEYS = st.text(max_size=5) | st.sampled_from(
    [
        *("playbook", "name", "flows", "trigger", "steps", "send", "wait", "if", "then", "else"),
        *("split", "variants", "offers", "messages", "use", "include", "products", "programmes"),
        *("facts", "events", "audiences", "economics", "guardrails", "stages", "require", "until"),
    ]
)
SHAPES = st.dictionaries(
    KEYS,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=12,
    ),
    max_size=8,
)


@settings(max_examples=150, derandomize=True)
@given(SHAPES, st.booleans())
def test_any_structure(shape: dict[str, Any], head: bool) -> None:
    start = {"playbook": 1, "name": "a", "currency": "EUR", "timezone": "UTC"} if head else {}
    hold(as_json({**start, **shape}).encode("utf-8", "surrogatepass"), base())


@settings(max_examples=100, derandomize=True)
@given(SEEDS)
def test_spoilt_playbooks(seed: int) -> None:
    hold(mutated(Random(seed), texts()), base())


@settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(SEEDS)
def test_spoilt_tactics(tmp_path: Path, seed: int) -> None:
    (tmp_path / "tactics").mkdir(exist_ok=True)
    (tmp_path / TACTIC).write_bytes(b"")
    (tmp_path / "playbook.yaml").write_bytes(USER)
    tactics = [raw for raw in texts() if b"tactic:" in raw[:2_000]]
    hold_tactic(mutated(Random(seed), tactics), tmp_path)


def test_the_base_of_the_tactic_hunt_compiles(tmp_path: Path) -> None:
    (tmp_path / "tactics").mkdir()
    (tmp_path / TACTIC).write_bytes(b"")
    (tmp_path / "playbook.yaml").write_bytes(USER)
    # Otherwise every hunt would stop at the same error.
    assert hold_tactic((ROOT / "playbooks/tactics/win-back.yaml").read_bytes(), tmp_path)


def test_the_hostile_files_go_through_every_command() -> None:
    for path in sorted(shared("corpus", "yaml").iterdir()):
        hold(path.read_bytes(), base())


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--minutes", "0.02", "--seed", "5", "--save", str(tmp_path / "found")]) == 0
    assert "seed 5:" in capsys.readouterr().out
    assert not (tmp_path / "found").exists()
