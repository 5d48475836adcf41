"""A page of the manual for a terminal: Markdown without its signs, wrapped, examples indented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap

import click

from playbook_compiler.diagnostics import Severity
from playbook_compiler.rules import Rule
from playbook_runtime.output.findings import COLOURS

WIDTH = 88
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_BLOCK = re.compile(r"```[^\n]*\n.*?^```$|(?:(?!```)[^\n]+\n?)+", re.DOTALL | re.MULTILINE)


def rendered(page: str, colour: bool) -> str:
    """Return a page of Markdown as text; `colour` makes titles bold and examples stand out."""
    blocks = (match[0].rstrip("\n") for match in _BLOCK.finditer(page))
    return "\n\n".join(_block(block, colour) for block in blocks) + "\n"


def _block(block: str, colour: bool) -> str:
    if block.startswith("#"):
        title = block.lstrip("# ")
        return click.style(title, bold=True) if colour else title
    if block.startswith("```"):
        lines = block.splitlines()[1:-1]
        shown = [f"    {line}".rstrip() for line in lines]
        return (
            "\n".join(click.style(line, fg="cyan") for line in shown)
            if colour
            else ("\n".join(shown))
        )
    if block.startswith("- "):
        items = re.split(r"\n(?=- )", block)
        return "\n".join(_wrapped(item[2:], colour, "- ") for item in items)
    return _wrapped(block, colour, "")


def _wrapped(text: str, colour: bool, bullet: str) -> str:
    plain = _LINK.sub(r"\1", " ".join(text.split()))
    lines = wrap(
        plain,
        WIDTH,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
    joined = "\n".join(lines)
    return _CODE.sub(lambda match: click.style(match[0], bold=True), joined) if colour else joined


def rule_list(rules: Sequence[Rule], colour: bool) -> str:
    """Return all rules by severity, a line each."""
    width = max(len(rule.name) for rule in rules)
    parts = []
    for severity in Severity:
        title = click.style(f"{severity}s", bold=True) if colour else f"{severity}s"
        rows = [
            f"  {_painted(rule.name.ljust(width), severity, colour)}  {rule.summary}"
            for rule in rules
            if rule.severity is severity
        ]
        if rows:
            parts.append("\n".join([title, *rows]))
    return "\n\n".join(parts) + "\n"


def _painted(text: str, severity: Severity, colour: bool) -> str:
    return click.style(text, fg=COLOURS[severity]) if colour else text
