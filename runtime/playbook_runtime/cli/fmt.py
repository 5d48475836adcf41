"""Put playbooks into their canonical form."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from playbook_compiler.decode import FILE_LIMIT_BYTES, decode
from playbook_compiler.diagnostics import Diagnostic, error, has_errors, in_order
from playbook_compiler.format import FormattingError, format_source
from playbook_compiler.front_matter import MARKDOWN
from playbook_compiler.include import YAML, read_sources
from playbook_compiler.source import SourceFile, Span
from playbook_compiler.values import dataclass
from playbook_runtime.cli._findings import show_findings
from playbook_runtime.output.atomic import replace_file, write_output

INTERNAL = 2
_MARK = codecs.BOM_UTF8.decode()


@dataclass(frozen=True, slots=True)
class Formatted:
    """What came of one file: `text` is None where it could not be read or is our mistake."""

    source: SourceFile
    text: str | None
    findings: tuple[Diagnostic, ...] = ()
    mistake: str = ""

    @property
    def differs(self) -> bool:
        """Whether the file is not in its canonical form."""
        return self.text is not None and self.text != self.source.text


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@click.option(
    "--stdin-filename",
    metavar="FILE",
    default="-",
    help="What the text on standard input is called; one in .md is a message.",
)
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[str, ...], check: bool, diff: bool, stdin_filename: str
) -> None:
    """Put playbooks into their canonical form: order of keys, spacing, line lengths.

    Each PATH is a folder with playbook.yaml, of which all files that it includes are formatted, or
    one file; left out, it is the current folder. With - the text is read from standard input and
    written to standard output. Comments stay, and so does what the playbook says.

    Exits with 0 when done, 1 if a file cannot be read (it is left as it is, the others are
    formatted) or would change under --check, 2 on wrong usage.
    """
    if "-" in paths and len(paths) > 1:
        raise click.UsageError("`-` stands for standard input and is named alone")
    from_stdin = paths == ("-",)
    if from_stdin:
        sources, findings = _standard_input(stdin_filename)
    else:
        sources, findings = _files_of(paths or (".",))
    done = [_formatted(source) for source in sources]
    findings.extend(found for one in done for found in one.findings)
    show_findings(in_order(findings), sources, sys.stderr)
    for one in done:
        if one.mistake:
            click.echo(f"internal error: {one.mistake}; please report it with the file", err=True)
    if diff:
        _show_differences(done)
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    if check:
        _name(done, quiet=quiet)
    elif from_stdin and not diff:
        _answer(done)
    elif not diff:
        _write(done, quiet=quiet)
    if any(one.mistake for one in done):
        ctx.exit(INTERNAL)
    ctx.exit(1 if has_errors(findings) or (check and any(one.differs for one in done)) else 0)


def _formatted(source: SourceFile) -> Formatted:
    try:
        text, found = format_source(source)
    except FormattingError as mistake:
        return Formatted(source, None, mistake=str(mistake))
    return Formatted(source, text, tuple(found))


def _files_of(paths: Iterable[str]) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Return the YAML and Markdown files of playbooks, each once, and what could not be read."""
    sources: dict[str, SourceFile] = {}
    findings: list[Diagnostic] = []
    for path in paths:
        if path.endswith(MARKDOWN) and Path(path).is_file():
            source, found = _read(path)
            files = [] if source is None else [source]
        else:
            _, files, found = read_sources(path)
            for tactic in _tactics_in(path):
                source, more = _read(tactic)
                found = [*found, *more]
                files = [*files, *([] if source is None else [source])]
        findings.extend(one for one in found if one.is_error)
        for source in files:
            if source.path.endswith((*YAML, MARKDOWN)):
                sources.setdefault(source.path, source)
    return list(sources.values()), findings


def _tactics_in(path: str) -> list[str]:
    """Return the tactics of its own that a playbook's folder has: they are used, not included."""
    folder = Path(path)
    if not folder.is_dir():
        return []
    found = (one for one in (folder / "tactics").glob("*") if one.suffix in YAML and one.is_file())
    return sorted(one.as_posix() for one in found)


def _read(path: str) -> tuple[SourceFile | None, list[Diagnostic]]:
    try:
        with Path(path).open("rb") as file:
            return decode(path, file.read(FILE_LIMIT_BYTES + 1))
    except OSError as problem:
        reason = problem.strerror or str(problem)
        whole = Span.of_file(path)
        return None, [error("unreadable-file", f"`{path}` cannot be read: {reason}", whole)]


def _standard_input(name: str) -> tuple[list[SourceFile], list[Diagnostic]]:
    source, found = decode(name, sys.stdin.buffer.read(FILE_LIMIT_BYTES + 1))
    return [] if source is None else [source], found


def _show_differences(done: Iterable[Formatted]) -> None:
    for one in done:
        if one.differs and one.text is not None:
            for line in _difference(one.source.path, one.source.text, one.text):
                click.echo(line, nl=False)


def _difference(path: str, before: str, after: str) -> Iterator[str]:
    from difflib import unified_diff

    ours, theirs = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for line in unified_diff(ours, theirs, path, f"{path} (formatted)"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _name(done: Iterable[Formatted], *, quiet: bool) -> None:
    changed = [one.source.path for one in done if one.differs]
    for path in changed:
        click.echo(f"Would format {click.format_filename(path)}")
    if not quiet and not changed:
        click.echo("Nothing to format", err=True)


def _answer(done: Iterable[Formatted]) -> None:
    for one in done:
        if one.text is not None:
            write_output("-", one.text)


def _write(done: Iterable[Formatted], *, quiet: bool) -> None:
    changed = 0
    for one in done:
        if not one.differs or one.text is None:
            continue
        with Path(one.source.path).open("rb") as file:
            mark = _MARK if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else ""
        replace_file(one.source.path, (mark + one.text).encode())
        changed += 1
        if not quiet:
            click.echo(f"Formatted {click.format_filename(one.source.path)}", err=True)
    if not quiet and not changed:
        click.echo("Nothing to format", err=True)
