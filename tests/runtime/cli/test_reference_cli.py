"""The reference of the command line: made from the commands themselves, complete and fresh."""

from __future__ import annotations

from pathlib import Path

from tests.reference.cli_page import EXITS, VARIABLES, cli_page, commands, options
from tests.runtime.cli.command import BAD, GOOD, playbook

import playbook_runtime
from playbook_runtime.cli._interrupts import INTERRUPTED, TERMINATED
from playbook_runtime.cli.main import BROKEN_PIPE, USAGE_OR_INTERNAL

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"


def test_the_page_is_fresh(update: bool) -> None:
    fresh = cli_page()
    if update:
        PAGE.write_text(fresh, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == fresh, "pytest --update rewrites it"


def test_every_command_and_option_stands_there() -> None:
    page = cli_page()
    found = list(commands())
    assert len(found) > 10
    for name, command, _ in found:
        section = page.split(f"\n## playbook {name}\n")[1].partition("\n## ")[0]
        for one in options(command):
            assert all(f"`{option}`" in section for option in one.opts)
            assert one.help, f"playbook {name} {one.opts[0]} says nothing about itself"


def test_the_exit_codes_are_those_of_the_program(tmp_path: Path) -> None:
    told = {code for code, _ in EXITS}
    assert told == {"0", "1", "2", str(INTERRUPTED), str(BROKEN_PIPE), str(TERMINATED)}
    (tmp_path / "playbook.yaml").write_text(GOOD, encoding="utf-8")
    assert playbook("check", cwd=tmp_path).returncode == 0
    (tmp_path / "playbook.yaml").write_text(BAD, encoding="utf-8")
    assert playbook("check", cwd=tmp_path).returncode == 1
    assert playbook("chek", cwd=tmp_path).returncode == USAGE_OR_INTERNAL


def test_the_variables_are_those_that_the_program_reads() -> None:
    product = Path(playbook_runtime.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in product.rglob("*.py"))
    for name, _ in VARIABLES:
        assert name.strip("`") in source
