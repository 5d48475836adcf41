"""The README's examples run, and print what it says they print."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from playbook_runtime.cli.main import group

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "guide" / "first-playbook"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, nth: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)[nth]


def test_the_playbook_is_the_guides_and_has_twenty_lines() -> None:
    text = (EXAMPLE / "playbook.yaml").read_text(encoding="utf-8")
    assert block("yaml") == text
    assert len(text.splitlines()) == 20


def test_the_table_is_what_the_simulation_prints() -> None:
    """The guide shows the same command on the same playbook, and test_guide.py runs it there."""
    command, _, table = block("text").partition("\n")
    page = (EXAMPLE.parent / "numbers.md").read_text(encoding="utf-8")
    session = "<!-- folder: first-playbook -->\n\n```text\n$ playbook demo --keep shop\n"
    _, printed = page.split(f"{session}{command}\n")
    printed, _, _ = printed.partition("```")
    assert table.strip()
    assert printed.startswith(table.rstrip())
    told = re.search(r"model said (\d+) repeat orders .* in which (\d+) came", README, re.DOTALL)
    assert told is not None
    assert f"predicted {told[1]} orders, actual {told[2]} (outside the 80 % band" in printed


def test_the_mistake_is_what_check_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "first")
    monkeypatch.chdir(tmp_path / "first")
    path = tmp_path / "first" / "playbook.yaml"
    right = path.read_text(encoding="utf-8")
    wrong = right.replace("{inactive_for: 120d}", "{event: order_placd}")
    path.write_text(wrong, encoding="utf-8")
    assert CliRunner().invoke(group, ["check"]).output == block("text", 2)


def test_what_an_engine_lacks_is_what_check_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "first")
    monkeypatch.chdir(tmp_path / "first")
    path = tmp_path / "first" / "playbook.yaml"
    right = path.read_text(encoding="utf-8")
    granted = right.replace("{send: come-back, offer: come-back}", "grant: come-back")
    path.write_text(granted, encoding="utf-8")
    command, _, printed = block("text", 1).partition("\n")
    words = command.removeprefix("$ playbook ").split()
    assert CliRunner().invoke(group, words).output == printed


@pytest.mark.parametrize("link", re.findall(r"\]\(((?:docs|playbooks)/[^)]*)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
