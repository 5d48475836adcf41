"""What a reader after Mautic's rules and our own checks say against an export."""

from __future__ import annotations

import json

from tests.contracts.mautic_reader import Refused, read

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.targets.mautic.archive import DATA_FILE
from playbook_compiler.targets.mautic.graph_checks import check_groups
from playbook_compiler.targets.mautic.target import IMPORT_FILE


def problems(bundle: ExportBundle) -> list[str]:
    """Return every objection to an export; none to one without flows, which has no file."""
    if IMPORT_FILE not in bundle.files:
        return []
    try:
        read(bundle.files[IMPORT_FILE])
    except Refused as refused:
        return [str(refused)]
    return check_groups(json.loads(bundle.files[DATA_FILE]))
