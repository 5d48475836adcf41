"""`playbook diff --orders`: the projected difference in three formats, and what ends it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.runtime.cli.command import Done, playbook
from tests.runtime.cli.test_diff_command import commit, git
from tests.runtime.test_paired import TWO_FLOWS

from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.output.diff_json import diff_schema

FEW = ("--orders", "orders.csv", "--draws", "12", "--horizon", "60d")
LATER = TWO_FLOWS.replace("wait: 3d", "wait: 30d").replace("at_most: 3", "at_most: 4")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a playbook on `main`, another in the work tree, and orders beside it."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "-q", "-b", "main")
    commit(folder, {"playbook.yaml": TWO_FLOWS})
    write_demo_shop(folder, 200, 3)
    (folder / "playbook.yaml").write_text(LATER)
    return folder


@pytest.fixture(scope="module")
def told(shop: Path) -> dict[str, str]:
    """What the command prints in each format."""
    formats = ("text", "json", "markdown")
    done = {one: diff(shop, "--format", one, "--detailed-exitcode") for one in formats}
    assert {one.returncode for one in done.values()} == {2}, done["text"].stderr
    return {name: one.stdout for name, one in done.items()}


def diff(shop: Path, *arguments: str) -> Done:
    return playbook("diff", "main", *FEW, *arguments, cwd=shop)


def test_text_tells_difference_flows_and_guardrails(told: dict[str, str]) -> None:
    text = told["text"]
    assert text.startswith("main -> work tree: 1 flow, ")
    assert "the 60 days after 2026-10-31, money in EUR; 12 draws, seed 1; " in text
    assert re.search(r"^profit +[\d,]+ +[\d,]+ +-[\d.,]+ +-[\d.,]+ \.\.\. [-+\d.,]+ +", text, re.M)
    assert re.search(r"^win-back +modified +-", text, re.M)
    assert re.search(r"^frequency caps +3 per 7d +4 per 7d$", text, re.M)
    assert re.search(r"^messages_per_customer_month <= 9 +met +met$", text, re.M)
    command = "playbook diff main --format text --detailed-exitcode --orders orders.csv"
    assert text.endswith(f"$ {command} --horizon 60d --draws 12\n")


def test_json_has_the_same_numbers_and_fits_the_schema(told: dict[str, str]) -> None:
    data = json.loads(told["json"])
    Draft202012Validator(diff_schema()).validate(data)
    effect = data["projected"]
    profit = effect["metrics"]["profit"]
    apart = profit["new"]["mean"] - profit["old"]["mean"]
    assert profit["difference"]["mean"] == pytest.approx(apart, abs=1e-3)
    assert [one["flow"] for one in effect["flows"]] == ["win-back", "welcome"]
    assert {one["rule"]: one["new"] for one in effect["rules"]}["frequency"] == "4 per 7d"
    assert re.fullmatch(r"[0-9a-f]{64}", effect["data"]["sha256"])
    assert effect["command"].startswith("playbook diff main --format json")


def test_the_comment_is_short_and_says_how_to_come_to_it(told: dict[str, str]) -> None:
    page = told["markdown"]
    assert page.startswith("<!-- playbook-diff: playbook.yaml -->") or "playbook-diff: ." in page
    assert "**Profit: " in page
    assert "| Guardrail | main | work tree |" in page
    assert "| frequency caps | 3 per 7d | **4 per 7d** |" in page
    assert re.search(r"12 draws, seed 1; .* sha256 <code>[0-9a-f]{12}</code>", page)
    assert "<code>playbook diff main --format markdown" in page
    assert len(page.splitlines()) < 60


def test_the_same_command_prints_the_same_bytes_on_any_number_of_threads(
    shop: Path, told: dict[str, str]
) -> None:
    again = diff(shop, "--format", "json", "--detailed-exitcode", "--threads", "1").stdout
    assert again.replace(" --threads 1", "") == told["json"]


def test_no_difference_is_said_so(shop: Path) -> None:
    git(shop, "branch", "-f", "same", "main")
    done = playbook("diff", "main", "same", *FEW, "--detailed-exitcode", cwd=shop)
    assert done.returncode == 0
    assert done.stdout.startswith("main -> same: nothing changed")
    assert "No projected difference: nothing that is simulated differs" in done.stdout


def test_two_currencies_are_not_compared(shop: Path) -> None:
    git(shop, "checkout", "-q", "-f", "-b", "swiss", "main")
    commit_one = TWO_FLOWS.replace("currency: EUR", "currency: CHF")
    (shop / "playbook.yaml").write_text(commit_one)
    git(shop, "commit", "-q", "-a", "-m", "swiss")
    done = playbook("diff", "main", "swiss", *FEW, cwd=shop)
    assert (done.returncode, done.stdout) == (1, "")
    assert "the two sides count in EUR and CHF" in done.stderr
    git(shop, "checkout", "-q", "-f", "main")
    (shop / "playbook.yaml").write_text(LATER)


def test_options_of_a_projection_need_orders(shop: Path) -> None:
    done = playbook("diff", "main", "--draws", "5", cwd=shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--draws needs --orders FILE" in done.stderr
