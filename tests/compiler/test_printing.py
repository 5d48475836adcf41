"""A playbook printed as YAML is read as the same one, and `fmt` leaves it alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import FLOW, HEAD, MESSAGES, folder, playbook, read, told

from playbook_compiler.driver import load
from playbook_compiler.format import format_source
from playbook_compiler.lower import lower
from playbook_compiler.model import Playbook
from playbook_compiler.plan import digest_of
from playbook_compiler.printing import print_playbook
from playbook_compiler.source import SourceFile
from playbook_compiler.values import replace
from playbook_runtime.library import folder as library

ROOT = Path(__file__).parents[2]
PATHS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (
        *ROOT.glob("playbooks/*.yaml"),
        *ROOT.glob("tests/cases/kernel/*.yaml"),
        *(main.parent for main in ROOT.glob("tests/cases/*/*/playbook.yaml")),
        *(main.parent for main in ROOT.glob("docs/guide/*/playbook.yaml")),
    )
)


def digest(whole: Playbook) -> str:
    graph, _ = lower(whole)
    assert graph is not None
    return digest_of(graph)


def again(text: str) -> Playbook:
    """Return what a printed playbook says."""
    loaded = load("again.yaml", given={"again.yaml": text.encode()}, library=library())
    assert loaded.playbook is not None, told(loaded)
    return loaded.playbook


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", PATHS)
def test_a_printed_playbook_is_read_as_the_same(name: str, full: bool) -> None:
    whole = load(str(ROOT / name), library=library()).playbook
    if whole is None:
        pytest.fail(f"{name} has errors")
    text = print_playbook(whole, full=full)
    assert print_playbook(again(text), full=full) == text
    assert format_source(SourceFile("again.yaml", text)) == (text, [])
    tactics = any("/" in name for name in (*whole.flows, *whole.messages, *whole.audiences))
    if not tactics:
        assert again(text) == replace(whole, include=(), use=None)
        assert digest(again(text)) == digest(whole)


def test_tactics_are_written_out_with_ids_that_can_be_authored(tmp_path: Path) -> None:
    loaded = load(
        str(folder(tmp_path, {"playbook.yaml": f"{HEAD}use: {{win-back: {{after: 90d}}}}\n"})),
        library=library(),
    )
    assert loaded.playbook is not None, told(loaded)
    text = print_playbook(loaded.playbook)
    assert "win-back-win-back:" in text
    assert "trigger: {inactive_for: 90d}" in text or "inactive_for: 90d" in text
    assert "use:" not in text
    assert not [name for name in again(text).flows if "/" in name]
    assert len(again(text).messages) == len(loaded.playbook.messages)


def test_an_id_that_is_taken_gets_more_dashes(tmp_path: Path) -> None:
    own = f"{HEAD}{MESSAGES}{FLOW}use: {{win-back: {{}}}}\n".replace(
        "win-back:\n", "win-back-win-back:\n"
    )
    loaded = load(str(folder(tmp_path, {"playbook.yaml": own})), library=library())
    assert loaded.playbook is not None, told(loaded)
    assert set(again(print_playbook(loaded.playbook)).flows) == {
        "win-back-win-back",
        "win-back--win-back",
    }


@pytest.mark.parametrize(
    "text",
    [
        *("yes", "NO", "null", "~", "4711", "0123", "1e6", "2026-12-01", "12:30", "- x", "a: b"),
        *("a #b", "#b", "a, b", "[a]", "{a}", "&a", "*a", "!a", "%a", "@a", "`a`", "'a'", '"a"'),
        *("a\\b", "ends:", " lead", "trail ", "two\nlines", "two\nlines\n", "three\n\nlines\n\n"),
        *(
            "\nfirst line empty",
            "  deep\nline",
            "tab\tin it",
            "a\r\nb",
            "grün",
            "键值",
            "😀",
            "(x)",
        ),
        *("a\u00a0b", "x\n  y\n z", "x \ny", "?", "-", "...", "---", "---\na", "true", "x" * 300),
    ],
)
def test_any_text_comes_back_as_it_is(tmp_path: Path, text: str) -> None:
    whole = playbook(tmp_path, f"{HEAD}{MESSAGES}{FLOW}")
    message = replace(whole.messages["hello"], subject=text, body=text)
    printed = print_playbook(replace(whole, messages={**whole.messages, "hello": message}))
    assert again(printed).messages["hello"] == message


@pytest.mark.parametrize("name", ["yes", "12", "a b", "Earl Grey: 1", "'", "1.5", "x#y", "true"])
def test_any_product_key_comes_back_as_it_is(tmp_path: Path, name: str) -> None:
    quoted = "'" + name.replace("'", "''") + "'"
    loaded = read(tmp_path, f"{HEAD}products: {{{quoted}: {{category: tea}}}}\n")
    assert loaded.playbook is not None, told(loaded)
    assert again(print_playbook(loaded.playbook)).products == loaded.playbook.products


def test_what_means_more_when_it_is_written_is_left_out_of_the_full_form(tmp_path: Path) -> None:
    flow = FLOW.replace("[send: hello]", "[{send: hello, expect: email.lapsed}, {wait: 3d}]")
    full = print_playbook(playbook(tmp_path, f"{HEAD}{MESSAGES}{flow}"), full=True)
    assert "expect: {overlap: largest, library: email.lapsed}" in full
    assert "since:" not in full
    assert "priority: 50" in full
    assert "priority" not in print_playbook(playbook(tmp_path, f"{HEAD}{MESSAGES}{flow}"))


def test_what_the_author_wrote_stays_even_where_it_is_the_default(tmp_path: Path) -> None:
    flow = FLOW.replace("[send: hello]", "[{send: hello, expect: {library: x, within: 14d}}]")
    text = print_playbook(playbook(tmp_path, f"{HEAD}{MESSAGES}{flow}"))
    assert "{within: 14d, library: x}" in text
