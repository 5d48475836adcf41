"""Where the tests find data that is not part of this project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parents[1]


def shared(*parts: str) -> Path:
    """Return a path in the shared folder; skip the test where that, or the path, is absent.

    The folder is named by PLAYBOOK_SHARED, and is `shared` beside the project's by default.
    """
    root = Path(os.environ.get("PLAYBOOK_SHARED") or _PROJECT.parent / "shared")
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared data absent: no {'/'.join(parts)} (set PLAYBOOK_SHARED)")
    return path
