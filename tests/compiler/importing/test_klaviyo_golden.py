"""Golden imports: what Klaviyo holds on one side, the playbook and the account on the other."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from tests.compiler.importing.klaviyo_imports import (
    BERLIN,
    CASES,
    EXPORTS,
    SHIPPED,
    checked,
    exported,
    graph_of,
    written,
)
from tests.contracts.golden import compare

from playbook_compiler.format import format_source
from playbook_compiler.importing.engines.klaviyo import IMPORTER
from playbook_compiler.importing.given import Given, read_given
from playbook_compiler.importing.imported import Answers, Imported, Outcome, as_json
from playbook_compiler.importing.writing import files_of
from playbook_compiler.source import SourceFile

# Our own exports are read where they stand; what is foreign was written by hand in their form.
INPUTS = {
    "foreign": CASES / "foreign" / "input.json",
    "everything": EXPORTS / "everything" / "expected",
    "lossy": EXPORTS / "lossy" / "expected",
    "hostile": EXPORTS / "hostile" / "expected",
}


def given_of(name: str) -> Given:
    if name == "growth":
        files = exported(graph_of(SHIPPED / "growth.yaml")).files
        return Given("export", {one: raw for one, raw in files.items() if one.endswith(".json")})
    given, findings = read_given(str(INPUTS[name]), IMPORTER.suffixes)
    assert given is not None, findings
    shown = Given(name, given.files)
    return (
        shown
        if given.is_folder
        else Given("input.json", {"input.json": next(iter(given.files.values()))})
    )


@cache
def case(name: str) -> Imported:
    found, findings = IMPORTER.read(given_of(name), BERLIN)
    assert found is not None, [one.message for one in findings]
    return found


NAMES = (*INPUTS, "growth")


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


def test_importing_twice_gives_the_same_bytes() -> None:
    again, _ = IMPORTER.read(given_of("foreign"), BERLIN)
    assert again is not None
    assert files_of(again) == files_of(case("foreign"))


def test_everything_foreign_that_is_no_step_is_listed() -> None:
    notes = case("foreign").of(Outcome.LEFT)
    said = " ".join(note.what for note in notes)
    for what in (
        "a WhatsApp message",
        "an action of the type `teleport`",
        "a wait until goods are back in stock",
        "a wait until some days before a date",
        "what the fork `action-output-split` asks",
        "where the customer lives",
        "the distance to a postal code",
        "a webhook",
        "the link to `999`",
        "the action `208`",
        "the flow `Round and round`",
        "the flow `No definition`",
        "the text of the e-mail `Price`",
        "{% for item in event.extra.line_items %}",
    ):
        assert what in said, what
    changed = " ".join(note.what for note in case("foreign").of(Outcome.CHANGED))
    for what in ("an A/B test", "being added to the list", "a drop of the price", "the step `304`"):
        assert what in changed, what


def test_every_note_says_where_and_why() -> None:
    for name in NAMES:
        for note in case(name).notes:
            assert note.path and note.what and note.why, note


def test_lookups_of_the_user_name_the_metrics_of_an_account() -> None:
    found, _ = IMPORTER.read(given_of("foreign"), Answers({"metric.MetXyz": "Fulfilled Order"}))
    assert found is not None
    flows = found.data["flows"]
    assert isinstance(flows, dict)
    crossing = flows["crossing-ways"]
    assert isinstance(crossing, dict)
    assert crossing["trigger"] == "order_shipped"
    assert not any("MetXyz" in note.why for note in found.notes)
