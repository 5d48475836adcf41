"""A YAML file as a Document: libyaml's events, our own builder, and a word on all it refuses.

PyYAML's own constructor is not used: it reads `NO` as false, takes the last of two equal keys,
copies merge keys without end and knows no positions. This reading has the scalars of YAML 1.2,
the span of every key and value, and limits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

import yaml

from playbook_compiler import refusals
from playbook_compiler.builder import Builder
from playbook_compiler.characters import forbidden_characters
from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.document import Document
from playbook_compiler.hazards import hazards
from playbook_compiler.source import SourceFile
from playbook_compiler.syntax_errors import explain

_DIRECTIVE = re.compile(r"(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n?+|\n))*+(%[^\r\n]*)")


def parse(source: SourceFile) -> tuple[Document | None, list[Diagnostic]]:
    """Return the one document of a file, a mapping, and everything wrong with its writing.

    After a syntax error or a broken limit there is no document. Errors that leave its shape
    readable (a duplicate key, a number on which readers disagree) stand beside it; the phases that
    follow run only without errors. Never raises, whatever the text.
    """
    found = forbidden_characters(source)
    if found:
        return None, found
    found = hazards(source)
    directive = _DIRECTIVE.match(source.text)
    if directive is not None:
        span = source.span_at(*directive.span(1))
        return None, [*found, refusals.directive_not_allowed(span)]
    builder = Builder(source, _reader(source.text), found)
    try:
        data = builder.document()
    except refusals.RefusedError as refused:
        return None, [*found, refused.diagnostic]
    except yaml.YAMLError as problem:
        syntax = explain(problem, source, builder.brackets, builder.last_scalar)
        return None, found if syntax in found else [*found, syntax]
    if data is None:
        return None, found
    return Document(source, data, builder.places()), found


def _reader(text: str) -> Callable[[], Any]:
    """Return what returns the next event of a text; whatever a loader trips over is a YAMLError.

    libyaml's loader, or the pure one (ten times slower, same events) where PyYAML has none.
    """
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is not None:
        return cast(Callable[[], Any], fast(text).get_event)
    loader = yaml.SafeLoader(text)

    def read() -> Any:
        try:
            return loader.get_event()  # type: ignore[no-untyped-call]
        except ValueError as problem:  # chr() on the escape \Uffffffff
            raise yaml.YAMLError(str(problem)) from problem

    return read
