"""Comments that silence findings, and the severity profile of a playbook."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.compiler.playbooks import folder, short
from tests.compiler.rule_pages import completed

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.driver import Compiled, compile_playbook
from playbook_compiler.plan import digest_of
from playbook_compiler.source import SourceFile
from playbook_compiler.suppress import ignores

FLOWS = """\
flows:
  it:
    trigger: sign_up
    steps:
      - wait: 0d{0}
      - send: hello
"""


def compiled(path: Path, text: str, **files: str) -> Compiled:
    named = {name.replace("__", "/") + ".yaml": content for name, content in files.items()}
    return compile_playbook(str(folder(path, {"playbook.yaml": completed(text), **named})))


def told(path: Path, text: str, **files: str) -> list[str]:
    return [short(one) for one in compiled(path, text, **files).diagnostics]


def test_without_a_comment_it_is_found(tmp_path: Path) -> None:
    assert told(tmp_path, FLOWS.format("")) == ["playbook.yaml:5:15 wait-zero"]


@pytest.mark.parametrize(
    "comment",
    [
        "  # playbook: ignore[wait-zero] kept for the test",
        " #playbook:ignore[ wait-zero ] - kept for the test",
        "\t# Playbook: Ignore[wait-zero] kept # and another remark",
    ],
)
def test_a_comment_silences_its_line(tmp_path: Path, comment: str) -> None:
    assert told(tmp_path, FLOWS.format(comment)) == []


def test_a_comment_of_its_own_line_silences_the_next_with_something_on_it(tmp_path: Path) -> None:
    comment = "      # playbook: ignore[wait-zero] kept for the test\n"
    text = FLOWS.format("")
    for above in (comment, comment + "\n", comment + "      # a remark\n"):
        assert told(tmp_path, text.replace("      - wait", above + "      - wait")) == []
    assert told(tmp_path, text.replace("    steps", comment + "    steps")) == [
        "playbook.yaml:4:7 unused-ignore",
        "playbook.yaml:6:15 wait-zero",
    ]


def test_several_rules_in_one_comment(tmp_path: Path) -> None:
    both = FLOWS.format("  # playbook: ignore[wait-zero, no-wait-between] kept")
    assert told(tmp_path, both) == ["playbook.yaml:5:49 unused-ignore"]


@pytest.mark.parametrize(
    ("comment", "column", "message"),
    [
        ("# playbook: ignore[wait-zero]", 18, "why is `wait-zero` ignored?"),
        ("# playbook: ignore[wait-zero] # later", 18, "why is `wait-zero` ignored?"),
        ("# playbook: ignore wait-zero", 18, "this comment does not say which rules to ignore"),
        ("# playbook: ignore[] all of it", 18, "this comment names no rule"),
        ("# playbook: ignore[wait-zreo] kept", 37, "there is no rule `wait-zreo` to ignore"),
        (
            "# playbook: ignore[unknown-event] kept",
            37,
            "`unknown-event` is an error, which no comment can silence",
        ),
    ],
)
def test_a_comment_that_cannot_silence_says_why(
    tmp_path: Path, comment: str, column: int, message: str
) -> None:
    found = compiled(tmp_path, FLOWS.format(f" {comment}")).diagnostics
    assert [short(one) for one in found] == [
        "playbook.yaml:5:15 wait-zero",
        f"playbook.yaml:5:{column} bad-ignore",
    ]
    assert found[1].message == message
    assert found[1].help


def test_a_misspelt_rule_in_a_comment_has_a_fix(tmp_path: Path) -> None:
    found = compiled(tmp_path, FLOWS.format(" # playbook: ignore[wait-zreo] kept")).diagnostics
    assert found[1].fix is not None
    assert (found[1].fix.replacement, found[1].fix.safe) == ("wait-zero", True)


@pytest.mark.parametrize(
    "line",
    [
        'about: "say # playbook: ignore[wait-zero] nothing"',
        "about: 'say # playbook: ignore[wait-zero] nothing'",
        "about: |\n      say\n      # playbook: ignore[wait-zero] nothing\n      more",
        "about: >-\n      # playbook: ignore[wait-zero] nothing",
        'about: "say\n\n      # playbook: ignore[wait-zero] nothing"',
        "about: x # write # playbook: ignore[wait-zero] nothing",
    ],
)
def test_text_is_no_comment(tmp_path: Path, line: str) -> None:
    text = FLOWS.format("").replace("    trigger", f"    {line}\n    trigger")
    assert [one.partition(" ")[2] for one in told(tmp_path, text)] == ["wait-zero"]


def test_a_comment_behind_the_sign_of_a_block_is_one(tmp_path: Path) -> None:
    text = FLOWS.format("").replace(
        "    trigger", "    about: | # playbook: ignore[wait-zero] kept\n      text\n    trigger"
    )
    assert told(tmp_path, text) == [
        "playbook.yaml:3:14 unused-ignore",
        "playbook.yaml:7:15 wait-zero",
    ]


def test_errors_are_never_silenced(tmp_path: Path) -> None:
    text = FLOWS.format("").replace("sign_up", "sign_upp # playbook: ignore[wait-zero] kept")
    assert told(tmp_path, text) == ["playbook.yaml:3:14 unknown-event"]


def test_comments_of_included_files_and_of_front_matter_count(tmp_path: Path) -> None:
    main = "include: [flows.yaml, messages/hello.md]\n"
    flows = FLOWS.format("  # playbook: ignore[wait-zero] kept")
    message = (
        "---\r\nsubject: Hi\r\n# playbook: ignore[wait-zero] one too many\r\nchannel: email\r\n"
        "---\r\n# playbook: ignore[wait-zero] this is the text\r\n"
        "{{ sender_address }} {{ unsubscribe_url }}"
    )
    shop = folder(tmp_path, {"playbook.yaml": completed(main), "flows.yaml": flows})
    (shop / "messages").mkdir()
    (shop / "messages" / "hello.md").write_bytes(message.encode())
    text = (shop / "playbook.yaml").read_text().partition("messages:\n")[0]
    (shop / "playbook.yaml").write_text(text)
    found = compile_playbook(str(shop)).diagnostics
    assert [short(one) for one in found] == ["hello.md:3:1 unused-ignore"]


def test_an_unused_comment_is_not_told_while_the_checks_could_not_run(tmp_path: Path) -> None:
    text = FLOWS.format("  # playbook: ignore[no-wait-between] kept").replace("sign_up", "sign_upp")
    assert told(tmp_path, text) == ["playbook.yaml:3:14 unknown-event"]


def test_what_only_a_simulation_finds_is_not_unused(tmp_path: Path) -> None:
    text = FLOWS.format("").replace(
        "sign_up", "sign_up # playbook: ignore[event-never-happens] kept"
    )
    assert told(tmp_path, text) == ["playbook.yaml:5:15 wait-zero"]


@given(st.text(alphabet="# playbok:ignre[wt-z]\n\"'|>&{},x", max_size=60))
def test_no_text_breaks_the_search_for_comments(text: str) -> None:
    source = SourceFile("playbook.yaml", f"{text}# playbook: ignore[wait-zero] kept\n")
    found: list[Diagnostic] = []
    for one in ignores(source, found):
        assert source.slice(one.span).startswith("#")
        assert [source.slice(span) for _, span in one.names] == [name for name, _ in one.names]


def test_the_profile_silences_lowers_and_raises(tmp_path: Path) -> None:
    text = FLOWS.format("")
    for level, expected in (
        ("ignore", []),
        ("hint", [Severity.HINT]),
        ("warning", [Severity.WARNING]),
        ("error", [Severity.ERROR]),
    ):
        result = compiled(tmp_path, f"{text}checks: {{wait-zero: {level}}}\n")
        assert [one.severity for one in result.diagnostics] == expected
        assert (result.graph is None) == (level == "error")


@pytest.mark.parametrize(
    ("profile", "place"),
    [
        ("{wait-zreo: hint}", "playbook.yaml:7:10 unknown-rule"),
        ("{wait-zero: of}", "playbook.yaml:7:21 unknown-word"),
        ("{unknown-event: hint}", "playbook.yaml:7:25 fixed-severity"),
        ("[wait-zero]", "playbook.yaml:7:9 wrong-shape"),
    ],
)
def test_a_wrong_profile_is_told_at_its_place(tmp_path: Path, profile: str, place: str) -> None:
    assert told(tmp_path, f"{FLOWS.format('')}checks: {profile}\n") == [place]


def test_what_is_always_an_error_may_be_called_one(tmp_path: Path) -> None:
    text = FLOWS.format("").replace("wait: 0d", "wait: 1d")
    assert told(tmp_path, f"{text}checks: {{unknown-event: error}}\n") == []


def test_the_profile_is_no_part_of_the_plan(tmp_path: Path) -> None:
    plain = compiled(tmp_path, FLOWS.format(""))
    tuned = compiled(tmp_path, FLOWS.format("") + "checks: {wait-zero: hint}\n")
    assert plain.graph is not None
    assert tuned.graph is not None
    assert digest_of(plain.graph) == digest_of(tuned.graph)


def test_what_is_named_in_a_comment_is_shown_without_controls(tmp_path: Path) -> None:
    path = folder(tmp_path, {"playbook.yaml": "playbook: 1 # playbook: ignore[a\u202eb]\n"})
    found = [one for one in compile_playbook(str(path)).diagnostics if one.rule == "bad-ignore"]
    assert found
    assert all(one.message.isprintable() for one in found)
    assert "\\u202e" in found[0].message
