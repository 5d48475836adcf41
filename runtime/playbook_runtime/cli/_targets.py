"""Names of targets on the command line."""

from __future__ import annotations

from collections.abc import Iterable

import click

from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.export.capability import Target


def target_named(name: str) -> Target:
    """Return a target by its name; raises a usage error that says which there are."""
    from playbook_compiler.export.registry import all_targets

    targets = all_targets()
    if name in targets:
        return targets[name]
    guess = nearest(name, targets)
    meant = f" Did you mean `{guess}`?" if guess else ""
    raise click.UsageError(
        f"No such target `{shown(name)}`.{meant} There are: {', '.join(targets)}."
    )


def targets_named(
    _context: click.Context, _option: click.Parameter, values: Iterable[str]
) -> tuple[Target, ...]:
    """Return the targets that an option lists, each once."""
    names = (name.strip() for value in values for name in value.split(","))
    return tuple(target_named(name) for name in dict.fromkeys(names) if name)
