"""`playbook export`: a folder of drafts, a summary, and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.runtime.cli.command import BAD, GOOD, playbook, process

from playbook_compiler.targets.klaviyo.capabilities import CAPABILITIES

LACKS = GOOD.replace("[{send: hello}]", "[{send: hello}, {grant: {credit: 5.00}}, {wait: 1d}]")


def write(path: Path, text: str) -> Path:
    (path / "playbook.yaml").write_text(text, encoding="utf-8")
    return path


def listing(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_the_folder_holds_requests_payloads_and_the_lowering(tmp_path: Path) -> None:
    done = playbook("export", "klaviyo", ".", "-o", "out", cwd=write(tmp_path, GOOD))
    assert done.returncode == 0
    files = listing(tmp_path / "out")
    assert sorted(files) == [
        "flows/welcome.json",
        "lowering.json",
        "requests.json",
        "templates/hello.html",
        "templates/hello.json",
    ]
    requests = json.loads(files["requests.json"])
    assert requests["version"] == 1
    assert [one["id"] for one in requests["requests"]] == ["template.hello", "flow.welcome"]
    assert all(one["payload"] in files for one in requests["requests"])
    lowering = json.loads(files["lowering.json"])
    assert lowering["version"] == 1
    assert lowering["summary"]["refused"] == 0
    trigger = next(one for one in lowering["entries"] if one["construct"] == "trigger.event")
    assert (trigger["status"], trigger["file"], trigger["line"]) == ("exact", "playbook.yaml", 11)


def test_the_summary_names_what_is_not_exact_and_what_to_fill_in(tmp_path: Path) -> None:
    done = playbook("export", "klaviyo", ".", "-o", "out", cwd=write(tmp_path, GOOD))
    assert "Wrote 1 template, 1 flow as drafts to out." in done.stdout
    assert "playbook.yaml:6:" in done.stdout  # the holdout
    assert "guardrails `holdout`" in done.stdout
    # Nobody wrote a stage, and the version of the language is no loss.
    assert "`stage`" not in done.stdout
    assert "`playbook`" not in done.stdout
    assert "metric `Subscribed to Email Marketing`" in done.stdout


def test_path_and_output_have_defaults(tmp_path: Path) -> None:
    done = playbook("export", "klaviyo", cwd=write(tmp_path, GOOD))
    assert done.returncode == 0
    assert (tmp_path / "export" / "klaviyo" / "requests.json").is_file()


def test_what_the_target_lacks_is_an_error_at_its_line(tmp_path: Path) -> None:
    done = playbook("export", "klaviyo", ".", "-o", "out", cwd=write(tmp_path, LACKS))
    assert done.returncode == 1
    assert "target-lacks" in done.stderr
    assert "playbook.yaml:12:29" in done.stderr
    assert "--allow-lossy" in done.stderr
    assert not (tmp_path / "out").exists()


def test_allow_lossy_leaves_it_out_and_says_so(tmp_path: Path) -> None:
    write(tmp_path, LACKS)
    done = playbook("export", "klaviyo", ".", "-o", "out", "--allow-lossy", cwd=tmp_path)
    assert done.returncode == 0
    entries = json.loads((tmp_path / "out" / "lowering.json").read_bytes())["entries"]
    grant = next(one for one in entries if one["construct"] == "step.grant")
    assert (grant["status"], grant["line"]) == ("dropped", 12)
    assert "left out" in grant["how"]


def test_an_unknown_target_is_usage_with_a_guess(tmp_path: Path) -> None:
    for arguments, said in (
        (["export", "klavio"], "Did you mean `klaviyo`?"),
        (["export"], "Name a target"),
    ):
        done = playbook(*arguments, cwd=write(tmp_path, GOOD))
        assert done.returncode == 2
        assert said in done.stderr
        assert "There are: bpmn" in done.stderr


def test_a_playbook_with_errors_is_not_exported(tmp_path: Path) -> None:
    done = playbook("export", "klaviyo", ".", "-o", "out", cwd=write(tmp_path, BAD))
    assert done.returncode == 1
    assert not (tmp_path / "out").exists()


def test_the_list_has_a_mark_for_every_construct_and_target(tmp_path: Path) -> None:
    done = playbook("export", "--list", cwd=tmp_path)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    names = [line.split()[-1] for line in lines if line.startswith(" ")]
    column = names.index("klaviyo")
    rows = {
        words[0]: words[1:] for line in lines if (words := line.split())[:1] and "." in words[0]
    }
    marks = {"exact": "=", "approximated": "~", "dropped": "-", "refused": "x"}
    assert {name: row[column] for name, row in rows.items()} == {
        name: marks[row.support.value] for name, row in CAPABILITIES.items()
    }
    assert all(len(row) == len(names) for row in rows.values())
    for word, mark in marks.items():
        assert f"{mark}  {word}: " in done.stdout


def test_the_list_of_one_target_says_how(tmp_path: Path) -> None:
    done = playbook("export", "--list", "klaviyo", cwd=tmp_path)
    assert done.returncode == 0
    text = " ".join(done.stdout.split())
    for name, row in CAPABILITIES.items():
        assert f"{name} {row.support.value} {row.how}" in text
        assert row.lossy in text


def test_a_picture_is_written_like_any_export(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    for _ in range(2):
        done = playbook("export", "mermaid", ".", "-o", "out", cwd=tmp_path)
        assert done.returncode == 0
    assert sorted(listing(tmp_path / "out")) == ["lowering.json", "playbook.mmd", "requests.json"]
    assert "Wrote lowering.json, playbook.mmd, requests.json to out." in done.stdout
    drawn = playbook("graph", ".", cwd=tmp_path).stdout
    assert (tmp_path / "out" / "playbook.mmd").read_text(encoding="utf-8") == drawn


def test_an_earlier_export_is_replaced_whole(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    playbook("export", "klaviyo", ".", "-o", "out", cwd=tmp_path)
    write(tmp_path, GOOD.replace("welcome:", "greeting:"))
    done = playbook("export", "klaviyo", ".", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0
    assert [name for name in listing(tmp_path / "out") if name.startswith("flows/")] == [
        "flows/greeting.json"
    ]


@pytest.mark.parametrize("stranger", ["notes.txt", "flows/mine.json", ".git/config"])
def test_a_folder_with_other_files_is_not_touched(tmp_path: Path, stranger: str) -> None:
    write(tmp_path, GOOD)
    playbook("export", "klaviyo", ".", "-o", "out", cwd=tmp_path)
    file = tmp_path / "out" / stranger
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine")
    before = listing(tmp_path / "out")
    done = playbook("export", "klaviyo", ".", "-o", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert stranger in done.stderr
    assert listing(tmp_path / "out") == before


def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path) -> None:
    (write(tmp_path, GOOD) / "taken").write_text("a file", encoding="utf-8")
    done = process("export", "klaviyo", "-o", "taken/out", cwd=tmp_path)
    assert done.returncode == 2
    assert "taken/out cannot be written: " in done.stderr
    assert "Choose another folder with -o." in done.stderr


def test_the_playbooks_own_folder_is_not_touched(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    done = playbook("export", "klaviyo", ".", "-o", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "playbook.yaml").read_text(encoding="utf-8") == GOOD


def test_equal_playbooks_give_equal_bytes(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    playbook("export", "klaviyo", ".", "-o", "one", cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    process("export", "klaviyo", "..", "-o", "two", cwd=elsewhere, environment={"TZ": "Asia/Tokyo"})
    assert listing(tmp_path / "one") == listing(elsewhere / "two")
