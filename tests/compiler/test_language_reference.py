"""The reference of the language, its facts and events: made from the code, complete, and true."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.compiler.playbooks import short
from tests.reference.catalogue_pages import events_page, facts_page
from tests.reference.kinds_in_words import every_kind
from tests.reference.language_page import language_page
from tests.reference.scalar_values import VALUES
from tests.reference.written_examples import Written, found_in, written

from playbook_compiler import driver
from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.codes import Code
from playbook_compiler.kinds import Scalar
from playbook_compiler.model import Playbook
from playbook_compiler.records import Record, RecordOf, keys_of
from playbook_compiler.steps import STEPS
from playbook_compiler.tactic import SCALARS, TacticHead
from playbook_compiler.triggers import TRIGGERS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "language.md": language_page,
    "facts.md": facts_page,
    "events.md": events_page,
}
LANGUAGE = language_page()
EXAMPLES = written(LANGUAGE)
SCALAR_KINDS = {
    kind.name: kind
    for root in (
        RecordOf(Playbook, "a playbook"),
        RecordOf(TacticHead, "a tactic"),
        *SCALARS.values(),
    )
    for kind in every_kind(root)
    if isinstance(kind, Scalar | Code)
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fresh(name: str, update: bool) -> None:
    fresh = PAGES[name]()
    if update:
        (REFERENCE / name).write_text(fresh, encoding="utf-8")
    assert (REFERENCE / name).read_text(encoding="utf-8") == fresh, "pytest --update rewrites it"


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=[str(one) for one in EXAMPLES])
def test_an_example_is_a_playbook_without_findings(number: int, tmp_path: Path) -> None:
    assert [short(found) for found in found_in(EXAMPLES[number], tmp_path)] == []


def test_every_section_trigger_and_step_has_an_example() -> None:
    shown = {one.heading for one in EXAMPLES}
    sections = set(keys_of(Playbook)) - {
        "playbook",
        "name",
        "currency",
        "timezone",
        "stage",
        "include",
    }
    assert sections | set(TRIGGERS) | set(STEPS) <= shown


def all_records(record: type[Record] = Record) -> Iterator[type[Record]]:
    for one in record.__subclasses__():
        if one.__module__.startswith(driver.__name__.partition(".")[0]):
            yield from all_records(one)
            if keys_of(one) and "kind" not in vars(one).get("__annotations__", {}):
                yield one


@pytest.mark.parametrize("record", sorted({*all_records()}, key=lambda one: one.__name__))
def test_every_key_of_every_record_stands_there(record: type[Record]) -> None:
    rows = re.findall(r"^\| \[?`(\S+?)`(?:\]\S+)? \|", LANGUAGE, re.MULTILINE)
    assert set(keys_of(record)) <= set(rows)


@pytest.mark.parametrize("name", sorted(SCALAR_KINDS))
def test_every_kind_of_value_is_told_with_examples_that_are_read(name: str) -> None:
    kind = SCALAR_KINDS[name]
    for example in VALUES[name].examples:
        assert f"`{example}`" in LANGUAGE
        if isinstance(kind, Code):
            assert kind.has(example)
        else:
            value = kind.parse(example)
            assert not isinstance(value, str) or value == example


def test_no_value_is_told_that_is_none() -> None:
    assert set(VALUES) == set(SCALAR_KINDS)


def test_every_fact_event_and_channel_stands_there() -> None:
    facts = facts_page()
    for name in (*BUILT_IN.facts, *BUILT_IN.variables, *BUILT_IN.lines):
        assert f"| `{name}" in facts
    events = events_page()
    for event in BUILT_IN.events.values():
        assert f"| `{event.name}` |" in events
        for field in event.fields:
            assert f"`{field.name}`" in events
    for channel in BUILT_IN.channels:
        assert f"| `{channel}` |" in LANGUAGE


def test_an_example_that_is_wrong_would_be_found(tmp_path: Path) -> None:
    wrong = Written("wrong", {"playbook.yaml": EXAMPLES[0].files["playbook.yaml"] + "matrx: 1\n"})
    assert [found.rule for found in found_in(wrong, tmp_path)] == ["unknown-key"]
