"""Findings as text, in one of the formats of the folder `formats`.

Nothing here writes: the commands print what these functions return. No rich, which takes longer to
import than a check takes to run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import TextIO

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.source import SourceFile
from playbook_runtime.counted import count_of
from playbook_runtime.output import formats
from playbook_runtime.output.findings import Findings

FULL = "full"


def format_names() -> tuple[str, ...]:
    """Return the names of the formats: for people first, then sorted."""
    names = {found.name for found in iter_modules(formats.__path__)}
    return (FULL, *sorted(name for name in names - {FULL} if not name.startswith("_")))


def render(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, SourceFile],
    output_format: str,
    colour: bool,
    encoding: str = "utf-8",
    links: bool = False,
) -> str:
    """Return findings in the order given, as text that ends with a line break if there is any.

    `sources` are the files by path; a finding in one that is absent is shown without its line.
    Characters that `encoding` lacks are written as escapes, and secrets as asterisks. Colours and
    links are made only in the formats for people.
    """
    module = import_module(f"{formats.__name__}.{output_format}")
    text: str = module.render(Findings(tuple(diagnostics), sources, colour, links, encoding))
    return text


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return how many findings of each severity there are: `2 errors, 1 warning`."""
    counts = [(kind, sum(found.severity is kind for found in diagnostics)) for kind in Severity]
    said = [count_of(count, kind) for kind, count in counts if count]
    return ", ".join(said) if said else "No problems found"


def colour_wanted(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that wants colours (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and links_wanted(stream)


def links_wanted(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that takes links (OSC 8); others ignore them."""
    return os.environ.get("TERM") != "dumb" and stream.isatty()
