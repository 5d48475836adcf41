"""`playbook import`: a new folder with a playbook, what did not come in, and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.runtime.cli.command import GOOD, playbook, process

CASES = Path(__file__).parents[2] / "cases" / "import" / "klaviyo"
FOREIGN = str(CASES / "foreign" / "input.json")


def export_of(folder: Path) -> Path:
    (folder / "playbook.yaml").write_text(GOOD, encoding="utf-8")
    assert playbook("export", "klaviyo", ".", "-o", "sent", cwd=folder).returncode == 0
    return folder / "sent"


def test_our_own_export_comes_back_as_a_playbook_without_errors(tmp_path: Path) -> None:
    export_of(tmp_path)
    done = playbook("import", "klaviyo", "sent", "-o", "back", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Wrote 1 flow, 1 message to back." in done.stdout
    assert done.stdout.endswith("Next: playbook check back\n")
    assert playbook("check", "back", cwd=tmp_path).returncode == 0
    assert "send: hello" in (tmp_path / "back" / "playbook.yaml").read_text(encoding="utf-8")


def test_requests_json_stands_for_its_folder(tmp_path: Path) -> None:
    export_of(tmp_path)
    one = playbook("import", "klaviyo", "sent", "-o", "one", cwd=tmp_path)
    other = playbook("import", "klaviyo", "sent/requests.json", "-o", "other", cwd=tmp_path)
    assert one.returncode == other.returncode == 0
    for name in ("playbook.yaml", "import.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_what_did_not_come_in_is_told_with_its_place_and_what_to_do(tmp_path: Path) -> None:
    done = playbook("import", "klaviyo", FOREIGN, "-o", "out", cwd=tmp_path)
    assert done.returncode == 0
    assert "Not in the playbook:\n" in done.stdout
    assert "  a WhatsApp message\n      the language has no such step.\n" in done.stdout
    assert "      To do: the flow goes on without it.\n" in done.stdout
    assert "      at /answers/0/data/definition/actions/3\n" in done.stdout
    assert "In the playbook, but not quite the same:\n" in done.stdout
    assert playbook("check", "out", cwd=tmp_path).returncode == 0


def test_the_account_as_json_is_the_file_in_the_folder(tmp_path: Path) -> None:
    arguments = ("import", "klaviyo", FOREIGN, "-o", "out", "--output-format", "json")
    done = playbook(*arguments, cwd=tmp_path)
    assert done.stdout == (tmp_path / "out" / "import.json").read_text(encoding="utf-8")
    account = json.loads(done.stdout)
    assert account["engine"] == "klaviyo"
    assert account["summary"]["left out"] == sum(
        note["outcome"] == "left out" for note in account["notes"]
    )


def test_the_users_word_counts(tmp_path: Path) -> None:
    done = playbook(
        "import", "klaviyo", FOREIGN, "-o", "out", "--currency", "USD",
        "--timezone", "America/New_York", "--lookup", "metric.MetXyz=Fulfilled Order",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0
    text = (tmp_path / "out" / "playbook.yaml").read_text(encoding="utf-8")
    assert "currency: USD\ntimezone: America/New_York\n" in text
    assert "MetXyz" not in done.stdout


@pytest.mark.parametrize("wrong", ["MetXyz=Placed Order", "metric.X", "metric.=", "=x"])
def test_a_lookup_that_is_none_is_wrong_usage(wrong: str, tmp_path: Path) -> None:
    done = playbook("import", "klaviyo", FOREIGN, "-o", "out", "--lookup", wrong, cwd=tmp_path)
    assert done.returncode == 2
    assert 'write metric.ABC123="Placed Order"' in done.stderr


def test_a_folder_that_holds_something_is_never_written(tmp_path: Path) -> None:
    sent = export_of(tmp_path)
    before = {path: path.read_bytes() for path in sent.rglob("*") if path.is_file()}
    for folder in ("sent", ".", "playbook.yaml"):
        done = playbook("import", "klaviyo", FOREIGN, "-o", folder, cwd=tmp_path)
        assert done.returncode == 2
        assert "an import never writes over a file" in done.stderr
    assert {path: path.read_bytes() for path in sent.rglob("*") if path.is_file()} == before


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert playbook("import", "klaviyo", FOREIGN, "-o", "out", cwd=tmp_path).returncode == 0


def test_an_engine_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    done = playbook("import", "klavio", FOREIGN, "-o", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "No engine `klavio` can be imported. Did you mean `klaviyo`?" in done.stderr


def test_broken_json_is_told_at_its_line_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"data": [\n  {"type": flow}\n]}', encoding="utf-8")
    done = process("import", "klaviyo", "broken.json", "-o", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "error[not-json]: this is not JSON: expecting value" in done.stderr
    assert "broken.json:2:12" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_quiet_says_nothing(tmp_path: Path) -> None:
    done = playbook("-q", "import", "klaviyo", FOREIGN, "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("option", "wrong", "advice"),
    [
        ("--currency", "EURO", "write a code such as EUR"),
        ("--timezone", "Berlin", "write a name such as Europe/Berlin"),
    ],
)
def test_a_currency_or_zone_that_is_none_is_told(
    tmp_path: Path, option: str, wrong: str, advice: str
) -> None:
    done = playbook("import", "klaviyo", "x.json", "-o", "back", option, wrong, cwd=tmp_path)
    assert done.returncode == 2
    assert advice in done.stderr
    assert not (tmp_path / "back").exists()


def test_a_lookup_of_an_id_that_the_input_has_not_is_wrong_usage(tmp_path: Path) -> None:
    done = playbook(
        "import", "klaviyo", FOREIGN, "-o", "out", "--lookup", "metric.TYPO=Placed Order",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert "has the id `TYPO`" in done.stderr
    assert not (tmp_path / "out").exists()
