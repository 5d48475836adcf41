"""A playbook is a folder or a file; `include:` joins more files of the same folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.compiler.playbooks import FLOW, HEAD, MESSAGES, folder, told

from playbook_compiler.driver import load
from playbook_compiler.lower import lower
from playbook_compiler.plan import plan_text

SPLIT = {
    "playbook.yaml": f"{HEAD}include: [flows/*.yaml, messages/*.md]\n",
    "flows/win-back.yaml": FLOW,
    "messages/hello.md": "---\nsubject: Hello\n---\nWelcome.",
    "messages/again.md": "---\nsubject: Again\n---\n\nWe miss you.",
}


def plan(path: Path) -> str:
    loaded = load(str(path))
    assert loaded.playbook is not None, told(loaded)
    graph, _ = lower(loaded.playbook)
    assert graph is not None
    return plan_text(graph)


def test_a_folder_split_into_files_is_the_same_playbook_as_one_file(tmp_path: Path) -> None:
    parts = folder(tmp_path / "parts", SPLIT)
    whole = folder(tmp_path / "whole", {"playbook.yaml": HEAD + MESSAGES + FLOW})
    assert plan(parts) == plan(whole)
    assert plan(whole / "playbook.yaml") == plan(whole)


def test_line_endings_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    unix = folder(tmp_path / "unix", SPLIT)
    windows = tmp_path / "windows"
    for name, text in SPLIT.items():
        file = windows / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert plan(unix) == plan(windows)


def test_files_are_found_by_either_name(tmp_path: Path) -> None:
    path = folder(tmp_path, {"playbook.yml": HEAD + MESSAGES + FLOW})
    assert load(str(path)).playbook is not None
    folder(tmp_path, {"playbook.yaml": HEAD})
    assert [found.rule for found in load(str(path)).diagnostics] == ["two-main-files"]


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        ("../other.yaml", "path-outside"),
        ("/etc/hosts.yaml", "path-outside"),
        ("flows/../../other.yaml", "path-outside"),
        ("../*.yaml", "path-outside"),
        ("C:/x.yaml", "path-outside"),
        ("flows/missing.yaml", "no-such-file"),
        ("flows", "no-such-file"),
        ("notes.txt", "bad-include"),
        ("link.yaml", "path-outside"),
        ("link*.yaml", "path-outside"),
        ("playbook.yaml", "include-cycle"),
    ],
)
def test_an_include_that_cannot_be_read_is_told_at_its_place(
    tmp_path: Path, pattern: str, rule: str
) -> None:
    folder(tmp_path, {"other.yaml": FLOW})
    shop = folder(
        tmp_path / "shop",
        {
            "playbook.yaml": f'{HEAD}include: ["{pattern}"]\n',
            "flows/a.yaml": FLOW,
            "notes.txt": "notes",
        },
    )
    (shop / "link.yaml").symlink_to(tmp_path / "other.yaml")
    loaded = load(str(shop))
    assert loaded.playbook is None
    assert told(loaded) == [f"playbook.yaml:5:11 {rule}"]


def test_a_pattern_that_finds_nothing_is_a_warning(tmp_path: Path) -> None:
    shop = folder(tmp_path, {"playbook.yaml": f"{HEAD}{MESSAGES}include: flows/*.yaml\n{FLOW}"})
    loaded = load(str(shop))
    assert loaded.playbook is not None
    assert told(loaded) == ["playbook.yaml:8:10 include-finds-nothing"]


def test_files_that_include_each_other_are_told_with_the_circle(tmp_path: Path) -> None:
    shop = folder(
        tmp_path,
        {
            "playbook.yaml": f"{HEAD}include: [a.yaml]\n",
            "a.yaml": "include: [b.yaml]\n",
            "b.yaml": "include: [a.yaml]\n",
        },
    )
    loaded = load(str(shop))
    assert told(loaded) == ["b.yaml:1:11 include-cycle"]
    assert "a.yaml -> b.yaml -> a.yaml" in loaded.diagnostics[0].message


def test_a_file_included_twice_is_read_once(tmp_path: Path) -> None:
    include = "include: [flows/*.yaml, flows/win-back.yaml, '*/*.md']\n"
    shop = folder(tmp_path, SPLIT | {"playbook.yaml": HEAD + include})
    assert load(str(shop)).playbook is not None


def test_an_id_of_two_files_shows_both_places(tmp_path: Path) -> None:
    shop = folder(tmp_path, SPLIT | {"flows/z.yaml": FLOW})
    loaded = load(str(shop))
    assert told(loaded) == ["z.yaml:2:3 duplicate-id"]
    (label,) = loaded.diagnostics[0].labels
    assert (Path(label.span.file).name, label.span.line) == ("win-back.yaml", 2)


def test_settings_stand_in_one_file_and_the_playbooks_name_in_the_main_one(tmp_path: Path) -> None:
    shop = folder(
        tmp_path,
        SPLIT
        | {
            "flows/b.yaml": "economics: {gross_margin: 58%}\n",
            "flows/c.yaml": "economics: {gross_margin: 60%}\ncurrency: USD\n",
        },
    )
    assert told(load(str(shop))) == [
        "c.yaml:1:1 duplicate-section",
        "c.yaml:2:1 main-file-only",
    ]


def test_the_place_of_a_mistake_in_front_matter_counts_the_dashes(tmp_path: Path) -> None:
    shop = folder(
        tmp_path, SPLIT | {"messages/hello.md": "---\nsubject: Hello\nchanel: email\n---\nText"}
    )
    loaded = load(str(shop))
    assert told(loaded) == ["hello.md:3:1 unknown-key"]
    assert loaded.diagnostics[0].help == "did you mean `channel`?"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("---\nsubject: Hello\n", "hello.md:1:1 open-front-matter"),
        ("---\nsubject: Hello\nbody: Hi\n---\nText", "hello.md:3:1 two-bodies"),
        ("---\nid: Big Id\nsubject: Hello\n---\nText", "hello.md:2:5 bad-id"),
        ("---\nsubject: [a\n---\nText", "hello.md:2:10 unclosed-bracket"),
    ],
)
def test_wrong_front_matter_is_told_in_its_file(tmp_path: Path, text: str, finding: str) -> None:
    shop = folder(tmp_path, SPLIT | {"messages/hello.md": text})
    assert finding in told(load(str(shop)))


def test_a_message_takes_its_body_from_a_file_and_knows_where_it_stands(tmp_path: Path) -> None:
    shop = folder(
        tmp_path,
        {
            "playbook.yaml": f"{HEAD}messages:\n  hello: {{subject: Hi, body: texts/hello.md}}\n",
            "texts/hello.md": "\nWelcome,\nfriend.",
        },
    )
    loaded = load(str(shop))
    assert loaded.playbook is not None, told(loaded)
    message = loaded.playbook.messages["hello"]
    assert message.body == "\nWelcome,\nfriend."
    span = message.body_span(10, 16)
    assert (Path(span.file).name, span.line, span.column, span.end_column) == ("hello.md", 3, 1, 7)


def test_a_body_file_that_is_missing_or_outside_is_an_error(tmp_path: Path) -> None:
    text = (
        f"{HEAD}messages:\n  a: {{body: texts/a.md}}\n  b: {{body: ../b.md}}\n  c: {{body: c.md}}\n"
    )
    loaded = load(str(folder(tmp_path, {"playbook.yaml": text, "c.md": "---\nid: d\n---\nText"})))
    assert told(loaded) == [
        "playbook.yaml:6:13 no-such-file",
        "playbook.yaml:7:13 path-outside",
        "playbook.yaml:8:13 settings-in-body",
    ]


def test_a_text_that_no_message_uses_is_a_warning(tmp_path: Path) -> None:
    files = {"texts/hello.md": "Welcome.", "texts/lost.md": "Nobody reads this."}
    text = "include: texts/*.md\nmessages:\n  hello: {body: texts/hello.md}\n"
    loaded = load(str(folder(tmp_path, {"playbook.yaml": HEAD + text, **files})))
    assert loaded.playbook is not None
    assert told(loaded) == ["lost.md:1:1 unused-text"]


def test_a_body_file_is_told_by_its_path_from_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = folder(tmp_path, {"shop/texts/hello.md": "Dear {{ nobody }},\n"}) / "shop"
    text = f"{HEAD}messages:\n  hello: {{subject: Hello, body: texts/hello.md}}\n"
    (shop / "playbook.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for named in ("shop", "./shop", "shop/playbook.yaml"):
        loaded = load(named)
        assert "shop/texts/hello.md" in {one.path for one in loaded.sources}
        assert [one for one in loaded.diagnostics if one.rule == "unused-text"] == []


def test_paths_that_are_no_playbook_are_explained(tmp_path: Path) -> None:
    assert [one.rule for one in load(str(tmp_path / "nowhere")).diagnostics] == ["no-such-path"]
    assert [one.rule for one in load(str(tmp_path)).diagnostics] == ["no-playbook"]
    folder(tmp_path, {"shop.yaml": HEAD})
    (found,) = load(str(tmp_path)).diagnostics
    assert "shop.yaml" in found.help


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_an_error(tmp_path: Path) -> None:
    shop = folder(tmp_path, {"playbook.yaml": HEAD})
    (shop / "playbook.yaml").chmod(0)
    assert [one.rule for one in load(str(shop)).diagnostics] == ["unreadable-file"]


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    shop = folder(tmp_path, {"playbook.yaml": f"{HEAD}include: [pipe.yaml]\n"})
    os.mkfifo(shop / "pipe.yaml")
    assert told(load(str(shop))) == ["playbook.yaml:5:11 no-such-file"]
    assert [one.rule for one in load(str(shop / "pipe.yaml")).diagnostics] == ["not-a-file"]
