"""What n8n's own parser, Node and our own checks say against an export."""

from __future__ import annotations

import json

from tests.contracts.n8n_engine import code_problems, structure_problems

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.targets.n8n.graph_checks import check_workflow
from playbook_compiler.targets.n8n.target import FOLDER


def problems(bundle: ExportBundle) -> list[str]:
    """Return every objection to an export, by file; our own first, which need no engine."""
    workflows = {
        path: json.loads(content)
        for path, content in bundle.files.items()
        if path.startswith(f"{FOLDER}/")
    }
    own = [f"{path}: {one}" for path, found in workflows.items() for one in check_workflow(found)]
    return own or [
        f"{path}: {one}"
        for path, found in workflows.items()
        for one in (*structure_problems(found), *code_problems(found))
    ]
