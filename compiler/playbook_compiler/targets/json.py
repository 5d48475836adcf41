"""JSON: the compiled playbook and its graph, for programs."""

from __future__ import annotations

from typing import Final

from playbook_compiler.export.capability import dropped, exact, table
from playbook_compiler.plan import plan_text
from playbook_compiler.targets._view import View
from playbook_compiler.views.json import render

_PLAN: Final = "in plan.json, in its canonical form"
_NODE: Final = "in plan.json; as a node with a label in graph.json"

CAPABILITIES: Final = table(
    [
        *exact("what it brings in stands where it belongs", "playbook.include", "playbook.use"),
        *dropped("how much findings matter, not what customers get", "playbook.checks"),
        *exact(_PLAN, "playbook.*", "guardrails.*", "programme.*", "flow.*", "audience.*"),
        *exact(_PLAN, "offer.*", "message.*", "condition.*", "fact.*", "event.*", "channel.*"),
        *exact("in plan.json, as the author wrote it", "variable.*"),
        *exact(_NODE, "trigger.*", "step.*"),
    ]
)
TARGET = View(
    "json",
    "JSON",
    CAPABILITIES,
    {"plan.json": plan_text, "graph.json": render},
)
