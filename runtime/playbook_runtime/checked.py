"""A compiled playbook with the findings that need the evidence library: what every command uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.driver import Compiled, compile_playbook
from playbook_compiler.export.capability import Target
from playbook_compiler.profile import with_profile
from playbook_compiler.suppress import without_ignored


def compile_and_check(path: str, *, given: Mapping[str, bytes] = MappingProxyType({})) -> Compiled:
    """Compile the playbook at `path`, and check its expected effects against the library.

    `given` holds contents that are read instead of those on disk, by the path that findings show.
    """
    from playbook_runtime.evidence.findings import effect_findings
    from playbook_runtime.library import folder

    return compile_playbook(path, given=given, library=folder(), also=(effect_findings,))


def target_findings(compiled: Compiled, targets: Iterable[Target]) -> list[Diagnostic]:
    """Return what targets cannot say of a playbook, as an export to them would tell it."""
    if compiled.graph is None:
        return []
    found = [one for target in targets for one in target.export(compiled.graph)[1]]
    return as_wanted(found, compiled)


def as_wanted(found: Iterable[Diagnostic], compiled: Compiled) -> list[Diagnostic]:
    """Return findings of a later step (reading orders, simulating) as the playbook wants them.

    Its comments silence them and its `checks:` set their severity, as they do in `check`.
    """
    told = list(found)
    kept = without_ignored(told, compiled.sources, complete=False)
    profile = {} if compiled.graph is None else compiled.graph.playbook.checks
    return list(with_profile([one for one in kept if one in told], profile))
