"""DOT: the flows as a picture that Graphviz draws."""

from __future__ import annotations

from playbook_compiler.export.capability import exact
from playbook_compiler.targets._picture import note_hidden, picture_table
from playbook_compiler.targets._view import View
from playbook_compiler.views.dot import render

TARGET = View(
    "dot",
    "Graphviz DOT",
    picture_table(exact("the name of the node", "step.id")),
    {"playbook.dot": render},
    note_hidden,
)
