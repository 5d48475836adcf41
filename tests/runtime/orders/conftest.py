"""Order files written for one test and read from its own folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from playbook_compiler.diagnostics import Diagnostic
from playbook_runtime.orders.model import Orders
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.read import read_orders

Reader = Callable[..., tuple[Orders | None, list[Diagnostic]]]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a fresh folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def read(own_folder: Path) -> Reader:
    """Read text or bytes as an orders file; keywords are OrderOptions'."""

    def read_text(
        content: str | bytes, name: str = "orders.csv", **options: object
    ) -> tuple[Orders | None, list[Diagnostic]]:
        path = own_folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_orders(path, OrderOptions(**options))  # type: ignore[arg-type]

    return read_text
