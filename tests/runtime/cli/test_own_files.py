"""No command writes over a file of the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.runtime.cli.command import GOOD, playbook, process

FOREIGN = "was not written by playbook"
ORDERS = "order_id,customer_id,ordered_at,total\n" + "".join(
    f"{n},c{n % 7},2024-01-{n % 28 + 1:02},20.00\n" for n in range(60)
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a playbook, its message and orders."""
    text = GOOD.replace('body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"', "body: t.md")
    (tmp_path / "playbook.yaml").write_text(text)
    (tmp_path / "t.md").write_text("Welcome. {{ sender_address }} {{ unsubscribe_url }}\n")
    (tmp_path / "orders.csv").write_text(ORDERS)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("target", ["playbook.yaml", "t.md", "orders.csv"])
@pytest.mark.parametrize(
    "command",
    ["compile", "compile --format yaml", "graph", "graph --format contact", "schema"],
)
def test_a_result_never_takes_the_place_of_a_file_of_the_user(
    shop: Path, command: str, target: str
) -> None:
    before = contents(shop)
    done = playbook(*command.split(), "-o", target, cwd=shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert target in done.stderr
    assert "name another file" in done.stderr
    assert contents(shop) == before


@pytest.mark.parametrize(
    "command",
    [
        "compile",
        "compile --format yaml",
        *(f"graph --format {form}" for form in ("mermaid", "dot", "json", "contact")),
        *(f"schema --of {of}" for of in ("playbook", "plan", "diagnostics", "diff", "projection")),
    ],
)
def test_an_earlier_result_of_the_same_kind_is_replaced(shop: Path, command: str) -> None:
    for _ in range(2):
        done = playbook(*command.split(), "-o", "result", cwd=shop)
        assert (done.returncode, done.stderr) == (0, "Wrote result\n")
    other = "schema" if command.startswith("compile") else "compile"
    assert FOREIGN in playbook(other, "-o", "result", cwd=shop).stderr


def test_quiet_says_nothing_of_what_is_written(shop: Path) -> None:
    for command in ("compile", "graph", "schema"):
        done = playbook("-q", command, "-o", f"{command}.out", cwd=shop)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_empty_file_and_a_device_may_be_written(shop: Path) -> None:
    (shop / "empty").touch()
    assert playbook("compile", "-o", "empty", cwd=shop).returncode == 0
    assert playbook("compile", "-o", "/dev/null", cwd=shop).returncode == 0
    assert not Path("/dev/null").is_file()


def test_a_playbook_that_is_written_out_is_not_written_over_itself(shop: Path) -> None:
    assert playbook("compile", "--format", "yaml", "-o", "pb.yaml", cwd=shop).returncode == 0
    done = playbook("compile", "--format", "yaml", "-o", "pb.yaml", "pb.yaml", cwd=shop)
    assert done.returncode == 2
    assert "pb.yaml is read by this command" in done.stderr


def test_a_playbook_that_was_written_out_and_then_edited_is_the_users_own(shop: Path) -> None:
    assert playbook("compile", "--format", "yaml", cwd=shop).returncode == 0
    with (shop / "plan.yaml").open("a") as file:
        file.write("# ours now\n")
    done = playbook("compile", "--format", "yaml", cwd=shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert FOREIGN in done.stderr


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_an_input_is_known_by_another_name_too(shop: Path, link: object) -> None:
    link(shop / "other", shop / "playbook.yaml")  # type: ignore[operator]
    done = playbook("compile", "-o", "other", cwd=shop)
    assert done.returncode == 2
    assert "other is read by this command" in done.stderr


@pytest.mark.parametrize("target", ["orders.csv", "playbook.yaml", "t.md"])
@pytest.mark.parametrize("command", ["fit orders.csv", "simulate --orders orders.csv"])
def test_rows_set_aside_never_take_the_place_of_a_file(
    shop: Path, command: str, target: str
) -> None:
    (shop / "orders.csv").write_text(f"{ORDERS}99,c1,not a day,20.00\n")
    before = contents(shop)
    done = playbook(*command.split(), "--quarantine", target, cwd=shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert target in done.stderr
    assert contents(shop) == before


def test_a_quarantine_file_is_replaced_by_the_next_and_devices_stay(shop: Path) -> None:
    (shop / "orders.csv").write_text(f"{ORDERS}99,c1,not a day,20.00\n")
    for name in ("q.csv", "q.csv", "/dev/null"):
        done = playbook("fit", "orders.csv", "--quarantine", name, cwd=shop)
        assert "bad-date" in done.stderr
        assert done.returncode == 0
    assert (shop / "q.csv").read_text().startswith("line,reason,column,value,row\n62,bad-date,")
    assert not Path("/dev/null").is_file()
    (shop / "orders.csv.quarantine.csv").write_text("mine\n")
    done = playbook("fit", "orders.csv", cwd=shop)
    assert done.returncode == 2
    assert FOREIGN in done.stderr


def test_demo_keeps_nothing_where_one_of_its_files_is_the_users(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "orders.csv").write_text("mine\n")
    done = process("demo", "--keep", "own", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "own/orders.csv is there already" in done.stderr
    assert contents(own) == {"orders.csv": b"mine\n"}
