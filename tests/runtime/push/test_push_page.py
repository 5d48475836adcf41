"""docs/reference/push.md shows what really comes, and every column of the campaign is explained."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.faults.__main__ import HEAD, MARK
from tests.faults.campaign import MODES, REAL
from tests.faults.server import FAULTS
from tests.runtime.push.engine_running import running

from playbook_runtime.push.adapter import all_adapters

DOCS = Path(__file__).parents[3] / "docs"
PAGE = DOCS / "reference" / "push.md"
BEGIN, END = "<!-- applied -->\n```text\n", "```\n"


def test_the_screen_is_the_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update: bool
) -> None:
    with running(tmp_path, monkeypatch) as klaviyo:
        shutil.copytree(DOCS / "guide" / "first-playbook", tmp_path, dirs_exist_ok=True)
        lines = []
        for command in ("playbook push klaviyo --apply", "playbook drift klaviyo"):
            done = klaviyo.run(*command.split()[1:])
            assert done.returncode == 0, done.stderr
            lines += [f"$ {command}\n", done.stdout, "\n"]
    fresh = "".join(lines).rstrip("\n") + "\n"
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    shown, _, after = rest.partition(END)
    if update:
        PAGE.write_text(before + BEGIN + fresh + END + after, encoding="utf-8")
        shown = fresh
    assert shown == fresh, "pytest --update rewrites it"


def test_every_engine_has_its_keys_and_address_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for adapter in all_adapters().values():
        assert f"| {adapter.name} |" in page
        for variable in (*adapter.secrets, adapter.base_variable):
            assert f"`{variable}`" in page


def test_the_page_of_the_campaigns_explains_ways_and_faults() -> None:
    page = (DOCS / "faults.md").read_text(encoding="utf-8")
    explained, _, campaigns = page.partition(MARK)
    for name in (*FAULTS, *MODES, REAL):
        assert name in explained
    assert HEAD in campaigns
