"""The hostile YAML files of the shared corpus: refused or accepted as their manifest says."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from tests.shared_data import shared

from playbook_compiler.decode import decode
from playbook_compiler.diagnostics import Diagnostic, Severity, has_errors
from playbook_compiler.driver import load
from playbook_compiler.parse import parse

# file: (first finding's rule, what the manifest's error is here, line:column). The manifest gives
# way to the reliability page where the two differ; each line says why.
DIFFERENT: dict[str, tuple[str, Severity, str]] = {
    # A YAML 1.1 trap word is read as YAML 1.2 text, with a warning.
    "y51-norway.yaml": ("yaml-1-1-word", Severity.WARNING, "16:17"),
    # The same for keys: `yes` and `on` are two texts, warned of; `true` is no text, an error at
    # 16:20 (test_a_boolean_key_is_an_error_beside_the_warnings).
    "y53-yes-on-dupe.yaml": ("yaml-1-1-word", Severity.WARNING, "16:5"),
    # The manifest's column 38 lies inside the key `subject`; the loop begins at 42, in its value.
    "y91-template-dos.yaml": ("template-loop", Severity.ERROR, "15:42"),
}
# Files whose finding is told in other words than the manifest's.
OTHER_WORDS = {*DIFFERENT, "y83-homoglyph-key.yaml", "y93-secret.yaml"} - {"y91-template-dos.yaml"}
# What the model finds in the files that the reading layer leaves to it.
IN_THE_MODEL = {
    "y61-null-flows.yaml": ("wrong-shape", "9:7", "expected a flow for each id, found nothing"),
    "y95-redos-pattern.yaml": ("unknown-key", "16:1", "unknown key `segment`"),
}
# Not the reading layer's: what does it instead.
ELSEWHERE: dict[str, str] = {
    "y61-null-flows.yaml": "a shape: `flows:` without flows is for the model, which knows that key",
    "y95-redos-pattern.yaml": "the language has no author-supplied patterns: the model refuses the"
    " unknown key, and no pattern is ever run",
}


def rows() -> list[dict[str, str]]:
    """Return the manifest's lines on YAML files; empty where the corpus is absent."""
    try:
        manifest = shared("corpus", "manifest.csv")
    except pytest.skip.Exception:
        return []
    with manifest.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["file"].startswith("yaml/")]


ROWS = {Path(row["file"]).name: row for row in rows()}
ERRORS = [name for name, row in ROWS.items() if row["expect"] == "error"]


def read(name: str) -> list[Diagnostic]:
    """Return what reading a corpus file finds."""
    source, found = decode(name, shared("corpus", "yaml", name).read_bytes())
    if source is None or has_errors(found):
        return found
    return parse(source)[1]


def at(found: Diagnostic) -> str:
    """Return where a finding begins as the manifest writes it."""
    return f"{found.span.line}:{found.span.column}"


def test_the_corpus_is_here_and_whole() -> None:
    folder = shared("corpus", "yaml")
    assert {path.name for path in folder.iterdir()} == set(ROWS)
    assert len(ROWS) >= 38
    assert set(DIFFERENT) | set(ELSEWHERE) <= set(ROWS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_file(name: str) -> None:
    found = read(name)
    row = ROWS[name]
    if row["expect"] == "accept" or name in ELSEWHERE:
        assert found == []
    elif name in DIFFERENT:
        assert (found[0].rule, found[0].severity, at(found[0])) == DIFFERENT[name]
    else:
        assert row["expect"] == "error"
        assert found[0].is_error
        assert at(found[0]) == row["line_col_or_line"]


@pytest.mark.parametrize("name", sorted(set(ERRORS) - set(ELSEWHERE) - OTHER_WORDS))
def test_the_manifest_s_words_are_said(name: str) -> None:
    first = read(name)[0]
    said = f"{first.message} {first.caption} {first.help}".casefold()
    wanted = re.findall(r"[\w+!/.'-]{2,}", ROWS[name]["message"].casefold())
    assert [word for word in wanted if word.strip(".'") not in said] == []


@pytest.mark.parametrize("name", sorted(IN_THE_MODEL))
def test_what_reading_leaves_to_the_model_is_found_by_it(name: str) -> None:
    found = load("p.yaml", given={"p.yaml": shared("corpus", "yaml", name).read_bytes()})
    rule, place, words = IN_THE_MODEL[name]
    assert found.playbook is None
    assert any(one.rule == rule and at(one) == place and words in one.message
               for one in found.diagnostics)  # fmt: skip
    assert set(IN_THE_MODEL) == set(ELSEWHERE)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_no_value_of_a_file_can_reorder_a_terminal(name: str) -> None:
    found = load("p.yaml", given={"p.yaml": shared("corpus", "yaml", name).read_bytes()})
    for one in found.diagnostics:
        assert all(text.isprintable() for text in (one.message, one.caption))


def test_the_secret_is_never_printed() -> None:
    text = shared("corpus", "yaml", "y93-secret.yaml").read_text(encoding="utf-8")
    secrets = re.findall(r"pk_[0-9a-f]{20,}", text)
    assert secrets
    for one in read("y93-secret.yaml"):
        assert not any(secret in f"{one.message}{one.caption}{one.help}" for secret in secrets)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("y01-billion-laughs.yaml", "aliases expand to more than 10,000 nodes (limit 10,000)"),
        ("y05-deep-block-1500.yaml", "nesting deeper than 32 levels"),
        ("y25-gbk.yaml", "byte 0xC0 is not UTF-8 (looks like GBK)"),
        ("y33-line-separator-2028.yaml", "U+2028 is not allowed: it moves line numbers"),
        ("y35-fullwidth-colon.yaml", "full-width colon (U+FF1A): type ':'"),
        ("y41-python-name.yaml", "tag !!python/name:os.system is not allowed"),
        ("y47-date-feb30.yaml", "2024-02-30 is not a date"),
        ("y57-exp-float.yaml", "text in YAML 1.1 and the number 1000000 in 1.2"),
        ("y63-dup-key-flow.yaml", "key 'channel' already set on line 15"),
        ("y65-two-documents.yaml", "one playbook per file: found a second document"),
        ("y71-unterminated-dquote.yaml", "quote opened here is never closed"),
        ("y73-unclosed-flow.yaml", "'{' opened here is never closed"),
        ("y75-bad-dedent.yaml", "indentation does not match any open block"),
        ("y83-homoglyph-key.yaml", "Cyrillic letter U+0430"),
        ("y93-secret.yaml", "Klaviyo private key"),
    ],
)
def test_the_words_are_those_asked_for(name: str, words: str) -> None:
    assert words in read(name)[0].message


def test_a_boolean_key_is_an_error_beside_the_warnings() -> None:
    found = read("y53-yes-on-dupe.yaml")
    assert [(at(one), one.rule, one.severity) for one in found] == [
        ("16:5", "yaml-1-1-word", Severity.WARNING),
        ("16:13", "yaml-1-1-word", Severity.WARNING),
        ("16:20", "key-not-text", Severity.ERROR),
    ]


def test_windows_line_ends_read_as_the_control_file_does() -> None:
    control, _ = decode("a", shared("corpus", "yaml", "y00-control.yaml").read_bytes())
    windows, _ = decode("a", shared("corpus", "yaml", "y31-crlf.yaml").read_bytes())
    assert control is not None and windows is not None
    first, second = parse(control)[0], parse(windows)[0]
    assert first is not None and second is not None
    assert first.data == second.data
    assert first.places == second.places
