"""What an author meant who wrote a value in another shape: a list for a mapping, a mapping for a
list, a text that a comment cuts short."""

from __future__ import annotations

import re
from collections.abc import Iterable

from playbook_compiler.diagnostics import SEARCHED_LIMIT, Fix, nearest, shown, warning
from playbook_compiler.reading import ID_PATTERN, Node
from playbook_compiler.scalars import inside_curly_quotes, quoted
from playbook_compiler.source import Span

# A `#` after a space begins a comment; glued to a word it was hardly meant as one.
_GLUED_COMMENT = re.compile(r"[ \t]+(#(?![ \t#!]|[Pp]laybook:)\S.*?)[ \t]*\Z")
_PROSE = frozenset({"subject", "preview", "body", "about", "address", "name", "task", "item"})
_DASH = re.compile(r"([-–—])[ \t]*(?=[A-Za-z])")
_LONGEST_ID = 63


def note_comment_in_text(node: Node) -> None:
    """Warn of free text without quotes that a comment glued to a word cuts short."""
    place = node.document.places.get(node.path)
    source = node.document.source
    if place is None or not place.plain or place.value.file != source.path:
        return
    span = place.value
    line = source.lines[span.end_line - 1]
    comment = _GLUED_COMMENT.match(line, span.end_column - 1)
    if comment is None:
        return
    whole = Span(span.file, span.line, span.column, span.end_line, comment.end(1) + 1)
    text = f"{place.text}{comment[0].rstrip()}"
    node.findings.append(
        warning(
            "comment-in-text",
            f"the text ends before `{shown(comment[1])}`: ` #` begins a comment",
            Span(span.file, span.end_line, comment.start(1) + 1, span.end_line, comment.end(1) + 1),
            caption="not part of the text",
            help=f"write {shown(quoted(text))}; a comment has a space after its `#`",
            fix=Fix(whole, quoted(text), safe=False) if span.line == span.end_line else None,
        )
    )


def note_curly_quotes(node: Node) -> None:
    """Warn of free text between curly quotes, which customers would read too."""
    place = node.document.places.get(node.path)
    inside = inside_curly_quotes(node.text or "")
    if place is None or not place.plain or inside is None:
        return
    node.findings.append(
        warning(
            "curly-quotes",
            "curly quotes are letters to YAML: they stand in the text itself",
            node.span,
            caption="not quotes around the text",
            help=f"write {shown(quoted(inside))}; to keep them, put straight quotes around them",
            fix=node.rewritten_whole(quoted(inside)),
        )
    )


def is_prose(node: Node) -> bool:
    """Whether a node stands under a key for text that customers or colleagues read."""
    return node.path[-1:] != () and node.path[-1] in _PROSE


def refuse_list_of(node: Node, expected: str) -> bool:
    """Note a mapping where a list was expected; return whether something could be said of it.

    `-send: hi` and `– send: hi` are keys that begin with a dash.
    """
    if not isinstance(node.data, dict):
        return False
    dashed = [name for name in node.data if _DASH.match(name)]
    for name in dashed:
        span = node.document.key_span((*node.path, name))
        dash = _DASH.match(name)
        assert dash is not None
        word = name[dash.end() :]
        node.refuse(
            "missing-space",
            "a dash that begins a list item is followed by a space"
            if dash[1] == "-"
            else f"`{dash[1]}` is a long dash: a list item begins with `-` and a space",
            span=span,
            caption="no space after this dash" if dash[1] == "-" else "not the dash of YAML",
            help=f"write `- {shown(word)}: ...`",
            fix=Fix(span, f"- {word}") if span.file == node.document.source.path else None,
        )
    if dashed or not node.data:
        return bool(dashed)
    first = next(iter(node.data))
    many = expected.partition(" (")[0]
    one = "step" if many == "steps" else "item"
    source, span = node.document.source, node.span
    written = source.slice(span) if span.file == source.path else ""
    if written.startswith("{") and "\n" not in written:
        node.refuse_shape(
            f"a list of {many}",
            f"write `[{shown(written)}]`",
            fix=node.rewritten_whole(f"[{written}]"),
        )
        return True
    node.refuse_shape(
        f"a list of {many}",
        f"begin each {one} with a dash and a space: `- {shown(first)}: ...`",
    )
    return True


def mapping_for_list(data: object) -> str:
    """Return the help line for a list where ids should be keys: `- id: f`, `- f:`."""
    if not isinstance(data, list) or not data or not isinstance(data[0], dict):
        return ""
    for name, value in data[0].items():
        if name in ("id", "name") and isinstance(value, str) and re.fullmatch(ID_PATTERN, value):
            return f"write `{value}:` instead of `- {name}: {value}`, and indent the rest below it"
    name = next(iter(data[0]), "")
    return f"write `{shown(name)}:` without the dash" if len(data[0]) == 1 else ""


def condition_in_parts(data: object) -> str:
    """Return the condition that a list of tests, or a mapping from facts to values, means."""
    if isinstance(data, list) and data and all(isinstance(one, str) for one in data):
        parts = [f"({one})" if re.search(r"\bor\b", str(one)) else str(one) for one in data]
        return " and ".join(parts)
    if isinstance(data, dict) and data:
        values = data.values()
        if all(isinstance(one, str | int) and not isinstance(one, bool) for one in values):
            return " and ".join(f"{name} = {value}" for name, value in data.items())
    return ""


def id_meant(text: str, known: Iterable[str]) -> str | None:
    """Return the known id that a text names in words: `newsletter sign-up` means `sign_up`.

    None among more than 1,000, as in `nearest`.
    """
    names = sorted(known)
    if len(names) > SEARCHED_LIMIT:
        return None
    folded = {_folded(name): name for name in reversed(names)}
    words = _folded(text)
    if words in folded:
        return folded[words]
    close = nearest(text, names)
    if close is not None:
        return close
    inside = [name for name in names if f"_{_folded(name)}_" in f"_{words}_"]
    if inside:
        return max(inside, key=len)
    squeezed = {one.replace("_", ""): name for one, name in folded.items()}
    return squeezed.get(words.replace("_", ""))


def several_ids(text: str, known: Iterable[str]) -> str:
    """Return the known ids that a text such as `sign_up or account_created` names, for a message;
    empty if it does not name several."""
    if not re.search(r"[\s,/;]", text):
        return ""
    parts = re.split(r"\s+(?:or|and|oder|und|&|\|)\s+|\s*[,/;]\s*", text.strip())
    names = frozenset(known)
    return (
        " or ".join(f"`{one}`" for one in parts)
        if len(parts) > 1 and names.issuperset(parts)
        else ""
    )


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def why_no_id(text: str) -> str:
    """Return what a text that cannot be an id should have been."""
    if len(text) > _LONGEST_ID and re.fullmatch(r"[a-z][a-z0-9-]*", text):
        return f"expected at most {_LONGEST_ID} letters, found {len(text)}"
    return "expected small letters, digits and dashes, a letter first"
