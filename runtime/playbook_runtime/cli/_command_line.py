"""The command as it was given, so that a report says how to come to its numbers again."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from typing import Any

import click
from click.core import ParameterSource


def command_line(ctx: click.Context) -> str:
    """Return the command with the arguments and options that were given, quoted for a shell."""
    words = [ctx.command_path.removesuffix(".py")]
    for parameter in sorted(ctx.command.params, key=lambda one: isinstance(one, click.Option)):
        if _is_given(ctx, parameter):
            words += _words(parameter, ctx.params[parameter.name or ""])
    return " ".join(shlex.quote(word) if n else word for n, word in enumerate(words))


def given(ctx: click.Context, names: Collection[str]) -> list[str]:
    """Return the flags among some parameters that were given on the command line."""
    return [
        parameter.opts[-1]
        for parameter in ctx.command.params
        if parameter.name in names and _is_given(ctx, parameter)
    ]


def _is_given(ctx: click.Context, parameter: click.Parameter) -> bool:
    source = ctx.get_parameter_source(parameter.name or "")
    return source is ParameterSource.COMMANDLINE


def _words(parameter: click.Parameter, value: Any) -> Iterator[str]:
    if isinstance(parameter, click.Argument):
        yield from (str(one) for one in (value if isinstance(value, tuple) else (value,)))
    elif isinstance(parameter, click.Option) and parameter.is_flag:
        yield parameter.opts[-1]
    elif isinstance(value, tuple):
        for one in value:
            yield parameter.opts[-1]
            yield "=".join(one) if isinstance(one, tuple) else str(one)
    else:
        yield parameter.opts[-1]
        yield str(value)
