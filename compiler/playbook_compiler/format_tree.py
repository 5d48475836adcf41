"""A YAML text as a tree in which every comment has its place.

A comment behind something stays with it. One on a line of its own leads the key or item that
follows, unless it is indented deeper than that: then it ends the block before.
"""

from __future__ import annotations

import unicodedata
from typing import TypeAlias

from playbook_compiler.format_tokens import BlockText, Comment, LeftAloneError, Token, tokens_of
from playbook_compiler.values import dataclass, field


@dataclass(slots=True)
class Scalar:
    """A scalar as it is written, with its anchor: `name` is what it says; an alias is one too."""

    written: str
    name: str
    anchor: str = ""
    block: BlockText | None = None
    alias: bool = False


@dataclass(slots=True)
class Entry:
    """A key with its value, or an item of a list (no key); no value where nothing is written.

    `header` is the comment behind the key's colon or the item's dash when the value begins on a
    later line, `inner` are the comments between them and a scalar or flow collection, `trailing`
    is the comment behind the value.
    """

    key: Scalar | None = None
    value: Node | None = None
    column: int = 0
    leading: tuple[Comment, ...] = ()
    blank: bool = False
    header: Comment | None = None
    inner: tuple[Comment, ...] = ()
    trailing: Comment | None = None

    @property
    def comments(self) -> tuple[Comment, ...]:
        """All comments of the entry's own lines."""
        ends = (one for one in (self.header, self.trailing) if one is not None)
        return (*self.leading, *ends, *self.inner)


@dataclass(slots=True)
class Collection:
    """A mapping, or else a list. `source` is what a flow collection (`{}`, `[]`) looks like now.

    A `rigid` flow collection is kept as it is: it has comments or texts of several lines inside.
    `tail` are the comments that end a block.
    """

    mapping: bool
    flow: bool
    column: int
    entries: list[Entry] = field(default_factory=list)
    anchor: str = ""
    source: str = ""
    rigid: bool = False
    tail: list[Comment] = field(default_factory=list)
    names: bool = False  # whether an anchor or an alias is inside


Node: TypeAlias = "Scalar | Collection"


@dataclass(slots=True)
class Tree:
    """A whole text: the comments at its top, `---` if it has one, and the root."""

    root: Entry
    preamble: tuple[Comment, ...] = ()
    start: str | None = None
    start_comment: Comment | None = None
    header: tuple[Comment, ...] = ()
    gap: bool = False
    end: tuple[Comment, ...] = ()
    ended: bool = False


class _RigidError(Exception):
    """A flow collection that is kept as it is."""


def tree_of(text: str) -> Tree:
    """Return the tree of a text that `parse` accepts, with LF line ends.

    Raises LeftAloneError where something in it is not to be touched.
    """
    return _Reading(text, tokens_of(text)).tree()


@dataclass(slots=True)
class _Reading:
    """The state of one reading: `at` is the index of the next token."""

    text: str
    tokens: list[Token]
    at: int = 0
    anchors: int = 0

    def tree(self) -> Tree:
        self.at = 1  # after the start of the stream
        tree = Tree(Entry())
        token = self.tokens[self.at]
        if token.kind == "DocumentStartToken":
            tree.preamble, tree.start, tree.start_comment = token.before, "---", token.trailing
            self.at += 1
        first = self.real()
        tree.header, leading = _top(first)
        tree.gap = bool(tree.header) and (bool(leading) or first.blank)
        if leading:
            leading = (Comment(leading[0].text, leading[0].column), *leading[1:])
        first.before, first.blank = leading, bool(leading) and first.blank
        tree.root = self.content(Entry(), indentless=False)
        root = tree.root.value
        if not isinstance(root, Collection) or root.anchor or tree.root.header or tree.root.inner:
            raise LeftAloneError("a root with an anchor or a comment in an unusual place")
        last = self.tokens[self.at]
        if root.flow:
            root.tail.extend(last.before)
        else:
            root.tail.extend(_settled(last.before, 0, root.entries[-1]))
        if last.kind == "DocumentEndToken":
            tree.ended = True
            if last.trailing is not None:
                tree.end = (last.trailing,)
            tree.end += self.tokens[self.at + 1].before
        return tree

    def real(self) -> Token:
        """Return the next token that stands for characters."""
        at = self.at
        while self.tokens[at].kind in _WIDTHLESS and self.tokens[at].start == self.tokens[at].end:
            at += 1
        return self.tokens[at]

    def content(self, entry: Entry, *, indentless: bool) -> Entry:
        """Read the value of an entry, from behind its colon or dash, in block style."""
        before = self.tokens[self.at - 1]
        token = self.tokens[self.at]
        entry.header = before.trailing if before.kind in ("ValueToken", "BlockEntryToken") else None
        anchor = ""
        if token.kind == "AnchorToken":
            anchor = self.text[token.start : token.end]
            self.anchors += 1
            if token.before or (entry.header is not None and token.trailing is not None):
                raise LeftAloneError("a comment before an anchor")
            entry.header = entry.header or token.trailing
            self.at += 1
            token = self.tokens[self.at]
        match token.kind:
            case "BlockMappingStartToken":
                entry.value = self.block(mapping=True)
            case "BlockSequenceStartToken":
                entry.value = self.block(mapping=False)
            case "BlockEntryToken" if indentless:
                entry.value = self.items(Collection(False, False, token.column))
            case "FlowMappingStartToken" | "FlowSequenceStartToken":
                entry.inner = token.before
                entry.value = self.flow()
                entry.trailing = self.tokens[self.at - 1].trailing
            case "ScalarToken" | "AliasToken":
                entry.inner = token.before
                entry.value = self.scalar()
                entry.trailing = token.trailing
                if token.block is not None and (entry.header is not None or entry.inner):
                    raise LeftAloneError("a comment before a block text")
            case "TagToken":
                raise LeftAloneError("a tag")
        if anchor:
            if entry.value is None:
                raise LeftAloneError("an anchor without a value")
            entry.value.anchor = anchor
        return entry

    def scalar(self) -> Scalar:
        token = self.tokens[self.at]
        self.at += 1
        written = self.text[token.start : token.end]
        if token.kind == "AliasToken":
            self.anchors += 1
            return Scalar(written, written, alias=True)
        return Scalar(written, token.value, block=token.block)

    def block(self, *, mapping: bool) -> Collection:
        """Read a block collection from its marker to its end."""
        found = Collection(mapping, False, self.tokens[self.at].column)
        self.at += 1
        if not mapping:
            self.items(found)
        else:
            anchors = self.anchors
            while self.tokens[self.at].kind != "BlockEndToken":
                self.pair(found)
            found.names = self.anchors > anchors
        self.at += 1
        return found

    def items(self, found: Collection) -> Collection:
        """Read the items of a list into it."""
        anchors = self.anchors
        while self.tokens[self.at].kind == "BlockEntryToken":
            entry = self.entry(found)
            self.at += 1
            found.entries.append(self.content(entry, indentless=False))
        found.names = self.anchors > anchors
        return found

    def pair(self, found: Collection) -> None:
        """Read one key and its value into a mapping."""
        token = self.tokens[self.at]
        if token.kind != "KeyToken" or token.start != token.end:
            raise LeftAloneError("a key that begins with `?`")
        entry = self.entry(found)
        self.at += 1
        entry.key = self.key()
        if self.tokens[self.at].kind != "ValueToken":
            raise LeftAloneError("a key without a colon")
        self.at += 1
        found.entries.append(self.content(entry, indentless=True))

    def key(self) -> Scalar:
        anchor = ""
        if self.tokens[self.at].kind == "AnchorToken":
            token = self.tokens[self.at]
            anchor = self.text[token.start : token.end]
            self.anchors += 1
            self.at += 1
        if self.tokens[self.at].kind != "ScalarToken":
            raise LeftAloneError("a key that is no text")
        key = self.scalar()
        key.anchor, key.name = anchor, unicodedata.normalize("NFC", key.name)
        return key

    def entry(self, found: Collection) -> Entry:
        """Return the entry that begins here, with the comments before it."""
        token = self.real()
        leading = token.before
        if found.entries and leading:
            leading = _settled(leading, token.column, found.entries[-1])
        return Entry(column=token.column, leading=leading, blank=token.blank)

    def flow(self) -> Collection:
        """Read a flow collection as a whole."""
        begun, anchors = self.at, self.anchors
        last = _closing(self.tokens, begun)
        inside = self.tokens[begun : last + 1]
        rigid = any(
            token.trailing is not None or "\n" in self.text[token.start : token.end]
            for token in inside[:-1]
        ) or any(token.before for token in inside[1:])
        found = Collection(inside[0].kind == "FlowMappingStartToken", True, inside[0].column)
        if not rigid:
            try:
                found = self.collection()
            except _RigidError:
                rigid = True
        if rigid:
            found.rigid = True
            self.anchors = anchors + sum(
                token.kind in ("AnchorToken", "AliasToken") for token in inside
            )
        self.at = last + 1
        found.names = self.anchors > anchors
        found.source = self.text[inside[0].start : inside[-1].end]
        return found

    def collection(self) -> Collection:
        """Read a flow collection that has nothing unusual inside."""
        opening = self.tokens[self.at]
        anchors = self.anchors
        found = Collection(opening.kind == "FlowMappingStartToken", True, opening.column)
        self.at += 1
        while self.tokens[self.at].kind not in _CLOSING:
            token = self.tokens[self.at]
            if token.kind == "FlowEntryToken":
                self.at += 1
            elif token.kind == "KeyToken" and token.start == token.end:
                self.at += 1
                entry = Entry(self.key())
                if self.tokens[self.at].kind != "ValueToken":
                    raise _RigidError
                self.at += 1
                entry.value = self.flow_value()
                found.entries.append(entry)
            elif found.mapping:
                raise _RigidError
            else:
                found.entries.append(Entry(value=self.flow_value()))
        self.at += 1
        found.names = self.anchors > anchors
        return found

    def flow_value(self) -> Node:
        anchor = ""
        token = self.tokens[self.at]
        if token.kind == "AnchorToken":
            anchor = self.text[token.start : token.end]
            self.anchors += 1
            self.at += 1
            token = self.tokens[self.at]
        value: Node
        if token.kind in _OPENING:
            value = self.collection()
        elif token.kind in ("ScalarToken", "AliasToken"):
            value = self.scalar()
        else:
            raise _RigidError
        value.anchor = anchor
        return value


_WIDTHLESS = frozenset({"BlockMappingStartToken", "BlockSequenceStartToken", "KeyToken"})
_OPENING = frozenset({"FlowMappingStartToken", "FlowSequenceStartToken"})
_CLOSING = frozenset({"FlowMappingEndToken", "FlowSequenceEndToken"})


def _closing(tokens: list[Token], begun: int) -> int:
    """Return the index of the bracket that closes the one at `begun`."""
    depth = 0
    for at in range(begun, len(tokens)):
        depth += (tokens[at].kind in _OPENING) - (tokens[at].kind in _CLOSING)
        if not depth:
            return at
    raise LeftAloneError("a bracket that is not closed")


def _top(first: Token) -> tuple[tuple[Comment, ...], tuple[Comment, ...]]:
    """Return the comments at the top that stay there, and those that lead the first key.

    All up to the last blank line stay; so does a lone block of them.
    """
    comments = first.before
    if not first.blank:
        for at in range(len(comments) - 1, 0, -1):
            if comments[at].blank:
                return comments[:at], comments[at:]
    return comments, ()


def _settled(comments: tuple[Comment, ...], column: int, last: Entry) -> tuple[Comment, ...]:
    """Put the comments that end the blocks of the entry before where they belong.

    Returns the others: those from the first that is not indented deeper than `column`.
    """
    blocks: list[Collection] = []
    value = last.value
    while isinstance(value, Collection) and not value.flow:
        blocks.append(value)
        value = value.entries[-1].value
    for number, comment in enumerate(comments):
        while blocks and blocks[-1].column > comment.column:
            blocks.pop()
        if comment.column <= column or not blocks:
            return comments[number:]
        blocks[-1].tail.append(comment)
    return ()
