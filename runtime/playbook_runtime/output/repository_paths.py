"""Paths as code hosts know them: from the top of the repository, wherever the command runs.

The top is GITHUB_WORKSPACE or CI_PROJECT_DIR where one is set and holds the current folder; else
the nearest folder above with a `.git`. Outside of both, paths stay as they are.
"""

from __future__ import annotations

import os
from pathlib import Path

_SET_BY_HOSTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


def from_top(file: str) -> str:
    """Return a path relative to the top of the repository, with /; others are left alone.

    So are standard input (`-`) and shipped files, which lie in no repository.
    """
    from playbook_compiler.expand import SHIPPED

    if file == "-" or file.startswith(f"{SHIPPED}/"):
        return file
    here = Path.cwd()
    top = _top(here)
    if top is None:
        return file
    path = Path(os.path.normpath(here / file))
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else file


def _top(here: Path) -> Path | None:
    for name in _SET_BY_HOSTS:
        given = os.environ.get(name)
        if given and Path(given).is_absolute() and here.is_relative_to(os.path.realpath(given)):
            return Path(os.path.realpath(given))
    return next((one for one in (here, *here.parents) if (one / ".git").exists()), None)
