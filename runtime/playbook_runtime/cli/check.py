"""Find mistakes in playbooks."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from playbook_compiler.diagnostics import Diagnostic, has_errors, in_order
from playbook_compiler.export.capability import Target
from playbook_compiler.source import SourceFile
from playbook_compiler.values import dataclass
from playbook_runtime.checked import compile_and_check, target_findings
from playbook_runtime.cli._findings import show_findings
from playbook_runtime.cli._rules import Choice, rules_named, rules_to_ignore
from playbook_runtime.cli._targets import targets_named
from playbook_runtime.counted import count_of
from playbook_runtime.output.diagnostics import FULL, format_names, summary

STDIN = "-"


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the command line asks for."""

    paths: tuple[str, ...]
    choice: Choice
    output_format: str
    fix: bool
    unsafe: bool
    diff: bool
    quiet: bool
    given: Mapping[str, bytes]
    stdin: str
    targets: tuple[Target, ...]


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option(
    "--output-format",
    type=click.Choice(format_names()),
    default=FULL,
    show_default=True,
    help="How findings are shown; nothing else goes to standard output. github, gitlab and sarif"
    " name files from the top of the repository.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULE,...",
    callback=rules_named,
    help="Show findings of these rules only, and what stops the checks.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="RULE,...",
    callback=rules_to_ignore,
    help="Leave out findings of these rules, which are warnings or hints.",
)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--fix", is_flag=True, help="Mend what can be meant in one way only.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: mend by guesses, too.")
@click.option("--diff", is_flag=True, help="Show what --fix would change; write nothing.")
@click.option(
    "--stdin-filename",
    metavar="FILE",
    help="The file that the text on standard input (PATH -) stands for.",
)
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME,...",
    callback=targets_named,
    help="Find what this engine cannot say, too, as `playbook export NAME` would.",
)
@click.option("--watch", is_flag=True, help="Check again whenever a file changes; Ctrl-C ends it.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    output_format: str,
    select: frozenset[str],
    ignore: frozenset[str],
    strict: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    stdin_filename: str | None,
    targets: tuple[Target, ...],
    watch: bool,
) -> None:
    """Find mistakes in playbooks: each PATH is a folder with playbook.yaml, or one file.

    Left out, PATH is the current folder; `-` is standard input. Exits with 0 when clean or with
    warnings only, 1 on errors, 2 on wrong usage. `playbook explain RULE` tells more of a finding;
    `# playbook: ignore[RULE] reason` in a line of a playbook silences it there.
    """
    if unsafe_fixes and not (fix or diff):
        raise click.UsageError("--unsafe-fixes goes with --fix, or with --diff to look first.")
    wanted = tuple(dict.fromkeys(paths or (".",)))
    stdin = _stdin_name(wanted, stdin_filename, watch=watch)
    wish = _Wish(
        paths=tuple(stdin if path == STDIN else path for path in wanted),
        choice=Choice(select, ignore, strict),
        output_format=output_format,
        fix=fix or diff,
        unsafe=unsafe_fixes,
        diff=diff,
        quiet=bool(ctx.obj and ctx.obj["quiet"]),
        given={stdin: sys.stdin.buffer.read()} if stdin else {},
        stdin=stdin,
        targets=targets,
    )
    if watch:
        _watch(wish)
    findings, _ = _check(wish)
    ctx.exit(1 if has_errors(findings) else 0)


def _stdin_name(paths: tuple[str, ...], named: str | None, *, watch: bool) -> str:
    """Return the name of the text on standard input; empty where none is asked for."""
    if STDIN not in paths:
        if named is not None:
            raise click.UsageError("--stdin-filename goes with `playbook check -`.")
        return ""
    if watch:
        raise click.UsageError("Standard input cannot be watched.")
    return Path(named or STDIN).as_posix()


def _check(wish: _Wish) -> tuple[list[Diagnostic], list[SourceFile]]:
    """Check all paths once, and show what is found."""
    found: list[Diagnostic] = []
    sources: list[SourceFile] = []
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    fixed = 0
    for path in wish.paths:
        if wish.fix:
            from playbook_runtime.mending import mend

            mended = mend(path, wish.choice.of, unsafe=wish.unsafe, given=wish.given)
            before |= mended.before
            after |= mended.after
            fixed += mended.fixed
            compiled = compile_and_check(path, given=wish.given) if wish.diff else mended.compiled
        else:
            compiled = compile_and_check(path, given=wish.given)
        found.extend(wish.choice.of(compiled.diagnostics))
        found.extend(wish.choice.of(target_findings(compiled, wish.targets)))
        sources.extend(compiled.sources)
    ordered = in_order(found)
    if wish.diff:
        _show_diff(before, after)
        if fixed:
            click.echo(_said("would fix", fixed, len(after)), err=True)
        elif not wish.quiet:
            click.echo("Nothing to fix", err=True)
        return ordered, sources
    _write(wish, after)
    texts_on_stdout = bool(wish.fix and wish.stdin)
    stream = sys.stderr if texts_on_stdout else sys.stdout
    show_findings(ordered, sources, stream, wish.output_format)
    if not wish.quiet:
        told = [_said("fixed", fixed, len(after))] if fixed else []
        if wish.output_format == FULL:
            told.append(summary(ordered))
        to_stderr = texts_on_stdout or wish.output_format != FULL
        if told:
            lead = "\n" if ordered and wish.output_format == FULL else ""
            click.echo(lead + "\n".join(told), err=to_stderr)
    return ordered, sources


def _said(done: str, count: int, files: int) -> str:
    """Return what was mended: `fixed 3 findings in 2 files`."""
    return f"{done} {count_of(count, 'finding')} in {count_of(files, 'file')}"


def _write(wish: _Wish, after: Mapping[str, bytes]) -> None:
    """Write mended files; the text of standard input goes to standard output, changed or not."""
    if not wish.fix:
        return
    from playbook_runtime.output.atomic import replace_file

    for name, content in sorted(after.items()):
        if name != wish.stdin:
            replace_file(name, content)
    if wish.stdin:
        sys.stdout.flush()
        sys.stdout.buffer.write(after.get(wish.stdin, wish.given[wish.stdin]))
        sys.stdout.buffer.flush()


def _show_diff(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Write a unified diff of the files that would change."""
    from playbook_runtime.output.text_diff import unified

    for name in sorted(after):
        text = unified(name, before[name].decode("utf-8"), after[name].decode("utf-8"))
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _watch(wish: _Wish) -> None:
    """Check again and again."""
    from playbook_runtime.cli._watch import watch

    def act() -> list[Path]:
        click.clear()  # does nothing where there is no terminal
        _, sources = _check(wish)
        sys.stdout.flush()
        folders = [path for path in map(Path, wish.paths) if path.is_dir()]
        named = [folder / "playbook.yaml" for folder in folders]
        files = [path for path in map(Path, wish.paths) if not path.is_dir()]
        return [*named, *files, *(Path(source.path) for source in sources)]

    watch(act)
