"""Telling the files that this program wrote from all others, by what is in them.

A result takes the place of an earlier result of its kind and of nothing else. The tests look at
what only such a result has: the digest of a plan, the title of one of our schemas, the first line
of a picture; of a quarantine file (orders/quarantine.py) the header. A playbook that was written
out may be edited and kept, so that its first line holds a digest of the rest: an edited one is the
user's own.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

from playbook_compiler.views.mermaid import FIRST_LINE

_WRITTEN_OUT: Final = "# Written by `playbook compile --format yaml`; sha256:"
_TITLES: Final = (
    "A retention playbook, ",
    "Compiled playbook, ",
    "Findings of playbook check, ",
    "Comparison of two playbooks, ",
    "Projection, ",
    "Diagnosis, ",
)
_PICTURES: Final = (
    f"{FIRST_LINE}\n  subgraph f0[",
    "digraph playbook {\n",
    "The most that one customer can get, by the playbook alone.",
    "No flow sends anything.\n",
)


def is_plan(content: bytes) -> bool:
    """Whether this is a plan.json: version, digest, nodes and edges."""
    data = _mapping(content)
    return {"version", "digest", "playbook", "nodes", "edges"} <= data.keys() and _is_digest(data)


def is_schema(content: bytes) -> bool:
    """Whether this is one of our JSON Schemas: by its title."""
    data = _mapping(content)
    return "$schema" in data and str(data.get("title", "")).startswith(_TITLES)


def is_picture(content: bytes) -> bool:
    """Whether `playbook graph` wrote this: by its first line, or by the digest of its JSON."""
    text = _text(content)
    if text.startswith(_PICTURES) or text == f"{FIRST_LINE}\n":
        return True
    data = _mapping(content)
    return {"version", "digest", "nodes", "edges"} <= data.keys() and _is_digest(data)


def is_written_out(content: bytes) -> bool:
    """Whether this is a playbook that was written out and not edited since."""
    first, _, rest = _text(content).partition("\n")
    return first == f"{_WRITTEN_OUT}{_digest(rest)}"


def marked_written_out(text: str) -> str:
    """Return a playbook that is written out, with the line that it is recognised by."""
    return f"{_WRITTEN_OUT}{_digest(text)}\n{text}"


def is_never(content: bytes) -> bool:
    """No file is recognised: what is there stays."""
    del content
    return False


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace").replace("\r\n", "\n")


def _mapping(content: bytes) -> dict[str, Any]:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _is_digest(data: dict[str, Any]) -> bool:
    return str(data["digest"]).startswith("sha256:")
