"""A compiled playbook with the findings that need the evidence library: what every command uses."""

from __future__ import annotations

from playbook_compiler.diagnostics import has_errors, in_order
from playbook_compiler.driver import Compiled, compile_playbook
from playbook_compiler.values import replace


def compile_and_check(path: str) -> Compiled:
    """Compile the playbook at `path`, and check its expected effects against the library."""
    from playbook_runtime.evidence.findings import effect_findings

    compiled = compile_playbook(path)
    if compiled.graph is None:
        return compiled
    found = effect_findings(compiled.graph.playbook)
    return replace(
        compiled,
        graph=None if has_errors(found) else compiled.graph,
        diagnostics=tuple(in_order([*compiled.diagnostics, *found])),
    )
