"""Findings for other programs: SARIF, GitHub, GitLab, JUnit, JSON by its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared_data import shared

from playbook_compiler.diagnostics import Diagnostic, Fix, Label, error, hint, warning
from playbook_compiler.schema import schema_text
from playbook_compiler.source import SourceFile, Span
from playbook_runtime.output.diagnostics import format_names, render
from playbook_runtime.output.formats.json import diagnostics_schema

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "diagnostics.schema.json"
SHOP = SourceFile("shop/play book.yaml", "a: 1\n\nflows:\n  x: {trigger: order_placd}\n")
WHERE = Span(SHOP.path, 4, 16, 4, 27)
FOUND = (
    error(
        "unknown-event",
        "unknown event `order_placd`",
        WHERE,
        caption="not an event",
        help="did you mean `order_placed`?",
        labels=(Label(Span(SHOP.path, 4, 3, 4, 4), "in this flow"),),
        fix=Fix(WHERE, "order_placed"),
    ),
    warning("no-holdout", "50% off, or:\nnothing", Span(SHOP.path, 3, 1, 4, 5)),
    hint("discount-first", "a hint", Span("other,file:1.yaml", 1, 1, 1, 1)),
)


def shown(name: str, *found: Diagnostic) -> str:
    return render(found or FOUND, {SHOP.path: SHOP}, name, False)


def test_the_formats_are_the_files_of_their_folder() -> None:
    assert format_names() == ("full", "concise", "github", "gitlab", "json", "junit", "sarif")


def test_the_committed_schema_is_fresh(update: bool) -> None:
    fresh = schema_text(diagnostics_schema())
    if update:
        SCHEMA.write_text(fresh, encoding="utf-8")
    assert SCHEMA.read_text(encoding="utf-8") == fresh, "pytest --update rewrites it"


def test_json_is_as_its_schema_says() -> None:
    schema = diagnostics_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    printed = json.loads(shown("json"))
    validator.validate(printed)
    assert not validator.is_valid({**printed, "more": 1})
    assert printed["diagnostics"][0]["fix"] == {
        "safe": True,
        "replacement": "order_placed",
        "file": SHOP.path,
        "line": 4,
        "column": 16,
        "end_line": 4,
        "end_column": 27,
    }
    assert printed["diagnostics"][0]["labels"][0]["message"] == "in this flow"


def sarif(text: str) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(text)
    schema = json.loads(shared("vendor-schemas", "sarif-2.1.0.schema.json").read_text("utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    validator(schema, format_checker=jsonschema.FormatChecker()).validate(log)
    return log


def test_sarif_is_valid_and_has_rules_places_and_fixes() -> None:
    (run,) = sarif(shown("sarif"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [one["id"] for one in rules] == ["discount-first", "no-holdout", "unknown-event"]
    assert "## Mended" in rules[1]["help"]["markdown"]
    assert [one["defaultConfiguration"]["level"] for one in rules] == ["note", "warning", "error"]
    first, second, third = run["results"]
    assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == [one.rule for one in FOUND]
    assert [first["level"], second["level"], third["level"]] == ["error", "warning", "note"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "shop/play%20book.yaml"
    assert place["region"] == {"startLine": 4, "startColumn": 16, "endLine": 4, "endColumn": 27}
    assert first["relatedLocations"][0]["message"]["text"] == "in this flow"
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {"deletedRegion": place["region"], "insertedContent": {"text": "order_placed"}}
    ]
    assert "fixes" not in second


def test_sarif_of_nothing_is_valid() -> None:
    (run,) = sarif(render((), {}, "sarif", False))["runs"]
    assert run["results"] == []


@given(st.text(max_size=40))
def test_sarif_and_junit_take_any_text(text: str) -> None:
    found = error("unknown-key", text or "x", Span(f"a{text}.yaml", 1, 1, 1, 2), help=text)
    sarif(shown("sarif", found))
    ET.fromstring(shown("junit", found))


def test_github_commands_escape_what_means_something_to_github() -> None:
    assert shown("github") == (
        "::error file=shop/play book.yaml,line=4,endLine=4,col=16,endColumn=26,"
        "title=unknown-event::unknown event `order_placd`%0Adid you mean `order_placed`?\n"
        "::warning file=shop/play book.yaml,line=3,endLine=4,"
        "title=no-holdout::50%25 off, or:%0Anothing\n"
        "::notice file=other%2Cfile%3A1.yaml,line=1,endLine=1,col=1,endColumn=1,"
        "title=discount-first::a hint\n"
    )


def test_no_text_can_begin_a_command_of_its_own() -> None:
    found = error("rule", "a\r\n::error::b", Span("a\n::warning::b", 1, 1, 1, 2))
    assert shown("github", found).count("\n") == 1


def test_gitlab_has_a_list_with_severities_and_places() -> None:
    entries = json.loads(shown("gitlab"))
    assert [one["severity"] for one in entries] == ["major", "minor", "info"]
    assert entries[0]["check_name"] == "unknown-event"
    assert entries[0]["description"] == (
        "unknown event `order_placd`; help: did you mean `order_placed`?"
    )
    assert entries[1]["location"] == {"path": SHOP.path, "lines": {"begin": 3, "end": 4}}
    assert render((), {}, "gitlab", False) == "[]\n"


def fingerprints(source: SourceFile, *found: Diagnostic) -> list[str]:
    text = render(found, {source.path: source}, "gitlab", False)
    return [one["fingerprint"] for one in json.loads(text)]


def test_gitlabs_fingerprints_stay_when_lines_move_and_differ_when_findings_do() -> None:
    moved = SourceFile(SHOP.path, f"# new\n{SHOP.text}")
    lower = Span(SHOP.path, 5, 16, 5, 27)
    was = error("unknown-event", "unknown event", WHERE)
    now = error("unknown-event", "unknown event", lower)
    assert fingerprints(SHOP, was) == fingerprints(moved, now)
    twice = fingerprints(SHOP, was, was)
    assert len(set(twice)) == 2
    assert fingerprints(SHOP, was) != fingerprints(SHOP, error("unknown-key", "x", WHERE))


def test_junit_has_a_case_for_each_file_that_fails_on_errors_only() -> None:
    clean = SourceFile("clean.yaml", "a: 1\n")
    text = render(FOUND, {SHOP.path: SHOP, clean.path: clean}, "junit", False)
    (suite,) = ET.fromstring(text)
    assert suite.attrib["tests"] == "3"
    assert suite.attrib["failures"] == "1"
    cases = {case.attrib["name"]: case for case in suite}
    assert sorted(cases) == ["clean.yaml", "other,file:1.yaml", SHOP.path]
    assert list(cases["clean.yaml"]) == []
    failure = cases[SHOP.path].find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "1 error: unknown event `order_placd`"
    assert "did you mean `order_placed`?" in (failure.text or "")
    assert cases["other,file:1.yaml"].find("failure") is None
    assert "hint[discount-first]" in (cases["other,file:1.yaml"].findtext("system-out") or "")


@pytest.mark.parametrize("name", [one for one in format_names() if one not in ("full", "concise")])
def test_colours_and_links_are_for_people_only(name: str) -> None:
    sources = {SHOP.path: SHOP}
    assert render(FOUND, sources, name, True, links=True) == shown(name)


@pytest.mark.parametrize("name", ["full", "concise"])
def test_places_are_links_on_a_terminal(name: str) -> None:
    text = render(FOUND[:1], {SHOP.path: SHOP}, name, False, links=True)
    uri = Path(SHOP.path).absolute().as_uri()
    assert f"\x1b]8;;{uri}\x1b\\{SHOP.path}:4:16\x1b]8;;\x1b\\" in text


@pytest.mark.parametrize("name", format_names())
def test_a_secret_is_in_no_format(name: str) -> None:
    secret = "pk_" + "0123456789abcdef" * 2 + "01"
    source = SourceFile("shop.yaml", f"key: {secret}\n")
    span = Span("shop.yaml", 1, 6, 1, 12)
    found = error(
        "secret-in-file",
        secret,
        span,
        caption=secret,
        help=secret,
        labels=(Label(span, secret),),
        fix=Fix(span, secret),
    )
    assert "0123456789" not in render([found], {"shop.yaml": source}, name, False)


FOR_HOSTS = ("github", "gitlab", "sarif")


@pytest.fixture
def subfolder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder `a shop` of a repository, as the current folder."""
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "a shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def paths_in(name: str, file: str) -> str:
    return render([error("unknown-key", "x", Span(file, 1, 1, 1, 2))], {}, name, False)


@pytest.mark.parametrize("name", FOR_HOSTS)
def test_code_hosts_get_paths_from_the_top_of_the_repository(name: str, subfolder: Path) -> None:
    wanted = "a%20shop/flows/x.yaml" if name == "sarif" else "a shop/flows/x.yaml"
    for file in ("flows/x.yaml", "./flows/x.yaml", str(subfolder / "flows" / "x.yaml")):
        assert wanted in paths_in(name, file)
        assert str(subfolder) not in paths_in(name, file)
    assert "../other.yaml" not in paths_in(name, "../other.yaml")


@pytest.mark.parametrize("name", FOR_HOSTS)
def test_the_variables_of_hosts_say_where_the_top_is(
    name: str, subfolder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(subfolder))
    assert "a shop" not in paths_in(name, "x.yaml")
    assert "shop/x.yaml" not in paths_in(name, "x.yaml")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(subfolder / "elsewhere"))
    monkeypatch.setenv("CI_PROJECT_DIR", str(subfolder.parent))
    assert "shop/x.yaml" in paths_in(name, "x.yaml")


@pytest.mark.parametrize("name", FOR_HOSTS)
def test_outside_of_a_repository_paths_stay(name: str, subfolder: Path) -> None:
    (subfolder.parent / ".git").rmdir()
    assert "flows/x.yaml" in paths_in(name, "flows/x.yaml")
    assert "shop" not in paths_in(name, "flows/x.yaml")


@pytest.mark.parametrize("name", ["full", "concise", "json", "junit"])
def test_people_and_editors_get_paths_from_where_they_stand(name: str, subfolder: Path) -> None:
    del subfolder
    assert "shop" not in paths_in(name, "flows/x.yaml")
