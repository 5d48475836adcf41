"""Findings that an author has decided to live with: `# playbook: ignore[rule-name] reason`.

The comment silences warnings and hints of its line or, standing alone, of the next line with
something on it. It needs a reason; one that silences nothing is reported, and so is one that is not
understood. Errors are not silenced.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

import yaml
from yaml.tokens import ScalarToken

from playbook_compiler.diagnostics import Diagnostic, Fix, shown, warning
from playbook_compiler.fixes import respelled
from playbook_compiler.front_matter import MARKDOWN
from playbook_compiler.reading import did_you_mean, listed
from playbook_compiler.rules import rule, rule_names
from playbook_compiler.source import SourceFile, Span
from playbook_compiler.values import dataclass

_COMMENT = re.compile(
    r"#[ \t]*playbook(?P<colon>:|(?=[ \t]+ignore[ \t]*\[))[ \t]*ignore\b(?P<rest>[^\r\n]*)",
    re.IGNORECASE,
)
_FORM = re.compile(r"\[(?P<names>[^\]]*)\](?P<reason>.*)")
_SECOND_COMMENT = re.compile(r"(?:^|\s)#")
_NAME = re.compile(r"[^\s,]+")
_SETTINGS = re.compile(r"---[ \t]*\r?\n.*?^(?=---[ \t]*\r?$)", re.DOTALL | re.MULTILINE)
_FIRST_LINE = re.compile(r"[^\r\n]*")
_TEXTS = (".txt", ".html", ".mjml")
_EXAMPLE = "# playbook: ignore[no-holdout] too few customers for one"


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment: the rules that it silences, each with its place, on line `line`.

    `removal` covers the comment with the blanks before it, or its whole line.
    """

    source: SourceFile
    span: Span
    names: tuple[tuple[str, Span], ...]
    line: int
    removal: Span


def without_ignored(
    findings: Iterable[Diagnostic], sources: Iterable[SourceFile], *, complete: bool
) -> list[Diagnostic]:
    """Return findings without those that comments silence, and with what is wrong with comments.

    `complete` tells that every check ran: else nothing can be said about unused comments.
    """
    left = list(findings)
    told: list[Diagnostic] = []
    places: dict[tuple[str, str, int], list[int]] = {}
    for index, found in enumerate(left):
        if not found.is_error:
            places.setdefault((found.rule, found.span.file, found.span.line), []).append(index)
    silenced: set[int] = set()
    for source in sources:
        if _COMMENT.search(source.text) is None:
            continue
        for ignore in ignores(source, told):
            used = set()
            for name, _ in ignore.names:
                hits = places.pop((name, source.path, ignore.line), [])
                if hits:
                    used.add(name)
                silenced.update(hits)
            if complete:
                told.extend(_unused(ignore, used))
    return [*(found for index, found in enumerate(left) if index not in silenced), *told]


def ignores(source: SourceFile, told: list[Diagnostic]) -> Iterator[Ignore]:
    """Return the comments of a file that silence findings; what is wrong with others is `told`."""
    for match in _comments(source):
        span = source.span_at(*match.span())
        if not match["colon"]:
            told.append(_without_colon(source, match, span))
            continue
        form = _FORM.match(match["rest"])
        if form is None:
            told.append(
                _bad(
                    "this comment does not say which rules to ignore",
                    span,
                    "expected the rules in brackets",
                )
            )
            continue
        start = match.start("rest")
        names = [
            (one[0], source.span_at(start + 1 + one.start(), start + 1 + one.end()))
            for one in _NAME.finditer(form["names"])
        ]
        if not names:
            told.append(_bad("this comment names no rule", span, "expected a rule in the brackets"))
            continue
        known = [one for one in names if _is_rule(source, one, told)]
        if not known:
            continue
        if not _SECOND_COMMENT.split(form["reason"], maxsplit=1)[0].strip(" \t-:."):
            told.append(
                _bad(
                    f"why is {listed([shown(one) for one, _ in names])} ignored?",
                    span,
                    "add a reason",
                )
            )
            continue
        silenced = tuple(one for one in known if _may_be_ignored(one, told))
        if silenced:
            line = source.lines[span.line - 1]
            alone = not line[: span.column - 1].strip()
            meant = _next_line(source, span.line) if alone else span.line
            yield Ignore(source, span, silenced, meant, _removal(source, span, alone=alone))


def _comments(source: SourceFile) -> Iterator[re.Match[str]]:
    """Return the comments that begin with the word, none of them inside of a scalar."""
    text = source.text
    if source.path.endswith(_TEXTS):
        return  # what is sent to customers has no comments
    if source.path.endswith(MARKDOWN):
        settings = _SETTINGS.match(text)
        text = settings[0] if settings is not None else ""
    scalars = _scalars(text)

    def inside(index: int) -> bool:
        """Whether a scalar covers a character: the last one that begins at it or before."""
        at = bisect_right(scalars, (index, len(text)))
        return at > 0 and index < scalars[at - 1][1]

    for match in _COMMENT.finditer(text):
        start = match.start()
        if start and text[start - 1] not in " \t\r\n":
            continue
        if inside(start):
            continue
        line = text.rfind("\n", 0, start) + 1
        line = max(line, text.rfind("\r", line, start) + 1)
        earlier = (one.start() + line for one in re.finditer(r"(?:^|(?<=\s))#", text[line:start]))
        if not all(map(inside, earlier)):
            continue  # a comment about comments
        yield match


def _scalars(text: str) -> list[tuple[int, int]]:
    """Return where the scalars of a YAML text stand, as far as it can be read."""
    found: list[tuple[int, int]] = []
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for token in yaml.scan(text, Loader=loader):
            if isinstance(token, ScalarToken):
                first, last = token.start_mark.index, token.end_mark.index
                if token.style and token.style in "|>":
                    header = _FIRST_LINE.match(text, first)  # a comment may stand behind the sign
                    first = first if header is None else header.end()
                found.append((first, last))
    except (yaml.YAMLError, ValueError):
        pass  # what is wrong with the text is told by its reading
    return found


def _is_rule(source: SourceFile, named: tuple[str, Span], told: list[Diagnostic]) -> bool:
    name, span = named
    known = rule_names()
    if name not in known:
        told.append(
            warning(
                "bad-ignore",
                f"there is no rule `{shown(name)}` to ignore",
                span,
                caption="not a rule",
                help=did_you_mean(name, known) or "`playbook explain --list` shows all of them",
                fix=respelled(source, span, name, known),
            )
        )
        return False
    return True


def _may_be_ignored(named: tuple[str, Span], told: list[Diagnostic]) -> bool:
    name, span = named
    if not rule(name).configurable:
        told.append(
            warning(
                "bad-ignore",
                f"`{name}` is an error, which no comment can silence",
                span,
                caption="not ignored",
                help=f"mend what it finds; `playbook explain {name}` says why it is an error",
            )
        )
        return False
    return True


def _without_colon(source: SourceFile, match: re.Match[str], span: Span) -> Diagnostic:
    word = source.span_at(match.start(), match.start("colon"))
    end = source.span_at(match.start("colon"), match.start("colon"))
    return warning(
        "bad-ignore",
        "this comment silences nothing: a colon is missing after `playbook`",
        word,
        caption="expected `playbook:`",
        help=f"for example `{_EXAMPLE}`",
        fix=Fix(end, ":"),
    )


def _bad(message: str, span: Span, caption: str) -> Diagnostic:
    return warning("bad-ignore", message, span, caption=caption, help=f"for example `{_EXAMPLE}`")


def _unused(ignore: Ignore, used: set[str]) -> Iterator[Diagnostic]:
    idle = [(name, span) for name, span in ignore.names if name not in used and rule(name).of_check]
    if not idle:
        return
    whole = len(idle) == len(ignore.names)
    kept = ", ".join(name for name, _ in ignore.names if name not in {one for one, _ in idle})
    first, last = ignore.names[0][1], ignore.names[-1][1]
    inside = Span(first.file, first.line, first.column, last.end_line, last.end_column)
    yield warning(
        "unused-ignore",
        f"nothing on line {ignore.line} is found by {listed([shown(name) for name, _ in idle])}",
        ignore.span if whole else idle[0][1],
        caption="silences nothing",
        help="remove the comment" if whole else f"write ignore[{kept}]",
        fix=Fix(ignore.removal, "") if whole else Fix(inside, kept),
    )


def _next_line(source: SourceFile, line: int) -> int:
    """Return the number of the next line that is neither blank nor a comment."""
    for number in range(line + 1, len(source.lines) + 1):
        text = source.lines[number - 1].strip()
        if text and not text.startswith("#"):
            return number
    return line


def _removal(source: SourceFile, span: Span, *, alone: bool) -> Span:
    if alone and span.line < len(source.lines):
        return Span(span.file, span.line, 1, span.line + 1, 1)
    column = len(source.lines[span.line - 1][: span.column - 1].rstrip()) + 1
    return Span(span.file, span.line, column, span.end_line, span.end_column)
