"""What the playbook requires of the projection, and whether it is met."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_runtime.projection import Projection
from playbook_runtime.requirements import found_words


def required(projection: Projection) -> Iterator[str]:
    """Yield a heading with the count, and each requirement with its place and what was found."""
    told = projection.requirements
    if not told:
        return
    met = sum(one.verdict == "met" for one in told)
    yield f"Required: {met} of {len(told)} met."
    for one in told:
        found = found_words(one, projection.decimals)
        yield f"    {one.verdict}: {one.text} ({one.file}:{one.line}); {found}"
