"""Generated playbooks as texts, and what comes of reading them."""

from __future__ import annotations

import json
from typing import Any

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.driver import Loaded, load
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.lower import lower
from playbook_compiler.model import Playbook

PATH = "playbook.yaml"


def as_json(data: Any) -> str:
    """Return data as JSON, which is YAML: a line for each value, all texts in quotes."""
    return json.dumps(data, ensure_ascii=False, indent=1)


def loaded(text: str) -> Loaded:
    return load(PATH, given={PATH: text.encode()})


def read_text(text: str) -> Playbook:
    """Return the playbook of a text that has no errors."""
    found = loaded(text)
    assert found.playbook is not None, errors(found.diagnostics)
    return found.playbook


def graph_of(playbook: Playbook) -> TriggerGraph:
    graph, _ = lower(playbook)
    assert graph is not None
    return graph


def errors(found: tuple[Diagnostic, ...] | list[Diagnostic]) -> list[tuple[str, str, int]]:
    return [(one.rule, one.message, one.span.line) for one in found if one.is_error]
