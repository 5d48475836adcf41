"""What Resend's schema and our own checks say against an export."""

from __future__ import annotations

from tests.contracts.resend_schemas import schema_problems

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.targets.resend.graph_checks import check_requests


def problems(bundle: ExportBundle) -> list[str]:
    """Return every objection to an export, by request."""
    found = [
        f"{request.id}: {problem}"
        for request in bundle.requests
        for problem in schema_problems(request.kind, request.payload)
    ]
    return found + check_requests(bundle.requests)
