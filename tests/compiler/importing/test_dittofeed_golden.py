"""Golden imports of Dittofeed: our own exports as they stand, and resources written by hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.compiler.importing.klaviyo_imports import BERLIN, ROOT, checked, graph_of, written
from tests.contracts.golden import compare

from playbook_compiler.format import format_source
from playbook_compiler.importing.engines.dittofeed import IMPORTER
from playbook_compiler.importing.given import Given, read_given
from playbook_compiler.importing.imported import Imported, Outcome, as_json
from playbook_compiler.importing.writing import files_of
from playbook_compiler.source import SourceFile
from playbook_compiler.steps import Branch, Send, Split, Task, Wait

CASES = ROOT / "tests" / "cases" / "import" / "dittofeed"
EXPORTS = ROOT / "tests" / "cases" / "export" / "dittofeed"
NAMES = ("everything", "hostile", "lossy", "foreign")


def given_of(name: str) -> Given:
    if name == "foreign":
        return Given("input.json", {"input.json": (CASES / name / "input.json").read_bytes()})
    given, findings = read_given(str(EXPORTS / name / "expected"), IMPORTER.suffixes)
    assert given is not None, findings
    return Given(name, given.files)


@cache
def case(name: str) -> Imported:
    found, findings = IMPORTER.read(given_of(name), BERLIN)
    assert found is not None, [one.message for one in findings]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_playbook_and_the_account_are_the_golden_ones(name: str, update: bool) -> None:
    found = case(name)
    report = json.dumps(as_json(found), indent=2, ensure_ascii=False) + "\n"
    files = {**files_of(found), "import.json": report.encode()}
    compare(CASES / name / "expected", files, update=update)


@pytest.mark.parametrize("name", NAMES)
def test_the_playbook_has_no_errors_and_is_formatted(name: str, tmp_path: Path) -> None:
    found = case(name)
    checked(written(found, tmp_path))
    for path, content in files_of(found).items():
        formatted, _ = format_source(SourceFile(path, content.decode()))
        assert formatted == content.decode(), path


def test_steps_keep_their_ids_their_order_and_their_kind(tmp_path: Path) -> None:
    """What Dittofeed says by a node of its own comes back as the step of the same id."""
    before = graph_of(EXPORTS / "everything" / "playbook.yaml")
    after = checked(written(case("everything"), tmp_path)).graph
    assert after is not None
    for flow in ("welcome", "win-back"):
        kinds = (Send, Wait, Split, Branch, Task)
        steps = [
            (node.id, node.kind)
            for node in before.of_flow(flow)
            if isinstance(node.what, kinds) and "send-card" not in node.id
        ]
        found = {node.id: node.kind for node in after.of_flow(flow)}
        kept = [one for one in steps if found.get(one[0]) == one[1]]
        # A wait before a message of a channel that is no longer there, and a shared code's message.
        assert len(kept) >= len(steps) - 3, sorted({*steps} - {*kept})


def test_what_is_foreign_is_listed() -> None:
    said = " ".join(note.what for note in case("foreign").of(Outcome.LEFT))
    for what in (
        "a node of the type `RateLimitNode`",
        "a wait",
        "the segment `Manual ones`",
        "the webhook `hook`",
        "{% for item in user.items %}",
    ):
        assert what in said, what


WRONG: dict[str, Any] = {
    "no journey": {"profiles": [1, 2]},
    "a list of numbers": [1, 2, 3],
    "a word": "journey",
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_what_is_no_workspace_is_told(name: str) -> None:
    raw = json.dumps(WRONG[name]).encode()
    found, findings = IMPORTER.read(Given("input.json", {"input.json": raw}), BERLIN)
    assert found is None
    assert "there is no journey, segment or template of Dittofeed" in findings[0].message


def _journey(*nodes: Any, entry: Any = None) -> bytes:
    entry = entry or {"type": "EventEntryNode", "event": "sign_up", "child": "a"}
    definition = {"entryNode": entry, "exitNode": {"type": "ExitNode"}, "nodes": [*nodes]}
    return json.dumps({"id": "J", "name": "odd\u2028 {{ x }}", "definition": definition}).encode()


ODD = {
    "a circle": _journey(
        {
            "id": "a",
            "type": "DelayNode",
            "variant": {"type": "Second", "seconds": 60},
            "child": "b",
        },
        {
            "id": "b",
            "type": "DelayNode",
            "variant": {"type": "Second", "seconds": 60},
            "child": "a",
        },
    ),
    "nodes of another kind": _journey(None, 7, [], {"id": 3}, {"id": "a"}, {"id": "a"}),
    "variants of another kind": _journey({"id": "a", "type": "DelayNode", "variant": [1]}),
    "a segment that is not there": _journey(
        {
            "id": "a",
            "type": "SegmentSplitNode",
            "variant": {"segment": "S", "trueChild": "ExitNode"},
        }
    ),
    "shares that are none": _journey(
        {"id": "a", "type": "RandomCohortNode", "children": [{"id": "x", "percent": "half"}, 4]}
    ),
    "a wait for nothing": _journey({"id": "a", "type": "WaitForNode", "segmentChildren": [{}]}),
    "an entry of another kind": _journey(entry={"type": "EntryNode", "segment": {"a": 1}}),
}


@pytest.mark.parametrize("name", sorted(ODD))
def test_what_is_odd_is_listed_and_the_rest_passes_the_checks(name: str, tmp_path: Path) -> None:
    found, findings = IMPORTER.read(Given("input.json", {"input.json": ODD[name]}), BERLIN)
    assert found is not None, findings
    assert found.notes
    checked(written(found, tmp_path))
