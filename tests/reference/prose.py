"""Paragraphs of generated pages."""

from __future__ import annotations

import textwrap

WIDTH = 100


def paragraph(*parts: str) -> list[str]:
    """Return the lines of a paragraph that is written in parts, and an empty one after it."""
    text = " ".join(" ".join(parts).split())
    return [*textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False), ""]
