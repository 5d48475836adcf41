"""The command `playbook`: finding commands, and the last stop of every exception.

A command is a file of this folder that defines `command`, a click command; `dry_run.py` is
`dry-run`, `import_.py` is `import`. Its first docstring line stands in `--help`. Both are read
from the file, so that listing commands imports none of them.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from importlib import import_module
from importlib.util import find_spec
from keyword import iskeyword
from typing import NoReturn

import click

from playbook_runtime.cli._interrupts import INTERRUPTED, TERMINATED, end_on_signals, leave

_PACKAGE = "playbook_runtime.cli"
_DEFINES_COMMAND = re.compile(r"^def command\(", re.MULTILINE)
USAGE_OR_INTERNAL = 2
BROKEN_PIPE = 141
# What the machine refuses, whatever the program does.
_OUTSIDE = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.ENAMETOOLONG,
    }
)


class _Commands(click.Group):
    """The commands of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from pkgutil import iter_modules

        package = sys.modules[_PACKAGE]
        return sorted(
            _name(found.name)
            for found in iter_modules(package.__path__)
            if _DEFINES_COMMAND.search(_source(found.name))
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        file = _file(cmd_name)
        if not file.isidentifier() or not _DEFINES_COMMAND.search(_source(file)):
            return None
        module = import_module(f"{_PACKAGE}.{file}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from playbook_compiler.diagnostics import nearest

        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            guess = nearest(args[0], self.list_commands(ctx))
            meant = f" Did you mean `{guess}`?" if guess else ""
            ctx.fail(f"No such command `{args[0]}`.{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, _summary(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _name(file: str) -> str:
    return file.rstrip("_").replace("_", "-")


def _file(name: str) -> str:
    """Return a command's file: words of Python such as `import` have an underscore there."""
    return f"{name}_" if iskeyword(name) else name.replace("-", "_")


def _source(file: str) -> str:
    """Return the text of a module of this folder, or nothing where there is none."""
    spec = find_spec(f"{_PACKAGE}.{file}")
    source = getattr(spec.loader, "get_source", lambda _: None)(spec.name) if spec else None
    return source or ""


def _summary(name: str) -> str:
    """Return the first line of a command's docstring without importing it."""
    import ast

    doc = ast.get_docstring(ast.parse(_source(_file(name))))
    return doc.splitlines()[0] if doc else ""


def _print_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("playbook-compiler")
        except PackageNotFoundError:  # run from the source tree
            number = "(not installed)"
        click.echo(f"playbook {number}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print results and errors only.")
@click.pass_context
def group(ctx: click.Context, quiet: bool) -> None:
    """Retention playbooks as code: check, simulate on your own orders, export."""
    ctx.obj = {"quiet": quiet}


def _open_what_is_closed() -> None:
    """Let what is printed go nowhere where the caller has closed a stream (`>&-`)."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def main() -> NoReturn:
    """Run the command line and exit.

    0 clean, 1 errors in the input, 2 usage, what the machine refuses, or internal error.
    """
    _open_what_is_closed()
    stdout = sys.stdout
    try:
        end_on_signals()
        code = group.main(prog_name="playbook", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except SystemExit as leaving:
        # Where the reader of standard output has gone (`| head`), click silences it and leaves.
        code = leaving.code if sys.stdout is stdout else BROKEN_PIPE
    except click.Abort:
        code = INTERRUPTED
    except click.ClickException as problem:
        problem.show()
        code = USAGE_OR_INTERNAL
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # Nothing more can be said, also not when the interpreter flushes at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = BROKEN_PIPE
    except OSError as problem:
        code = _outside_error(problem) if problem.errno in _OUTSIDE else _internal_error(problem)
    except Exception as problem:  # noqa: BLE001 - the last stop: no traceback reaches a user
        code = _internal_error(problem)
    if code in (INTERRUPTED, TERMINATED):
        leave(code)
    sys.exit(code if isinstance(code, int) else 0)


def _outside_error(problem: OSError) -> int:
    """Say what the machine refuses: a right, room on a disk. It is nobody's mistake of ours."""
    from playbook_compiler.diagnostics import shown

    name = problem.filename
    what = shown(os.fsdecode(name)) if isinstance(name, (str, bytes)) else "standard output"
    click.echo(f"Error: {what}: {problem.strerror}", err=True)
    if name is None:
        # Else the interpreter tries once more at its exit, and says so.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return USAGE_OR_INTERNAL


def _internal_error(problem: Exception) -> int:
    from playbook_compiler.diagnostics import shown

    if os.environ.get("PLAYBOOK_DEBUG") == "1":
        import traceback

        traceback.print_exception(problem)
    what = shown(f"{type(problem).__name__}: {problem}")
    click.echo(
        f"internal error: {what}; please report it with the input that causes it"
        " (PLAYBOOK_DEBUG=1 shows where it happens)",
        err=True,
    )
    return USAGE_OR_INTERNAL
