"""Conditions and texts that YAML cut at a comma inside `{}`: noticed where the mapping is read.

`{if: rfm in (champion, loyal), then: []}` has, to YAML, the keys `if`, `loyal)` and `then`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from playbook_compiler.condition_cut import cut, looks_cut, looks_like_tests
from playbook_compiler.diagnostics import Fix, nearest, shown
from playbook_compiler.document import Data
from playbook_compiler.reading import Node
from playbook_compiler.scalars import inside_curly_quotes, quoted
from playbook_compiler.source import Span
from playbook_compiler.values import replace

_NO_NAMES: frozenset[str] = frozenset()
_STEP_LISTS = frozenset({"steps", "then", "else", "happened", "timed_out"})
_SIBLINGS = frozenset(
    {"then", "else", "at", "offer", "expect", "reached", "happened", "timed_out", "owner", "due"}
)


def cut_values(
    node: Node, known: Collection[str], is_text: Callable[[str], bool] = lambda name: False
) -> frozenset[str]:
    """Note every cut value in a mapping; return the keys that belong to one, not to be read.

    `known` are the keys that may stand there; `is_text` tells those whose value is free text.
    """
    assert isinstance(node.data, dict)
    if None not in node.data.values():
        return _NO_NAMES
    names = list(node.data)
    taken: set[str] = set()
    for index, name in enumerate(names[1:], 1):
        if node.data[name] is not None or name in taken or name in known:
            continue
        first = names[index - 1]
        text = node.child(first, node.data[first]).text
        rest = names[
            index : next(
                (
                    i
                    for i in range(index, len(names))
                    if node.data[names[i]] is not None or names[i] in known
                ),
                len(names),
            )
        ]
        if not text:
            continue
        count = (
            _cut_text(node, first, rest, known)
            if is_text(first)
            else _cut_condition(node, first, text, rest)
        )
        if count:
            taken |= {first, *rest[:count]}
    return frozenset(taken)


def _cut_condition(node: Node, first: str, text: str, rest: Sequence[str]) -> int:
    """Note a cut condition; return how many keys belong to it, 0 where there is none."""
    whole, count = text, 0
    is_joined = False
    while count < len(rest):
        ahead = rest[count:]
        mended = looks_cut(whole, ahead)
        if mended is not None:
            count += next(n for n in range(1, len(ahead) + 1) if looks_cut(whole, ahead[:n]))
            whole = mended
        elif looks_like_tests(whole, ahead[:1]) or _opens_test(whole, ahead):
            whole, is_joined = f"{whole} and {ahead[0]}", True
            count += 1
        else:
            break
    if not count:
        return 0
    place = _place(node, first, rest, count)
    found = cut(whole, node.document.span((*node.path, first)), place, first)
    if is_joined and found.fix is not None:
        found = replace(
            found,
            message=f"a comma cut the condition into `{shown(text)}` and what follows it",
            help=f"if both must hold, write {first}: {shown(quoted(whole))}",
            fix=replace(found.fix, safe=False),
        )
    node.findings.append(found)
    return count


def _opens_test(text: str, ahead: Sequence[str]) -> bool:
    """Whether the next key begins a test that a comma cut once more: `rfm in (champion`."""
    mended = looks_cut(ahead[0], ahead[1:])
    return mended is not None and looks_like_tests(text, [mended]) > 0


def _cut_text(node: Node, first: str, rest: Sequence[str], known: Collection[str]) -> int:
    place = _place(node, first, rest, len(rest))
    source = node.document.source
    if place.file != source.path:
        return 0
    written = source.slice(place)
    inside = inside_curly_quotes(written)
    text = quoted(written if inside is None else inside)
    misspelt = any(nearest(name, known) for name in rest)
    node.refuse(
        "unquoted-comma",
        f"the text `{shown(written)}` was cut at a comma",
        span=node.document.span((*node.path, first)),
        caption="YAML reads the rest as another key",
        help=f"inside braces, quote texts with commas: {first}: {shown(text)}",
        fix=Fix(place, text, safe=not misspelt) if "\n" not in written else None,
    )
    return len(rest)


def _place(node: Node, first: str, rest: Sequence[str], count: int) -> Span:
    """Return the span from the value of `first` to the end of the last key that belongs to it."""
    start = node.document.span((*node.path, first))
    end = node.document.key_span((*node.path, rest[count - 1]))
    return Span(start.file, start.line, start.column, end.end_line, end.end_column)


def cut_items(node: Node) -> frozenset[int]:
    """Note every step that a list took apart; return the places of its pieces, not to be read.

    `[if: rfm in (champion, loyal), then: []]` has, to YAML, three items.
    """
    assert isinstance(node.data, list)
    if not node.path or node.path[-1] not in _STEP_LISTS:
        return frozenset()
    taken: set[int] = set()
    items, source = node.data, node.document.source
    if not any(_is_way(item) for item in items):
        return frozenset()
    if node.span.file != source.path or source.slice(node.span)[:1] != "[":
        return frozenset()
    for index, item in enumerate(items):
        if index in taken or not isinstance(item, dict) or len(item) != 1 or _is_way(item):
            continue
        (name, value), *_ = item.items()
        text = node.child(index, item).child(name, value).text or ""
        ways = index + 1
        while ways < len(items) and isinstance(items[ways], str):
            ways += 1
        if name != "if" and ways > index + 1:
            continue
        pieces = [str(piece) for piece in items[index + 1 : ways]]
        end = ways
        while end < len(items) and _is_way(items[end]):
            end += 1
        whole = looks_cut(text, pieces) if pieces else text
        if whole is None or end == ways:
            continue
        _note_item(node, index, ways, end, whole if pieces else None)
        taken.update(range(index, end))
    return frozenset(taken)


def _is_way(item: Data) -> bool:
    """Whether an item holds a key that only goes with another one, of the item before it."""
    return isinstance(item, dict) and len(item) == 1 and not _SIBLINGS.isdisjoint(item)


def _note_item(node: Node, index: int, ways: int, end: int, whole: str | None) -> None:
    """Note a step without braces, which ends before the item `end`.

    `whole` is its condition if that was cut, too; it ends before the item `ways`.
    """
    document = node.document
    first, last = (document.span((*node.path, one)) for one in (index, end - 1))
    then = document.span((*node.path, ways))
    place = Span(first.file, first.line, first.column, last.end_line, last.end_column)
    rest = Span(first.file, then.line, then.column, last.end_line, last.end_column)
    text = f"{{{document.source.slice(place)}}}"
    if whole is not None:
        text = f"{{if: {quoted(whole)}, {document.source.slice(rest)}}}"
    also = "" if whole is None else " and quotes around the condition"
    first = first if whole is None else document.span((*node.path, index, "if"))
    node.refuse(
        "unquoted-comma",
        "this step was cut at a comma: without braces, each part is a step of its own",
        span=first,
        caption="the step ends here",
        help=f"put braces around the step{also}: {shown(text)}",
        fix=Fix(place, text),
    )
