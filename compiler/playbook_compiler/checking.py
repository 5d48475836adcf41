"""Running the checks: one file each in `checks/`, found there, run in the order of their names.

A check is a module with a docstring (the user's page) and
`check(graph: TriggerGraph) -> Iterator[Diagnostic]`; its rule is the name of its file.
"""

from __future__ import annotations

from playbook_compiler import checks
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.family import members
from playbook_compiler.graph import TriggerGraph


def run_checks(graph: TriggerGraph) -> list[Diagnostic]:
    """Return what all checks find in a graph."""
    found: list[Diagnostic] = []
    for name, module in members(checks).items():
        for diagnostic in module.check(graph):
            assert diagnostic.rule == name, f"{name} reports as {diagnostic.rule}"
            found.append(diagnostic)
    return found
