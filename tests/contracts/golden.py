"""An export or an import beside the golden files of its case; `pytest --update` rewrites them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path


def compare(expected: Path, files: Mapping[str, bytes], *, update: bool) -> None:
    """Hold every file against the folder `expected`: no other name, no other byte."""
    if update:
        shutil.rmtree(expected, ignore_errors=True)
        for path, content in files.items():
            place = expected / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    golden = {
        path.relative_to(expected).as_posix(): path.read_bytes()
        for path in expected.rglob("*")
        if path.is_file()
    }
    assert sorted(golden) == sorted(files)
    for path, content in files.items():
        assert content == golden[path], f"{expected / path} (--update rewrites)"
