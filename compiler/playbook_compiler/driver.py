"""The order of the phases: files -> Documents -> Playbook -> TriggerGraph -> checked.

A phase whose input has errors does not run.
"""

from __future__ import annotations

from playbook_compiler.checking import run_checks
from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.include import read_sources
from playbook_compiler.lower import lower
from playbook_compiler.model import Playbook
from playbook_compiler.resolve import resolve
from playbook_compiler.source import SourceFile
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Loaded:
    """A playbook as far as it could be read; None after an error. `sources` show the findings."""

    sources: tuple[SourceFile, ...]
    playbook: Playbook | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled and checked playbook. `graph` is None after any error, of a check too."""

    sources: tuple[SourceFile, ...]
    graph: TriggerGraph | None
    diagnostics: tuple[Diagnostic, ...]


def load(path: str) -> Loaded:
    """Read the playbook at `path`, a folder or a file, without compiling it."""
    sources, files, findings = read_sources(path)
    if sources is None:
        return Loaded(tuple(files), None, tuple(in_order(findings)))
    playbook, more = resolve(sources)
    return Loaded(tuple(files), playbook, tuple(in_order([*findings, *more])))


def compile_playbook(path: str) -> Compiled:
    """Read, compile and check the playbook at `path`, a folder or a file."""
    loaded = load(path)
    if loaded.playbook is None:
        return Compiled(loaded.sources, None, loaded.diagnostics)
    graph, found = lower(loaded.playbook)
    findings = [*loaded.diagnostics, *found]
    if graph is not None:
        findings.extend(run_checks(graph))
    return Compiled(
        loaded.sources, None if has_errors(findings) else graph, tuple(in_order(findings))
    )
