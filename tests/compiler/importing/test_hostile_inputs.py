"""Wrong inputs: each gets a sentence at a place, and none a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.compiler.importing.klaviyo_imports import checked, written

from playbook_compiler.importing.engines.klaviyo import IMPORTER
from playbook_compiler.importing.given import SIZE_LIMIT, Given, read_given
from playbook_compiler.importing.imported import Answers, Imported


def flow(definition: Any, name: Any = "A flow") -> bytes:
    attributes = {"name": name, "definition": definition}
    return json.dumps({"data": {"type": "flow", "id": "F", "attributes": attributes}}).encode()


def action(id_: Any, next_: Any = None, kind: str = "time-delay", **data: Any) -> dict[str, Any]:
    return {"id": id_, "type": kind, "links": {"next": next_}, "data": data}


def nest(count: int, inner: str) -> bytes:
    return ('{"a":' * count + inner + "}" * count).encode()


REFUSED = {
    "empty": (b"", "this is not JSON: expecting value"),
    "cut off": (b'{"data": [', "this is not JSON: expecting value"),
    "not UTF-8": (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
    "a ZIP file": (b"PK\x03\x04\x00\x00\xff", "is not UTF-8"),
    "ten thousand deep": (b"[" * 10_000 + b"]" * 10_000, "nested deeper than 100 levels"),
    "just too deep": (nest(101, "1"), "nested deeper than 100 levels"),
    "a hundred thousand deep": (nest(100_000, "1"), "nested deeper than 100 levels"),
    "no number": (b'{"a": NaN}', "NaN is no number"),
    "too long a number": (b'{"a": ' + b"9" * 5_000 + b"}", "this is not JSON"),
    "a list of nothing": (b"[]", "there is no flow, segment or template"),
    "a word": (b'"flow"', "there is no flow, segment or template"),
    "another engine's": (b'{"journeys": [{"type": "journey"}]}', "there is no flow, segment"),
    "attributes that are none": (
        b'{"data": {"type": "flow", "attributes": 7}}',
        "there is no flow",
    ),
}
TAKEN = {
    "no definition": flow(None),
    "a definition of another kind": flow([1, 2]),
    "a name of another kind": flow({}, {"x": 1}),
    "actions of another kind": flow({"actions": {"a": 1}, "entry_action_id": 7}),
    "actions without ids": flow({"actions": [{"type": "send-email"}, 3, None, []]}),
    "one id twice": flow({"actions": [action("1", "1"), action("1")], "entry_action_id": "1"}),
    "a circle": flow({"actions": [action("1", "2"), action("2", "1")], "entry_action_id": "1"}),
    "links to nothing": flow({"actions": [action("1", "7", value=1)], "entry_action_id": "1"}),
    "links of another kind": flow({"actions": [action("1", {"a": 2})], "entry_action_id": "1"}),
    "an entry that is not there": flow({"actions": [action("1")], "entry_action_id": "9"}),
    "odd numbers": flow(
        {
            "triggers": [{"type": "metric", "id": "M"}],
            "actions": [action("1", None, value=-5, unit="days", delay_until_time="25:99")],
            "entry_action_id": "1",
            "reentry_criteria": {"duration": -1, "unit": "aeon"},
        }
    ),
    "half a character": (
        b'{"data": {"type": "flow", "id": "F", "attributes": {"name": "a\\ud800b"}}}'
    ),
    "signs of YAML and terminals": flow(
        {"actions": [action("1", None, "send-internal-alert", message={"subject_line": "x"})]},
        "]]>\n- a: {b\x1b[31m \u202e\u2028 {{ x }} <script> =cmd '\"",
    ),
    "filters of another kind": flow(
        {
            "triggers": [{"type": "metric", "id": "M", "trigger_filter": {"condition_groups": 3}}],
            "profile_filter": {"condition_groups": [{"conditions": [7, {"type": None}]}, None]},
            "actions": [],
        }
    ),
    "templates of tags that never end": json.dumps(
        {
            "data": [
                {"type": "template", "id": "T", "attributes": {"html": "<p>{% if x %}{{ a <b>{%"}},
                json.loads(
                    flow(
                        {"actions": [action("1", None, "send-email", message={"template_id": "T"})]}
                    )
                )["data"],
            ]
        }
    ).encode(),
    "a page nested ten thousand deep": json.dumps(
        {
            "data": [
                {"type": "template", "id": "T", "attributes": {"html": "<div>" * 10_000 + "tea"}},
                json.loads(
                    flow(
                        {"actions": [action("1", None, "send-email", message={"template_id": "T"})]}
                    )
                )["data"],
            ]
        }
    ).encode(),
}


def read(raw: bytes) -> tuple[Imported | None, list[Any]]:
    return IMPORTER.read(Given("input.json", {"input.json": raw}), Answers())


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_read_is_told_at_its_place(name: str) -> None:
    raw, sentence = REFUSED[name]
    found, findings = read(raw)
    assert found is None
    assert sentence in findings[0].message
    assert findings[0].span.file == "input.json"
    assert findings[0].span.line >= 1


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_what_is_odd_is_listed_and_the_rest_passes_the_checks(name: str, tmp_path: Path) -> None:
    found, findings = read(TAKEN[name])
    assert found is not None, findings
    assert found.notes
    checked(written(found, tmp_path))


def test_a_file_of_a_hundred_megabytes_is_refused_unread(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    given, findings = read_given(str(large), IMPORTER.suffixes)
    assert given is None
    assert "this is 100 MB; at most 20 MB are imported" in findings[0].message
    assert large.stat().st_size > SIZE_LIMIT


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    given, findings = read_given(str(tmp_path / "none.json"), IMPORTER.suffixes)
    assert given is None
    assert "there is no such file or folder" in findings[0].message
    given, findings = read_given(str(tmp_path), IMPORTER.suffixes)
    assert given is None
    assert "there is no file *.json in this folder" in findings[0].message


def test_a_flow_of_many_crossing_ways_is_left_out_in_no_time() -> None:
    actions = []
    for number in range(100):
        links = {"next_if_true": str(number + 1), "next_if_false": str(number + 2)}
        test = {"type": "profile-sample-of-stars", "number": number}
        data = {"profile_filter": {"condition_groups": [{"conditions": [test]}]}}
        actions.append(
            {"id": str(number), "type": "conditional-split", "links": links, "data": data}
        )
    actions.append(action("100", None, value=1))
    found, _ = read(flow({"actions": actions, "entry_action_id": "0"}))
    assert found is not None
    assert any("ways" in note.why for note in found.notes)
