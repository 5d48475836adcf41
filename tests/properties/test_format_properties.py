"""Properties of `playbook fmt`, over texts in every manner of writing."""

from __future__ import annotations

import random
from pathlib import Path as FilePath

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_plan_properties import playbooks, whole
from tests.properties.yaml_texts import Writer, roots

from playbook_compiler.document import Data, Document, Path
from playbook_compiler.format import format_source
from playbook_compiler.format_tokens import comments_of
from playbook_compiler.include import Sources
from playbook_compiler.lower import lower
from playbook_compiler.parse import parse
from playbook_compiler.plan import plan_text
from playbook_compiler.resolve import resolve
from playbook_compiler.source import SourceFile

# A seed for the manner of writing: drawing each choice would take minutes to shrink.
chances = st.integers(0, 2**32).map(random.Random)


def formatted(text: str) -> str:
    found, findings = format_source(SourceFile("playbook.yaml", text))
    assert found is not None, findings
    return found


def document(text: str) -> Document:
    read, findings = parse(SourceFile("playbook.yaml", text))
    assert read is not None, findings
    return read


def scalars(read: Document) -> dict[Path, tuple[str | None, bool]]:
    """Return what every scalar says and whether it is quoted, by path."""
    return {path: (place.text, place.plain) for path, place in read.places.items()}


@settings(max_examples=150)
@given(roots, chances)
def test_what_a_text_says_stays(data: dict[str, Data], chance: random.Random) -> None:
    text = Writer(chance).document(data)
    before, after = document(text), document(formatted(text))
    assert after.data == before.data
    assert scalars(after) == scalars(before)


@settings(max_examples=150)
@given(roots, chances)
def test_every_comment_stays_once(data: dict[str, Data], chance: random.Random) -> None:
    writer = Writer(chance)
    text = writer.document(data)
    comments = [comment for comment in writer.comments if comment in text]
    assert sorted(comments_of(text)) == sorted(comments)
    assert sorted(comments_of(formatted(text))) == sorted(comments)


@settings(max_examples=150)
@given(roots, chances)
def test_formatting_twice_changes_nothing_more(
    data: dict[str, Data], chance: random.Random
) -> None:
    once = formatted(Writer(chance).document(data))
    assert formatted(once) == once


@settings(max_examples=100)
@given(roots, chances)
def test_line_ends_do_not_matter_and_stay(data: dict[str, Data], chance: random.Random) -> None:
    text = Writer(chance).document(data)
    windows = formatted(text.replace("\n", "\r\n"))
    if "\n" in text:
        assert windows == formatted(text).replace("\n", "\r\n")


def plan(text: str) -> str:
    """Return the plan, with its digest, of a playbook of one file."""
    read = document(text)
    source = SourceFile("playbook.yaml", text)
    playbook, findings = resolve(Sources(FilePath(), "", (read,), {}, (source,)))
    assert playbook is not None, findings
    graph, _ = lower(playbook)
    assert graph is not None
    return plan_text(graph)


@settings(max_examples=60)
@given(playbooks, chances)
def test_the_plan_and_its_digest_stay(
    flows: dict[str, dict[str, Data]], chance: random.Random
) -> None:
    data = whole(flows)
    keys = list(data)
    chance.shuffle(keys)
    text = Writer(chance).document({key: data[key] for key in keys})
    once = formatted(text)
    assert plan(once) == plan(text)
    assert list(document(once).data) == [
        *("playbook", "name", "currency", "timezone", "audiences", "flows", "messages")
    ]
