"""The order of the phases: files -> Documents, with tactics -> Playbook -> TriggerGraph -> checks.

A phase whose input has errors does not run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from playbook_compiler.checking import run_checks
from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.expand import Use, expand, pointing_at_use
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.include import read_bodies, read_sources
from playbook_compiler.lower import lower
from playbook_compiler.model import Playbook
from playbook_compiler.profile import with_profile
from playbook_compiler.resolve import resolve
from playbook_compiler.source import SourceFile
from playbook_compiler.suppress import without_ignored
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Loaded:
    """A playbook as far as it could be read; None after an error. `sources` show the findings."""

    sources: tuple[SourceFile, ...]
    playbook: Playbook | None
    diagnostics: tuple[Diagnostic, ...]
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled and checked playbook. `graph` is None after any error, of a check too."""

    sources: tuple[SourceFile, ...]
    graph: TriggerGraph | None
    diagnostics: tuple[Diagnostic, ...]


def load(
    path: str, *, given: Mapping[str, bytes] = MappingProxyType({}), library: Path | None = None
) -> Loaded:
    """Read the playbook at `path`, a folder or a file, without compiling it.

    `given` holds contents that are read instead of those on disk, by the path that findings show.
    `library` is the folder of shipped tactics and messages.
    """
    sources, files, findings = read_sources(path, given)
    if sources is None:
        return Loaded(tuple(files), None, tuple(in_order(findings)))
    expanded, uses, shown, found = expand(sources, library)
    findings = [*findings, *found]
    if expanded is None:
        return Loaded(shown, None, tuple(in_order(findings)), uses)
    expanded, unread = read_bodies(expanded)
    playbook, found = resolve(expanded)
    findings = _told_once([*findings, *pointing_at_use([*unread, *found], uses)])
    if has_errors(unread):
        playbook = None  # a message without its text
    return Loaded(expanded.files, playbook, tuple(in_order(findings)), uses)


def _told_once(findings: list[Diagnostic]) -> list[Diagnostic]:
    """Return findings without the warning that a word such as `yes` is text here, where an error
    says already that it may not stand there."""
    wrong = {found.span for found in findings if found.is_error}
    return [one for one in findings if one.rule != "yaml-1-1-word" or one.span not in wrong]


def compile_playbook(
    path: str,
    *,
    given: Mapping[str, bytes] = MappingProxyType({}),
    library: Path | None = None,
    also: Sequence[Callable[[Playbook], Iterable[Diagnostic]]] = (),
) -> Compiled:
    """Read, compile and check the playbook at `path`, a folder or a file.

    `also` are checks of the caller's, run after the compiler's own. What comments silence is left
    out, and severities are those of the playbook's `checks:`.
    """
    loaded = load(path, given=given, library=library)
    findings = list(loaded.diagnostics)
    graph = None
    if loaded.playbook is not None:
        graph, found = lower(loaded.playbook)
        findings.extend(found)
    if graph is not None:
        findings.extend(run_checks(graph))
        for check in also:
            findings.extend(check(graph.playbook))
    findings = pointing_at_use(findings, loaded.uses)
    findings = without_ignored(findings, loaded.sources, complete=graph is not None)
    if loaded.playbook is not None:
        findings = list(with_profile(findings, loaded.playbook.checks))
    return Compiled(
        loaded.sources, None if has_errors(findings) else graph, tuple(in_order(findings))
    )
