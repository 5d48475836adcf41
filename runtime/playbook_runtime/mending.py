"""`check --fix`: the edits that findings carry, made in memory until nothing is left to mend.

Only files of the playbook that can be read are edited, and an edit after which a file could not be
read any more is left out. Nothing here writes.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from playbook_compiler.decode import decode
from playbook_compiler.diagnostics import Diagnostic, Fix
from playbook_compiler.driver import Compiled
from playbook_compiler.fixes import with_fixes
from playbook_compiler.front_matter import MARKDOWN, read_message
from playbook_compiler.parse import parse
from playbook_compiler.source import SourceFile
from playbook_compiler.values import dataclass
from playbook_runtime.checked import compile_and_check

# A mended file may show new mistakes, which are mended in turn; no file needs as many rounds.
ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Mended:
    """What is left to say after mending, and the files that changed: their bytes by path."""

    compiled: Compiled
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    fixed: int


def mend(
    path: str,
    chosen: Callable[[Iterable[Diagnostic]], Sequence[Diagnostic]],
    *,
    unsafe: bool = False,
    given: Mapping[str, bytes],
) -> Mended:
    """Return the playbook at `path` with the fixes of its chosen findings applied.

    `given` holds contents that are read instead of those on disk, by the path that findings show.
    """
    contents = dict(given)
    before: dict[str, bytes] = {}
    fixed = 0
    compiled = compile_and_check(path, given=contents)
    for _ in range(ROUNDS):
        found = [one.fix for one in chosen(compiled.diagnostics) if one.fix is not None]
        fixes = [fix for fix in found if fix.safe or unsafe]
        count = 0
        for source in compiled.sources:
            raw = _content(source, contents)
            here = [fix for fix in fixes if fix.span.file == source.path]
            if raw is None or not here:
                continue
            text, made = edited(source, here)
            if made:
                before.setdefault(source.path, raw)
                mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
                contents[source.path] = mark + text.encode("utf-8")
                count += made
        if not count:
            break
        fixed += count
        compiled = compile_and_check(path, given=contents)
    changed = {name: contents[name] for name in before if contents[name] != before[name]}
    return Mended(compiled, {name: before[name] for name in changed}, changed, fixed)


def edited(source: SourceFile, fixes: Sequence[Fix]) -> tuple[str, int]:
    """Return the text of a file with fixes applied, and how many; it can still be read."""
    text, count = with_fixes(source, fixes)
    if not _is_readable(source) or _is_readable(SourceFile(source.path, text)):
        return text, count
    kept: list[Fix] = []
    for fix in fixes:
        text, _ = with_fixes(source, [*kept, fix])
        if _is_readable(SourceFile(source.path, text)):
            kept.append(fix)
    return with_fixes(source, kept)


def _is_readable(source: SourceFile) -> bool:
    if source.path.endswith(MARKDOWN):
        document, passage, _ = read_message(source)
        return document is not None or passage is not None
    return not source.path.endswith((".yaml", ".yml", "-")) or parse(source)[0] is not None


def _content(source: SourceFile, contents: Mapping[str, bytes]) -> bytes | None:
    """Return the bytes that a source was read from; None where that is no file to edit."""
    raw = contents.get(source.path)
    if raw is None:
        try:
            raw = Path(source.path).read_bytes()
        except (OSError, ValueError):  # a shipped file, or a name that cannot be written
            return None
    decoded, _ = decode(source.path, raw)
    return raw if decoded is not None and decoded.text == source.text else None
