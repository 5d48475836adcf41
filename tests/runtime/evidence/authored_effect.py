"""Reads an `expect:` as an author writes it."""

from __future__ import annotations

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.effects import EFFECT, Effect
from playbook_compiler.parse import parse
from playbook_compiler.reading import Known, Node
from playbook_compiler.source import SourceFile


class _Nothing(Known):
    def names(self, section):
        return ()

    def condition(self, text, where, origin):
        raise AssertionError("an effect has no condition")


def read_effect(written: str) -> Effect:
    """Return the effect that `expect: WRITTEN` is; findings are a failure of the test."""
    document, problems = parse(SourceFile("expect.yaml", f"expect: {written}\n"))
    assert document is not None and not problems
    findings: list[Diagnostic] = []
    effect = EFFECT.read(Node(document, ("expect",), document.data["expect"], _Nothing(), findings))
    assert not findings, findings
    return effect
