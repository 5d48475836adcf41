"""How a playbook is written changes nothing: order of keys, files, comments, layout."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.properties.language_strategies import HEAD, PLAYBOOKS, SEEDS, Made, made
from tests.properties.language_texts import PATH, as_json, graph_of, loaded, read_text
from tests.properties.test_plan_properties import shuffled
from tests.properties.yaml_texts import Writer

from playbook_compiler.driver import Compiled, compile_playbook, load
from playbook_compiler.format import format_source
from playbook_compiler.format_tokens import comments_of
from playbook_compiler.kinds import Anything, Flag, Text
from playbook_compiler.plan import digest_of, plan_text
from playbook_compiler.records import keys_of
from playbook_compiler.schema import playbook_schema
from playbook_compiler.source import SourceFile

CHANCES = SEEDS.map(random.Random)
SCHEMA = Draft202012Validator(playbook_schema())


@settings(max_examples=60, derandomize=True)
@given(PLAYBOOKS, CHANCES)
def test_fmt_keeps_what_is_said_and_its_comments(one: Made, chance: random.Random) -> None:
    writer = Writer(chance)
    text = writer.document(one.data)
    once, found = format_source(SourceFile(PATH, text))
    assert once is not None, found
    assert format_source(SourceFile(PATH, once))[0] == once
    assert sorted(comments_of(once)) == sorted(comments_of(text))
    before, after = read_text(text), read_text(once)
    assert plan_text(graph_of(after)) == plan_text(graph_of(before))
    assert after == before


def compiled(text: str) -> Compiled:
    return compile_playbook(PATH, given={PATH: text.encode()})


def said(one: Compiled) -> list[tuple[str, str, str]]:
    """Return findings without their places."""
    return sorted((found.rule, found.severity.value, found.message) for found in one.diagnostics)


@settings(max_examples=40, derandomize=True)
@given(PLAYBOOKS, CHANCES)
def test_the_order_of_keys_changes_places_only(one: Made, chance: random.Random) -> None:
    first, other = as_json(one.data), as_json(shuffled(one.data, chance))
    assert digest_of(graph_of(read_text(other))) == digest_of(graph_of(read_text(first)))
    assert said(compiled(other)) == said(compiled(first))


JOINED = (
    *("facts", "events", "products", "marketplaces", "checklists", "evidence", "audiences"),
    *("offers", "flows", "messages", "stages", "programmes"),
)


@settings(
    max_examples=25,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(PLAYBOOKS, CHANCES)
def test_how_it_is_split_into_files_changes_nothing(
    tmp_path: Path, one: Made, chance: random.Random
) -> None:
    files: list[dict[str, Any]] = [{}, {}, {}]
    for name, value in one.data.items():
        if name in HEAD or name == "stage":
            files[0][name] = value
        elif name in JOINED:
            for entry, inner in value.items():
                chance.choice(files).setdefault(name, {})[entry] = inner
        else:
            chance.choice(files)[name] = value
    files[0]["include"] = ["part-*.yaml"]
    names = ("playbook.yaml", "part-b.yaml", "part-a.yaml")
    for name, data in zip(names, files, strict=True):
        (tmp_path / name).write_text(as_json(data or {"facts": {}}), encoding="utf-8")
    split = load(str(tmp_path))
    assert split.playbook is not None, split.diagnostics
    whole = read_text(as_json(one.data))
    assert digest_of(graph_of(split.playbook)) == digest_of(graph_of(whole))


@settings(max_examples=60, derandomize=True)
@given(PLAYBOOKS)
def test_the_schema_for_editors_accepts_it(one: Made) -> None:
    assert [error.message for error in SCHEMA.iter_errors(one.data)] == []


@settings(max_examples=100, derandomize=True)
@given(PLAYBOOKS, CHANCES)
def test_a_key_that_nobody_knows_is_refused(one: Made, chance: random.Random) -> None:
    _, said_here = chance.choice(one.records)
    before = as_json(one.data)
    said_here["unheard_of"] = "x"
    text = as_json(one.data)
    if text == before:  # the record was written in short, or left out again
        return
    found = loaded(text)
    assert found.playbook is None
    assert any(error.is_error and "unheard_of" in error.message for error in found.diagnostics)


WRONG: tuple[Any, ...] = ([[[]]], {"zz": {"zz": [1]}}, [{"zz": None}], -(10**15))


@settings(max_examples=150, derandomize=True)
@given(PLAYBOOKS, CHANCES, st.sampled_from(WRONG))
def test_a_value_of_another_type_is_refused(one: Made, chance: random.Random, wrong: Any) -> None:
    record, here = chance.choice(one.records)
    name = chance.choice(sorted(here) or ["none"])
    kind = keys_of(record)[name].metadata["kind"] if here else Anything()
    if isinstance(kind, Anything | Flag) and not isinstance(wrong, list):
        return
    if isinstance(kind, Text) and not isinstance(wrong, list | dict):
        return  # a number is a text, too
    before = as_json(one.data)
    here[name] = wrong
    text = as_json(one.data)
    if text != before:
        assert loaded(text).playbook is None, (record.__name__, name)


def test_few_of_these_changes_come_to_nothing() -> None:
    reached = 0
    for seed in range(40):
        one, chance = made(seed), random.Random(seed)
        before = as_json(one.data)
        chance.choice(one.records)[1]["unheard_of"] = "x"
        reached += as_json(one.data) != before
    assert reached >= 25
