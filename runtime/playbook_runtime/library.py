"""The shipped playbooks: where they are, in an installation and in a source tree."""

from __future__ import annotations

from pathlib import Path

from playbook_compiler.vocabulary import STAGES


def folder() -> Path:
    """Return the folder of the shipped playbooks; FileNotFoundError for a broken installation."""
    # Not importlib.resources, which takes longer to import than a playbook to check.
    here = Path(__file__).resolve()
    installed, in_source_tree = here.parent / "shipped", here.parents[2] / "playbooks"
    for found in (installed, in_source_tree):
        if found.is_dir():
            return found
    raise FileNotFoundError(f"no shipped playbooks in {installed}: install the package anew")


def names() -> tuple[str, ...]:
    """Return the names of the shipped playbooks: stages in their order, then others by name."""
    found = {path.stem for path in folder().glob("*.yaml")}
    return (*(stage for stage in STAGES if stage in found), *sorted(found - set(STAGES)))


def playbook_path(name: str) -> Path:
    """Return the file of a shipped playbook; KeyError where there is none of that name."""
    if name not in names():
        raise KeyError(name)
    return folder() / f"{name}.yaml"
