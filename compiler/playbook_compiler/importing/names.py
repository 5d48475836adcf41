"""Ids and names made of what an engine calls things: safe, unique, the same each time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from playbook_compiler.facts import RESERVED
from playbook_compiler.reading import ID_PATTERN

ID_LENGTH = 63
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_FACT = re.compile(r"[a-z][a-z0-9_.]{0,62}")


def is_id(text: str) -> bool:
    """Return whether a text can be the id of a flow, step, message, offer or audience."""
    return re.fullmatch(ID_PATTERN, text) is not None


def id_of(text: str, otherwise: str, taken: Iterable[str] = ()) -> str:
    """Return a text as an id that is not taken; `otherwise` where nothing of it can stand."""
    made = text if is_id(text) else _spelled(text, "-").strip("-")
    if not made or not made[0].isalpha():
        made = f"{otherwise}-{made}".strip("-")
    return _unique(made[:ID_LENGTH].strip("-"), frozenset(taken), "-")


def is_fact(text: str) -> bool:
    """Return whether a text can be the name of a fact or event of the shop's own."""
    return _FACT.fullmatch(text) is not None and text.partition(".")[0] not in RESERVED


def fact_name(text: str, otherwise: str, taken: Iterable[str] = ()) -> str:
    """Return a text as the name of a fact or event that is not taken."""
    made = text if is_fact(text) else _spelled(text, "_").strip("_")
    if not made or not made[0].isalpha() or made in RESERVED:
        made = f"{otherwise}_{made}".strip("_")
    return _unique(made[:ID_LENGTH].strip("_"), frozenset(taken), "_")


def _spelled(text: str, joint: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().translate(_GERMAN))
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", joint, bare)


def _unique(name: str, taken: frozenset[str], joint: str) -> str:
    found, number = name, 2
    while found in taken:
        tail = f"{joint}{number}"
        found = f"{name[: ID_LENGTH - len(tail)].rstrip(joint)}{tail}"
        number += 1
    return found
