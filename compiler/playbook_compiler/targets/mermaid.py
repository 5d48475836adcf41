"""Mermaid: the flows as a picture that GitHub, GitLab and many editors draw."""

from __future__ import annotations

from playbook_compiler.export.capability import dropped
from playbook_compiler.targets._picture import note_hidden, picture_table
from playbook_compiler.targets._view import View
from playbook_compiler.views.mermaid import render

TARGET = View(
    "mermaid",
    "Mermaid",
    picture_table(dropped("nodes are numbered", "step.id")),
    {"playbook.mmd": render},
    note_hidden,
)
