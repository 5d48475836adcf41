"""Every strategy of the catalogue is carried out by something shipped; the pages say by what."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.reference.strategy_carriers import (
    Row,
    carried,
    figures_by_strategy,
    rows,
    stage_playbook,
)
from tests.reference.strategy_frames import FRAMES
from tests.reference.strategy_page import strategies_page
from tests.reference.strategy_rows import SAYS
from tests.reference.tactics_page import tactics_page
from tests.runtime.plain_shop import NAMES, head

from playbook_compiler.strategies import STRATEGIES
from playbook_compiler.values import replace
from playbook_runtime import library

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "strategies.md": strategies_page,
    "tactics.md": tactics_page,
}


@cache
def by_id() -> dict[str, Row]:
    """Return the catalogue; NotClean if anything is found in a shipped file."""
    return {row.id: row for row in rows()}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fresh(name: str, update: bool) -> None:
    fresh = PAGES[name]()
    if update:
        (REFERENCE / name).write_text(fresh, encoding="utf-8")
    assert (REFERENCE / name).read_text(encoding="utf-8") == fresh, "pytest --update rewrites it"


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_is_carried_out_by_something_shipped(strategy: str) -> None:
    assert by_id()[strategy].carriers, f"no shipped flow, item or section carries out {strategy}"


def test_all_strategies_have_a_row_and_a_sentence() -> None:
    assert list(by_id()) == list(STRATEGIES) == list(SAYS)
    assert all(said.endswith(".") for said in SAYS.values())


@pytest.mark.parametrize("strategy", [one for one in STRATEGIES if one[0] == "F"])
def test_a_frame_is_a_section_of_a_stage_playbook(strategy: str) -> None:
    section = FRAMES[strategy].section
    playbooks = {one.file for one in by_id()[strategy].carriers if one.what == section}
    assert playbooks & {f"{name}.yaml" for name in library.names()}


@pytest.mark.parametrize("strategy", FRAMES)
def test_a_playbook_without_the_section_does_not_carry_the_frame(strategy: str) -> None:
    without = replace(
        stage_playbook("scale"),
        **{"stage": "auto", "stages": {}, "matrix": None, "economics": None, "require": ()},
        **{"audiences": {}, "guardrails": None, "flows": {}, "marketplaces": {}},
        **{"programmes": None},
    )
    assert not FRAMES[strategy].holds(without)
    assert FRAMES[strategy].holds(stage_playbook("scale"))


def test_an_unknown_strategy_is_refused() -> None:
    playbook = stage_playbook("growth")
    flow = replace(playbook.flows["cart"], strategy="S99")
    with pytest.raises(KeyError):
        list(carried(replace(playbook, flows={"cart": flow})))


def test_parts_of_tactics_count_for_the_tactic_and_not_for_the_playbook() -> None:
    own = [what for strategy, what in carried(stage_playbook("startup")) if strategy == "S1"]
    assert own == []
    assert "tactics/welcome.yaml" in {one.file for one in by_id()["S1"].carriers}


def test_what_a_tactic_says_first_is_what_it_carries_out() -> None:
    for name in NAMES:
        by = {one.id for one in by_id().values() if any(has(one, name))}
        assert head(name).strategy[0] in by, name


def has(row: Row, tactic: str) -> list[bool]:
    return [one.file == f"tactics/{tactic}.yaml" for one in row.carriers]


def test_operations_have_an_owner_and_a_way_to_know() -> None:
    for strategy in (one for one in STRATEGIES if one[0] == "O"):
        files = [one.file for one in by_id()[strategy].carriers if one.what.startswith("item ")]
        assert files, strategy


def test_figures_stand_with_their_strategy_and_a_grade() -> None:
    figures = figures_by_strategy()
    assert ("5 points more retention raise profit by 25-95%", "D") in figures["F5"]
    assert ("win-back discounts above 20% reactivate better", "D") in figures["S8"]
    assert set(figures) <= set(STRATEGIES)
    for pairs in figures.values():
        assert {grade for _, grade in pairs} <= set("ABCD")


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    text = (REFERENCE / name).read_text(encoding="utf-8")
    anchors = {_anchor(title) for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for link in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = link.partition("#")
        assert not path or (REFERENCE / path).exists(), link
        assert path or anchor in anchors, link
        if path == "tactics.md" and anchor:
            assert anchor in NAMES


def _anchor(title: str) -> str:
    return re.sub(r"[^\w-]", "", title.lower().replace(" ", "-"))


def test_every_tactic_and_parameter_stands_on_its_page() -> None:
    text = (REFERENCE / "tactics.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    assert set(sections) == set(NAMES)
    for name, section in sections.items():
        for parameter in head(name).parameters:
            assert f"| `{parameter}` |" in section
