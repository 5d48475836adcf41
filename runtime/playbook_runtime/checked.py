"""A compiled playbook with the findings that need the evidence library: what every command uses."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from playbook_compiler.driver import Compiled, compile_playbook


def compile_and_check(path: str, *, given: Mapping[str, bytes] = MappingProxyType({})) -> Compiled:
    """Compile the playbook at `path`, and check its expected effects against the library.

    `given` holds contents that are read instead of those on disk, by the path that findings show.
    """
    from playbook_runtime.evidence.findings import effect_findings
    from playbook_runtime.library import folder

    return compile_playbook(path, given=given, library=folder(), also=(effect_findings,))
