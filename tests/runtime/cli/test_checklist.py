"""`playbook checklist`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.runtime.cli.command import BAD, GOOD, playbook, process

LISTS = """\
stage: growth
stages:
  startup: {checklist: first-orders}
  growth: {enter: orders_per_month >= 30, checklist: [first-orders, post-purchase]}
checklists:
  first-orders:
    - {item: page speed looked at, owner: shop, every: 1mo, strategy: O5}
  post-purchase:
    - {item: welcomed by mail, done_by: flow welcome}
    - {item: sent within a day, owner: warehouse, verify: shipped_at - ordered_at <= 1d for 95%}
    - {item: points programme, done_by: programme points}
  packaging:
    - {item: a card in the parcel, owner: warehouse, evidence: wiki/packaging}
"""
ALL = """\
leaf-and-steam

Stage startup

  first-orders
    [ ] page speed looked at
        shop sees to it, every 1mo

Stage growth (the stage of this playbook)

  first-orders
    [ ] page speed looked at
        shop sees to it, every 1mo

  post-purchase
    [x] welcomed by mail
        done by flow welcome (playbook.yaml:10)
    [ ] sent within a day
        to be shown by data: shipped_at - ordered_at <= 1d for 95%; not
        evaluated yet (a later version will need the columns ordered_at and
        shipped_at)
        warehouse sees to it
    [!] points programme
        the playbook has no programme `points`

In no stage

  packaging
    [ ] a card in the parcel
        warehouse sees to it
        evidence: wiki/packaging

6 items: 1 done by the playbook, 1 not done, 3 ticked by a person, 1 open
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "playbook.yaml").write_text(GOOD + LISTS, encoding="utf-8")
    return tmp_path


def test_every_stage_with_its_lists_and_how_each_item_is_known(shop: Path) -> None:
    done = playbook("checklist", cwd=shop)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ALL


def test_one_stage(shop: Path) -> None:
    done = playbook("checklist", "--stage", "startup", cwd=shop)
    assert "first-orders" in done.stdout
    assert "post-purchase" not in done.stdout
    assert done.stdout.splitlines()[-1] == "1 item: 1 ticked by a person"


def test_a_stage_without_lists_says_how_to_write_one(shop: Path) -> None:
    done = playbook("checklist", "--stage", "scale", cwd=shop)
    assert done.returncode == 0
    assert done.stdout.startswith("leaf-and-steam has no checklists in the stage scale.\n")


def test_the_json_form_says_the_same(shop: Path) -> None:
    done = playbook("checklist", "--stage", "growth", "--output-format", "json", cwd=shop)
    said = json.loads(done.stdout)
    assert said["summary"] == {"done": 1, "not_done": 1, "person": 1, "open": 1}
    assert [one["checklist"] for one in said["checklists"]] == ["first-orders", "post-purchase"]
    welcomed, sent, points = said["checklists"][1]["items"]
    assert welcomed["done_by"] == {"kind": "flow", "name": "welcome"}
    assert welcomed["place"] == {"file": "playbook.yaml", "line": 10}
    assert sent["state"] == "open"
    assert sent["verify"]["columns"] == ["ordered_at", "shipped_at"]
    assert (points["state"], points["why"]) == (
        "not_done",
        "the playbook has no programme `points`",
    )


def test_exit_codes_and_a_narrow_terminal(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(BAD, encoding="utf-8")
    assert playbook("checklist", cwd=tmp_path).returncode == 1
    assert playbook("checklist", "--stage", "grown", cwd=tmp_path).returncode == 2
    text = GOOD + "checklists: {post: [{item: Grüße im Paket, owner: shop}]}\n"
    (tmp_path / "playbook.yaml").write_text(text, encoding="utf-8")
    done = process("checklist", cwd=tmp_path, environment={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "Gr\\xfc\\xdfe im Paket" in done.stdout
