"""Hypothesis: the same input and seed are the same bytes, wherever and however a report is made."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.simulations import examples
from tests.runtime.cli.command import GOOD, playbook, process

from playbook_runtime.demo_shop import write_demo_shop

FEW = ("--draws", "2", "--horizon", "45d", "--output-format", "json")
FILES = ("orders", "customers", "events")
# The file's own digest is another where its lines stand in another order.
DIGEST = re.compile(r'"sha256": "[0-9a-f]{64}"')


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder, 100, 5)
    text = GOOD + (
        "  back: {trigger: {inactive_for: 30d}, existing: {over: 5d}, entry: always,"
        " steps: [{send: hello}]}\n"
    )
    (folder / "playbook.yaml").write_text(text, "utf-8")
    return folder


def with_files(folder: Path) -> tuple[str, ...]:
    orders, customers, events = (str(folder / f"{name}.csv") for name in FILES)
    return "--orders", orders, "--customers", customers, "--events", events


@pytest.fixture(scope="module")
def reference(shop: Path) -> str:
    done = playbook("simulate", ".", *with_files(shop), *FEW, cwd=shop)
    assert done.returncode == 0, done.stderr
    return DIGEST.sub("", done.stdout)


def mixed(shop: Path, folder: Path, chance: Random) -> Path:
    """Return a folder with the same lines of the same files, in another order."""
    for name in FILES:
        header, *lines = (shop / f"{name}.csv").read_text("utf-8").splitlines(keepends=True)
        chance.shuffle(lines)
        (folder / f"{name}.csv").write_text(header + "".join(lines), "utf-8")
    return folder


@given(
    chance=st.integers(0, 2**32).map(Random),
    hash_seed=st.integers(0, 2**32 - 1),
    zone=st.sampled_from(("UTC", "Pacific/Auckland", "America/St_Johns", "Asia/Kathmandu")),
    locale=st.sampled_from(("C", "tr_TR.UTF-8", "de_DE.UTF-8")),
    threads=st.integers(1, 3),
)
@examples(2)
def test_the_same_bytes_anywhere_on_any_threads_from_lines_in_any_order(
    shop: Path,
    reference: str,
    tmp_path_factory: pytest.TempPathFactory,
    chance: Random,
    hash_seed: int,
    zone: str,
    locale: str,
    threads: int,
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    files = with_files(mixed(shop, elsewhere, chance))
    done = process(
        "simulate", str(shop), *files, *FEW, "--threads", str(threads),
        cwd=elsewhere,
        environment={"PYTHONHASHSEED": str(hash_seed), "TZ": zone, "LC_ALL": locale},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert DIGEST.sub("", done.stdout) == reference


def test_another_seed_is_other_bytes(shop: Path, reference: str) -> None:
    done = playbook("simulate", ".", *with_files(shop), *FEW, "--seed", "2", cwd=shop)
    assert DIGEST.sub("", done.stdout) != reference
