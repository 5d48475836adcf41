"""Names and texts as they may stand in Voucherify: inert, short enough, and found again."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from playbook_compiler.export.bundle import stable_uuid
from playbook_compiler.export.dialect import inert_tags

TARGET: Final = "voucherify"
NAME_MOST: Final = 200
_PLAIN = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*\Z")
_FORMULA = re.compile(r"(?=[=+\-@])")


def inert(text: str, most: int = NAME_MOST) -> str:
    """Return an author's text as one line that nothing reads as a tag, placeholder or formula.

    `${` would be filled in on the way, `{{` by a message of Voucherify, and a list that is exported
    from it may be opened by a program that runs what begins with `=`.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    line = inert_tags(line.replace("${", "$ {"))
    if _FORMULA.match(line):
        line = f"'{line}"
    return line[:most].rstrip()


def slug(text: str) -> str:
    """Return a text as a name of a-z, 0-9, - and _, told apart from all others."""
    if _PLAIN.match(text) and len(text) <= 40:
        return text
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:40].strip("_")
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{plain}_{mark}" if plain else f"x_{mark}"


def title(playbook: str, label: str) -> str:
    """Return the name that people see: the playbook's, and what it is in it."""
    return inert(f"{inert(playbook, NAME_MOST // 2)}: {label}")


def metadata(kind: str, name: str) -> dict[str, Any]:
    """Return the metadata by which an object is known again, whatever it is called by then."""
    return {
        "playbook_id": f"{kind}.{name}",
        "playbook_uuid": stable_uuid(TARGET, kind, name),
    }
