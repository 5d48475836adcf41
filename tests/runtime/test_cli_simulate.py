"""`playbook simulate` as a user runs it: the same bytes anywhere, wrong input said plainly."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.runtime.cli.command import BAD, GOOD, ROOTS, Done, playbook, process

from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.output.projection_schema import projection_schema

FEW = ("--draws", "3", "--horizon", "60d")
JSON = (*FEW, "--output-format", "json")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a playbook and the files of a shop of 200 customers."""
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 200, 5)
    (folder / "playbook.yaml").write_text(GOOD, "utf-8")
    return folder


def simulate(shop: Path, *arguments: str, orders: str = "orders.csv") -> Done:
    return playbook("simulate", ".", "--orders", orders, *FEW, *arguments, cwd=shop)


@pytest.fixture(scope="module")
def reference(shop: Path) -> str:
    done = playbook("simulate", ".", "--orders", "orders.csv", *JSON, cwd=shop)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0", "TZ": "Pacific/Auckland", "LC_ALL": "C", "NUMBA_NUM_THREADS": "1"},
        {"PYTHONHASHSEED": "7", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "COLUMNS": "40"},
    ],
)
def test_the_same_bytes_in_any_environment_and_folder(
    shop: Path, tmp_path: Path, reference: str, environment: dict[str, str]
) -> None:
    orders = str(shop / "orders.csv")
    done = process(
        "simulate", str(shop), "--orders", orders, *JSON, cwd=tmp_path, environment=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == reference


def test_json_has_what_the_issue_names(reference: str) -> None:
    told = json.loads(reference)
    assert told["version"] == 1 and told["money"] == "minor" and told["seed"] == 1
    assert told["horizon_days"] == 60 and told["currency"] == "EUR"
    metrics = {"orders", "revenue", "contribution", "message_cost", "offer_cost", "profit",
               "active_customers", "repeat_purchase_rate", "purchase_frequency", "aov",
               "customer_value", "crr"}  # fmt: skip
    for world in ("without", "with", "difference", "with_unproven", "difference_unproven"):
        assert metrics <= told[world].keys()
        assert all(set(one) == {"mean", "p10", "p50", "p90"} for one in told[world].values())
    assert {"flow", "entered", "sent", "held_back", "orders", "profit"} <= told["flows"][0].keys()
    assert told["data"]["customers"] == 200 and told["data"]["quarantined"] == 0
    assert {"id", "effect", "source", "grade", "value"} <= told["assumptions"][0].keys()
    assert set(projection_schema()["required"]) <= told.keys()


@pytest.mark.usefixtures("reference")  # by then the kernel is compiled, which may take a minute
def test_text_is_ascii_where_the_terminal_is(shop: Path) -> None:
    arguments = ("simulate", ".", "--orders", "orders.csv", *FEW)
    plain = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = process(*arguments, cwd=shop, environment=plain)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii() and "profit" in done.stdout and "Backtest" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("reference")
def test_a_reader_that_leaves_is_no_failure_to_speak_of(shop: Path) -> None:
    command = [sys.executable, "-m", "playbook_runtime", "simulate", ".", "--orders", "orders.csv"]
    running = subprocess.Popen(
        [*command, *JSON],
        cwd=shop,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None and running.stderr is not None
    running.stdout.close()
    told = running.stderr.read().decode()
    running.stderr.close()
    assert running.wait(timeout=60) == 141
    assert "Traceback" not in told and "BrokenPipe" not in told


REQUIRED = """
economics: {gross_margin: 58%}
require:
  - messages_per_customer_month <= 9
  - profit.difference > 100000
  - points_liability <= 2% of profit
"""


@pytest.mark.usefixtures("reference")
def test_check_names_the_line_that_is_not_met_and_warns_of_what_is_undecided(
    shop: Path, tmp_path: Path
) -> None:
    (tmp_path / "playbook.yaml").write_text(GOOD + REQUIRED, "utf-8")
    command = ("simulate", ".", "--orders", str(shop / "orders.csv"), *FEW)
    told = playbook(*command, cwd=tmp_path)
    assert told.returncode == 0 and "Required: 1 of 3 met." in told.stdout
    checked = playbook(*command, "--check", cwd=tmp_path)
    assert checked.returncode == 1
    assert checked.stdout == told.stdout
    line = (GOOD + REQUIRED).splitlines().index("  - profit.difference > 100000") + 1
    assert "error[requirement-not-met]: `profit.difference > 100000` is not met" in (checked.stderr)
    assert f"playbook.yaml:{line}:5" in checked.stderr
    assert checked.stderr.count("error[") == 1
    assert "warning[requirement-undecided]" in checked.stderr
    assert "there is no points programme" in checked.stderr
    assert "messages_per_customer_month" not in checked.stderr


@pytest.mark.usefixtures("reference")
def test_check_passes_where_nothing_is_known_to_fail(shop: Path, tmp_path: Path) -> None:
    text = GOOD + REQUIRED.replace("  - profit.difference > 100000\n", "")
    (tmp_path / "playbook.yaml").write_text(text, "utf-8")
    orders = str(shop / "orders.csv")
    done = playbook("simulate", ".", "--orders", orders, *FEW, "--check", cwd=tmp_path)
    assert done.returncode == 0
    assert "warning[requirement-undecided]" in done.stderr


EFFECTIVE = GOOD.replace(
    "steps: [{send: hello}]",
    "expect: {purchase_rate: 1.05..1.3}\n    steps: [{send: hello}]",
).replace("trigger: sign_up", "trigger: order_placed")


@pytest.mark.usefixtures("reference")
def test_conservative_holds_effects_at_their_worse_quartile(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(EFFECTIVE, "utf-8")
    orders = str(shop / "orders.csv")
    command = ("simulate", ".", "--orders", orders, "--draws", "20", *JSON[2:])
    usual, careful = (
        json.loads(playbook(*command, *more, cwd=tmp_path).stdout)
        for more in ((), ("--conservative",))
    )
    assert (usual["conservative"], careful["conservative"]) == (False, True)
    assert careful["without"] == usual["without"]
    gains = [told["difference"]["orders"]["mean"] for told in (usual, careful)]
    assert gains[0] > gains[1] > 0


HEADER = "order_id,customer_id,ordered_at,total,currency\n"


def lines(count: int, customers: int, currency: str = "EUR") -> str:
    return HEADER + "".join(
        f"{n},C{n % customers},2026-0{1 + n % 6}-1{n % 9},{10 + n % 7}.50,{currency}\n"
        for n in range(count)
    )


WRONG_FILES = {
    "empty": ("", r"empty"),
    "header alone": (HEADER, r"no .*(row|order)"),
    "unknown column": ("number,who,when,how much\n1,A,2026-01-01,3\n", r"customer_id"),
    "binary": ("PK\x03\x04\x00\x00", r"zip|binary|archive|PK"),
    "other currency": (lines(300, 60, "USD"), r"USD"),
    "one customer": (lines(40, 1), r"customer"),
    "nobody twice": (lines(60, 60), r"(twice|repeat|second)"),
    "bad dates": (lines(300, 60).replace("2026-0", "noon-"), r"(date|ordered_at)"),
    "bad amounts": (lines(300, 60).replace(".50", "x"), r"(amount|total|number)"),
}


def is_told_plainly(done: Done) -> None:
    """Nothing on stdout, no traceback, and a sentence that names a rule or a usage."""
    assert done.stdout == ""
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr.lower()
    assert re.search(r"(error\[[a-z-]+\]|Error: )", done.stderr), done.stderr


@pytest.mark.parametrize("name", WRONG_FILES)
def test_orders_that_allow_no_projection_are_refused_with_their_place(
    name: str, shop: Path
) -> None:
    text, expected = WRONG_FILES[name]
    (shop / "wrong.csv").write_text(text, "utf-8")
    done = simulate(shop, orders="wrong.csv")
    is_told_plainly(done)
    assert done.returncode == 1
    assert "wrong.csv" in done.stderr
    assert re.search(expected, done.stderr, re.IGNORECASE), done.stderr


WRONG_USE = {
    "missing orders": (("--orders", "nowhere.csv"), r"nowhere\.csv"),
    "folder for orders": (("--orders", "."), r"(folder|directory)"),
    "horizon": (("--orders", "orders.csv", "--horizon", "soon"), r"horizon"),
    "horizon zero": (("--orders", "orders.csv", "--horizon", "0d"), r"horizon"),
    "horizon of ages": (("--orders", "orders.csv", "--horizon", "99y"), r"five years"),
    "hours": (("--orders", "orders.csv", "--horizon", "36h"), r"horizon"),
    "date": (("--orders", "orders.csv", "--as-of", "2026-02-30"), r"as-of"),
    "draws": (("--orders", "orders.csv", "--draws", "-5"), r"draws"),
    "no draws": (("--orders", "orders.csv", "--draws", "0"), r"draws"),
    "seed": (("--orders", "orders.csv", "--seed", "-1"), r"seed"),
    "before the first order": (("--orders", "orders.csv", "--as-of", "2001-01-01"), r"first is of"),
    "format": (("--orders", "orders.csv", "--output-format", "xml"), r"xml"),
    "no orders": ((), r"--orders"),
    "missing customers": (
        ("--orders", "orders.csv", "--customers", "nobody.csv"),
        r"nobody\.csv",
    ),
    "missing events": (("--orders", "orders.csv", "--events", "nothing.csv"), r"nothing\.csv"),
    "as-of far ahead": (("--orders", "orders.csv", "--as-of", "9999-12-31"), r"last order"),
}


@pytest.mark.parametrize("name", WRONG_USE)
def test_wrong_use_is_said_plainly(name: str, shop: Path) -> None:
    arguments, expected = WRONG_USE[name]
    done = playbook("simulate", ".", *arguments, cwd=shop)
    is_told_plainly(done)
    assert done.returncode in (1, 2)
    assert re.search(expected, done.stderr, re.IGNORECASE), done.stderr


@pytest.mark.parametrize("text", [BAD, "", "playbook: [", GOOD.replace("welcome:", "welcome: {")])
def test_a_playbook_with_errors_is_not_simulated(text: str, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(text, "utf-8")
    orders = str(shop / "orders.csv")
    done = playbook("simulate", ".", "--orders", orders, *FEW, cwd=tmp_path)
    is_told_plainly(done)
    assert done.returncode == 1
    assert "playbook.yaml" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["playbook.yaml"]


def test_a_missing_playbook_is_said(shop: Path, tmp_path: Path) -> None:
    orders = str(shop / "orders.csv")
    done = playbook("simulate", "nowhere", "--orders", orders, *FEW, cwd=tmp_path)
    is_told_plainly(done)
    assert done.returncode in (1, 2)
    assert "nowhere" in done.stderr


def test_a_time_of_silence_after_the_last_order_is_projected_from(shop: Path) -> None:
    done = simulate(shop, "--as-of", "2027-06-30", "--draws", "4", "--horizon", "3mo")
    assert done.returncode == 0, done.stderr
    assert "as-of-after-last-order" in done.stderr
    assert "after 2027-06-30" in done.stdout
