"""What holds for every text whatever: findings with places in it, never an exception."""

from __future__ import annotations

import re
from pathlib import Path

from tests.properties.language_texts import PATH, graph_of

from playbook_compiler.diagnostics import has_errors
from playbook_compiler.diff import diff
from playbook_compiler.driver import Compiled, load
from playbook_compiler.filled_in import filled_in
from playbook_compiler.format import format_source
from playbook_compiler.model import Playbook
from playbook_compiler.printing import print_playbook
from playbook_compiler.source import SourceFile, Span
from playbook_compiler.values import replace
from playbook_runtime.checked import compile_and_check
from playbook_runtime.library import folder
from playbook_runtime.mending import mend
from playbook_runtime.output.diagnostics import format_names, render

TACTIC = "tactics/mutant.yaml"
_NAME = re.compile(rb"^tactic: [a-z-]+$", re.MULTILINE)
USER = b"""\
playbook: 1
name: shop
currency: EUR
timezone: Europe/Berlin
sender: {name: Shop, email: hello@shop.example, address: "Lane 1", url: "https://shop.example"}
economics: {gross_margin: 50%}
guardrails: {consent: {email: opt-in}, holdout: 10%}
use: {mutant: {}}
"""


def hold(raw: bytes, base: Playbook | None = None) -> bool:
    """Do with a text whatever commands do; return whether it could be read as a playbook.

    `base` is a playbook to compare it with. Raises what a command would raise.
    """
    given = {PATH: raw}
    compiled = compile_and_check(PATH, given=given)
    _hold_findings(compiled)
    by_path = {source.path: source for source in compiled.sources}
    for name in format_names():
        render(compiled.diagnostics, by_path, name, False, "utf-8", False)
    for source in compiled.sources:
        if source.path == PATH:
            format_source(source)
    if any(found.fix is not None for found in compiled.diagnostics):
        mended = mend(PATH, list, unsafe=True, given=given)
        _hold_findings(mended.compiled)
    loaded = load(PATH, given=given, library=folder())
    playbook = loaded.playbook
    if playbook is None:
        assert has_errors(loaded.diagnostics), "no playbook, and no error says why"
        return False
    filled_in(playbook, loaded.uses)
    if base is not None:
        diff(graph_of(base), graph_of(playbook))
        diff(graph_of(playbook), graph_of(base))
    _hold_printing(playbook)
    return True


def hold_tactic(raw: bytes, place: Path) -> bool:
    """Do the same with a text as a tactic of the shop's own; `place` is a folder that has one."""
    raw = _NAME.sub(b"tactic: mutant", raw)
    path = (place / "playbook.yaml").as_posix()
    given = {path: USER, (place / TACTIC).as_posix(): raw}
    compiled = compile_and_check(path, given=given)
    _hold_findings(compiled)
    if any(found.fix is not None for found in compiled.diagnostics):
        _hold_findings(mend(path, list, unsafe=True, given=given).compiled)
    return compiled.graph is not None


def _hold_findings(compiled: Compiled) -> None:
    sources = {source.path: source for source in compiled.sources}
    assert (compiled.graph is None) is has_errors(compiled.diagnostics)
    for found in compiled.diagnostics:
        spans = [found.span, *(label.span for label in found.labels)]
        spans += [found.fix.span] if found.fix is not None else []
        for span in spans:
            if span.file in sources:
                assert _is_in(sources[span.file], span), found
        assert found.message.isprintable(), found
        assert found.caption.isprintable(), found


def _is_in(source: SourceFile, span: Span) -> bool:
    lines = source.lines
    return (
        1 <= span.line <= span.end_line <= len(lines)
        and (span.line, span.column) <= (span.end_line, span.end_column)
        and 1 <= span.column <= len(lines[span.line - 1]) + 1
        and 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
    )


def _hold_printing(playbook: Playbook) -> None:
    """A playbook without tactics is printed as it is read."""
    if playbook.use or playbook.include:
        return
    text = print_playbook(playbook)
    again = load(PATH, given={PATH: text.encode()}, library=folder())
    assert again.playbook is not None, again.diagnostics
    assert again.playbook == replace(playbook, include=(), use=None)
