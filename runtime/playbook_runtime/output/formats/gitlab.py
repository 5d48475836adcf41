"""GitLab's Code Quality report: findings stand in the merge request.

Files are named from the top of the repository (repository_paths.py).

https://docs.gitlab.com/ci/testing/code_quality/
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import Any

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.redact import redact
from playbook_runtime.output.findings import Findings
from playbook_runtime.output.repository_paths import from_top

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.HINT: "info"}


def render(findings: Findings) -> str:
    """Return a JSON list, in ASCII."""
    seen: Counter[tuple[str, ...]] = Counter()
    entries: list[dict[str, Any]] = []
    for found in findings.diagnostics:
        identity = _identity(found, findings)
        seen[identity] += 1
        entries.append(
            {
                "description": redact("; help: ".join(filter(None, (found.message, found.help)))),
                "check_name": found.rule,
                "fingerprint": _digest((*identity, str(seen[identity]))),
                "severity": _SEVERITIES[found.severity],
                "location": {
                    "path": from_top(found.span.file),
                    "lines": {"begin": found.span.line, "end": found.span.end_line},
                },
            }
        )
    return json.dumps(entries, indent=2) + "\n"


def _identity(found: Diagnostic, findings: Findings) -> tuple[str, ...]:
    """Return what stays the same while lines are added above: the line's text, not its number."""
    source = findings.sources.get(found.span.file)
    known = source is not None and 0 < found.span.line <= len(source.lines)
    text = source.lines[found.span.line - 1].strip() if source is not None and known else ""
    return found.rule, from_top(found.span.file), redact(found.message), redact(text)


def _digest(parts: tuple[str, ...]) -> str:
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
