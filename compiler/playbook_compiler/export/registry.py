"""The targets, found in their folder."""

from __future__ import annotations

from playbook_compiler import targets
from playbook_compiler.export.capability import Target
from playbook_compiler.family import members


def all_targets() -> dict[str, Target]:
    """Return every target by the name it has on the command line."""
    found: dict[str, Target] = {
        module.TARGET.name: module.TARGET for module in members(targets).values()
    }
    return {name: found[name] for name in sorted(found)}
