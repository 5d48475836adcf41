"""The tree of a YAML text as lines: two spaces of indentation, one blank line at most.

The text of a scalar is never written anew. A flow collection stays on one line where that has no
more than 100 columns, and is broken into a block where it has more.
"""

from __future__ import annotations

from typing import TypeGuard

from playbook_compiler.format_order import is_silencing
from playbook_compiler.format_tokens import BlockText, Comment, width
from playbook_compiler.format_tree import Collection, Entry, Node, Scalar, Tree
from playbook_compiler.values import dataclass, field

LINE_WIDTH = 100
_STEP = 2


def laid_out(tree: Tree) -> str:
    """Return the canonical text of a tree, with LF line ends and one at its end."""
    lines = _Lines()
    lines.comments(tree.preamble, "")
    if tree.start is not None:
        lines.add(tree.start, tree.start_comment)
    first = len(lines.out)
    lines.comments(tree.header, "")
    if tree.gap:
        lines.blank()
    root = tree.root.value
    assert isinstance(root, Collection)
    begun = len(lines.out)
    if root.flow:
        _flow_root(lines, tree.root, root)
    else:
        _entries(lines, root, 0, opened=begun == first)
    if tree.ended:
        lines.add("...")
        lines.comments(tree.end, "")
    return "\n".join(lines.out) + "\n"


@dataclass(slots=True)
class _Lines:
    """The lines so far; `keeping` tells that the last ones end a text that keeps its blank lines,
    so that a blank line more would change it."""

    out: list[str] = field(default_factory=list)
    keeping: bool = False

    def add(self, line: str, comment: Comment | None = None) -> None:
        if comment is not None:
            # Comments that stand in a column of their own stay there.
            line += " " * max(_STEP, comment.column - width(line)) + comment.text
        self.out.append(line)
        self.keeping = False

    def blank(self) -> None:
        if self.out and self.out[-1] and not self.keeping:
            self.out.append("")

    def comments(self, comments: tuple[Comment, ...], margin: str, *, opened: bool = False) -> None:
        """Add comments on lines of their own; the first of an `opened` block has no blank line."""
        for number, comment in enumerate(comments):
            if comment.blank and not (opened and not number):
                self.blank()
            self.add(margin + comment.text)


def _entries(
    lines: _Lines, node: Collection, indent: int, *, head: str | None = None, opened: bool = True
) -> None:
    """Add the entries of a block; its first one goes behind `head`, if that is given."""
    margin = " " * indent
    for number, entry in enumerate(node.entries):
        first = opened and not number
        if head is None or number:
            lines.comments(entry.leading, margin, opened=first)
            if entry.blank and not (first and not entry.leading):
                lines.blank()
            start = margin
        else:
            start = head
        if entry.key is None:
            _item(lines, entry, start, indent)
        else:
            _value(lines, entry, f"{start}{_anchored(entry.key)}:", indent)
    lines.comments(tuple(node.tail), margin)


def _item(lines: _Lines, entry: Entry, start: str, indent: int) -> None:
    """Add an item of a list; a block in it begins behind the dash where nothing hinders."""
    node = _broken(entry, width(start) + _STEP, indent)
    if not isinstance(node, Collection) or node.flow:
        _value(lines, entry, f"{start}-", indent)
    elif node.anchor or _header(entry) is not None or node.entries[0].leading:
        lines.add(f"{start}- {node.anchor}".rstrip(), _header(entry))
        _entries(lines, node, indent + _STEP)
    else:
        _entries(lines, node, indent + _STEP, head=f"{start}- ")


def _value(lines: _Lines, entry: Entry, head: str, indent: int) -> None:
    """Add the value of an entry behind `head`, its key and colon or its dash."""
    node = entry.value
    if (entry.header is not None or entry.inner) and _is_inline(node):
        _apart(lines, entry, node, head, indent)
        return
    node = _broken(entry, width(head) + 1, indent)
    if node is None:
        lines.add(head, entry.header)
    elif isinstance(node, Collection) and not node.flow:
        lines.add(f"{head} {node.anchor}".rstrip(), _header(entry))
        _entries(lines, node, indent + _STEP)
    elif isinstance(node, Scalar) and node.block is not None:
        block = _ended(node.block)
        lines.add(f"{head} {_anchor(node)}{block.header}", entry.trailing)
        _block_text(lines, block, indent)
    else:
        text = node.written if isinstance(node, Scalar) else _one_line(node)
        rows = _shifted(text, entry.column, indent, node)
        _rows(lines, f"{head} {_anchor(node)}", rows, entry.trailing)


def _header(entry: Entry) -> Comment | None:
    """Return the comment in the first line of a block, also of one that was a flow collection."""
    if entry.trailing is None:
        return entry.header
    return Comment(entry.trailing.text, 0)


def _is_inline(node: Node | None) -> TypeGuard[Node]:
    """Return whether a value stands in the line of its key: a scalar or a flow collection."""
    return isinstance(node, Scalar) or (node is not None and node.flow)


def _apart(lines: _Lines, entry: Entry, node: Node, head: str, indent: int) -> None:
    """Add an inline value below `head`, since comments stand between them."""
    margin = " " * (indent + _STEP)
    lines.add(f"{head} {node.anchor}".rstrip(), entry.header)
    lines.comments(entry.inner, margin, opened=True)
    text = node.written if isinstance(node, Scalar) else _one_line(node)
    _rows(lines, margin, _shifted(text, entry.column, indent, node), entry.trailing)


def _rows(lines: _Lines, head: str, rows: list[str], comment: Comment | None) -> None:
    rows[0] = head + rows[0]
    for row in rows[:-1]:
        lines.out.append(row)
    lines.add(rows[-1], comment)


def _shifted(text: str, column: int, indent: int, node: Node) -> list[str]:
    """Return the lines of a text, moved as its entry moves from `column` to `indent`."""
    first, *rows = text.split("\n")
    least = indent + (_STEP if isinstance(node, Scalar) else 0)
    moved = [first]
    for row in rows:
        bare = row.lstrip(" \t")
        margin = max(least, len(row) - len(bare) + indent - column)
        moved.append(" " * margin + bare if bare else "")
    return moved


def _ended(block: BlockText) -> BlockText:
    """Return a block text that says the same when a line follows it."""
    if not block.open:
        return block
    # At the end of a file without a line break, every text ends without one.
    digits = "".join(char for char in block.header if char.isdigit())
    return BlockText(f"{block.header[0]}{digits}-", block.lines, False, False)


def _block_text(lines: _Lines, block: BlockText, indent: int) -> None:
    digits = [int(char) for char in block.header if char.isdigit()]
    margin = " " * (indent + (digits[0] if digits else _STEP))
    lines.out.extend(margin + line if line else "" for line in block.lines)
    lines.keeping = block.keeps


def _broken(entry: Entry, column: int, indent: int) -> Node | None:
    """Return the value of an entry, a flow collection that does not fit as a block."""
    node = entry.value
    if not isinstance(node, Collection) or not node.flow or node.rigid or not node.entries:
        return node
    text = _anchor(node) + _one_line(node)
    if column + width(text) <= LINE_WIDTH or is_silencing(entry):
        return node
    return Collection(
        node.mapping,
        False,
        indent + _STEP,
        [_unfolded(one, indent + _STEP, in_list=not node.mapping) for one in node.entries],
        node.anchor,
    )


def _unfolded(entry: Entry, column: int, *, in_list: bool) -> Entry:
    """Return an entry of a flow collection as one of a block; `[a: 1]` has pairs for items, each
    of which is a mapping of its own."""
    if entry.key is None or not in_list:
        return Entry(entry.key, entry.value, column)
    pair = Entry(entry.key, entry.value, column + _STEP)
    return Entry(None, Collection(True, False, column + _STEP, [pair]), column)


def _one_line(node: Node) -> str:
    """Return a flow collection in one line, or as it is written where it is rigid."""
    if isinstance(node, Scalar):
        return node.written
    if node.rigid:
        return node.source
    parts = [_part(entry) for entry in node.entries]
    inside = ", ".join(parts)
    return f"{{{inside}}}" if node.mapping else f"[{inside}]"


def _part(entry: Entry) -> str:
    assert entry.value is not None
    value = _anchor(entry.value) + _one_line(entry.value)
    return value if entry.key is None else f"{_anchored(entry.key)}: {value}"


def _anchored(key: Scalar) -> str:
    return _anchor(key) + key.written


def _anchor(node: Node) -> str:
    return f"{node.anchor} " if node.anchor else ""


def _flow_root(lines: _Lines, entry: Entry, root: Collection) -> None:
    """Add a whole file that is one flow collection."""
    node = _broken(entry, 0, -_STEP)
    if isinstance(node, Collection) and not node.flow:
        if entry.trailing is not None:
            lines.add(entry.trailing.text)
        _entries(lines, node, 0)
    else:
        _rows(lines, "", _one_line(root).split("\n"), entry.trailing)
    lines.comments(tuple(root.tail), "")
