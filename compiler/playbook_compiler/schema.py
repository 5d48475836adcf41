"""The JSON Schema (2020-12) of an authored playbook, generated from the model.

It is for editors: completion, hovers and a first check. The compiler itself reads with the model's
kinds, whose messages are written for people (docs/decisions/0001-model-reads-itself.md).
"""

from __future__ import annotations

import json
from typing import Any

from playbook_compiler.model import Playbook
from playbook_compiler.records import RecordOf


def playbook_schema() -> dict[str, Any]:
    """Return the schema of the main file; files that it includes have the same sections."""
    definitions: dict[str, Any] = {}
    RecordOf(Playbook, "a playbook").schema(definitions)
    root = definitions.pop("Playbook")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A retention playbook, version 1",
        **root,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def schema_text(schema: dict[str, Any]) -> str:
    """Return a schema as it is committed: two spaces, a line break at the end."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
