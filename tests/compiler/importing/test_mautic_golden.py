"""Golden imports of Mautic: our own exports as ZIP, and archives that are broken."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.compiler.importing.klaviyo_imports import BERLIN, ROOT, checked, written
from tests.contracts.golden import compare

from playbook_compiler.format import format_source
from playbook_compiler.importing.engines.mautic import IMPORTER
from playbook_compiler.importing.given import Given
from playbook_compiler.importing.imported import Imported, Outcome, as_json
from playbook_compiler.importing.writing import files_of
from playbook_compiler.source import SourceFile

CASES = ROOT / "tests" / "cases" / "import" / "mautic"
EXPORTS = ROOT / "tests" / "cases" / "export" / "mautic"
NAMES = ("everything", "hostile", "lossy")


def archive(content: bytes, name: str = "entity_data.json") -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as made:
        made.writestr(name, content)
    return raw.getvalue()


def entities(name: str) -> bytes:
    return (EXPORTS / name / "expected" / "entity_data.json").read_bytes()


@cache
def case(name: str) -> Imported:
    given = Given("campaigns.zip", {"campaigns.zip": archive(entities(name))})
    found, findings = IMPORTER.read(given, BERLIN)
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


def test_the_json_of_an_archive_says_the_same() -> None:
    given = Given("entity_data.json", {"entity_data.json": entities("everything")})
    found, _ = IMPORTER.read(given, BERLIN)
    assert found is not None
    assert files_of(found) == files_of(case("everything"))


def test_what_mautic_has_and_the_language_has_not_is_listed() -> None:
    groups = json.loads(entities("everything"))
    for group in groups:  # without the notes in the author's words
        for row in group["campaign_event"]:
            row["description"] = row["description"].partition("\n")[0]
    given = Given("entity_data.json", {"entity_data.json": json.dumps(groups).encode()})
    found, _ = IMPORTER.read(given, BERLIN)
    assert found is not None
    said = " ".join(note.what for note in found.of(Outcome.LEFT))
    for what in ("the holdout", "the text of `text`", "what the offer `come-back` is worth"):
        assert what in said, what


BROKEN = {
    "no archive": (b"PK\x03\x04 and then nothing", "this archive is damaged"),
    "cut off": (archive(entities("lossy"))[:-40], "this archive is damaged"),
    "another file inside": (archive(b"[]", "other.json"), "holds no entity_data.json"),
    "no JSON inside": (archive(b"{"), "this is not JSON"),
    "no campaign inside": (archive(b"[{}]"), "there is no campaign of Mautic"),
    "too deep inside": (archive(b"[" * 10_000 + b"]" * 10_000), "nested deeper than 100 levels"),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_archive_is_told(name: str) -> None:
    raw, sentence = BROKEN[name]
    found, findings = IMPORTER.read(Given("broken.zip", {"broken.zip": raw}), BERLIN)
    assert found is None
    assert sentence in findings[0].message
    assert findings[0].span.file == "broken.zip"


def test_an_archive_that_unpacks_to_too_much_is_refused() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("entity_data.json", b" " * 30_000_000)
    found, findings = IMPORTER.read(Given("bomb.zip", {"bomb.zip": raw.getvalue()}), BERLIN)
    assert found is None
    assert "too large" in findings[0].message


ODD: dict[str, dict[str, Any]] = {
    "events in a circle": {
        "campaign_event": [
            {"id": 1, "type": "campaign.jump_to_event", "properties": {"jumpToEvent": 2}},
            {"id": 2, "type": "lead.changetags", "parent_id": 1, "properties": {"add_tags": ["x"]}},
            {"id": 3, "type": "campaign.jump_to_event", "parent_id": 2,
             "properties": {"jumpToEvent": 1}},
        ]
    },
    "values of other kinds": {"campaign": 7, "lists": {"a": 1}, "email": [3], "campaign_event": 5},
    "an e-mail that is not there": {
        "campaign_event": [{"id": 1, "type": "email.send", "properties": {"email": 9}}]
    },
    "events side by side": {
        "campaign_event": [
            {"id": 1, "type": "lead.changetags", "properties": {"add_tags": ["a"]}},
            {"id": 2, "type": "lead.changetags", "properties": {"add_tags": ["b"]}},
        ]
    },
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ODD))
def test_what_is_odd_is_listed_and_the_rest_passes_the_checks(name: str, tmp_path: Path) -> None:
    data = [{"campaign": [{"name": "Odd {{ one }}\u2028"}], **ODD[name]}]
    raw = archive(json.dumps(data).encode())
    found, findings = IMPORTER.read(Given("odd.zip", {"odd.zip": raw}), BERLIN)
    assert found is not None, findings
    assert found.notes
    checked(written(found, tmp_path))
