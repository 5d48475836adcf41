"""What the BPMN schema, SpiffWorkflow's parser, our own checks and the picture say against an
export."""

from __future__ import annotations

from tests.contracts.bpmn_parser import parser_problems, schema_problems
from tests.contracts.bpmn_picture import picture_problems

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.targets.bpmn.files import VARIABLES_FILE
from playbook_compiler.targets.bpmn.graph_checks import check_files


def problems(bundle: ExportBundle) -> list[str]:
    """Return every objection to an export, by file."""
    own = {
        name: content
        for name, content in bundle.files.items()
        if name.endswith(".bpmn") or name.startswith("messages/") or name == VARIABLES_FILE
    }
    return check_files(own) + [
        f"{name}: {problem}"
        for name, content in own.items()
        if name.endswith(".bpmn")
        for problem in (
            *schema_problems(content),
            *parser_problems(content),
            *picture_problems(content),
        )
    ]
