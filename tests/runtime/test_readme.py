"""The README's examples run, and print what it says they print."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from playbook_runtime.cli.main import group
from playbook_runtime.demo_shop import write_demo_shop

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "guide" / "first-playbook"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, nth: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)[nth]


def test_the_playbook_is_the_guides_and_has_twenty_lines() -> None:
    text = (EXAMPLE / "playbook.yaml").read_text(encoding="utf-8")
    assert block("yaml") == text
    assert len(text.splitlines()) == 20


def test_the_table_is_what_the_simulation_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "first")
    write_demo_shop(tmp_path / "first" / "shop")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path / "first")
    command, _, table = block("text").partition("\n")
    words = command.removeprefix("$ playbook ").split()
    printed = CliRunner().invoke(group, words).output
    assert table.rstrip() in printed
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
