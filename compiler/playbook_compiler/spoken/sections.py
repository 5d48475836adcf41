"""A section of the playbook in words, whatever it holds."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.model import Playbook
from playbook_compiler.records import keys_of
from playbook_compiler.spoken.records import Said, told


def section(playbook: Playbook, name: str) -> Iterator[Said]:
    """Return what the author wrote in the section under the key `name`, key by key."""
    if not playbook.origin.has(name):
        return
    value = getattr(playbook, keys_of(Playbook)[name].name)
    yield from told("", value, playbook.origin.key_span(name), playbook.currency)
