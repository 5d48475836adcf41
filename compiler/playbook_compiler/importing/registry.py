"""The engines that playbooks are read from, found in their folder: each offers `IMPORTER`."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.family import members
from playbook_compiler.importing import engines
from playbook_compiler.importing.imported import Importer


def all_importers() -> Mapping[str, Importer]:
    """Return all importers by name, sorted."""
    return {name: module.IMPORTER for name, module in members(engines).items()}
