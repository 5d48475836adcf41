"""Markdown: the playbook as a document for people."""

from __future__ import annotations

from typing import Final

from playbook_compiler.export.capability import dropped, exact, table
from playbook_compiler.targets._view import View
from playbook_compiler.views.markdown import render

_WORDS: Final = "in words"
_TABLE: Final = "a row of its table"

CAPABILITIES: Final = table(
    [
        *exact("what it brings in stands where it belongs", "playbook.include", "playbook.use"),
        *exact("the heading", "playbook.name"),
        *exact("the version of the language, which the export has read", "playbook.playbook"),
        *exact("a sentence under the heading", "playbook.currency", "playbook.timezone"),
        *exact("a sentence under the heading", "playbook.stage"),
        *dropped("how much findings matter, not what customers get", "playbook.checks"),
        *exact("a table: key and value", "playbook.*", "guardrails.*", "programme.*"),
        *exact("under the heading of the flow", "flow.strategy", "flow.about"),
        *exact("in the flow's table of rules", "flow.*", "trigger.*"),
        *exact("in the flow's table of steps", "step.*"),
        *dropped("the step's number stands for it", "step.id"),
        *dropped("for the simulation: it stays in the playbook", "flow.expect", "step.send.expect"),
        *exact(_TABLE, "audience.*", "offer.*"),
        *exact("under the heading of the message", "message.*"),
        *exact(_WORDS, "condition.*", "fact.*"),
        *exact("by its name", "event.*", "channel.*"),
        *exact("as the author wrote it, in the text of the message", "variable.*"),
    ]
)
TARGET = View("markdown", "Markdown", CAPABILITIES, {"playbook.md": render})
