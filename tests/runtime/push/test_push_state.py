"""The state file: what it says, and what is said of one that is not as we wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from playbook_runtime.push.problems import UsageProblem
from playbook_runtime.push.state import Intent, Pushed, State, read_state, state_bytes

PUSHED = Pushed(
    "u-1",
    "/api/flows",
    "FLO1",
    "leaf: welcome",
    "sha256:1",
    {"${ref:template.hello.id}": "TPL1"},
    "sha256:2",
    2,
    ("FLO0",),
    ("TPL0",),
)
STATE = State(
    "klaviyo",
    "https://a.klaviyo.com",
    "playbook.yaml",
    {"flow.welcome": PUSHED},
    {"metric.Placed Order": "M1"},
    Intent("flow.cart", 1_800_000_000.0, PUSHED),
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(state_bytes(STATE))
    assert read_state(path, "klaviyo") == STATE
    assert state_bytes(read_state(path, "klaviyo")) == state_bytes(STATE)


def test_without_a_file_nothing_was_pushed(tmp_path: Path) -> None:
    assert read_state(tmp_path / "none.json", "klaviyo") == State("klaviyo")


def without(key: str) -> bytes:
    data = json.loads(state_bytes(STATE))
    del data[key]
    return json.dumps(data).encode()


def with_object(**change: Any) -> bytes:
    data = json.loads(state_bytes(STATE))
    data["objects"]["flow.welcome"] |= change
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        state_bytes(STATE)[:300],
        state_bytes(STATE).replace(b'"klaviyo"', b'"dittofeed"'),
        state_bytes(STATE).replace(b'"version": 1,\n  "target"', b'"version": 0,\n  "target"'),
        without("intent"),
        without("objects"),
        with_object(remote=None),
        with_object(version="2"),
        with_object(earlier=[1]),
        b"<<<<<<< HEAD\n" + state_bytes(STATE),
    ],
)
def test_a_damaged_file_is_told_and_not_taken_for_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.klaviyo.json"
    path.write_bytes(content)
    with pytest.raises(UsageProblem, match="is damaged") as told:
        read_state(path, "klaviyo")
    assert "Do not delete it" in str(told.value)
    assert path.read_bytes() == content


def test_a_state_of_a_newer_version_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "state.klaviyo.json"
    path.write_bytes(
        state_bytes(STATE).replace(b'"version": 1,\n  "target"', b'"version": 2,\n  "target"')
    )
    with pytest.raises(UsageProblem, match="was written by a newer playbook"):
        read_state(path, "klaviyo")
