"""Small playbooks for tests, and what the compiler finds in them."""

from __future__ import annotations

from pathlib import Path

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.driver import Loaded, load
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.lower import lower
from playbook_compiler.model import Flow, Playbook

HEAD = """\
playbook: 1
name: leaf-and-steam
currency: EUR
timezone: Europe/Berlin
"""
MESSAGES = """\
messages:
  hello: {subject: Hello, body: Welcome.}
  again: {subject: Again, body: We miss you.}
"""
FLOW = """\
flows:
  win-back:
    trigger: {inactive_for: 120d}
    steps: [send: hello]
"""


def folder(path: Path, files: dict[str, str]) -> Path:
    """Write a folder of files and return it."""
    for name, text in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return path


def read(path: Path, text: str) -> Loaded:
    """Load a playbook of one file."""
    return load(str(folder(path, {"playbook.yaml": text})))


def playbook(path: Path, text: str) -> Playbook:
    """Return a playbook that has no errors."""
    loaded = read(path, text)
    assert loaded.playbook is not None, told(loaded)
    return loaded.playbook


def graph(path: Path, text: str) -> TriggerGraph:
    """Return the graph of a playbook that has no errors."""
    lowered, found = lower(playbook(path, text))
    assert lowered is not None
    assert not found
    return lowered


def flow(path: Path, trigger: str, *, more: str = "", steps: str = "[send: hello]") -> Flow:
    """Return the flow `it` with this trigger, resolved."""
    text = f"{HEAD}{MESSAGES}flows:\n  it:\n    trigger: {trigger}\n    steps: {steps}\n{more}"
    return playbook(path, text).flows["it"]


def told(loaded: Loaded) -> list[str]:
    """Return the findings in short: `file:line:column rule`, the file without its folders."""
    return [short(found) for found in loaded.diagnostics]


def short(found: Diagnostic) -> str:
    span = found.span
    return f"{Path(span.file).name}:{span.line}:{span.column} {found.rule}"
