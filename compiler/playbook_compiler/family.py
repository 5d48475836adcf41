"""Families without order: the members are the modules of a folder, found there by their files."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


@cache
def members(package: ModuleType) -> dict[str, ModuleType]:
    """Return the members of a family by name, sorted: `missing_exit.py` is `missing-exit`.

    Modules that begin with an underscore are shared parts, not members.
    """
    names = sorted(found.name for found in iter_modules(package.__path__))
    return {
        name.replace("_", "-"): import_module(f"{package.__name__}.{name}")
        for name in names
        if not name.startswith("_")
    }


def name_of(module: str) -> str:
    """Return the name of the member that `__name__` of its module says."""
    return module.rpartition(".")[2].replace("_", "-")
