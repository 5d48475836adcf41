"""The guide is true: every playbook in it is compiled, every command in it is run.

- A ```yaml block is a playbook or a part of one (`tests/reference/written_examples.py` adds the
  rest). What `playbook check` finds in it stands at its lines as `# <- rule-name`.
- A ```yaml block that is named after a file of another program is read as YAML, and the playbook
  commands in it are run.
- A ```text block that begins with `$` is a session: its commands run in the folder of the example
  above it, or in a copy of `<!-- folder: NAME -->`, and print what stands below them;
  `<!-- edit: FILE: OLD -> NEW -->` is what the reader does in between. `pytest --update` rewrites
  what they print.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from tests.compiler.playbooks import folder
from tests.compiler.rule_pages import ASSUMED, MAIN
from tests.reference.guide_pages import (
    GUIDE,
    MINUTES_AT_MOST,
    index_table,
    minutes,
    pages,
    stated_minutes,
)
from tests.reference.written_examples import completed, found_in, written

from playbook_compiler.defaults import BUILT_IN_STAGES as STAGES
from playbook_compiler.model import BENEFITS
from playbook_runtime.cli.main import group
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.library import folder as library_folder

ROOT = Path(__file__).parents[2]
PAGES = pages()
BUILT_IN_STAGES: dict[str, Any] = dict(STAGES) if isinstance(STAGES, dict) else {}
OTHER_PROGRAMS = (".github/workflows/playbook.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml")
ELIDED = "..."
_MARK = re.compile(r"# <- ([a-z0-9-]+)")
_EVENT = re.compile(
    r"<!-- (?P<word>folder|edit): (?P<what>.+?) -->"
    r"|^```(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<content>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_COMMAND = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
GIT = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@leaf.example",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@leaf.example",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def text_of(name: str) -> str:
    return (GUIDE / name).read_text(encoding="utf-8")


EXAMPLES = [
    pytest.param(name, number, id=f"{name}-{example.heading}")
    for name in PAGES
    for number, example in enumerate(written(text_of(name), apart=OTHER_PROGRAMS))
]


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_a_playbook_has_the_findings_that_stand_at_its_lines(
    name: str, number: int, tmp_path: Path
) -> None:
    example = written(text_of(name), apart=OTHER_PROGRAMS)[number]
    marked = [
        (file, line, rule)
        for file, text in example.files.items()
        for line, words in enumerate(text.split("\n"), 1)
        for rule in _MARK.findall(words)
    ]
    found = [
        (Path(one.span.file).relative_to(tmp_path).as_posix(), one.span.line, one.rule)
        for one in found_in(example, tmp_path)
    ]
    assert sorted(found) == sorted(marked)


@dataclass
class Shell:
    """A folder that commands run in. `projected` keeps what long simulations print, by the command
    and its playbook, since two pages show the same one."""

    root: Path
    projected: dict[tuple[str, str], str] = field(default_factory=dict)
    count: int = 0
    here: Path = field(default_factory=Path)

    def start(self, files: dict[str, str] | str) -> None:
        self.count += 1
        self.here = self.root / str(self.count)
        if isinstance(files, str):
            shutil.copytree(GUIDE / files, self.here)
        else:
            folder(self.here, files)

    def edit(self, what: str) -> None:
        file, _, change = what.partition(": ")
        old, arrow, new = change.partition(" -> ")
        path = self.here / file
        text = path.read_text(encoding="utf-8")
        assert arrow
        assert old in text, f"{old!r} does not stand in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, command: str) -> str:
        """Return what a command prints; the demo shop's files come from the generator at once."""
        command, piped, wanted = command.partition(" | grep ")
        if piped:
            return "".join(f"{line}\n" for line in self.run(command).split("\n") if wanted in line)
        words = shlex.split(command, comments=True)
        if words[:2] == ["playbook", "demo"]:
            write_demo_shop(self.here / words[words.index("--keep") + 1])
            return ""
        if words[:2] == ["playbook", "simulate"]:
            key = (command, (self.here / MAIN).read_text(encoding="utf-8"))
            if key not in self.projected:
                self.projected[key] = CliRunner().invoke(group, words[1:]).stdout
            return self.projected[key]
        if words[0] == "playbook":
            return CliRunner().invoke(group, words[1:], prog_name="playbook").stdout
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.here,
            env=os.environ | GIT,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout


@pytest.fixture(scope="module")
def projected() -> dict[tuple[str, str], str]:
    return {}


@pytest.mark.parametrize("name", [name for name in PAGES if "\n$ " in text_of(name)])
def test_a_session_prints_what_the_page_shows(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    projected: dict[tuple[str, str], str],
    update: bool,
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    page, fresh, end = text_of(name), "", 0
    shell = Shell(tmp_path, projected)
    for event in _EVENT.finditer(page):
        fresh += page[end : event.start()]
        end = event.end()
        shown = event[0]
        if event["word"] == "folder":
            shell.start(event["what"])
        elif event["word"] == "edit":
            shell.edit(event["what"])
        elif event["file"] in OTHER_PROGRAMS:
            pass
        elif event["file"]:
            folder(shell.here, {event["file"]: event["content"]})
        elif event["language"] == "yaml":
            shell.start({MAIN: completed(event["content"])})
        elif event["content"].startswith("$ "):
            monkeypatch.chdir(shell.here)
            sessions = [
                f"$ {command}\n{_shown(shell.run(command), told)}"
                for command, told in _COMMAND.findall(event["content"])
            ]
            shown = f"```{event['language']}\n{''.join(sessions)}```"
        fresh += shown
    fresh += page[end:]
    if update:
        (GUIDE / name).write_text(fresh, encoding="utf-8")
    assert text_of(name) == fresh, "pytest --update rewrites what commands print"


def _shown(printed: str, told: str) -> str:
    """Return what a page shows of an output: all of it, or the parts around lines of `...`.

    A part has as many lines as it has on the page; after `...` it begins at the next line that
    begins as it does there.
    """
    lines = [line.rstrip() for line in printed.rstrip("\n").split("\n")] if printed.strip() else []
    blank = [""] if told.endswith("\n\n") else []
    if ELIDED not in told.split("\n"):
        return "".join(f"{line}\n" for line in [*lines, *blank])
    parts = [part.strip("\n").split("\n") for part in f"\n{told}".split(f"\n{ELIDED}\n")]
    place, shown = 0, []
    for number, part in enumerate(parts):
        if number:
            shown.append(ELIDED)
        if part == [""]:
            continue
        if number:
            begins = part[0][:12]
            rest = [one for one in range(place, len(lines)) if lines[one].startswith(begins)]
            assert rest, f"nothing printed begins with {begins!r} any more"
            place = rest[0]
        shown += lines[place : place + len(part)]
        place += len(part)
    return "".join(f"{line}\n" for line in [*shown, *blank])


@pytest.mark.parametrize("file", OTHER_PROGRAMS)
def test_commands_for_other_programs_are_right(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = text_of("git.md")
    content = re.search(rf"^```yaml {re.escape(file)}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert content is not None
    yaml.safe_load(content[1])
    commands = re.findall(r"(?:run:|entry:|-) (playbook [^\n>]+)", content[1])
    assert commands
    shell = Shell(tmp_path)
    shell.start("first-playbook")
    shell.run("git init -q -b main . && git add . && git commit -q -m start")
    monkeypatch.chdir(shell.here)
    for command in commands:
        words = shlex.split(command.replace("origin/${{ github.base_ref }}", "main"))[1:]
        assert CliRunner().invoke(group, words).exit_code == 0, command


def test_the_first_playbook_is_shown_as_it_stands_in_its_folder() -> None:
    page = text_of("first-playbook.md")
    for path in sorted((GUIDE / "first-playbook").rglob("*.*")):
        assert path.read_text(encoding="utf-8") in page


def test_what_the_examples_assume_is_shown_and_is_a_playbook_in_the_canonical_form() -> None:
    assert f"```yaml\n{ASSUMED.read_text(encoding='utf-8')}```" in text_of("index.md")
    checked = CliRunner().invoke(group, ["check", str(ASSUMED)])
    assert checked.output == "No problems found\n"
    assert CliRunner().invoke(group, ["fmt", "--check", str(ASSUMED)]).exit_code == 0


def test_the_guide_takes_half_an_hour_at_most() -> None:
    assert sum(map(minutes, PAGES)) <= MINUTES_AT_MOST
    for name in PAGES:
        assert stated_minutes(name) == minutes(name), f"docs/guide/{name}: {minutes(name)} minutes"


@pytest.mark.parametrize("stage", BUILT_IN_STAGES)
def test_the_stages_are_the_built_in_ones(stage: str) -> None:
    data = BUILT_IN_STAGES[stage]
    row = re.search(
        rf"^\| {stage} \| (.*?) \| (.*?) \| (.*?) \|", text_of("stages.md"), re.MULTILINE
    )
    assert row is not None
    assert [row[2], row[3]] == [data["split"]["acquisition"], data["split"]["retention"]]
    if "enter" in data:
        assert row[1].replace(",", "") == f"from {data['enter'].rpartition(' ')[2]}"


def test_there_are_about_fifty_tactics_and_six_benefits() -> None:
    assert 45 <= len(list((library_folder() / "tactics").glob("*.yaml"))) <= 55
    for benefit in BENEFITS:
        assert f"| `{benefit}: " in text_of("offers.md")


def test_the_index_lists_the_pages(update: bool) -> None:
    if update:
        page = re.sub(r"^\|.*\n(?:\|.*\n)+", index_table(), text_of("index.md"), flags=re.MULTILINE)
        (GUIDE / "index.md").write_text(page, encoding="utf-8")
    assert index_table() in text_of("index.md"), "pytest --update rewrites it"
